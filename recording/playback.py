"""Plays back: plaintext byte ranges of one stream file, for HTTP Range.

Only the chunks that a range touches are read and decrypted, in a worker thread. What may be
watched by whom is checked before anything here is opened.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Self, TypeVar

from recording.archive import Archive
from recording.chunk_file import ChunkAccess, ChunkReader, Sealer
from recording.chunk_source import BlockSource
from recording.chunk_table import ChunkTable
from recording.keeping.stores import Store

Found = TypeVar("Found")
PIECE_BYTES = 256 << 10
"""What is decrypted and handed on at a time, so that a slow viewer holds little memory."""


class Playback:
    """One opened stream file. One reader at a time: open one for each request.

    Use as an asynchronous context manager.
    """

    def __init__(self, reader: ChunkAccess, threads: ThreadPoolExecutor) -> None:
        self._reader = reader
        self._threads = threads
        self.size = reader.size
        """Bytes of plaintext."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self._reader.close)

    async def read(self, start: int, end: int) -> bytes:
        """Plaintext ``[start, end)``. Raises :class:`recording.chunk_file.Damaged`, ``OSError``."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._reader.read, start, end)

    async def ask(self, look: Callable[[ChunkAccess], Found]) -> Found:
        """What ``look`` finds in the file, in a worker thread. Raises as :meth:`read`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, look, self._reader)

    async def pieces(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The same in pieces of at most :data:`PIECE_BYTES`."""
        end = min(end, self.size)
        while start < end:
            piece = await self.read(start, min(start + PIECE_BYTES, end))
            yield piece
            start += len(piece)


@dataclass(frozen=True, slots=True)
class InStore:
    """What the row knows of a file that the store has."""

    size_bytes: int
    """Of the encrypted file."""
    chunk_table: bytes


class Player:
    """Opens stream files of the archive, or of the store."""

    def __init__(self, archive: Archive, store: Store | None = None, workers: int = 4) -> None:
        self._archive = archive
        self.archive_folder = archive.root
        self._store = store
        self._threads = ThreadPoolExecutor(workers, "playback")

    async def open(
        self,
        folder: str,
        file_name: str,
        key: bytes,
        recording_id: str,
        stream: str,
        in_store: InStore | None = None,
    ) -> Playback:
        """``stream``: see :func:`recording.archive.stream_label`.

        :raises OSError: ``FileNotFoundError`` when it is not there,
            :class:`recording.keeping.stores.StoreAway` when the store can't be asked.
        :raises ValueError: a name that is none of the archive's.
        :raises recording.chunk_file.Damaged: it is not what was written.
        """
        sealer = Sealer(key, recording_id, stream)
        loop = asyncio.get_running_loop()
        reader = await loop.run_in_executor(
            self._threads, self.open_file, folder, file_name, sealer, in_store
        )
        return Playback(reader, self._threads)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def open_file(
        self, folder: str, file_name: str, sealer: Sealer, in_store: InStore | None = None
    ) -> ChunkAccess:
        """Blocks, and raises as :meth:`open`; any file of a recording."""
        if in_store is None:
            with self._archive.folder(folder) as descriptor:
                return ChunkReader(descriptor, file_name, sealer)
        if self._store is None:
            raise FileNotFoundError("the recording is in a store that this node does not know")
        read = partial(self._store.read, folder, file_name)
        source = BlockSource(in_store.size_bytes, read)
        return ChunkAccess(source, sealer, ChunkTable.unpack(in_store.chunk_table))
