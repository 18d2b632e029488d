"""The chain of one recording as it grows on disk: an encrypted chunk file beside the streams.

A link is made at once and written with the next :meth:`ChainFile.commit`, all of them as one chunk.
What a crash leaves is a prefix of the chain; what it lacks is chained when the recording is taken
up again: the streams' bytes behind the last chained one, and events that nobody was told of.
"""

import os
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from recording.chunk_file import ChunkAccess, ChunkReader, ChunkWriter, Damaged, Sealer
from recording.evidence.canonical import digest
from recording.evidence.links import LinkKind, genesis, make_link, read_link, split
from recording.keys import file_name

CHAIN = "chain"
"""The stream name of the chain file."""


def read_chain(reader: ChunkAccess) -> list[bytes]:
    """Every link. Raises ``OSError``, ``Damaged``."""
    return [link for chunk in reader.chunks() for link in split(chunk)]


class ChainFile:
    """Not thread-safe. Every method may raise ``OSError``; the links are then still to be written."""

    def __init__(self, folder: int, key: bytes, recording_id: str) -> None:
        """Reads what is there; a chain that is new has no links yet. Raises ``Damaged``."""
        self.recording_id = recording_id
        self.links = 0
        self.head = genesis(recording_id)
        self.ended = False
        self.event_ids: set[str] = set()
        self._borders: dict[str, array[int]] = {}
        self._pending: list[bytes] = []
        self._folder, self._name = folder, file_name(key, recording_id, CHAIN)
        self._sealer = Sealer(key, recording_id, CHAIN)
        self._writer: ChunkWriter | None = None
        self._look_for_a_beginning()

    def covered(self, stream: str) -> int:
        """Up to which byte of a stream groups are chained; 0: none is."""
        borders = self._borders.get(stream)
        return borders[-1] if borders else 0

    def border(self, stream: str, size: int) -> int:
        """The end of the last group that lies within the first ``size`` bytes."""
        borders = self._borders.get(stream, array("Q"))
        at = bisect_right(borders, size)
        return borders[at - 1] if at else 0

    def add(self, kind: LinkKind, content: Mapping[str, Any]) -> None:
        """Chains one link; nothing follows the end."""
        if self.ended:
            return
        link = make_link(self.links, self.head, kind, content)
        self._pending.append(link)
        self._note(kind, content, digest(link))

    def commit(self) -> bool:
        """Writes what was added; answers whether there was anything. Not synced."""
        if not self._pending:
            return False
        if self._writer is None:
            self._writer = ChunkWriter.create(self._folder, self._name, self._sealer)
        self._writer.append(b"\n".join(self._pending) + b"\n")
        self._pending.clear()
        return True

    def sync(self) -> None:
        if self._writer is not None:
            self._writer.sync()

    def finish(self) -> None:
        """Writes and syncs; the last link says that nothing follows."""
        self.commit()
        self.sync()
        os.fsync(self._folder)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _note(self, kind: LinkKind, content: Mapping[str, Any], head: str) -> None:
        self.links += 1
        self.head = head
        match kind:
            case LinkKind.GROUP:
                borders = self._borders.setdefault(content["stream"], array("Q"))
                borders.append(content["to_byte"])
            case LinkKind.REWOUND:
                borders = self._borders[content["stream"]]
                del borders[bisect_right(borders, content["to_byte"]) :]
            case LinkKind.EVENT:
                self.event_ids.add(content["event_id"])
            case LinkKind.END:
                self.ended = True

    def _look_for_a_beginning(self) -> None:
        try:
            self._writer = ChunkWriter.resume(self._folder, self._name, self._sealer)
        except FileNotFoundError:
            return
        try:
            with ChunkReader(self._folder, self._name, self._sealer) as reader:
                self._read(reader)
        except BaseException:
            self.close()
            raise

    def _read(self, reader: ChunkReader) -> None:
        for chunk in reader.chunks():
            for link in split(chunk):
                content = read_link(link)
                if content["prev"] != self.head or content["n"] != self.links:
                    raise Damaged("the chain is broken")
                self._note(LinkKind(content["kind"]), content, digest(link))
