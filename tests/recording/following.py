"""Runs a follower over a written log and looks at what came out."""

import base64
import io
import os
from dataclasses import dataclass
from typing import Any, TypeAlias

import av
from av.packet import Packet

from casework.vocabulary import StreamKind
from recording.chunk_file import ChunkReader, Sealer
from recording.closing import close_recording
from recording.control import Outcome, RecordingStart, StreamReport
from recording.follower import Follower
from tests.recording.conftest import Place

AnyPacket: TypeAlias = "Packet[Any]"


def start_order(place: Place, longest_call_s: int = 120) -> RecordingStart:
    return RecordingStart(
        request_id="1",
        recording_id=place.recording_id,
        call_id="c",
        county_id="d",
        started_ms=1_700_000_000_000,
        folder=place.folder,
        key_base64=base64.b64encode(place.key).decode(),
        longest_call_s=longest_call_s,
    )


def follow(place: Place) -> Outcome:
    """The recording of a log that is at its end."""
    with place.archive.folder(place.folder) as folder:
        follower = Follower(folder, start_order(place))
        while follower.step():
            pass
        outcome = close_recording(follower)
        follower.close()
    return outcome


def plaintext(place: Place, stream: StreamReport) -> bytes:
    label = f"{stream.participant_id}/{stream.kind}"
    sealer = Sealer(place.key, place.recording_id, label)
    with (
        place.archive.folder(place.folder) as folder,
        ChunkReader(folder, stream.file_name, sealer) as reader,
    ):
        return reader.read(0, reader.size)


@dataclass
class Opened:
    """A stream file as a player sees it."""

    report: StreamReport
    raw: bytes
    duration_ms: float
    audio: list[AnyPacket]
    video: list[AnyPacket]

    def call_ms(self, packet: AnyPacket) -> float:
        assert packet.pts is not None
        assert packet.time_base is not None
        return float(packet.pts * packet.time_base * 1_000) + self.report.start_offset_ms


def open_stream(
    place: Place, outcome: Outcome, kind: StreamKind = StreamKind.AUDIO_CAMERA, who: str = "aa"
) -> Opened:
    """Demuxes and decodes everything; a decoder's error fails the test."""
    (report,) = [s for s in outcome.streams if (s.participant_id, s.kind) == (who, kind)]
    raw = plaintext(place, report)
    audio: list[AnyPacket] = []
    video: list[AnyPacket] = []
    with av.open(io.BytesIO(raw), mode="r") as container:
        assert container.duration is not None
        duration_ms = container.duration / 1_000
        for packet in container.demux():
            packet.decode()
            if packet.size:
                (audio if packet.stream.type == "audio" else video).append(packet)
    return Opened(report, raw, duration_ms, audio, video)


def names(place: Place) -> set[str]:
    return set(os.listdir(place.path))  # noqa: PTH208 - names are what is compared
