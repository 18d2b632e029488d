import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from recording.archive import Archive
from recording.chunk_file import ChunkReader, Sealer
from recording.keys import new_data_key
from recording.packet_log import Record, unpack
from signaling.relay.control import Line, TapOpen, TrackKind

AUDIO_SSRC, CAMERA_SSRC, DOCUMENT_SSRC = 11, 22, 33


def line(kind: TrackKind, codec: str = "") -> Line:
    audio = kind is TrackKind.AUDIO
    return Line(
        kind=kind,
        mid=kind[:1],
        ssrc={"audio": AUDIO_SSRC, "camera": CAMERA_SSRC, "document": DOCUMENT_SSRC}[kind],
        payload_type=111 if audio else 96,
        codec=codec or ("opus" if audio else "VP8"),
        clock_rate_hz=48_000 if audio else 90_000,
    )


@dataclass
class Place:
    """An archive with the folder of one recording in it."""

    archive: Archive
    folder: str
    key: bytes
    recording_id: str

    @property
    def path(self) -> Path:
        return self.archive.root / self.folder

    @property
    def log_path(self) -> Path:
        return self.archive.log_path(self.folder, self.key, self.recording_id)

    def order(self, started_us: int = 0) -> TapOpen:
        return TapOpen(
            request_id="1",
            room_id="1",
            recording_id=self.recording_id,
            log_path=str(self.log_path),
            key_base64=base64.b64encode(self.key).decode(),
            started_monotonic_us=started_us,
        )

    def log_chunks(self) -> list[bytes]:
        with (
            self.archive.folder(self.folder) as folder,
            ChunkReader(
                folder, self.log_path.name, Sealer(self.key, self.recording_id, "log")
            ) as reader,
        ):
            return list(reader.chunks())

    def log_records(self) -> list[Record]:
        return [record for chunk in self.log_chunks() for record in unpack(chunk)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    archive = Archive(tmp_path / "archive")
    yield Place(archive, archive.create_folder(), new_data_key(), secrets.token_hex(8))
    archive.close()
