"""Identity and telephone numbers inside of a text, masked."""

import re

from casework import id_number, phone

_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def mask_numbers(text: str) -> str:
    """The text with every identity number of 18 characters and every mobile number masked."""
    text = _IDENTITY.sub(lambda found: id_number.mask(found[0]), text)
    return _MOBILE.sub(lambda found: phone.mask(found[0]), text)
