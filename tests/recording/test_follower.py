import hashlib
from collections.abc import Iterator
from itertools import pairwise

import pytest

from casework.vocabulary import RecordingState, StreamKind
from recording import opus
from recording.control import StreamCounts
from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.recording.conftest import Place, line
from tests.recording.following import Opened, follow, names, open_stream
from tests.recording.senders import Network, Sender, Sent

AUDIO, CAMERA, DOCUMENT = TrackKind
SECOND = 1_000_000


@pytest.fixture
def tap(place: Place) -> Iterator[LogTap]:
    tap = LogTap(place.order())
    yield tap
    tap.file.close()


def end(tap: LogTap) -> None:
    tap.close()
    assert tap.flush()
    assert tap.failed is None


def playable(sent: list[Sent]) -> list[Sent]:
    """What can be decoded: all that arrived, but after a loss only from the next key frame on."""
    shown: list[Sent] = []
    waits_for_key = True
    for frame in sent:
        if not frame.arrived:
            waits_for_key = True
        elif not waits_for_key or not frame.payload[0] & 1:
            waits_for_key = False
            shown.append(frame)
    return shown


def offsets_ms(opened: Opened, sent: list[Sent]) -> list[float]:
    """How late each picture stands in the file against its capture."""
    wanted = playable(sent)
    assert [bytes(packet) for packet in opened.video] == [frame.payload for frame in wanted]
    return [
        opened.call_ms(packet) - frame.at_us / 1_000
        for packet, frame in zip(opened.video, wanted, strict=True)
    ]


def voice_offsets_ms(opened: Opened, sent: list[Sent]) -> list[float]:
    """The same for sound; filler is left out, and every packet that arrived must be there."""
    spoken = [packet for packet in opened.audio if bytes(packet) != opus.FILLER]
    wanted = [frame for frame in sent if frame.arrived]
    assert [bytes(packet) for packet in spoken] == [frame.payload for frame in wanted]
    return [
        opened.call_ms(packet) - frame.at_us / 1_000
        for packet, frame in zip(spoken, wanted, strict=True)
    ]


def call(sender: Sender, length_s: int, held: tuple[int, int] = (0, 0)) -> None:
    """Audio, camera and document from the start, with reports as a browser sends them."""
    length_us = length_s * SECOND
    sender.declare(AUDIO, CAMERA, DOCUMENT)
    sender.audio(0, length_us, held)
    sender.video(CAMERA, 0, length_us, 15, held)
    sender.video(DOCUMENT, 0, length_us, 5, held)
    sender.reports(AUDIO, 2_500_000, length_us, 5_000_000)
    sender.reports(CAMERA, 500_000, length_us, 1_000_000)
    sender.reports(DOCUMENT, 700_000, length_us, 1_000_000)


def test_a_call_becomes_two_files_on_one_clock_and_the_log_goes(place: Place, tap: LogTap) -> None:
    sender = Sender(tap, Network())
    call(sender, 12)
    sender.flush()
    end(tap)
    outcome = follow(place)
    assert (outcome.state, outcome.reason) == (RecordingState.SEALED, "")
    assert len(outcome.streams) == 2
    assert place.log_path.name not in names(place)
    assert len(names(place)) == 4, "two streams, how loud they were, and the index"
    for path in place.path.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    camera = open_stream(place, outcome)
    document = open_stream(place, outcome, StreamKind.DOCUMENT)
    assert camera.report.codecs == ["opus", "vp8"]
    assert document.report.codecs == ["vp8"]
    for opened in (camera, document):
        report = opened.report
        assert report.sha256 == hashlib.sha256(opened.raw).hexdigest()
        assert report.size_bytes == len(opened.raw)
        assert abs(opened.duration_ms - report.duration_ms) <= 1
        assert 11_700 <= report.duration_ms <= 12_100
        assert (report.gaps, report.filler, report.unplayed) == ([], [], [])
        assert report.counts == StreamCounts()
    late = offsets_ms(camera, sender.sent[CAMERA])
    late += voice_offsets_ms(camera, sender.sent[AUDIO])
    late += offsets_ms(document, sender.sent[DOCUMENT])
    assert max(late) - min(late) <= 15
    assert 10 <= min(late) <= 40, "capture plus the network's smallest delay"


def test_what_arrived_and_is_not_in_the_file_is_counted(place: Place, tap: LogTap) -> None:
    sender = Sender(tap, Network())
    call(sender, 6)
    packets = [event for event in sender.events if event[2][0] == "rtp"]
    sender.events += [(at_us, 9, what) for at_us, _, what in packets[100:110]]
    at_us, _, (_, track, *_packet) = packets[50]
    sender.events.append((at_us, 9, ("rtp", track, at_us, b"no RTP")))
    sender.flush()
    end(tap)
    counts = [stream.counts for stream in follow(place).streams]
    assert sum(each.late_or_repeated for each in counts) == 10
    assert sum(each.foreign_packets for each in counts) == 1


