import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from casework.vocabulary import RecordingState, StreamKind
from recording.archive import INDEX
from recording.closing import close_recording, read_outcome, shorten
from recording.control import MAX_SPANS, Outcome, StreamReport
from recording.follower import Follower
from recording.key_frame_watch import KeyFrameWatch
from recording.keys import file_name
from recording.log_writer import LogTap
from signaling.local_socket import LINE_LIMIT_BYTES
from signaling.relay.control import TrackKind
from tests.figures import count, write_figures
from tests.recording.conftest import Place
from tests.recording.following import follow, names, start_order
from tests.recording.senders import Network, Sender, vp8_frames

AUDIO, CAMERA, DOCUMENT = TrackKind
SECOND = 1_000_000


@pytest.fixture
def tap(place: Place) -> Iterator[LogTap]:
    tap = LogTap(place.order())
    yield tap
    tap.file.close()


def write_call(tap: LogTap, length_s: int) -> None:
    sender = Sender(tap, Network())
    sender.declare(AUDIO, CAMERA)
    sender.audio(0, length_s * SECOND)
    sender.video(CAMERA, 0, length_s * SECOND)
    sender.reports(CAMERA, 500_000, length_s * SECOND, SECOND)
    sender.flush()
    tap.close()
    assert tap.flush()


def test_a_file_that_is_not_what_the_log_gave_fails_and_the_log_stays(
    place: Place, tap: LogTap
) -> None:
    write_call(tap, 10)
    with place.archive.folder(place.folder) as folder:
        follower = Follower(folder, start_order(place))
        while follower.step():
            pass
        (stream,) = follower.streams.values()
        stream.file.flush()
        path = place.path / stream.file.name
        raw = bytearray(path.read_bytes())
        raw[-100] ^= 1
        path.write_bytes(raw)
        outcome = close_recording(follower)
        follower.close()
    assert outcome.state is RecordingState.FAILED
    assert "reading back failed" in outcome.reason
    assert place.log_path.name in names(place)


def test_a_frame_that_the_file_lacks_is_noticed(place: Place, tap: LogTap) -> None:
    write_call(tap, 10)
    with place.archive.folder(place.folder) as folder:
        follower = Follower(folder, start_order(place))
        while follower.step():
            pass
        (stream,) = follower.streams.values()
        stream.file.totals[1].add(b"a packet that no cluster holds")
        outcome = close_recording(follower)
        follower.close()
    assert outcome.state is RecordingState.FAILED
    assert "other frames" in outcome.reason


def test_the_outcome_is_in_the_index_before_the_log_goes(place: Place, tap: LogTap) -> None:
    write_call(tap, 5)
    log = place.log_path.read_bytes()
    first = follow(place)
    with place.archive.folder(place.folder) as folder:
        assert read_outcome(folder, place.key, place.recording_id) == first
    # The recorder died between index and removal, or even before the index was whole.
    place.log_path.write_bytes(log)
    index = place.path / file_name(place.key, place.recording_id, INDEX)
    index.write_bytes(index.read_bytes()[:-10])
    with place.archive.folder(place.folder) as folder:
        assert read_outcome(folder, place.key, place.recording_id) is None
    assert follow(place) == first


def test_a_long_list_of_gaps_is_told_shorter_and_fits_a_line() -> None:
    gaps = [(n * 100, n * 100 + 20, "audio_missing") for n in range(50_000)]
    gaps += [(n * 5_000, n * 5_000 + 40, "camera_missing") for n in range(3_000)]
    stream = StreamReport(
        participant_id="aa",
        kind=StreamKind.AUDIO_CAMERA,
        file_name="0" * 32,
        codecs=["opus", "vp8"],
        size_bytes=1,
        start_offset_ms=0,
        duration_ms=5_000_000,
        sha256="",
        header_bytes=1,
        header_sha256="",
        gaps=sorted(gaps),
        filler=[(start, end) for start, end, _reason in gaps],
        unplayed=[],
        key_frames_ms=list(range(9_000)),
    )
    outcome = Outcome(state=RecordingState.SEALED, duration_ms=5_000_000, streams=[stream] * 8)
    short = shorten(outcome)
    assert len(short.model_dump_json()) < LINE_LIMIT_BYTES
    for told in short.streams:
        assert len(told.gaps) <= MAX_SPANS
        assert len(told.filler) <= MAX_SPANS
        covered = [(start, end) for start, end, reason in told.gaps if reason == "camera_missing"]
        assert covered[0][0] == 0
        assert covered[-1][1] == 2_999 * 5_000 + 40
    assert shorten(short) == short


@pytest.mark.proof
def test_a_recording_is_ready_soon_after_its_call(place: Place, tap: LogTap) -> None:
    """Two seconds after ten minutes is the goal: a tenth of it after a tenth, times five."""
    length_s = count(600, 60)
    write_call(tap, length_s)
    with place.archive.folder(place.folder) as folder:
        follower = Follower(folder, start_order(place))
        while follower.step():
            pass
        before = perf_counter()
        outcome = close_recording(follower)
        took_s = perf_counter() - before
        follower.close()
    assert outcome.state is RecordingState.SEALED
    write_figures(
        "recording_ready",
        "Recording: from the end of the log to read back and indexed",
        ["call s", "megabytes", "seconds", "goal"],
        [
            [
                length_s,
                round(sum(s.size_bytes for s in outcome.streams) / 1e6, 1),
                round(took_s, 2),
                2,
            ]
        ],
    )
    assert took_s <= 2.0 * 5 * length_s / 600


def test_key_frames_are_asked_for_when_one_is_long_in_coming(place: Place, tap: LogTap) -> None:
    sender = Sender(tap, Network(jitter_us=0))
    sender.declare(CAMERA, DOCUMENT)
    sender.video(CAMERA, 0, SECOND)
    sender.video(DOCUMENT, 0, SECOND)
    first = sender.sequences[CAMERA]
    # 28 seconds of pictures that all refer to earlier ones
    for kind in (CAMERA, DOCUMENT):
        for second in range(1, 29):
            sender.pictures = only_differences
            sender.video(kind, second * SECOND, (second + 1) * SECOND)
    assert sender.sequences[CAMERA] > first
    sender.flush()
    tap.flush()
    watch = KeyFrameWatch()
    asked: dict[TrackKind, list[int]] = {CAMERA: [], DOCUMENT: []}
    with place.archive.folder(place.folder) as folder:
        follower = Follower(folder, start_order(place))
        while follower.step(1):
            for connection_id, kind in watch.wanted(follower, follower.now_us):
                assert connection_id == "c1"
                asked[kind].append(follower.now_us // SECOND)
        assert list(watch.wanted(follower, follower.now_us + 4 * SECOND)) == []
        follower.close()
    assert 10 <= asked[CAMERA][0] <= 12
    assert 20 <= asked[DOCUMENT][0] <= 22
    assert min(b - a for a, b in zip(asked[CAMERA], asked[CAMERA][1:], strict=False)) >= 1


def only_differences() -> list[bytes]:
    return [frame for frame in vp8_frames() if frame[0] & 1]


def test_the_recorder_loads_no_codec_and_stays_small() -> None:
    code = """
import json, sys
from pathlib import Path
import recording.recorder
loaded = [name for name in ("av", "aiortc", "aiohttp", "sqlalchemy") if name in sys.modules]
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps([loaded, int(status["VmRSS"].split()[0])]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parents[2]
    )
    loaded, kilobytes = json.loads(done.stdout)
    assert loaded == []
    assert kilobytes < 80_000
