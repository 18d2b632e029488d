"""A disk that is full or fails: told at once, nothing written before is lost or unproved."""

import asyncio
import errno
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic, monotonic_ns

import pytest

from casework.vocabulary import RecordingState
from recording import chunk_file
from recording.archive import Archive
from recording.control import RecordingClose, RecordingFailed
from recording.evidence.checking import faults
from recording.evidence.keys import SigningKey
from recording.kept import Kept
from recording.keys import new_data_key
from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.figures import count, write_figures
from tests.recording.conftest import Place
from tests.recording.evidence.calls import NODE_KEY, RecordedCall, write_log
from tests.recording.following import start_order
from tests.recording.recorder_process import edge, kill, start
from tests.recording.senders import Network, Sender

SECOND = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """1 MiB of memory as a file system."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(tap: LogTap, length_s: int) -> None:
    sender = Sender(tap, Network())
    sender.declare(TrackKind.AUDIO, TrackKind.CAMERA)
    sender.audio(0, length_s * SECOND)
    sender.video(TrackKind.CAMERA, 0, length_s * SECOND)
    for kind in (TrackKind.AUDIO, TrackKind.CAMERA):
        sender.reports(kind, 500_000, length_s * SECOND, SECOND)
    sender.shift(monotonic_ns() // 1_000)
    sender.flush()
    tap.close()
    assert tap.flush()
    tap.file.close()


@pytest.mark.fault
async def test_a_full_disk_is_told_within_seconds_and_the_recording_proves_itself_afterwards(
    small_disk: Path, tmp_path: Path
) -> None:
    archive = Archive(small_disk / "archive")
    place = Place(archive, archive.create_folder(), new_data_key(), secrets.token_hex(8))
    fill(LogTap(place.order(monotonic_ns() // 1_000)), 16)
    socket_path = tmp_path / "recorder.sock"
    recorder = await start(socket_path, archive.root)
    try:
        async with edge(socket_path) as connected:
            before_s = monotonic()
            await connected.order(start_order(place))
            failed = await connected.wait_for(RecordingFailed)
            took_s = monotonic() - before_s
            assert "No space left" in failed.reason
            larger = ["mount", "-o", "remount,size=8m", str(small_disk)]
            await asyncio.to_thread(subprocess.run, larger, check=True)
            await connected.order(RecordingClose(request_id="2", recording_id=place.recording_id))
            outcome = (await connected.closed()).outcome
    finally:
        await kill(recorder)
    assert outcome.state is RecordingState.SEALED, outcome.reason
    assert outcome.seal is not None
    key = SigningKey.load_or_create(archive.root.with_name("node.key"))
    call = RecordedCall(place, key, heads=[outcome.seal.head], outcome=outcome)
    assert [str(fault) for fault in faults(call.evidence())] == []
    archive.close()
    write_figures(
        "evidence_full_disk",
        "Recording: a full disk (tmpfs of 1 MiB)",
        ["until it is told, s", "goal", "afterwards"],
        [[round(took_s, 2), 2, "sealed, all agrees"]],
        command="make test",
    )
    assert took_s <= 2 * 5


@pytest.mark.proof
def test_writes_that_fail_half_way_leave_a_chain_that_agrees(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer under the chunk files writes a part and answers EIO, at random."""
    write = chunk_file._write_at
    failures = 0
    for seed in range(count(100, 8)):
        random = Random(seed)
        here = Place(
            place.archive, place.archive.create_folder(), new_data_key(), secrets.token_hex(8)
        )
        write_log(here, 8, seed)

        def failing(file: int, raw: bytes, at: int, random: Random = random) -> None:
            nonlocal failures
            if random.random() < 0.15:
                failures += 1
                write(file, raw[: random.randrange(len(raw))], at)
                raise OSError(errno.EIO, "Input/output error")
            write(file, raw, at)

        monkeypatch.setattr(chunk_file, "_write_at", failing)
        call = _record_through_failures(here)
        monkeypatch.setattr(chunk_file, "_write_at", write)
        assert [str(fault) for fault in faults(call.evidence())] == [], seed
    assert failures > 0
    write_figures(
        "evidence_bad_disk",
        "Recording: writes that fail half way (EIO)",
        ["recordings", "failed writes", "chains that did not agree", "goal"],
        [[count(100, 8), failures, 0, 0]],
    )


def _record_through_failures(place: Place) -> RecordedCall:
    """As the recorder does: begun again after each error, with the same evidence."""
    with place.archive.folder(place.folder) as folder:
        kept = Kept.open(folder, start_order(place), NODE_KEY)
        while True:
            try:
                while kept.step():
                    kept.evidence.take_groups(kept.follower.files())
                outcome = kept.end()
                break
            except OSError:
                kept.begin_again()
        kept.evidence.close()
        kept.follower.close()
    assert outcome.state is RecordingState.SEALED, outcome.reason
    assert outcome.seal is not None
    return RecordedCall(place, heads=[outcome.seal.head], outcome=outcome)
