"""Finding a service item from a few characters: Chinese words, pinyin, initials, code, English.

The readings of each character are computed when an item is imported (polyphones keep all theirs),
so searching needs the standard library only. A query is cut at spaces; every word must be found.
Letters walk along the name character by character, each taking a non-empty beginning of one of its
readings: ``yl``, ``yanglao`` and ``yangl`` all find 养老.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

READING_SEPARATOR: Final = "|"
MAX_QUERY: Final = 60


class Rank(IntEnum):
    """How well one word fits; smaller is better."""

    CODE = 0
    CODE_START = 1
    NAME_START = 2
    NAME = 3
    PINYIN_START = 4
    PINYIN = 5
    ENGLISH_WORD = 6
    SCATTERED = 7
    """Chinese characters in order, but apart: 养老认证 in 养老保险待遇领取资格认证."""


@dataclass(frozen=True)
class SearchEntry:
    """One item as the index knows it.

    ``readings`` has one field a character of ``name``, separated by spaces; a field is the readings
    of that character separated by ``|`` (``zhong|chong``), or the character itself.
    """

    key: str
    code: str
    name: str
    name_en: str
    readings: str

    @cached_property
    def folded_code(self) -> str:
        return fold(self.code)

    @cached_property
    def folded_name(self) -> str:
        return fold(self.name)

    @cached_property
    def english_words(self) -> tuple[str, ...]:
        return tuple(fold(self.name_en).replace("-", " ").replace("(", " ").split())

    @cached_property
    def syllables(self) -> tuple[tuple[str, ...], ...]:
        fields = self.readings.split(" ")
        return tuple(tuple(field.split(READING_SEPARATOR)) for field in fields)


class SearchIndex:
    """All items of a county; a few thousand are searched in a few milliseconds."""

    def __init__(self, entries: Iterable[SearchEntry]) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.code)

    def find(self, query: str, limit: int = 20) -> list[SearchEntry]:
        """The best ``limit`` entries, best first; ties go to the shorter name, then the code.

        An empty query gives the first entries by code.
        """
        words = fold(query[:MAX_QUERY]).split()
        ranked = []
        for entry in self._entries:
            ranks = [rank(entry, word) for word in words]
            if None not in ranks:
                ranked.append((sum(r for r in ranks if r), len(entry.name), entry.code, entry))
        if not words:
            return self._entries[:limit]
        ranked.sort(key=lambda row: row[:3])
        return [row[3] for row in ranked[:limit]]


def fold(text: str) -> str:
    """Full-width forms made plain, small letters, an apostrophe between syllables dropped."""
    return unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")


def rank(entry: SearchEntry, word: str) -> Rank | None:
    """How well one folded word fits the entry, or ``None`` when it does not."""
    if entry.folded_code.startswith(word):
        return Rank.CODE if entry.folded_code == word else Rank.CODE_START
    if (place := entry.folded_name.find(word)) >= 0:
        return Rank.NAME if place else Rank.NAME_START
    starts = range(len(entry.syllables))
    if any(c.isascii() for c in word):
        found = next((start for start in starts if spells(word, entry.syllables, start)), None)
        if found is not None:
            return Rank.PINYIN if found else Rank.PINYIN_START
        if len(word) > 1 and any(english.startswith(word) for english in entry.english_words):
            return Rank.ENGLISH_WORD
        return None
    if len(word) > 1 and _in_order(word, entry.folded_name):
        return Rank.SCATTERED
    return None


def spells(word: str, syllables: Sequence[Sequence[str]], start: int) -> bool:
    """Whether ``word`` is used up by beginnings of readings of consecutive characters.

    A set of reached places, character by character: polyphones and short beginnings branch, but
    there are never more places than letters.
    """
    reached = {0}
    for readings in syllables[start:]:
        following: set[int] = set()
        for place in reached:
            for reading in readings:
                common = _common_prefix(word, place, reading)
                following.update(range(place + 1, place + common + 1))
        if len(word) in following:
            return True
        if not following:
            return False
        reached = following
    return False


def _common_prefix(word: str, place: int, reading: str) -> int:
    length = 0
    while (
        length < len(reading)
        and place + length < len(word)
        and word[place + length] == reading[length]
    ):
        length += 1
    return length


def _in_order(word: str, name: str) -> bool:
    characters = iter(name)
    return all(character in characters for character in word)
