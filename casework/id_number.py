"""The citizen's identity number, GB 11643-1999: region, date of birth, sequence, check character.

The check character is ISO 7064 MOD 11-2. It catches every single wrong digit and every swap of
neighbours, so a slip of the helper is found at the window and not by a department a week later.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.errors import Invalid

CHECK_CHARACTERS = "10X98765432"
EARLIEST_BIRTH = date(1880, 1, 1)

# GB/T 2260 has 34 provinces and 83 for the residence permit of Taiwan residents (2018).
PROVINCES = frozenset(
    f"{province}"
    for province in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        *range(81, 84),
    )
)
FOREIGNER_PREFIX = "9"
"""The 2023 permanent residence card of foreigners: 9, then the province that issued it."""


class IdNumberProblem(StrEnum):
    LENGTH = "id_number.length"
    CHARACTERS = "id_number.characters"
    REGION = "id_number.region"
    BIRTH = "id_number.birth"
    CHECK_CHARACTER = "id_number.check_character"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that passed every check. ``text`` has 18 characters, the last one may be ``X``."""

    text: str
    region: str
    born: date
    sex: Sex


def check_character(first_17: str) -> str:
    """The 18th character for 17 digits. Source: GB 11643-1999, 3.3 (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first_17))
    return CHECK_CHARACTERS[total % 11]


def normalise(text: str) -> str:
    """Full-width digits and spaces as a phone's keyboard gives them, and a small x, made plain."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def parse_id_number(text: str, *, today: date) -> IdNumber:
    """Checks ``text`` in full.

    :raises Invalid: with a code of :class:`IdNumberProblem` that says what is wrong.
    """
    number = normalise(text)
    if len(number) != 18:
        raise _invalid(IdNumberProblem.LENGTH, "身份证号码应为18位")
    if not _is_digits(number[:17]) or not (_is_digits(number[17]) or number[17] == "X"):
        raise _invalid(IdNumberProblem.CHARACTERS, "身份证号码只能是数字，最后一位可以是X")
    if not region_is_plausible(number[:6]):
        raise _invalid(IdNumberProblem.REGION, "身份证号码前六位不是有效的地区代码")
    born = _birth(number[6:14], today)
    if check_character(number[:17]) != number[17]:
        raise _invalid(IdNumberProblem.CHECK_CHARACTER, "身份证号码校验位不对，请逐位核对")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(text=number, region=number[:6], born=born, sex=sex)


def region_is_plausible(region: str) -> bool:
    """A known province. Counties come and go, so the other four digits prove nothing."""
    if region.startswith(FOREIGNER_PREFIX):
        return region[1:3] in PROVINCES
    return region[:2] in PROVINCES


def mask(text: str) -> str:
    """``441625********1234``-like texts show three first and four last characters only.

    Anything of another shape is masked whole: it may be a number with one digit missing.
    """
    number = normalise(text)
    if len(number) != 18:
        return "*" * len(number)
    return number[:3] + "*" * 11 + number[14:]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _birth(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _invalid(IdNumberProblem.BIRTH, "身份证号码中的出生日期不存在") from None
    if not EARLIEST_BIRTH <= born <= today:
        raise _invalid(IdNumberProblem.BIRTH, "身份证号码中的出生日期不合理")
    return born


def _invalid(problem: IdNumberProblem, text: str) -> Invalid:
    return Invalid(problem, text)