def test_loss_disorder_and_a_hold_leave_sound_and_picture_together(
    place: Place, tap: LogTap
) -> None:
    sender = Sender(tap, Network(seed=7, loss=0.05, reorder=0.05, jitter_us=40_000))
    hold = (8 * SECOND, 38 * SECOND)
    call(sender, 50, hold)
    sender.events.append((hold[0], -1, ("hold", hold[0], True)))
    sender.events.append((hold[1], -1, ("hold", hold[1], False)))
    sender.flush()
    end(tap)
    outcome = follow(place)
    assert outcome.state is RecordingState.SEALED
    camera = open_stream(place, outcome)
    late = [
        *offsets_ms(camera, sender.sent[CAMERA]),
        *voice_offsets_ms(camera, sender.sent[AUDIO]),
    ]
    assert max(late) - min(late) <= 60
    times = [camera.call_ms(packet) for packet in camera.audio]
    assert {round(later - earlier) for earlier, later in pairwise(times)} == {20}
    assert (8_000, 38_000, "hold") in camera.report.gaps
    reasons = {reason for _start, _end, reason in camera.report.gaps}
    assert reasons == {"hold", "audio_missing", "camera_missing"}
    assert camera.report.counts.left_out > 20, "after each lost picture, until a key frame"
    filled_ms = sum(end - start for start, end in camera.report.filler)
    lost = sum(1 for frame in sender.sent[AUDIO] if not frame.arrived)
    assert abs(filled_ms - 20 * lost) <= 60


def test_a_sender_that_stops_its_sound_clock_in_a_hold_is_followed(
    place: Place, tap: LogTap
) -> None:
    """Browsers stop counting RTP time while nothing is captured."""
    network = Network(seed=3)
    before = Sender(tap, network)
    before.declare(AUDIO, CAMERA)
    before.audio(0, 5 * SECOND)
    before.video(CAMERA, 0, 5 * SECOND)
    before.reports(CAMERA, 500_000, 5 * SECOND, SECOND)
    before.reports(AUDIO, 2_500_000, 5 * SECOND, 5 * SECOND)
    after = Sender(
        tap,
        network,
        rtp_start=(before.rtp_start - 30 * 48_000) & 0xFFFF_FFFF,
        sequences={AUDIO: before.sequences[AUDIO]},
    )
    after.audio(35 * SECOND, 45 * SECOND)
    after.reports(AUDIO, 37_500_000, 45 * SECOND, 5 * SECOND)
    picture = Sender(tap, network, sequences={CAMERA: before.sequences[CAMERA]})
    picture.video(CAMERA, 35 * SECOND, 45 * SECOND)
    picture.reports(CAMERA, 35_500_000, 45 * SECOND, SECOND)
    before.flush(after, picture)
    end(tap)
    camera = open_stream(place, follow(place))
    voice = voice_offsets_ms(camera, before.sent[AUDIO] + after.sent[AUDIO])
    faces = offsets_ms(camera, before.sent[CAMERA] + picture.sent[CAMERA])
    assert max(voice + faces) - min(voice + faces) <= 40


def test_a_reconnect_continues_the_same_files(place: Place, tap: LogTap) -> None:
    first = Sender(tap, Network(seed=1))
    call(first, 6)
    second = Sender(
        tap, Network(seed=2), connection="c2", first_track=3, skew_us=-5_000, rtp_start=77
    )
    second.sequence_start = 9
    for kind in (AUDIO, CAMERA):
        track = second._track(kind)
        assert track >= 3
    second.events.append((8 * SECOND, -1, ("add_track", 3, "aa", "c2", line(AUDIO))))
    second.events.append((8 * SECOND, -1, ("add_track", 4, "aa", "c2", line(CAMERA))))
    second.audio(8 * SECOND, 14 * SECOND)
    second.video(CAMERA, 8 * SECOND, 14 * SECOND)
    second.reports(CAMERA, 8_500_000, 14 * SECOND, SECOND)
    first.flush(second)
    end(tap)
    outcome = follow(place)
    assert outcome.state is RecordingState.SEALED
    assert len(outcome.streams) == 2
    camera = open_stream(place, outcome)
    voice = voice_offsets_ms(camera, first.sent[AUDIO] + second.sent[AUDIO])
    faces = offsets_ms(camera, first.sent[CAMERA] + second.sent[CAMERA])
    assert max(voice + faces) - min(voice + faces) <= 40
    missing = [gap for gap in camera.report.gaps if gap[2] == "camera_missing"]
    assert len(missing) == 1
    assert abs(missing[0][1] - missing[0][0] - 2_000) <= 120


