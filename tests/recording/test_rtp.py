from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.depacketize import Vp8Depacketizer, Vp9Depacketizer, depacketizer
from recording.opus import FILLER, samples
from recording.rtp import Packet, Reorder, parse, signed_delta

WINDOW_US = 200_000


def packet(sequence: int, at_us: int = 0, payload: bytes = b"x", marker: bool = False) -> Packet:
    return Packet(sequence & 0xFFFF, 0, marker, 96, payload, at_us)


@given(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1))
def test_a_signed_delta_undoes_a_step_over_the_wrap(start: int, step: int) -> None:
    assert signed_delta((start + step) % 2**32, start, 32) == step


@given(st.binary(max_size=60))
def test_any_bytes_are_a_packet_or_nothing(raw: bytes) -> None:
    parsed = parse(memoryview(raw), 5)
    if parsed is not None:
        assert parsed.arrival_us == 5
        assert raw[0] >> 6 == 2
        assert parsed.payload in raw


def test_extension_csrcs_and_padding_are_no_payload() -> None:
    head = bytes([0b1011_0001, 0x80 | 96]) + (7).to_bytes(2, "big") + (9).to_bytes(4, "big")
    raw = head + bytes(4) + bytes(4) + b"\xbe\xde\0\1" + bytes(4) + b"payload" + b"\0\0\3"
    assert parse(memoryview(raw), 1) == Packet(7, 9, True, 96, b"payload", 1)


@given(start=st.integers(0, 0xFFFF), seed=st.integers(0, 1_000))
def test_packets_come_out_in_order_once_whatever_the_order_of_arrival(
    start: int, seed: int
) -> None:
    random = Random(seed)
    arrivals = sorted((n * 10_000 + random.randrange(150_000), n) for n in range(80))
    doubled = [(at, n) for at, n in arrivals for _ in range(1 + (random.random() < 0.1))]
    reorder = Reorder(WINDOW_US)
    out: list[Packet] = []
    for at, n in doubled:
        out += reorder.push(packet(start + n, at, bytes([n])))
    out += reorder.drain()
    assert [p.payload[0] for p in out] == list(range(80))
    numbers = [p.sequence for p in out]
    assert numbers == list(range(numbers[0], numbers[0] + 80))


def test_a_hole_holds_up_no_longer_than_the_window() -> None:
    reorder = Reorder(WINDOW_US)
    reorder.push(packet(10, 0))
    assert [p.sequence & 0xFFFF for p in reorder.release(WINDOW_US)] == [10]
    assert reorder.push(packet(12, 300_000)) == []
    assert reorder.release(499_999) == []
    (late,) = reorder.release(500_000)
    assert late.sequence & 0xFFFF == 12
    assert reorder.push(packet(11, 510_000)) == []
    assert reorder.late_or_repeated == 1


def test_a_repair_within_the_window_fills_the_hole() -> None:
    reorder = Reorder(WINDOW_US)
    reorder.push(packet(10, 0))
    reorder.release(WINDOW_US)
    reorder.push(packet(12, 300_000))
    assert [p.sequence & 0xFFFF for p in reorder.push(packet(11, 400_000))] == [11, 12]


@pytest.mark.parametrize("again", [200, 15_000, 55_000])
def test_a_sender_that_starts_anew_is_followed_at_once(again: int) -> None:
    reorder = Reorder(WINDOW_US)
    reorder.push(packet(35_000, 0))
    first, second = reorder.push(packet(again, 1_000))
    assert (first.sequence & 0xFFFF, second.sequence & 0xFFFF) == (35_000, again)
    assert second.sequence > first.sequence


def video(
    depacketizer: Vp8Depacketizer | Vp9Depacketizer, *pieces: tuple[int, int, bytes, bool]
) -> list[tuple[bytes, bool]]:
    frames = []
    for sequence, timestamp, payload, marker in pieces:
        frame = depacketizer.push(Packet(sequence, timestamp, marker, 96, payload, 0))
        if frame is not None:
            frames.append((frame.payload, frame.after_loss))
    return frames


FIRST, NEXT = b"\x10", b"\x00"


