"""Transport-wide feedback: written and read alike, on one clock whoever the author is."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.relay import rtcp, twcc

gaps_us = st.integers(-20_000, 3_000_000)
received = st.lists(st.one_of(st.none(), gaps_us), min_size=1, max_size=900)


def arrivals_of(gaps: list[int | None]) -> list[int]:
    now_us, arrivals = 50_000_000, []
    for gap in gaps:
        if gap is None:
            arrivals.append(-1)
        else:
            now_us += gap
            arrivals.append(now_us)
    return arrivals


@given(st.integers(0, 0xFFFF), received)
def test_what_is_written_is_read_back_to_a_quarter_of_a_millisecond(
    first: int, gaps: list[int | None]
) -> None:
    arrivals = arrivals_of(gaps)
    read: list[int] = []
    for feedback in twcc.cut(first, arrivals):
        assert feedback.first == (first + len(read)) & 0xFFFF
        raw = twcc.encode(1, 2, feedback, 3)
        (packet,) = rtcp.parse(raw)
        assert rtcp.is_transport_feedback(packet, rtcp.TRANSPORT_CC)
        again = twcc.decode(packet.raw)
        assert again is not None
        assert again.first == feedback.first
        read += again.arrivals
    # Losses at the very end wait for the packet that proves them.
    while arrivals and arrivals[-1] < 0:
        arrivals.pop()
    read += [-1] * (len(arrivals) - len(read))
    for wrote, got in zip(arrivals, read, strict=False):
        assert (wrote < 0) == (got < 0)
        assert wrote < 0 or 0 <= wrote - got < twcc.TICK_US


@given(st.binary(max_size=80))
def test_no_bytes_make_the_reader_raise(body: bytes) -> None:
    raw = rtcp.build(205, 15, body[: len(body) // 4 * 4])
    feedback = twcc.decode(raw)
    assert feedback is None or all(each >= -1 for each in feedback.arrivals)


def test_run_length_and_one_bit_chunks_of_browsers_are_read() -> None:
    fixed = bytes(8) + (7).to_bytes(2, "big") + (10).to_bytes(2, "big") + (1).to_bytes(3, "big")
    run, bits = 0x2000 | 4, 0x8000 | 0b10_1000_0000_0000
    deltas = bytes((0, 4, 4, 4, 8, 8))
    chunks = run.to_bytes(2, "big") + bits.to_bytes(2, "big")
    feedback = twcc.decode(rtcp.build(205, 15, fixed + b"\0" + chunks + deltas + bytes(2)))
    assert feedback is not None
    assert feedback.arrivals[:7] == [64_000, 65_000, 66_000, 67_000, 69_000, -1, 71_000]
    assert feedback.arrivals[7:] == [-1, -1, -1]


def test_arrivals_are_reported_once_and_late_ones_again() -> None:
    arrivals = twcc.Arrivals()
    for sequence in (65_534, 65_535, 1):
        arrivals.note(sequence, 0, 1_000 + sequence)
    assert arrivals.unreported() == (65_534, [66_534, 66_535, -1, 1_001])
    arrivals.skip()
    assert arrivals.unreported() == (2, [])
    arrivals.note(0, 0, 9_000)
    assert arrivals.unreported() == (0, [9_000, 1_001])


def test_an_arrival_is_remembered_with_its_line_until_its_slot_is_needed() -> None:
    arrivals = twcc.Arrivals()
    arrivals.note(5, 2, 777)
    assert arrivals.at(5) == (777, 2)
    assert arrivals.at(5 + twcc.ARRIVALS) is None
    arrivals.note(5 + twcc.ARRIVALS, 1, 888)
    assert arrivals.at(5) is None


def test_the_reference_time_leaps_at_each_change_of_author_and_only_then() -> None:
    clock = twcc.ReferenceTime(step_s=64.0)
    start, _ = clock.place("viewer", 16_777_000, 0)
    same, _ = clock.place("viewer", 16_777_002, 128_000)
    assert (same - start) % twcc.REFERENCE_CYCLE == 2
    other, _ = clock.place("server", 5, 1_128_000)
    assert (other - same) % twcc.REFERENCE_CYCLE == 1_000 + 1_000_000 // twcc.REFERENCE_US
    back, count = clock.place("viewer", 3, 1_128_000)
    assert (back - other) % twcc.REFERENCE_CYCLE == 1_000
    assert count == 4


def test_only_reference_and_number_of_a_forwarded_message_change() -> None:
    raw = twcc.encode(1, 2, twcc.Feedback(9, 100, [6_400_000, -1, 6_401_000]), 7)
    moved = twcc.with_reference(raw, 0xABCDEF, 200)
    assert moved[16:20] == b"\xab\xcd\xef\xc8"
    assert (moved[:16], moved[20:]) == (raw[:16], raw[20:])
