"""What a frame says of itself is read, and not believed without bounds."""

import struct

import pytest

from recording.depacketize import Vp8Depacketizer
from recording.rtp import Packet
from signaling.relay.key_frames import LARGEST_PICTURE_PX


def key_frame(width: int, height: int) -> bytes:
    """The head of a VP8 key frame (RFC 6386, 9.1) in one RTP payload (RFC 7741)."""
    return b"\x10" + b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(20)


def packet(sequence: int, payload: bytes) -> Packet:
    return Packet(
        sequence=sequence,
        timestamp=sequence * 3_000,
        arrival_us=sequence * 33_000,
        marker=True,
        payload_type=96,
        payload=payload,
    )


@pytest.mark.parametrize(("width", "height"), [(2560, 1440), (1440, 2560), (320, 180)])
def test_usual_sizes_are_taken(width: int, height: int) -> None:
    frame = Vp8Depacketizer().push(packet(1, key_frame(width, height)))
    assert frame is not None
    assert (frame.key, frame.size, frame.after_loss) == (True, (width, height), False)


@pytest.mark.parametrize(("width", "height"), [(16_383, 16_383), (2_561, 1_440)])
def test_a_picture_that_claims_to_be_huge_counts_as_lost(width: int, height: int) -> None:
    assert width * height > LARGEST_PICTURE_PX
    depacketizer = Vp8Depacketizer()
    assert depacketizer.push(packet(1, key_frame(width, height))) is None
    after = depacketizer.push(packet(2, key_frame(640, 360)))
    assert after is not None
    assert after.after_loss