def test_a_stall_of_the_uplink_never_changes_the_order_of_pictures(
    place: Place, tap: LogTap
) -> None:
    """Three seconds late, then all at once: times are found anew, each picture refers to the last."""
    sender = Sender(tap, Network())
    sender.declare(AUDIO, CAMERA)
    sender.audio(0, 20 * SECOND)
    sender.video(CAMERA, 0, 20 * SECOND)
    sender.reports(CAMERA, 500_000, 20 * SECOND, SECOND)
    stall, free = 6 * SECOND, 9 * SECOND
    sender.events = [
        (max(at_us, free), at_us, (name, track, max(at_us, free), *rest))
        if stall <= at_us < free
        else (at_us, at_us, (name, track, at_us, *rest))
        for at_us, _order, (name, track, _arrival_us, *rest) in sender.events
    ]
    sender.flush()
    end(tap)
    camera = open_stream(place, follow(place))
    shown = [bytes(packet) for packet in camera.video]
    assert shown == [frame.payload for frame in playable(sender.sent[CAMERA])]
    times = [camera.call_ms(packet) for packet in camera.video]
    assert times == sorted(times)


def test_what_an_old_connection_sends_after_the_new_one_is_not_mixed_in(
    place: Place, tap: LogTap
) -> None:
    first = Sender(tap, Network())
    first.declare(CAMERA)
    first.video(CAMERA, 0, 8 * SECOND)
    second = Sender(tap, Network(), connection="c2", first_track=3, rtp_start=77)
    second.events.append((6 * SECOND, -1, ("add_track", 4, "aa", "c2", line(CAMERA))))
    second.video(CAMERA, 6 * SECOND, 12 * SECOND)
    second.reports(CAMERA, 6_100_000, 12 * SECOND, SECOND)
    first.flush(second)
    end(tap)
    camera = open_stream(place, follow(place))
    before = [frame.payload for frame in first.sent[CAMERA] if frame.at_us <= 6 * SECOND]
    after = [frame.payload for frame in second.sent[CAMERA]]
    shown = [bytes(packet) for packet in camera.video]
    assert shown[-len(after) :] == after
    assert before[: len(shown) - len(after)] == shown[: -len(after)]
    assert len(before) - (len(shown) - len(after)) <= 1


def test_a_fast_and_a_slow_sound_card_stay_with_the_picture(place: Place) -> None:
    for drift in (0.002, -0.002):
        tap = LogTap(place.order())
        sender = Sender(tap, Network(), drift=drift)
        sender.declare(AUDIO, CAMERA)
        sender.audio(0, 60 * SECOND)
        sender.video(CAMERA, 0, 60 * SECOND)
        sender.reports(AUDIO, 1_000_000, 60 * SECOND, SECOND)
        sender.reports(CAMERA, 500_000, 60 * SECOND, SECOND)
        sender.flush()
        end(tap)
        tap.file.close()
        camera = open_stream(place, follow(place))
        late = voice_offsets_ms(camera, sender.sent[AUDIO])
        late += offsets_ms(camera, sender.sent[CAMERA])
        assert max(late) - min(late) <= 80
        corrected = camera.report.unplayed if drift > 0 else camera.report.filler
        assert 4 <= len(corrected) <= 8, "120 ms in a minute, 20 at a time"
        for path in place.path.iterdir():
            path.unlink()


def test_without_sender_reports_arrival_times_serve(place: Place, tap: LogTap) -> None:
    sender = Sender(tap, Network())
    sender.declare(AUDIO, CAMERA)
    sender.audio(0, 10 * SECOND)
    sender.video(CAMERA, 0, 10 * SECOND)
    sender.flush()
    end(tap)
    camera = open_stream(place, follow(place))
    late = voice_offsets_ms(camera, sender.sent[AUDIO])
    late += offsets_ms(camera, sender.sent[CAMERA])
    assert max(late) - min(late) <= 20


def test_pictures_before_the_first_key_frame_are_left_out(place: Place, tap: LogTap) -> None:
    sender = Sender(tap, Network())
    sender.declare(CAMERA)
    sender.video(CAMERA, 0, 4 * SECOND)
    sender.events = sender.events[12:]  # the tap was opened in the middle
    sender.sent[CAMERA] = sender.sent[CAMERA][4:]
    sender.flush()
    end(tap)
    outcome = follow(place)
    camera = open_stream(place, outcome)
    assert camera.video[0].is_keyframe
    assert camera.audio == []
    assert camera.report.codecs == ["vp8"]
    assert 900 <= camera.report.start_offset_ms <= 1_100
    assert len(offsets_ms(camera, sender.sent[CAMERA])) > 40


def test_a_log_without_media_is_a_recording_without_files(place: Place, tap: LogTap) -> None:
    end(tap)
    outcome = follow(place)
    assert (outcome.state, outcome.streams) == (RecordingState.SEALED, [])


def test_without_a_log_nothing_is_claimed(place: Place) -> None:
    outcome = follow(place)
    assert outcome.state is RecordingState.FAILED
    assert "nothing was recorded" in outcome.reason
