"""What a picture file says of itself, read from its bytes. Standard library only; decodes nothing.

A page is what a canvas wrote: one picture, from the first byte to the last. Whatever else could be
in a file (a second format behind or inside the first, a picture of a billion pixels) is refused
here, before a decoder sees it. Called in the limited process of :mod:`casework.rendition_worker`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

PIXELS_LIMIT = 40_000_000
_HEAD_BYTES = 1024
_FOREIGN_HEADS = (b"%pdf-", b"<html", b"<svg", b"<script", b"<?php", b"<?xml", b"<!doctype")
"""Formats that programs find although they do not begin at the first byte."""
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_ZIP_COMMENT_BYTES = 65_535


class NotAPageError(ValueError):
    """The file is no picture that we take; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Size:
    width_px: int
    height_px: int


def check_image(content: bytes, media_type: str) -> Size:
    """The size that the header states.

    :raises NotAPageError: ``page.format`` not (only) the stated format, ``page.pixels`` too large,
        ``page.polyglot`` something else beside the picture.
    """
    try:
        size, end = _READERS[media_type](content)
    except (IndexError, KeyError):
        raise NotAPageError("page.format") from None
    if not (size.width_px and size.height_px):
        raise NotAPageError("page.format")
    if size.width_px * size.height_px > PIXELS_LIMIT:
        raise NotAPageError("page.pixels")
    if end != len(content) or holds_mark(content, _FOREIGN_HEADS) or holds_archive(content):
        raise NotAPageError("page.polyglot")
    return size


def holds_mark(content: bytes, marks: Iterable[bytes]) -> bool:
    """Whether one of the marks stands near the beginning, where programs look for it."""
    head = content[:_HEAD_BYTES].lower()
    return any(mark in head for mark in marks)


def holds_archive(content: bytes) -> bool:
    """Whether the file ends as a ZIP archive does: with a record and a comment of the length that
    it states; by chance no file does."""
    tail = content[-_ZIP_COMMENT_BYTES - _ZIP_END_BYTES :]
    place = tail.rfind(_ZIP_END)
    return (
        place >= 0
        and len(tail) - place >= _ZIP_END_BYTES
        and (
            int.from_bytes(tail[place + 20 : place + 22], "little")
            == len(tail) - place - _ZIP_END_BYTES
        )
    )


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def _read_jpeg(content: bytes) -> tuple[Size, int]:
    """Walks the segments to the end-of-image marker (ITU-T T.81, annex B)."""
    if content[:2] != b"\xff\xd8":
        raise NotAPageError("page.format")
    size, place = Size(0, 0), 2
    while True:
        if content[place] != 0xFF:
            raise NotAPageError("page.format")
        marker = content[place + 1]
        place += 2
        if marker == 0xD9:
            return size, place
        if marker in _ALONE:
            continue
        if marker in _FRAMES:
            size = Size(_big(content, place + 5, 2), _big(content, place + 3, 2))
        place += _big(content, place, 2)
        if marker == 0xDA:
            place = _after_scan(content, place)


def _after_scan(content: bytes, place: int) -> int:
    """The next marker behind entropy-coded bytes, in which 0xFF is followed by 0 or a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0:
            raise NotAPageError("page.format")
        following = content[place + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return place
        place += 2


def _read_png(content: bytes) -> tuple[Size, int]:
    """Walks the chunks to IEND (W3C PNG, third edition, 5.3)."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        raise NotAPageError("page.format")
    size, place = Size(_big(content, 16, 4), _big(content, 20, 4)), 8
    while True:
        kind = content[place + 4 : place + 8]
        place += 12 + _big(content, place, 4)
        if kind == b"IEND":
            return size, place


def _read_webp(content: bytes) -> tuple[Size, int]:
    """The container's stated length and the first chunk's size (RFC 9649, section 2)."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise NotAPageError("page.format")
    end = 8 + _little(content, 4, 4)
    match content[12:16]:
        case b"VP8 ":
            width = _little(content, 26, 2) & 0x3FFF
            return Size(width, _little(content, 28, 2) & 0x3FFF), end
        case b"VP8L":
            bits = _little(content, 21, 4)
            return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), end
        case b"VP8X":
            return Size(_little(content, 24, 3) + 1, _little(content, 27, 3) + 1), end
    raise NotAPageError("page.format")


def _big(content: bytes, place: int, count: int) -> int:
    return int.from_bytes(_exactly(content, place, count), "big")


def _little(content: bytes, place: int, count: int) -> int:
    return int.from_bytes(_exactly(content, place, count), "little")


def _exactly(content: bytes, place: int, count: int) -> bytes:
    found = content[place : place + count]
    if len(found) < count:
        raise NotAPageError("page.format")
    return found


_READERS: Mapping[str, Callable[[bytes], tuple[Size, int]]] = {
    "image/jpeg": _read_jpeg,
    "image/png": _read_png,
    "image/webp": _read_webp,
}
