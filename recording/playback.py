"""Plays back: plaintext byte ranges of one stream file, for HTTP Range.

Only the chunks that a range touches are read and decrypted, in a worker thread. What may be
watched by whom is checked before anything here is opened.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from recording.archive import Archive
from recording.chunk_file import ChunkReader, Sealer

PIECE_BYTES = 256 << 10
"""What is decrypted and handed on at a time, so that a slow viewer holds little memory."""


class Playback:
    """One opened stream file. One reader at a time: open one for each request.

    Use as an asynchronous context manager.
    """

    def __init__(self, reader: ChunkReader, threads: ThreadPoolExecutor) -> None:
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

    async def pieces(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The same in pieces of at most :data:`PIECE_BYTES`."""
        end = min(end, self.size)
        while start < end:
            piece = await self.read(start, min(start + PIECE_BYTES, end))
            yield piece
            start += len(piece)


class Player:
    """Opens stream files of the archive."""

    def __init__(self, archive: Archive, workers: int = 2) -> None:
        self._archive = archive
        self._threads = ThreadPoolExecutor(workers, "playback")

    async def open(
        self, folder: str, file_name: str, key: bytes, recording_id: str, stream: str
    ) -> Playback:
        """``stream``: see :func:`recording.archive.stream_label`. Raises ``OSError`` (``FileNotFoundError`` when it
        is not there), ``ValueError`` for a name that is none of the archive's, :class:`recording.chunk_file.Damaged`."""
        sealer = Sealer(key, recording_id, stream)
        loop = asyncio.get_running_loop()
        reader = await loop.run_in_executor(self._threads, self._open, folder, file_name, sealer)
        return Playback(reader, self._threads)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _open(self, folder: str, file_name: str, sealer: Sealer) -> ChunkReader:
        with self._archive.folder(folder) as descriptor:
            return ChunkReader(descriptor, file_name, sealer)
