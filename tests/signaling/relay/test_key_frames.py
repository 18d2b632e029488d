"""At most one request a gap, merged, none while a key frame arrives."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.key_frames import (
    ARRIVING_LONGEST_US,
    MERGE_US,
    GateTimes,
    KeyFrameGate,
    begins_key_frame,
    is_too_large,
)

SECOND_US = 1_000_000
START_US = 10 * SECOND_US


def gate() -> KeyFrameGate:
    return KeyFrameGate(GateTimes(gap_us=SECOND_US, congested_gap_us=3 * SECOND_US))


def asks(tried: KeyFrameGate, now_us: int, *, congested: bool = False) -> bool:
    return tried.take(now_us, congested=congested)


def test_wishes_of_many_viewers_make_one_request_a_second() -> None:
    tried = gate()
    sent = 0
    for step in range(100):
        tried.wish()
        sent += asks(tried, START_US + step * 50_000)
    assert sent == 5


def test_under_congestion_it_is_one_in_three_seconds() -> None:
    tried = gate()
    sent = 0
    for step in range(100):
        tried.wish()
        sent += asks(tried, START_US + step * 90_000, congested=True)
    assert sent == 3


def test_a_joining_viewer_is_served_at_once_unless_a_request_just_went_out() -> None:
    tried = gate()
    tried.wish()
    assert asks(tried, START_US)
    tried.wish(joining=True)
    assert not asks(tried, START_US + MERGE_US - 1)
    assert asks(tried, START_US + MERGE_US)


def test_nothing_is_asked_while_a_key_frame_arrives() -> None:
    tried = gate()
    tried.wish()
    tried.began(START_US)
    assert not asks(tried, START_US + 10), "whoever wished before it began gets it"
    tried.wish(joining=True)
    assert not asks(tried, START_US + 20)
    tried.ended()
    assert asks(tried, START_US + 30), "whoever came in the middle needs another"


def test_a_key_frame_that_never_ends_does_not_block_for_ever() -> None:
    tried = gate()
    tried.began(START_US)
    tried.wish()
    assert asks(tried, START_US + ARRIVING_LONGEST_US)


def test_of_an_unknown_codec_the_request_counts_as_the_key_frame() -> None:
    tried = KeyFrameGate(GateTimes(SECOND_US, 3 * SECOND_US), seen=False)
    tried.wish()
    assert asks(tried, START_US)
    assert tried.last_us == START_US


@pytest.mark.parametrize(
    ("codec", "payload", "is_key"),
    [
        ("VP8", b"\x10\x00", True),
        ("VP8", b"\x10\x01", False),
        ("VP8", b"\x00\x00", False),
        ("VP8", b"\x90\xe0\x81\x23\x05\x40\x00", True),
        ("VP8", b"\x90\xe0\x81\x23\x05\x40\x01", False),
        ("VP9", b"\x8c", True),
        ("VP9", b"\xcc", False),
        ("H264", b"\x67", True),
        ("H264", b"\x78\x00\x05\x67", True),
        ("H264", b"\x7c\x85", True),
        ("H264", b"\x7c\x05", False),
        ("H264", b"\x61", False),
        ("AV1", b"\x18", True),
        ("AV1", b"\x10", False),
        ("future", b"\xff", False),
    ],
)
def test_key_frames_are_known_by_their_first_bytes(
    codec: str, payload: bytes, is_key: bool
) -> None:
    assert begins_key_frame(codec, memoryview(payload)) is is_key


def vp8(width: int, height: int) -> bytes:
    """The first packet of a key frame (RFC 7741, RFC 6386 §9.1)."""
    return b"\x10\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)


def vp9(width: int, height: int, descriptor: bytes = b"\x8c\x80\x01") -> bytes:
    """The same (RFC 9628 §4.2; VP9 bit stream specification, 6.2, profile 0)."""
    sizes = (width - 1) << 20 | (height - 1) << 4
    return descriptor + b"\x82\x49\x83\x42" + sizes.to_bytes(5, "big") + bytes(8)


@pytest.mark.parametrize(
    ("codec", "payload", "too_large"),
    [
        ("VP8", vp8(1920, 1080), False),
        ("VP8", vp8(16_383, 16_383), True),
        ("VP8", b"\x10\x11" + vp8(16_383, 16_383)[2:], False),
        ("VP9", vp9(1920, 1080), False),
        ("VP9", vp9(65_536, 65_536), True),
        ("VP9", vp9(65_536, 65_536, b"\xcc\x80\x01"), True),
        ("VP9", b"\x8c\x80\x01\x86" + bytes(12), False),
    ],
    ids=["good", "huge", "no key frame", "VP9", "huge VP9", "VP9 said to be none", "inter VP9"],
)
def test_a_key_frame_says_how_large_it_is(codec: str, payload: bytes, too_large: bool) -> None:
    assert is_too_large(codec, memoryview(payload)) is too_large


@given(st.sampled_from(["VP8", "VP9"]), st.binary(max_size=40))
def test_no_payload_makes_the_size_check_raise(codec: str, payload: bytes) -> None:
    is_too_large(codec, memoryview(payload))


@given(st.sampled_from(["VP8", "VP9", "H264", "AV1"]), st.binary(max_size=8))
def test_no_payload_makes_a_detector_raise(codec: str, payload: bytes) -> None:
    assert begins_key_frame(codec, memoryview(payload)) in {True, False}
