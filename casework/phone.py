"""Telephone numbers of the mainland, as people write them. Standard library only."""

import re
import unicodedata

from casework.errors import Invalid

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}")
_PUNCTUATION = re.compile(r"[\s()\-.]+")


def parse_phone(text: str) -> str:
    """The digits alone, without +86: a mobile number of 11, or area code and number of a landline.

    :raises Invalid: it can be neither.
    """
    digits = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)86", "", digits)
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return digits
    raise Invalid("phone.number")


def mask(digits: str) -> str:
    """``138****1234``: the first three and the last four."""
    return digits[:3] + "*" * max(len(digits) - 7, 0) + digits[-4:]
