"""The archive file of a bundle: a ZIP in the one form that its content has.

Members are stored uncompressed, in a fixed order, without times, so that the same content is the
same file byte for byte. A verifier writes it again and compares: no bit of it, also none between
the members, can be changed unseen. Where each member lies follows from names and sizes alone, so a
damaged directory hides nothing.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

PIECE_BYTES = 1 << 18
SMALL_BYTES = 64 << 20
"""The longest member that is taken into memory."""
_LOCAL_HEADER = b"PK\x03\x04"
_HEADER_BYTES = 30 + 20
"""Before a member, beside its name: the fixed part, and ZIP64's sizes."""
_DESCRIPTOR_BYTES = 24
"""Behind a member: its checksum and sizes."""
Member = tuple[str, Iterable[bytes]]


class Archive(Protocol):
    """Members by name. Both raise ``OSError``, ``BadZipFile``, ``KeyError`` for what is not there."""

    def names(self) -> Sequence[str]: ...

    def pieces(self, name: str) -> Iterator[bytes]: ...


class _Sink:
    """A file that can only be written to: ZIP's streaming form."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def write(self, piece: bytes) -> int:
        self._take(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""


def write_zip(take: Callable[[bytes], None], members: Iterable[Member]) -> None:
    sink = cast("IO[bytes]", _Sink(take))
    with ZipFile(sink, "w", ZIP_STORED, allowZip64=True) as archive:
        for name, pieces in members:
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            with archive.open(info, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)


class Listed:
    """Members where the archive's own directory says that they lie; checksums are not asked."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises ``BadZipFile``."""
        self._file = file
        with ZipFile(file) as archive:
            self._places = {
                info.filename: (_content_at(info.header_offset, info.filename), info.file_size)
                for info in archive.infolist()
            }
            self._names = archive.namelist()

    def names(self) -> Sequence[str]:
        return self._names

    def pieces(self, name: str) -> Iterator[bytes]:
        return _read(self._file, *self._places[name])


class LaidOut:
    """Members where names and sizes say that they lie; directory and checksums are not asked."""

    def __init__(self, file: BinaryIO, sizes: Mapping[str, int]) -> None:
        self._file = file
        self._places: dict[str, tuple[int, int]] = {}
        at = 0
        for name, size in sizes.items():
            begin = _content_at(at, name)
            self._places[name] = (begin, size)
            at = begin + size + _DESCRIPTOR_BYTES

    def names(self) -> Sequence[str]:
        return list(self._places)

    def pieces(self, name: str) -> Iterator[bytes]:
        return _read(self._file, *self._places[name])


def _content_at(header_at: int, name: str) -> int:
    return header_at + _HEADER_BYTES + len(name.encode())


def _read(file: BinaryIO, at: int, left: int) -> Iterator[bytes]:
    while left:
        file.seek(at)
        piece = file.read(min(left, PIECE_BYTES))
        if not piece:
            raise BadZipFile("the archive breaks off")
        yield piece
        at, left = at + len(piece), left - len(piece)


def size_of(sizes: Mapping[str, int]) -> int:
    """Of the archive with such members: the part that is written but for the members' content."""
    total = 0

    def take(piece: bytes) -> None:
        nonlocal total
        total += len(piece)

    write_zip(take, ((name, ()) for name in sizes))
    return total + sum(sizes.values())


def find_member(file: BinaryIO, name: str) -> tuple[int, bytes] | None:
    """Where the content of a member near the end begins, without the directory, and all behind it."""
    size = file.seek(0, io.SEEK_END)
    begin = max(size - SMALL_BYTES, 0)
    file.seek(begin)
    tail = file.read()
    at = len(tail)
    while (at := tail.rfind(_LOCAL_HEADER, 0, at)) >= 0:
        if tail[at + 30 : at + 30 + len(name)] == name.encode():
            content = at + _HEADER_BYTES + len(name)
            return begin + content, tail[content:]
    return None


class _Comparison:
    """Takes what should be there; never raises, since a ZIP that is being written goes on writing."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self.differs_at: int | None = None

    def take(self, piece: bytes) -> None:
        if self.differs_at is not None:
            return
        found = self._file.read(len(piece))
        if found != piece:
            pairs = enumerate(zip(found, piece, strict=False))
            same = next((n for n, (a, b) in pairs if a != b), len(found))
            self.differs_at = self._at + same
        self._at += len(piece)

    def end(self) -> int | None:
        if self.differs_at is None and self._file.read(1):
            return self._at
        return self.differs_at


def first_difference(path: Path, archive: Archive) -> int | None:
    """Where the file is not what its members would make. Raises ``BadZipFile``, ``OSError``."""
    with path.open("rb") as file:
        comparison = _Comparison(file)
        write_zip(comparison.take, ((name, archive.pieces(name)) for name in archive.names()))
        return comparison.end()


def read_small(archive: Archive, name: str) -> bytes:
    """One member in memory. Raises as its pieces do, ``BadZipFile`` when it is too long."""
    content = bytearray()
    for piece in archive.pieces(name):
        content += piece
        if len(content) > SMALL_BYTES:
            raise BadZipFile(f"{name} is too long")
    return bytes(content)
