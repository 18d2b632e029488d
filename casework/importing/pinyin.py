"""Pinyin, computed once when something is imported (the search itself needs no dictionary)."""

from itertools import islice, product
from typing import Any, Final

from casework.search import READING_SEPARATOR, fold

MAX_INITIALS: Final = 16
"""Spellings kept for a name with several polyphones; the likeliest come first."""
COMPOUND_SURNAMES: Final = frozenset(
    ["欧阳", "上官", "司徒", "诸葛", "司马", "皇甫", "东方", "尉迟", "慕容", "令狐"]
)

SURNAME_READINGS: Final = {
    "区": "ou",
    "曾": "zeng",
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "盖": "ge",
    "任": "ren",
    "华": "hua",
    "朴": "piao",
    "覃": "qin",
    "尉": "yu",
}
"""Surnames that are read otherwise than the word."""


def readings(name: str) -> str:
    """One field a character, separated by spaces; polyphones keep all readings: ``zhong|chong``.

    The reading that fits the word comes first; then what the character alone may be read as, since
    people type what they know.
    """
    return " ".join(READING_SEPARATOR.join(options) for options in _options(name))


def initials(name: str) -> str:
    """First letters; the spellings that polyphones allow are separated by blanks."""
    letters = [tuple(dict.fromkeys(option[0] for option in field)) for field in _options(name)]
    spellings = ("".join(choice) for choice in product(*letters))
    return " ".join(islice(spellings, MAX_INITIALS))


def romanised_name(name: str) -> str:
    """A person's name in letters, surname first: 欧阳春花 is Ouyang Chunhua."""
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]
    first = SURNAME_READINGS.get(surname) or "".join(_plain(surname))
    words = (first, "".join(_plain(name[len(surname) :])))
    return " ".join(word.capitalize() for word in words if word)


def _plain(text: str) -> list[str]:
    return [field[0] for field in _pinyin(text)]


def _options(name: str) -> list[tuple[str, ...]]:
    folded = [character for character in fold(name) if not character.isspace()]
    in_words = _one_each("".join(folded))
    fields = []
    for character, likely in zip(folded, in_words, strict=True):
        alone = _pinyin(character, heteronym=True)[0]
        fields.append(tuple(dict.fromkeys([likely, *alone])))
    return fields


def _one_each(text: str) -> list[str]:
    """One reading a character; what is not Chinese stands for itself."""
    return [field[0] for field in _pinyin(text, errors=list)]


def _pinyin(text: str, **options: Any) -> list[list[str]]:  # noqa: ANN401 - pypinyin's own
    # Its dictionary is loaded for an import only: it costs every start time, and memory for ever.
    from pypinyin import Style, pinyin

    return pinyin(text, style=Style.NORMAL, **options)
