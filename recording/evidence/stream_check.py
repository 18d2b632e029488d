"""Checks one stream's plaintext, byte by byte, against the chain and the manifest."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from recording.evidence.chain_check import Group
from recording.evidence.faults import Fault, Part


class _Cursor:
    """Takes ranges out of a stream that comes in pieces, hashing the whole as it goes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self.whole = sha256()
        self.at = 0

    def hash_next(self, size: int) -> str:
        """Of the next ``size`` bytes, or of those that are left."""
        part = sha256()
        while size:
            if not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = memoryview(piece)
                continue
            taken = self._rest[:size]
            part.update(taken)
            self.whole.update(taken)
            self._rest = self._rest[len(taken) :]
            size -= len(taken)
            self.at += len(taken)
        return part.hexdigest()

    def has_more(self) -> bool:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._rest = memoryview(piece)
        return True


def check_stream(
    file: Mapping[str, Any], groups: list[Group], pieces: Iterable[bytes]
) -> Iterator[Fault]:
    """The faults of one file of the manifest, the first bad byte range first.

    Lazy: who takes only the first fault reads no further. ``pieces`` may raise in the middle.
    """
    stream = file["stream"]
    cursor = _Cursor(pieces)
    header = f"{stream}, bytes 0–{file['header_bytes']}, the header region"
    if cursor.hash_next(file["header_bytes"]) != file["header_sha256"]:
        yield Fault(Part.STREAM, header, "it is not what the manifest names")
    at = file["header_bytes"]
    for group in groups:
        if group.from_byte != at:
            place = f"{stream}, bytes {at}–{group.from_byte}"
            yield Fault(Part.STREAM, place, "they are in no group of the chain")
            return
        found = cursor.hash_next(group.to_byte - group.from_byte)
        if cursor.at < group.to_byte:
            yield Fault(Part.STREAM, group.place, f"the file ends at byte {cursor.at}")
            return
        if found != group.sha256:
            yield Fault(Part.STREAM, group.place, "it is not what was recorded")
        at = group.to_byte
    yield from _check_whole(file, at, cursor)


def _check_whole(file: Mapping[str, Any], at: int, cursor: _Cursor) -> Iterator[Fault]:
    stream = file["stream"]
    if at != file["size_bytes"]:
        place = f"{stream}, bytes {at}–{file['size_bytes']}"
        yield Fault(Part.STREAM, place, "they are in no group of the chain")
    elif cursor.has_more():
        yield Fault(Part.STREAM, f"{stream}, byte {at}", "the file goes on behind its end")
    elif cursor.whole.hexdigest() != file["sha256"]:
        yield Fault(Part.STREAM, f"{stream}, the whole file", "it is not what the manifest names")
