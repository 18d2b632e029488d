from random import Random

import pytest

from recording.depacketize import Frame
from recording.timeline import SETTLE_US, SenderClock, TrackTimeline

SECOND = 1_000_000


def frame(timestamp: int, arrival_us: int) -> Frame:
    return Frame(b"x", timestamp & 0xFFFF_FFFF, arrival_us, key=True)


def ntp(sent_us: float) -> int:
    return int(sent_us * (1 << 32) / 1e6)


def test_frames_wait_for_a_report_but_not_for_ever() -> None:
    timeline = TrackTimeline(SenderClock(), 90_000)
    assert timeline.push(frame(0, 50_000)) == []
    assert timeline.advance(SETTLE_US) == []
    assert timeline.waiting_since_us == 50_000
    ((at_us, _frame),) = timeline.advance(SETTLE_US + 50_000)
    assert at_us == 50_000
    assert timeline.waiting_since_us is None
    ((at_us, _frame),) = timeline.push(frame(90_000, 1_080_000))
    assert at_us == 1_050_000


def test_two_tracks_of_a_connection_share_the_sender_s_clock() -> None:
    """Sound arrives at once, pictures late; the reports say when they were captured."""
    clock = SenderClock()
    sound, picture = TrackTimeline(clock, 48_000), TrackTimeline(clock, 90_000)
    epoch = 3_000 * SECOND
    sound.push(frame(0, 20_000))
    ((first_us, _frame),) = sound.sender_report(ntp(epoch), 0)
    picture.push(frame(500, 120_000))
    ((second_us, _frame),) = picture.sender_report(ntp(epoch), 500)
    assert first_us == second_us == 20_000


def test_reports_from_before_the_record_align_its_first_frames() -> None:
    """Sound waited 400 ms on its way, the picture did not: arrival times alone would be wrong."""
    clock = SenderClock()
    sound, picture = TrackTimeline(clock, 48_000), TrackTimeline(clock, 90_000)
    epoch = 3_000 * SECOND
    assert sound.sender_report(ntp(epoch), 0) == []
    assert picture.sender_report(ntp(epoch), 500) == []
    ((picture_us, _frame),) = picture.push(frame(90_500, 1_020_000))
    ((sound_us, _frame),) = sound.push(frame(48_000, 1_420_000))
    assert sound_us == picture_us == 1_020_000


def test_a_wrap_of_the_rtp_clock_is_no_jump() -> None:
    timeline = TrackTimeline(SenderClock(), 90_000)
    start = 2**32 - 45_000
    timeline.push(frame(start, 10_000))
    timeline.sender_report(ntp(SECOND), start)
    times = [
        at_us
        for n in range(1, 20)
        for at_us, _frame in timeline.push(frame(start + n * 9_000, 10_000 + n * 100_000))
    ]
    assert times == [10_000 + n * 100_000 for n in range(1, 20)]


@pytest.mark.parametrize("wrong_us", [-3_600 * SECOND, 3_600 * SECOND, 10 * SECOND])
def test_a_report_that_can_not_be_true_changes_nothing(wrong_us: int) -> None:
    clock = SenderClock()
    timeline = TrackTimeline(clock, 90_000)
    timeline.push(frame(0, 10_000))
    timeline.sender_report(ntp(5_000 * SECOND), 0)
    timeline.sender_report(ntp(5_001 * SECOND + wrong_us), 90_000)
    assert timeline.rejected_reports == 1
    ((at_us, _frame),) = timeline.push(frame(90_000, 1_010_000))
    assert at_us == 1_010_000


def test_inexact_reports_and_jitter_move_times_by_a_few_milliseconds_only() -> None:
    random = Random(1)
    timeline = TrackTimeline(SenderClock(), 90_000)
    errors = []
    for n in range(3_000):
        sent_us = n * 66_667
        arrival_us = sent_us + 20_000 + random.randrange(80_000)
        for at_us, placed in timeline.push(frame(sent_us * 9 // 100, arrival_us)):
            true_us = placed.timestamp * 100 / 9 + 20_000
            errors.append(at_us - true_us)
        if n % 15 == 0:
            wobble_us = random.randrange(-8_000, 8_001)
            timeline.sender_report(ntp(9_000 * SECOND + sent_us + wobble_us), sent_us * 9 // 100)
    assert max(errors) - min(errors) <= 40_000


def test_a_clock_that_drifts_is_followed_for_an_hour() -> None:
    timeline = TrackTimeline(SenderClock(), 90_000)
    drift = 1.0002
    worst = 0.0
    for n in range(3_600):
        call_us = n * SECOND
        sent_us = call_us * drift
        timestamp = round(sent_us * 9 / 100)
        for at_us, placed in timeline.push(frame(timestamp, call_us + 30_000)):
            worst = max(worst, abs(at_us - placed.arrival_us))
        timeline.sender_report(ntp(7_000 * SECOND + sent_us), timestamp & 0xFFFF_FFFF)
    assert worst <= 10_000


def test_time_never_runs_below_zero() -> None:
    timeline = TrackTimeline(SenderClock(), 90_000)
    timeline.push(frame(9_000, 50_000))
    timeline.push(frame(0, 60_000))
    assert [at_us for at_us, _frame in timeline.finish()] == [50_000, 0]
