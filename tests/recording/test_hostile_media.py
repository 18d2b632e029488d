"""What a client sends is written as it is: no packet of it may stop a recording or break a file."""

import io
import secrets
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.vocabulary import RecordingState
from recording.archive import Archive
from recording.keys import new_data_key
from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.figures import count
from tests.recording.conftest import Place, line
from tests.recording.following import follow, plaintext
from tests.recording.senders import opus_packets, vp8_frames


def packet(random: Random, track: int, at_us: int) -> bytes:
    """Mostly plausible, so that the damage reaches the inner parts."""
    kind = list(TrackKind)[track]
    sequence = (at_us // 20_000 + random.choice([0, 0, 0, 1, -1, 3, 9_000, -9_000])) & 0xFFFF
    timestamp = at_us * 48 // 1_000 if track == 0 else at_us * 9 // 100
    timestamp += random.choice([0, 0, 0, 960, -960, 48_000, 2**31, -(2**20)])
    real = random.choice(opus_packets() if track == 0 else vp8_frames())
    payload = b"\x10" * (track > 0) + real[: random.choice([5_000, 5_000, 1, 0, 11])]
    head = bytes([0x80, random.choice([0x80, 0]) | line(kind).payload_type])
    raw = bytearray(
        head + sequence.to_bytes(2, "big") + (timestamp & 0xFFFF_FFFF).to_bytes(4, "big")
    )
    raw += bytes(4) + payload
    for _ in range(random.choice([0, 0, 0, 1, 3])):
        raw[random.randrange(len(raw))] = random.randrange(256)
    return bytes(raw[: random.choice([len(raw), len(raw), random.randrange(len(raw))])])


@pytest.mark.proof
@settings(max_examples=count(200, 8), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_packets_give_a_file_that_opens(seed: int) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        place = Place(archive, archive.create_folder(), new_data_key(), secrets.token_hex(4))
        tap = LogTap(place.order())
        for number, kind in enumerate(TrackKind):
            tap.add_track(number, "aa", "c1", line(kind))
        for at_us in range(0, 15_000_000, 20_000):
            track = random.randrange(3)
            tap.rtp(track, at_us, bytes(packet(random, track, at_us)))
            if random.random() < 0.02:
                ntp = random.choice([0, 2**64 - 1, (3_900_000_000 << 32) + (at_us << 12)])
                tap.sender_report(track, at_us, ntp, random.randrange(2**32))
            if random.random() < 0.01:
                tap.hold(at_us, random.random() < 0.5)
            if at_us % 200_000 == 0:
                tap.flush()
        tap.close()
        tap.flush()
        tap.file.close()
        outcome = follow(place)
        assert outcome.state is RecordingState.SEALED
        for stream in outcome.streams:
            assert stream.duration_ms <= 16_000
            with av.open(io.BytesIO(plaintext(place, stream)), mode="r") as container:
                assert sum(1 for packet_ in container.demux() if packet_.size) > 0
        archive.close()
