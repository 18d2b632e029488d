"""SIGKILL at any time: every call opens, says what is missing, and proves the rest."""

import asyncio
import os
import pickle
from collections.abc import Mapping, Sequence
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
from recording.packet_log import Kind, Record
from signaling.relay.control import TrackKind
from tests.figures import count, write_figures
from tests.forked import Forked, ForkServer, fork_server
from tests.recording import killed_node
from tests.recording.conftest import Place, line
from tests.recording.evidence.calls import RecordedCall
from tests.recording.following import open_stream, start_order
from tests.recording.recorder_process import edge
from tests.recording.senders import Network, Sender

AUDIO, CAMERA, DOCUMENT = TrackKind
SECOND = 1_000_000


def salvage(place: Place) -> RecordingSalvage:
    return RecordingSalvage(**start_order(place).model_dump(exclude={"type"}))


def prepare_call(path: Path) -> None:
    """Ten seconds of packets for :func:`relay`, so that it need not load an encoder."""
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


KILLS = count(200, 10)
AT_ONCE = count(2, 10)
"""Nodes that run beside each other: each is killed while others go on."""


@pytest.mark.fault
@pytest.mark.proof
@pytest.mark.timeout(count(3_600, 300))
async def test_whoever_is_killed_and_when_eight_calls_open_and_prove_themselves(
    place: Place, tmp_path: Path
) -> None:
    random = Random(int(os.environ.get("SHIPINBAN_SEED", "4")))
    missing_ms: list[float] = []
    with fork_server("tests.recording.killed_node") as server:
        prepare_call(tmp_path / "call")
        nodes = [
            Node(server, place, tmp_path / f"{number}.sock", number, random.uniform(0.6, 2.8))
            for number in range(KILLS)
        ]
        for first in range(0, KILLS, AT_ONCE):
            async with asyncio.TaskGroup() as group:
                ended = [
                    group.create_task(node.kill_and_salvage())
                    for node in nodes[first : first + AT_ONCE]
                ]
            missing_ms += [each for task in ended for each in task.result()]
    write_figures(
        "recording_kills",
        "Recording: SIGKILL of relay, recorder or both at random times, eight calls each",
        [
            "kills", "calls opened, decoded, chain verified", "suspected",
            "missing at the end, median ms", "worst ms", "goal ms",
        ],
        [[KILLS, len(missing_ms), 0, round(median(missing_ms)), round(max(missing_ms)), 500]],
    )  # fmt: skip
    assert len(missing_ms) == KILLS * CALLS
    assert max(missing_ms) <= count(500, 5 * 500)


class Node:
    """A relay and a recorder with :data:`CALLS` calls, one of them or both to be killed."""

    def __init__(
        self, server: ForkServer, place: Place, socket_path: Path, number: int, delay_s: float
    ) -> None:
        self._server, self._socket_path, self._delay_s = server, socket_path, delay_s
        self._victims = [("relay",), ("recorder",), ("relay", "recorder")][(number + 1) % 3]
        self._root = place.archive.root
        self._places = [
            Place(place.archive, place.archive.create_folder(), place.key, f"{number:x}{call:x}")
            for call in range(CALLS)
        ]
        self._heads: dict[str, list[SignedHead]] = {}

    async def kill_and_salvage(self) -> list[float]:
        """Answers how much was missing at the end of each call, in ms."""
        accepted = self._socket_path.with_suffix(".accepted")
        accepted.write_bytes(bytes(8))
        started_us = monotonic_ns() // 1_000 + 700_000
        orders = [place.order(started_us).model_dump_json() for place in self._places]
        call = str(self._socket_path.with_name("call"))
        relay = self._server.fork(killed_node.relay, call, str(accepted), *orders)
        recorder = self._fork_recorder()
        try:
            assert await relay.line() == b"running\n"
            await self._record_until(started_us)
            for victim in self._victims:
                (relay if victim == "relay" else recorder).kill()
            if "relay" not in self._victims:
                await asyncio.sleep(0.5)
                relay.kill()
            await relay.ended()
            if "recorder" in self._victims:
                await recorder.ended()
                recorder = self._fork_recorder()
            logs = {place.recording_id: place.log_records() for place in self._places}
            outcomes = await self._salvage()
        finally:
            for process in (relay, recorder):
                process.kill()
                await process.ended()
        return self._check(logs, outcomes, int.from_bytes(accepted.read_bytes(), "big"))

    def _fork_recorder(self) -> Forked:
        return self._server.fork(killed_node.recorder, str(self._socket_path), str(self._root))

    async def _record_until(self, started_us: int) -> None:
        """Until it is time to kill."""
        async with edge(self._socket_path) as connected:
            for place in self._places:
                await connected.order(start_order(place))
            while len(self._heads) < len(self._places):  # a report may come again
                started = await connected.wait_for(EvidenceStarted)
                self._heads[started.recording_id] = [started.head]
            rest_s = max(started_us - monotonic_ns() // 1_000, 0) / 1e6
            await asyncio.sleep(rest_s + self._delay_s)

    async def _salvage(self) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        async with edge(self._socket_path) as connected:
            for place in self._places:
                await connected.order(salvage(place))
            while len(outcomes) < len(self._places):
                report = await connected.closed()
                outcomes[report.recording_id] = report.outcome
        return outcomes

    def _check(
        self, logs: Mapping[str, Sequence[Record]], outcomes: Mapping[str, Outcome], last_us: int
    ) -> list[float]:
        missing = []
        for place in self._places:
            outcome = outcomes[place.recording_id]
            packets = [r for r in logs[place.recording_id] if r.kind == Kind.RTP]
            _check_salvaged(place, outcome, sum(1 for r in packets if r.track == 0))
            _check_proved(place, outcome, self._heads[place.recording_id])
            missing.append((last_us - packets[-1].at_us) / 1_000)
        return missing


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
