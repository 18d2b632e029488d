"""The archive file of a bundle: a ZIP in the one form that its content has.

Members are stored uncompressed, in a fixed order, without times, so that the same content is the
same file byte for byte. A verifier writes it again and compares: no bit of it, also none between
the members, can be changed unseen.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

PIECE_BYTES = 1 << 18
Member = tuple[str, Iterable[bytes]]


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


class _DifferentError(Exception):
    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class _Comparison:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.at = 0

    def take(self, piece: bytes) -> None:
        found = self._file.read(len(piece))
        if found != piece:
            same = next(
                (n for n, (a, b) in enumerate(zip(found, piece, strict=False)) if a != b),
                len(found),
            )
            raise _DifferentError(self.at + same)
        self.at += len(piece)


def first_difference(path: Path) -> int | None:
    """Where the file is not what its own members would make. Raises ``BadZipFile``, ``OSError``."""
    with path.open("rb") as file, ZipFile(path) as archive:
        comparison = _Comparison(file)
        names = [info.filename for info in archive.infolist()]
        try:
            write_zip(comparison.take, ((name, read_member(archive, name)) for name in names))
        except _DifferentError as different:
            return different.at
        return comparison.at if file.read(1) else None


def read_member(archive: ZipFile, name: str) -> Iterator[bytes]:
    """Raises ``BadZipFile``: its end doesn't fit; ``KeyError``: it is not there."""
    with archive.open(name) as member:
        while piece := member.read(PIECE_BYTES):
            yield piece


def read_small(archive: ZipFile, name: str, limit: int = 64 << 20) -> bytes:
    """One member in memory. Raises as :func:`read_member`, ``BadZipFile`` when it is too long."""
    if archive.getinfo(name).file_size > limit:
        raise BadZipFile(f"{name} is too long")
    return b"".join(read_member(archive, name))
