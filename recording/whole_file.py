"""Small encrypted files of a recording that are written at once and read at once."""

import os
from contextlib import suppress

from recording.chunk_file import ChunkAccess, ChunkReader, ChunkWriter, Sealer
from recording.keys import file_name

_CHUNK_BYTES = 1 << 20


def write_whole(folder: int, key: bytes, recording_id: str, label: str, content: bytes) -> None:
    """Replaces what a crash may have left half written; synced. Raises ``OSError``."""
    name = file_name(key, recording_id, label)
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
    writer = ChunkWriter.create(folder, name, Sealer(key, recording_id, label))
    try:
        for start in range(0, len(content), _CHUNK_BYTES):
            writer.append(content[start : start + _CHUNK_BYTES])
        writer.finish()
        os.fsync(folder)
    finally:
        writer.close()


def read_whole(folder: int, key: bytes, recording_id: str, label: str) -> bytes | None:
    """``None`` when it was not written to its end. Raises ``FileNotFoundError``, ``Damaged``."""
    name = file_name(key, recording_id, label)
    with ChunkReader(folder, name, Sealer(key, recording_id, label)) as reader:
        return whole(reader)


def whole(reader: ChunkAccess) -> bytes | None:
    """``None`` when it was not written to its end. Raises ``Damaged``."""
    return reader.read(0, reader.size) if reader.complete else None
