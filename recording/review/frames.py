"""When the pictures of a stream are, around a moment: a player steps from one to the next."""

from recording.chunk_file import ChunkAccess
from recording.matroska import unpack_cluster
from recording.webm_file import VIDEO_TRACK

FAR = 30
"""Clusters of about a second that are looked through for a picture before or after."""


def frames_around(reader: ChunkAccess, at_ms: int) -> list[int]:
    """Times in the file, ascending, with one before and one after ``at_ms`` where there are any
    within reach. Blocks. Raises ``OSError``, and ``ValueError`` for what is no cluster."""
    last = reader.chunk_count - 1 - reader.complete
    here = _cluster_at(reader, at_ms, last)
    found = _pictures(reader, here)
    for step in (-1, 1):
        index, reach = here + step, 0
        while 1 <= index <= last and reach < FAR:
            more = _pictures(reader, index)
            found = sorted(more + found)
            if more:
                break
            index, reach = index + step, reach + 1
    return found


def _cluster_at(reader: ChunkAccess, at_ms: int, last: int) -> int:
    """The last one that begins by then: chunk 0 is the file's header."""
    low, high = 1, max(last, 1)
    while low < high:
        middle = (low + high + 1) // 2
        begins_ms = min(block.at_ms for block in unpack_cluster(reader.chunk(middle)))
        low, high = (middle, high) if begins_ms <= at_ms else (low, middle - 1)
    return low


def _pictures(reader: ChunkAccess, index: int) -> list[int]:
    blocks = unpack_cluster(reader.chunk(index))
    return sorted({block.at_ms for block in blocks if block.track == VIDEO_TRACK})
