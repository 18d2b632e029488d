"""One WebM file of a recording as it grows on disk: blocks in, encrypted clusters out.

A cluster is about a second and one chunk. What the file holds after a crash is exactly its whole
clusters; when the same blocks are given again, those that are already there are only counted.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from recording.chunk_file import ChunkReader, ChunkWriter, Sealer
from recording.matroska import Block, Header, TrackEntry, pack_cluster, unpack_cluster

CLUSTER_MS = 1_000
_SHORTEST_CLUSTER_MS = 500
"""A key frame begins a new cluster, so that a seek lands on it, unless the last one just began."""


AUDIO_TRACK, VIDEO_TRACK = 1, 2


@dataclass
class Totals:
    """What a track holds: enough to tell whether what is read back is what was received."""

    blocks: int = 0
    crc32: int = 0

    def add(self, payload: bytes) -> None:
        self.blocks += 1
        self.crc32 = zlib.crc32(payload, self.crc32)


@dataclass
class Group:
    """Clusters that were closed one after the other, not yet in the evidence chain."""

    from_byte: int
    to_byte: int
    from_ms: int
    to_ms: int
    hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, blocks: Sequence[Block], cluster: bytes) -> None:
        times = [block.at_ms for block in blocks]
        self.from_ms, self.to_ms = min(self.from_ms, *times), max(self.to_ms, *times)
        self.to_byte += len(cluster)
        self.hash.update(cluster)


class WebmFile:
    """Times are ms since the file's first frame. Every method may raise ``OSError``."""

    def __init__(
        self,
        folder: int,
        name: str,
        sealer: Sealer,
        header_bytes: int,
        chained_to: Callable[[int], int] | None = None,
    ) -> None:
        """Looks for what a recorder that died left; a new file is made with its first cluster.

        ``chained_to``: asked once how much of a file of so many bytes is in the evidence chain.
        Raises :class:`recording.chunk_file.Damaged`.
        """
        self.name = name
        self.totals: dict[int, Totals] = {}
        self.header = Header([], 0)
        self.duration_ms = 0
        self.size = header_bytes
        self.finished = False
        self._folder, self._sealer, self._header_bytes = folder, sealer, header_bytes
        self._writer: ChunkWriter | None = None
        self._blocks: list[Block] = []
        self._there: Counter[int] = Counter()  # blocks a track has on disk already
        self._cues: dict[int, list[tuple[int, int, int]]] = {AUDIO_TRACK: [], VIDEO_TRACK: []}
        self._header_is_stale = True
        self._group: Group | None = None
        self._ask_chained_to = chained_to or (lambda _size: 0)
        self._chained_to = 0
        self._look_for_a_beginning()

    def declare(self, track: TrackEntry) -> None:
        """Adds a track, or changes what is known of it; the header follows with the next cluster."""
        others = [other for other in self.header.tracks if other.number != track.number]
        tracks = sorted([*others, track], key=lambda entry: entry.number)
        if tracks != self.header.tracks:
            self.header.tracks = tracks
            self._header_is_stale = True

    def add(self, block: Block) -> None:
        """Takes blocks in about the order of their time."""
        totals = self.totals.setdefault(block.track, Totals())
        totals.add(block.payload)
        self.duration_ms = max(self.duration_ms, block.at_ms)
        if totals.blocks <= self._there[block.track]:
            return
        if self._blocks and self._ends_cluster(block):
            self.flush()
        self._blocks.append(block)

    def flush(self) -> None:
        """Writes the cluster under way."""
        if not self._blocks:
            return
        writer = self._open()
        if self._header_is_stale:
            writer.rewrite_header(self.header.pack(self._header_bytes))
            self._header_is_stale = False
        cluster = pack_cluster(max(self._blocks[0].at_ms, 0), self._blocks)
        writer.append(cluster)
        self._note_cluster(self._blocks, cluster)
        self._blocks = []

    def finish(self, duration_ms: int) -> None:
        """Writes what is left, then the header with duration and cues, and marks the end."""
        self.flush()
        if self.finished:
            return
        writer = self._open()
        self.header.duration_ms = duration_ms
        self.header.segment_bytes = self.size - Header.content_start()
        present = [track for track in self.header.tracks if track.number in self.totals]
        self.header.tracks = present
        self.header.cues = self._cues[VIDEO_TRACK if VIDEO_TRACK in self.totals else AUDIO_TRACK]
        writer.sync()
        writer.rewrite_header(self.header.pack(self._header_bytes))
        writer.finish()
        self.finished = True

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _ends_cluster(self, block: Block) -> bool:
        age_ms = block.at_ms - self._blocks[0].at_ms
        if age_ms >= CLUSTER_MS:
            return True
        return age_ms >= _SHORTEST_CLUSTER_MS and block.key and block.track == VIDEO_TRACK

    def _open(self) -> ChunkWriter:
        if self._writer is None:
            header = self.header.pack(self._header_bytes)
            self._writer = ChunkWriter.create(self._folder, self.name, self._sealer, header)
            self._header_is_stale = False
        return self._writer

    def take_group(self) -> Group | None:
        """The clusters that were closed since the last time."""
        group, self._group = self._group, None
        return group

    def _note_cluster(self, blocks: list[Block], cluster: bytes) -> None:
        """Cues lead to key frames of the video; to each cluster where there is only sound."""
        if self.size >= self._chained_to:
            if self._group is None:
                first_ms = blocks[0].at_ms
                self._group = Group(self.size, self.size, first_ms, first_ms)
            self._group.add(blocks, cluster)
        for track, cues in self._cues.items():
            at_ms = next((b.at_ms for b in blocks if b.track == track and b.key), None)
            if at_ms is not None:
                cues.append((at_ms, track, self.size))
        self.size += len(cluster)

    def _look_for_a_beginning(self) -> None:
        try:
            reader = ChunkReader(self._folder, self.name, self._sealer)
        except FileNotFoundError:
            self._chained_to = self._ask_chained_to(0)
            return
        with reader:
            self.finished = reader.complete
        if not self.finished:
            self._writer = ChunkWriter.resume(self._folder, self.name, self._sealer)
        with ChunkReader(self._folder, self.name, self._sealer) as reader:
            self._chained_to = self._ask_chained_to(reader.size)
            self.size = self._header_bytes = reader.header_size
            for index in range(1, reader.chunk_count - self.finished):
                cluster = reader.chunk(index)
                blocks = list(unpack_cluster(cluster))
                self._there.update(block.track for block in blocks)
                self._note_cluster(blocks, cluster)
