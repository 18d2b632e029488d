"""A long recording without the wait: a second of real frames, told again and again, at its place."""

import io
import os
from collections.abc import Sequence
from functools import cache
from random import Random

import av
from sqlalchemy import delete, update

from casework.database import new_id
from casework.vocabulary import StreamKind
from recording.archive import stream_label
from recording.chunk_file import Sealer
from recording.depacketize import Frame
from recording.keys import file_name
from recording.matroska import header_size
from recording.review.levels import LevelMeter, write_levels
from recording.stream_file import StreamFile
from recording.tables import Recording, Stream
from recording.webm_file import WebmFile
from signaling.relay.control import TrackKind
from signaling.tables import CallParticipant
from tests.recording.conftest import line
from tests.recording.keeping.recorded_call import MASTER, Desk
from tests.recording.review.test_loudness import LEVEL_ID, spoken
from tests.recording.senders import beeping_opus_packets

SIZE = (640, 360)
SECOND_US = 1_000_000


@cache
def second_of_pictures(rate: int, shade: int) -> Sequence[bytes]:
    """A key frame and what follows it; a bar moves from left to right."""
    grain = Random(shade)
    width, height = SIZE
    noise = grain.randbytes(width)
    with av.open(io.BytesIO(), mode="w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=rate)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"deadline": "realtime", "g": str(rate), "cpu-used": "8"}
        stream.bit_rate = 250_000
        frames = []
        for number in range(rate):
            frame = av.VideoFrame(width, height, "yuv420p")
            bar = number * width // rate
            row = bytearray(shade + (each & 7) for each in noise)
            row[bar : bar + 24] = bytes([220]) * len(row[bar : bar + 24])
            for index, plane in enumerate(frame.planes):
                if index:
                    plane.update(bytes([128]) * plane.buffer_size)
                else:
                    pad = bytes(plane.line_size - width)
                    plane.update((bytes(row) + pad) * height)
            frame.pts = number
            frames += [bytes(packet) for packet in stream.encode(frame)]
        frames += [bytes(packet) for packet in stream.encode(None)]
    return frames


def fill(stream: StreamFile, starts_ms: int, length_s: int, rate: int, shade: int) -> None:
    """Plays the second over and over until the length is reached."""
    document = stream.kind is StreamKind.DOCUMENT
    kind = TrackKind.DOCUMENT if document else TrackKind.CAMERA
    assert stream.accepts(line(kind))
    assert document or stream.accepts(line(TrackKind.AUDIO))
    pictures = second_of_pictures(rate, shade)
    for second in range(length_s):
        began_us = starts_ms * 1_000 + second * SECOND_US
        for number, payload in enumerate(pictures):
            key, at_us = number == 0, began_us + number * SECOND_US // rate
            frame = Frame(payload, at_us * 9 // 100, at_us, key, SIZE if key else None)
            stream.push(kind, "c1", at_us, frame)
        for number, payload in enumerate([] if document else beeping_opus_packets()):
            at_us = began_us + number * 20_000
            frame = Frame(payload, at_us * 48 // 1_000, at_us, key=True)
            stream.push(TrackKind.AUDIO, "c1", at_us, frame)
        stream.advance(began_us)
    stream.finish()


async def record_long(desk: Desk, length_s: int) -> None:
    """Puts such a recording in the place of the desk's own: both of the window, and the agent."""
    row = await desk.row()
    assert row.wrapped_key is not None
    key = MASTER.unwrap(row.wrapped_key, f"recording {row.id}")
    agent_id, county = new_id(), desk.edge.county
    async with desk.database.transaction() as session:
        stream = await session.get_one(Stream, desk.stream_id)
        await session.execute(delete(Stream))
        await session.execute(update(Recording).values(duration_ms=length_s * 1_000))
        session.add(
            CallParticipant(
                id=agent_id, county_id=row.county_id, call_id=row.call_id, kind="agent",
                staff_id=county.staff["agent"], joined_ms=0,
            )
        )  # fmt: skip
    window_id, kinds = stream.participant_id, StreamKind
    meter = LevelMeter(length_s)
    wanted = (
        (window_id, kinds.AUDIO_CAMERA, 0, 15, 60),
        (window_id, kinds.DOCUMENT, 700, 5, 150),
        (agent_id, kinds.AUDIO_CAMERA, 350, 15, 100),
    )
    with desk.archive.folder(row.folder) as folder:
        for who, kind, starts_ms, rate, shade in wanted:
            label = stream_label(who, kind)
            name = file_name(key, row.id, label)
            sealer = Sealer(key, row.id, label)
            if (who, kind) == (window_id, kinds.DOCUMENT):
                os.unlink(name, dir_fd=folder)
            file = StreamFile(who, kind, WebmFile(folder, name, sealer, header_size(7_200)))
            fill(file, starts_ms, length_s - 1, rate, shade)
            await _keep(desk, row, file)
        for at in range(length_s * 10):
            talks = (at // 40) % 3 == 0
            meter.note(window_id, at * 100_000, spoken(25 + at % 17 if talks else 80), LEVEL_ID)
            meter.note(agent_id, at * 100_000, spoken(90 if talks else 30 + at % 13), LEVEL_ID)
        write_levels(folder, key, row.id, meter)


async def _keep(desk: Desk, row: Recording, file: StreamFile) -> None:
    report = file.report("0" * 64, 0, "0" * 64)
    async with desk.database.transaction() as session:
        session.add(
            Stream(
                id=new_id(), county_id=row.county_id, recording_id=row.id,
                participant_id=report.participant_id, kind=report.kind,
                file_name=report.file_name, media_type=report.media_type, codecs=report.codecs,
                size_bytes=report.size_bytes, start_offset_ms=report.start_offset_ms,
                duration_ms=report.duration_ms, sha256=report.sha256,
                gaps=[[20_000, 24_000, "camera_missing"]] if report.kind == "document" else [],
                filler=[],
            )
        )  # fmt: skip