def test_a_vp8_frame_is_joined_from_its_packets() -> None:
    assert video(
        Vp8Depacketizer(),
        (1, 7, FIRST + b"ab", False),
        (2, 7, NEXT + b"cd", True),
        (3, 8, FIRST + b"ef", True),
    ) == [(b"abcd", False), (b"ef", False)]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_vp8_frame_with_a_missing_packet_is_left_out_and_the_next_told_so(missing: int) -> None:
    pieces = [
        (10, 1, FIRST + b"0", True),
        (11, 2, FIRST + b"a", False),
        (12, 2, NEXT + b"b", False),
        (13, 2, NEXT + b"c", True),
        (14, 3, FIRST + b"d", True),
        (15, 4, FIRST + b"e", True),
    ]
    del pieces[1 + missing]
    assert video(Vp8Depacketizer(), *pieces) == [(b"0", False), (b"d", True), (b"e", False)]


def test_padding_between_frames_is_no_loss() -> None:
    assert video(
        Vp8Depacketizer(),
        (1, 7, FIRST + b"a", True),
        (2, 7, b"", False),
        (3, 8, FIRST + b"b", True),
    ) == [(b"a", False), (b"b", False)]


@pytest.mark.parametrize(
    ("descriptor", "ok"),
    [
        (b"\x90\x80\x12", True),
        (b"\x90\x80\x92\x34", True),
        (b"\x90\xf0\x92\x34\x05\x06", True),
        (b"\x90\x20\x06", True),
        (b"\x90\x80", False),
        (b"\x90", False),
    ],
)
def test_vp8_descriptors_of_any_length_are_cut_off(descriptor: bytes, ok: bool) -> None:
    payload = descriptor + (b"frame" if ok else b"")
    expected = [(b"frame", False)] if ok else []
    assert video(Vp8Depacketizer(), (1, 7, payload, True)) == expected


@pytest.mark.parametrize(
    "descriptor",
    [
        b"\x0c",
        b"\x8c\x92\x34",
        b"\xac\x92\x34\x00\x01",
        b"\xdc\x92\x34\x03\x04",
        b"\x8e\x92\x34\x18\x02\x80\x01\xe0\x01\x00",
    ],
)
def test_vp9_descriptors_are_cut_off(descriptor: bytes) -> None:
    assert video(Vp9Depacketizer(), (1, 7, descriptor + b"frame", True)) == [(b"frame", False)]


def test_key_frames_tell_their_size() -> None:
    vp8 = b"\x50\x01\x00\x9d\x01\x2a\x00\x05\xd0\x02"
    assert Vp8Depacketizer().inspect(vp8) == (True, (1280, 720))
    assert Vp8Depacketizer().inspect(b"\x51" + vp8[1:]) == (False, None)
    size = ((1920 - 1) << 20 | (1080 - 1) << 4).to_bytes(5, "big")
    vp9 = b"\x82\x49\x83\x42" + size + b"\0"
    assert Vp9Depacketizer().inspect(vp9) == (True, (1920, 1080))
    assert Vp9Depacketizer().inspect(b"\x86" + vp9[1:]) == (False, None)


@given(st.sampled_from(["vp8", "VP9", "opus"]), st.lists(st.binary(max_size=30), max_size=20))
def test_no_payload_breaks_a_depacketizer(codec: str, payloads: list[bytes]) -> None:
    made = depacketizer(codec)
    assert made is not None
    for number, payload in enumerate(payloads):
        made.push(Packet(number, number // 3, number % 3 == 2, 96, payload, 0))


def test_only_codecs_that_can_be_written_have_a_depacketizer() -> None:
    assert depacketizer("AV1") is None
    assert depacketizer("H264") is None


@pytest.mark.parametrize(
    ("packet_", "length"),
    [
        (b"", 0),
        (FILLER, 960),
        (b"\x08\0", 960),
        (b"\x78", 960),
        (b"\x79", 1920),
        (b"\xe0", 120),
        (b"\x7b\x03", 2880),
        (b"\x7b", 0),
        (b"\x1b\x3f", 0),
    ],
)
def test_the_length_of_an_opus_packet_is_in_its_first_bytes(packet_: bytes, length: int) -> None:
    assert samples(packet_) == length
