from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recording import opus
from recording.depacketize import Frame
from recording.lanes import TOLERANCE_US, AudioLane, Placed, Spans, VideoLane

MS = 1_000


def voice(*, lost: bool = False) -> Frame:
    return Frame(b"\xf8voice", 0, 0, key=True, after_loss=lost)


def picture(*, key: bool = False, lost: bool = False) -> Frame:
    return Frame(b"picture", 0, 0, key, (640, 360) if key else None, lost)


class Sound:
    def __init__(self) -> None:
        self.gaps, self.filler, self.unplayed = Spans(), Spans(), Spans()
        self.lane = AudioLane(self.gaps, self.filler, self.unplayed)
        self.placed: list[Placed] = []

    def place(self, at_ms: float, *, lost: bool = False) -> None:
        self.take(self.lane.place(round(at_ms * MS), voice(lost=lost)))

    def take(self, placed: Iterable[Placed]) -> None:
        self.placed += placed

    @property
    def times_ms(self) -> list[int]:
        return [placed.at_us // MS for placed in self.placed]


def test_a_lost_packet_becomes_listed_silence() -> None:
    sound = Sound()
    sound.place(100)
    sound.place(140, lost=True)
    assert sound.times_ms == [100, 120, 140]
    assert [placed.payload == opus.FILLER for placed in sound.placed] == [False, True, False]
    assert sound.filler.spans == [(120 * MS, 140 * MS, "filler")]
    assert sound.gaps.spans == [(120 * MS, 140 * MS, "audio_missing")]


def test_silence_that_the_sender_meant_is_filled_but_no_gap() -> None:
    sound = Sound()
    sound.place(0)
    sound.place(400)
    assert sound.times_ms == list(range(0, 420, 20))
    assert sound.gaps.spans == []
    assert sound.filler.spans == [(20 * MS, 400 * MS, "filler")]


def test_what_comes_after_its_place_was_filled_is_kept_and_not_played() -> None:
    sound = Sound()
    sound.place(0)
    sound.take(sound.lane.fill_until(500 * MS))
    sound.place(100)
    assert sound.placed[-1].payload == b"\xf8voice"
    assert sound.placed[-1].discard_us == 20 * MS
    assert sound.unplayed.spans == [(100 * MS, 120 * MS, "unplayed")]


def test_silence_follows_the_picture_only_once_there_was_sound() -> None:
    sound = Sound()
    sound.take(sound.lane.fill_until(1_000 * MS))
    assert sound.placed == []
    sound.place(0)
    sound.take(sound.lane.fill_until(1_000 * MS))
    assert 930 <= sound.times_ms[-1] <= 970


def test_malformed_packets_are_left_out() -> None:
    lane = Sound().lane
    assert list(lane.place(0, Frame(b"\x7b", 0, 0, key=True))) == []


arrivals = st.lists(
    st.tuples(st.integers(-50, 400), st.booleans(), st.booleans()), min_size=1, max_size=60
)


@given(arrivals)
def test_sound_lies_end_to_end_and_near_its_time_whatever_comes(
    steps: list[tuple[int, bool, bool]],
) -> None:
    sound = Sound()
    now_ms = 1_000
    for step_ms, lost, filled in steps:
        now_ms = max(now_ms + step_ms, 0)
        if filled:
            sound.take(sound.lane.fill_until(now_ms * MS))
        before = len(sound.placed)
        sound.place(now_ms, lost=lost)
        spoken = sound.placed[-1]
        if not spoken.discard_us:
            assert abs(spoken.at_us - now_ms * MS) <= TOLERANCE_US
        assert len(sound.placed) > before
    played = [placed for placed in sound.placed if not placed.discard_us]
    assert all(b.at_us - a.at_us == 20 * MS for a, b in pairwise(played))
    assert all(a.at_us <= b.at_us for a, b in pairwise(sound.placed))


def test_after_a_loss_pictures_begin_again_with_a_key_frame_and_the_gap_is_told() -> None:
    gaps = Spans()
    lane = VideoLane(gaps, "camera")
    frames = [
        (0, picture()),
        (100, picture(key=True)),
        (200, picture()),
        (300, picture(lost=True)),
        (400, picture()),
        (500, picture(key=True)),
        (600, picture()),
        (900, picture(key=True, lost=True)),
        (950, picture(lost=True)),
    ]
    shown = [at_ms for at_ms, frame in frames if lane.place(at_ms * MS, frame)]
    lane.finish(1_000 * MS)
    assert shown == [100, 200, 500, 600, 900]
    assert lane.left_out == 4
    assert [(a // MS, b // MS) for a, b, _reason in gaps.spans] == [(200, 500), (600, 1_000)]
    assert {reason for _a, _b, reason in gaps.spans} == {"camera_missing"}
    assert lane.key_frames_us == [100 * MS, 500 * MS, 900 * MS]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=50))
def test_pictures_never_go_back_in_time(times_ms: list[int]) -> None:
    lane = VideoLane(Spans(), "camera")
    shown = [p.at_us for at_ms in times_ms for p in lane.place(at_ms * MS, picture(key=True))]
    assert all(earlier < later for earlier, later in pairwise(shown))
