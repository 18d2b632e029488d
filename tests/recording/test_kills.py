"""SIGKILL at any time: every call opens, says what is missing, and proves the rest."""

import asyncio
import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic_ns
from typing import cast

import pytest

from casework.vocabulary import RecordingState
from recording import opus
from recording.control import EvidenceStarted, Outcome, RecordingSalvage, SignedHead
from recording.evidence.checking import faults
from recording.evidence.keys import SigningKey
from recording.log_writer import LogTap
from recording.packet_log import Kind
from signaling.relay.control import TrackKind
from tests.figures import count, write_figures
from tests.recording.conftest import Place, line
from tests.recording.evidence.calls import RecordedCall
from tests.recording.following import open_stream, start_order
from tests.recording.recorder_process import ROOT, edge, kill, start
from tests.recording.senders import Network, Sender

AUDIO, CAMERA, DOCUMENT = TrackKind
SECOND = 1_000_000


def salvage(place: Place) -> RecordingSalvage:
    return RecordingSalvage(**start_order(place).model_dump(exclude={"type"}))


RELAY = """
import mmap, os, pickle, sys, time
from recording.log_writer import PacketLogWriter
from signaling.relay.control import TapOpen
from tests.recording.conftest import line
orders = [TapOpen.model_validate_json(order) for order in sys.argv[3:]]
writer = PacketLogWriter()
taps = [writer(order) for order in orders]
tracks, events = pickle.load(open(sys.argv[1], "rb"))
for tap in taps:
    for number, agreed in tracks:
        tap.add_track(number, "aa", "c1", agreed)
print("running", flush=True)
accepted = mmap.mmap(os.open(sys.argv[2], os.O_RDWR), 8)
for at_us, name, track, *rest in events:
    at_us += orders[0].started_monotonic_us
    time.sleep(max(at_us - time.monotonic_ns() // 1000, 0) / 1e6)
    now_us = time.monotonic_ns() // 1000
    for tap in taps:
        if name == "rtp":
            tap.rtp(track, now_us, bytes(rest[0]))
        else:
            tap.sender_report(track, now_us, *rest)
    if name == "rtp":
        accepted[:] = now_us.to_bytes(8, "big")
"""


def prepare_call(path: Path) -> None:
    """Ten seconds of packets for :data:`RELAY`, so that it need not load an encoder."""
    sender = Sender(cast("LogTap", None), Network())
    sender.audio(0, 10 * SECOND)
    sender.video(CAMERA, 0, 10 * SECOND)
    sender.reports(CAMERA, 500_000, 10 * SECOND, SECOND)
    events = [
        (at_us, name, track, *(bytes(x) if isinstance(x, memoryview) else x for x in rest))
        for at_us, _order, (name, track, _arrival_us, *rest) in sorted(
            sender.events, key=lambda event: event[:2]
        )
    ]
    tracks = [(0, line(AUDIO)), (1, line(CAMERA))]
    path.write_bytes(pickle.dumps((tracks, events)))


CALLS = 8
"""On the node that is killed."""


@pytest.mark.fault
@pytest.mark.proof
@pytest.mark.timeout(count(3_600, 300))
async def test_whoever_is_killed_and_when_eight_calls_open_and_prove_themselves(
    place: Place, tmp_path: Path
) -> None:
    random = Random(int(os.environ.get("SHIPINBAN_SEED", "4")))
    prepare_call(tmp_path / "call")
    missing_ms: list[float] = []
    for number in range(kills := count(200, 2)):
        victims = [("relay",), ("recorder",), ("relay", "recorder")][(number + 1) % 3]
        places = [
            Place(place.archive, place.archive.create_folder(), place.key, f"{number:x}{call:x}")
            for call in range(CALLS)
        ]
        socket_path = tmp_path / f"{number}.sock"
        delay_s = random.uniform(0.6, 2.8)
        missing_ms += await _kill_and_salvage(places, socket_path, victims, delay_s)
    write_figures(
        "recording_kills",
        "Recording: SIGKILL of relay, recorder or both at random times, eight calls each",
        [
            "kills", "calls opened, decoded, chain verified", "suspected",
            "missing at the end, median ms", "worst ms", "goal ms",
        ],
        [[kills, len(missing_ms), 0, round(median(missing_ms)), round(max(missing_ms)), 500]],
    )  # fmt: skip
    assert max(missing_ms) <= count(500, 5 * 500)


async def _kill_and_salvage(
    places: list[Place], socket_path: Path, victims: tuple[str, ...], delay_s: float
) -> list[float]:
    """Answers how much was missing at the end of each call, in ms."""
    started_us = monotonic_ns() // 1_000 + 1_500_000
    accepted = socket_path.with_suffix(".accepted")
    accepted.write_bytes(bytes(8))
    relay = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RELAY,
        str(socket_path.with_name("call")),
        str(accepted),
        *(place.order(started_us).model_dump_json() for place in places),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    recorder = await start(socket_path, places[0].archive.root)
    heads: dict[str, list[SignedHead]] = {place.recording_id: [] for place in places}
    try:
        assert relay.stdout is not None
        await relay.stdout.readline()
        async with edge(socket_path) as connected:
            for place in places:
                await connected.order(start_order(place))
            for _ in places:
                started = await connected.wait_for(EvidenceStarted)
                heads[started.recording_id] = [started.head]
            await asyncio.sleep(max(started_us - monotonic_ns() // 1_000, 0) / 1e6 + delay_s)
            for victim in victims:
                _kill_now(relay if victim == "relay" else recorder)
        if "relay" not in victims:
            await asyncio.sleep(0.5)
            _kill_now(relay)
        await relay.wait()
        if "recorder" in victims:
            await recorder.wait()
            recorder = await start(socket_path, places[0].archive.root)
        logs = {place.recording_id: place.log_records() for place in places}
        outcomes: dict[str, Outcome] = {}
        async with edge(socket_path) as connected:
            for place in places:
                await connected.order(salvage(place))
            while len(outcomes) < len(places):
                report = await connected.closed()
                outcomes[report.recording_id] = report.outcome
    finally:
        for process in (relay, recorder):
            await kill(process)
    last_us = int.from_bytes(accepted.read_bytes(), "big")
    missing = []
    for place in places:
        outcome = outcomes[place.recording_id]
        packets = [r for r in logs[place.recording_id] if r.kind == Kind.RTP]
        _check_salvaged(place, outcome, sum(1 for r in packets if r.track == 0))
        _check_proved(place, outcome, heads[place.recording_id])
        missing.append((last_us - packets[-1].at_us) / 1_000)
    return missing


def _kill_now(process: asyncio.subprocess.Process) -> None:
    """On a machine that is busy with more the ten seconds may be over: then it has ended by itself,
    without a word to its log."""
    with suppress(ProcessLookupError):
        process.kill()


def _check_salvaged(place: Place, outcome: Outcome, voices: int) -> None:
    assert outcome.state is RecordingState.INTERRUPTED
    assert outcome.reason, "what is missing is said"
    opened = open_stream(place, outcome)
    spoken = sum(1 for packet in opened.audio if bytes(packet) != opus.FILLER)
    assert spoken == voices, "all of the log is in the file"


def _check_proved(place: Place, outcome: Outcome, heads: list[SignedHead]) -> None:
    """The chain holds from its start, every byte is in it, and who signed is said."""
    key = SigningKey.load_or_create(place.archive.root.with_name("node.key"))
    call = RecordedCall(place, key, heads=heads, outcome=outcome)
    assert outcome.seal is not None
    heads.append(outcome.seal.head)
    assert [str(fault) for fault in faults(call.evidence())] == []
