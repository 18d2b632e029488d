"""What a chunk file is read from: a file of the archive, or an object in the store."""

import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

BLOCK_BYTES = 1 << 20
"""Read from a store at a time: about ten seconds of a call, one request."""
BLOCKS_KEPT = 2


class ChunkSource(Protocol):
    """Random access to the encrypted bytes. Every method may raise ``OSError``."""

    def read(self, at: int, length: int) -> bytes:
        """Shorter where the file ends."""

    def size(self) -> int: ...

    def close(self) -> None: ...


class FileSource:
    """A file that may still grow; opened without following links."""

    def __init__(self, folder: int, name: str) -> None:
        self._file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)

    def read(self, at: int, length: int) -> bytes:
        return os.pread(self._file, length, at)

    def size(self) -> int:
        return os.fstat(self._file).st_size

    def close(self) -> None:
        os.close(self._file)


class BlockSource:
    """Something far away that changes no more, read in blocks of which the last few are kept."""

    def __init__(self, size: int, fetch: Callable[[int, int], bytes]) -> None:
        """``fetch``: start and end of bytes that are there, both known to lie in the file."""
        self._size = size
        self._fetch = fetch
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def read(self, at: int, length: int) -> bytes:
        end = min(at + length, self._size)
        if at >= end:
            return b""
        first = at - at % BLOCK_BYTES
        whole = b"".join(self._block(start) for start in range(first, end, BLOCK_BYTES))
        return whole[at - first : end - first]

    def size(self) -> int:
        return self._size

    def close(self) -> None:
        self._blocks.clear()

    def _block(self, start: int) -> bytes:
        block = self._blocks.pop(start, None)
        if block is None:
            block = self._fetch(start, min(start + BLOCK_BYTES, self._size))
        self._blocks[start] = block
        while len(self._blocks) > BLOCKS_KEPT:
            self._blocks.popitem(last=False)
        return block
