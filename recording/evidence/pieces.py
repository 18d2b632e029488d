"""Short sums over small pieces of a file: they tell where it was changed.

That it was changed is told by the hash of the whole; a sum (the first eight bytes of SHA-256) only
has to place it, and can't be forged at will either.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

FINE_BYTES = 64
"""Of text: a few fields."""
COARSE_BYTES = 4_096
"""Of pictures and papers."""
_DIGITS = 16
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^{}\[\]:,"]+|"')


@dataclass(frozen=True, slots=True)
class Span:
    from_byte: int
    to_byte: int

    def __str__(self) -> str:
        return f"bytes {self.from_byte}–{self.to_byte}"


class PieceSums:
    """Takes a file as it comes; a grain of 0 sums nothing."""

    def __init__(self, grain_bytes: int) -> None:
        self._grain = grain_bytes
        self._rest = b""
        self._sums: list[str] = []

    def take(self, piece: bytes) -> None:
        if not self._grain:
            return
        self._rest += piece
        whole = len(self._rest) - len(self._rest) % self._grain
        for at in range(0, whole, self._grain):
            self._add(self._rest[at : at + self._grain])
        self._rest = self._rest[whole:]

    def end(self) -> str:
        """All sums, one behind the other."""
        if self._rest:
            self._add(self._rest)
            self._rest = b""
        return "".join(self._sums)

    def _add(self, piece: bytes) -> None:
        self._sums.append(sha256(piece).hexdigest()[:_DIGITS])


def sums_of(pieces: Iterable[bytes], grain_bytes: int) -> str:
    sums = PieceSums(grain_bytes)
    for piece in pieces:
        sums.take(piece)
    return sums.end()


def first_bad(noted: str, found: str, grain_bytes: int) -> Span | None:
    """The first piece whose sum differs, or that is missing, or too much."""
    if noted == found:
        return None
    number = 0
    for before, after in zip(_split(noted), _split(found), strict=False):
        if before != after:
            break
        number += 1
    return Span(number * grain_bytes, (number + 1) * grain_bytes)


def _split(sums: str) -> Iterator[str]:
    return (sums[at : at + _DIGITS] for at in range(0, len(sums), _DIGITS))


def fields_at(raw: bytes, span: Span) -> str:
    """Names the fields of a JSON text that the bytes belong to: ``files[0].gaps, files[0].sha256``.

    Up to the span the text is taken to be whole; behind it whatever can be read is.
    """
    path: list[str | int] = []
    opened: list[str] = []
    found: list[str] = []
    for word, start, end in _tokens(raw):
        if start >= span.to_byte:
            break
        if word in "{[":
            opened.append(word)
            path.append("" if word == "{" else 0)
        elif word in "}]" and opened:
            opened.pop()
            path.pop()
        elif word == "," and opened:
            path[-1] = "" if opened[-1] == "{" else _next(path[-1])
        elif word not in ",:}]":
            if opened and opened[-1] == "{" and path[-1] == "":
                path[-1] = word.strip('"') or "?"
            if end > span.from_byte:
                found.append(_written(path))
    return ", ".join(dict.fromkeys(found))


def _next(index: str | int) -> int:
    return index + 1 if isinstance(index, int) else 0


def _tokens(raw: bytes) -> Iterator[tuple[str, int, int]]:
    """With their byte offsets: each byte is read as one character."""
    for match in _TOKEN.finditer(raw.decode("latin-1")):
        if match[0].strip():
            yield match[0], match.start(), match.end()


def _written(path: list[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
