import asyncio
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import monotonic, monotonic_ns

import pytest

from casework.vocabulary import RecordingState
from recording.control import (
    KeyFrameWanted,
    Reconcile,
    RecordingClose,
    RecordingClosed,
    RecordingFailed,
    RecordingProgress,
    RecordingSalvage,
    Refused,
)
from recording.follower import Follower
from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.recording.conftest import Place
from tests.recording.following import follow, names, open_stream, start_order
from tests.recording.recorder_process import MAIN, ROOT, edge, kill, start
from tests.recording.senders import Network, Sender
from tests.recording.test_follower import offsets_ms, voice_offsets_ms

AUDIO, CAMERA, DOCUMENT = TrackKind
SECOND = 1_000_000
PICTURES_A_SECOND = 15


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    return tmp_path / "recorder.sock"


@pytest.fixture
async def recorder(socket_path: Path, place: Place) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await start(socket_path, place.archive.root)
    yield process
    await kill(process)


@pytest.fixture
def tap(place: Place) -> Iterator[LogTap]:
    tap = LogTap(place.order(monotonic_ns() // 1_000))
    yield tap
    tap.file.close()


def salvage(place: Place) -> RecordingSalvage:
    fields = start_order(place).model_dump(exclude={"type"})
    return RecordingSalvage(**fields)


def close(place: Place) -> RecordingClose:
    return RecordingClose(request_id="2", recording_id=place.recording_id)


def fill(tap: LogTap, length_s: int = 6) -> Sender:
    """A call of a few seconds, its arrivals shifted onto the clock of this machine."""
    sender = Sender(tap, Network())
    sender.declare(AUDIO, CAMERA)
    sender.audio(0, length_s * SECOND)
    sender.video(CAMERA, 0, length_s * SECOND)
    sender.reports(CAMERA, 500_000, length_s * SECOND, SECOND)
    sender.reports(AUDIO, 500_000, length_s * SECOND, SECOND)
    sender.shift(monotonic_ns() // 1_000)
    sender.flush()
    assert not tap.flush()
    return sender


async def test_a_closed_recording_is_reported_until_it_is_acknowledged(
    place: Place, socket_path: Path, tap: LogTap, recorder: asyncio.subprocess.Process
) -> None:
    async with edge(socket_path) as first:
        assert (await first.order(start_order(place))).type == "done"
        assert (await first.order(start_order(place))).type == "done", "orders may be repeated"
        held = await first.order(Reconcile(request_id="3"))
        assert held.model_dump()["recordings"] == [place.recording_id]
        fill(tap)
        tap.close()
        assert tap.flush()
        await first.order(close(place))
        report = await first.wait_for(RecordingClosed)
        assert (await first.wait_for(RecordingClosed)) == report
    async with edge(socket_path) as second:
        assert (await second.closed()) == report
        held = await second.order(Reconcile(request_id="4"))
        assert held.model_dump()["recordings"] == []
    async with edge(socket_path) as third:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await third.wait_for(RecordingClosed)
    assert report.outcome.state is RecordingState.SEALED
    opened = open_stream(place, report.outcome)
    assert len(opened.audio) == 300


async def test_a_start_repeated_after_the_end_gives_the_same_outcome(
    place: Place, socket_path: Path, tap: LogTap, recorder: asyncio.subprocess.Process
) -> None:
    fill(tap)
    tap.close()
    tap.flush()
    async with edge(socket_path) as connected:
        await connected.order(start_order(place))
        await connected.order(close(place))
        first = await connected.closed()
        await connected.order(salvage(place))
        second = await connected.closed()
    assert second.outcome == first.outcome
    assert second.report_id != first.report_id


async def test_unknown_recordings_and_folders_are_refused(
    place: Place, socket_path: Path, recorder: asyncio.subprocess.Process
) -> None:
    async with edge(socket_path) as connected:
        answer = await connected.order(close(place))
        assert isinstance(answer, Refused)
        assert answer.code == "recording.unknown"
        gone = start_order(place).model_copy(update={"folder": "0" * 32})
        answer = await connected.order(gone)
        assert isinstance(answer, Refused)
        assert answer.code == "recording.folder"


async def test_progress_and_wanted_key_frames_are_told_while_a_call_goes_on(
    place: Place, socket_path: Path, tap: LogTap, recorder: asyncio.subprocess.Process
) -> None:
    sender = Sender(tap, Network())
    sender.declare(CAMERA)
    sender.video(CAMERA, 0, 3 * SECOND)
    sender.events = sender.events[3 * 1 : 3 * 14]  # none of them a key frame
    start_us = monotonic_ns() // 1_000
    sender.shift(start_us)
    async with edge(socket_path) as connected, asyncio.TaskGroup() as group:
        await connected.order(start_order(place))
        group.create_task(asyncio.to_thread(in_real_time, tap, sender))
        wanted = await connected.wait_for(KeyFrameWanted)
        assert (wanted.connection_id, wanted.kind) == ("c1", CAMERA)
        progress = await connected.wait_for(RecordingProgress)
        assert progress.recording_id == place.recording_id


def in_real_time(tap: LogTap, sender: Sender) -> None:
    for at_us, _order, (name, *arguments) in sorted(sender.events, key=lambda e: e[:2]):
        time.sleep(max(at_us - monotonic_ns() // 1_000, 0) / 1e6)
        getattr(tap, str(name))(*arguments)
        tap.flush()


async def test_a_log_that_breaks_off_is_an_interrupted_recording(
    place: Place, socket_path: Path, tap: LogTap, recorder: asyncio.subprocess.Process
) -> None:
    sender = fill(tap)
    with place.log_path.open("ab") as file:
        file.write(b"the beginning of a chunk")
    async with edge(socket_path) as connected:
        await connected.order(start_order(place))
        await connected.order(close(place))
        outcome = (await connected.closed()).outcome
    assert outcome.state is RecordingState.INTERRUPTED
    assert "cut" in outcome.reason
    assert place.log_path.name not in names(place)
    assert len(offsets_ms(open_stream(place, outcome), sender.sent[CAMERA])) >= 90


async def test_a_damaged_log_is_kept(
    place: Place, socket_path: Path, tap: LogTap, recorder: asyncio.subprocess.Process
) -> None:
    fill(tap)
    tap.close()
    tap.flush()
    raw = bytearray(place.log_path.read_bytes())
    raw[len(raw) // 2] ^= 1
    place.log_path.write_bytes(raw)
    async with edge(socket_path) as connected:
        await connected.order(salvage(place))
        outcome = (await connected.closed()).outcome
    assert outcome.state is RecordingState.INTERRUPTED
    assert outcome.log_kept
    assert place.log_path.name in names(place)
    assert open_stream(place, outcome).video


async def test_the_recorder_ends_with_its_parent_and_finishes_what_has_ended(
    place: Place, socket_path: Path, tap: LogTap
) -> None:
    process = await start(socket_path, place.archive.root)
    async with edge(socket_path) as connected:
        await connected.order(start_order(place))
        fill(tap)
        await connected.order(close(place))
        tap.close()
        tap.flush()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    assert not socket_path.exists()
    assert place.log_path.name not in names(place), "it was to be closed, so it was"


async def test_an_orderly_stop_leaves_a_call_that_goes_on_to_the_next_recorder(
    place: Place, socket_path: Path
) -> None:
    first = await start(socket_path, place.archive.root)
    async with edge(socket_path) as connected:
        await connected.order(start_order(place))
        tap = LogTap(place.order(monotonic_ns() // 1_000))
        fill(tap, 4)
        tap.close()
        tap.flush()
        tap.file.close()
        first.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await first.wait() == 0
    second = await start(socket_path, place.archive.root)
    again = LogTap(place.order(monotonic_ns() // 1_000))
    try:
        async with edge(socket_path) as connected:
            await connected.order(start_order(place))
            assert not again.flush()
            fill(again, 4)
            again.close()
            again.flush()
            await connected.order(close(place))
            outcome = (await connected.closed()).outcome
    finally:
        again.file.close()
        await kill(second)
    assert outcome.state is RecordingState.SEALED
    assert len(open_stream(place, outcome).video) > 6 * PICTURES_A_SECOND


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]])
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.fault
def test_a_killed_parent_ends_the_recorder(place: Place, socket_path: Path) -> None:
    arguments = [MAIN, str(socket_path), str(place.archive.root)]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    deadline = monotonic() + 20
    while not socket_path.exists():
        assert monotonic() < deadline
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    while _lives(child):
        assert monotonic() < deadline
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.fault
async def test_a_full_disk_is_reported_and_nothing_is_lost_once_there_is_room(
    place: Place, socket_path: Path, tap: LogTap, recorder: asyncio.subprocess.Process
) -> None:
    """A limit on the size of files stands for a disk that takes no more."""
    _soft, hard = resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE, (20_000, hard))
    sender = fill(tap, 12)
    tap.close()
    tap.flush()
    async with edge(socket_path) as connected:
        await connected.order(start_order(place))
        failed = await connected.wait_for(RecordingFailed)
        assert failed.recording_id == place.recording_id
        await connected.order(close(place))
        resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE, (hard, hard))
        outcome = (await connected.closed()).outcome
    assert outcome.state is RecordingState.SEALED
    opened = open_stream(place, outcome)
    assert len(offsets_ms(opened, sender.sent[CAMERA])) >= 180


def test_a_recorder_killed_at_any_moment_goes_on_where_its_files_end(place: Place) -> None:
    """In one process: a follower is dropped after each of its steps, also half way to the end."""
    tap = LogTap(place.order())
    sender = Sender(tap, Network(loss=0.02, seed=5))
    sender.declare(AUDIO, CAMERA)
    sender.audio(0, 40 * SECOND)
    sender.video(CAMERA, 0, 40 * SECOND)
    sender.reports(CAMERA, 500_000, 40 * SECOND, SECOND)
    sender.flush()
    tap.close()
    tap.flush()
    tap.file.close()
    clusters: dict[str, bytes] = {}
    with place.archive.folder(place.folder) as folder:
        for steps in range(1, 5):
            follower = Follower(folder, start_order(place))
            for _ in range(steps):
                follower.step()
            follower.close()
            for path in place.path.iterdir():
                raw = path.read_bytes()[200_000:]
                assert raw.startswith(clusters.get(path.name, b"")), "no cluster is rewritten"
                clusters[path.name] = raw
    outcome = follow(place)
    assert outcome.state is RecordingState.SEALED
    opened = open_stream(place, outcome)
    late = voice_offsets_ms(opened, sender.sent[AUDIO]) + offsets_ms(opened, sender.sent[CAMERA])
    assert max(late) - min(late) <= 60
