"""Calls one after the other for a minute: a node ends each as it began."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_console.seat import SeatOrder, run_seat
from tests.figures import count, write_figures
from tests.story.clips import write_clip
from tests.story.node import LocalNode
from tests.story.processes import parts
from village_client.station import StationOrder, run_station

pytestmark = [pytest.mark.fault, pytest.mark.proof, pytest.mark.timeout(2_400)]

SOAK_S = count(1_200, 60)
CALL_S = 1.0
WARM_CALLS = 4
"""Until caches, threads and pools are there."""
ITEM = "GA001"
SETTLE_S = 4.0
MOST_MB_PER_CALL = 1.0
"""Growth above this is no cache that fills: it is kept for ever."""


@dataclass(frozen=True)
class Held:
    """What one process of the node holds."""

    threads: int
    descriptors: int
    resident_mb: float

    @classmethod
    def by(cls, pid: int) -> "Held":
        process = Path(f"/proc/{pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return cls(
            threads=int(status["Threads"]),
            descriptors=len(list((process / "fd").iterdir())),
            resident_mb=int(status["VmRSS"].split()[0]) / 1024,
        )


def held(node: LocalNode) -> dict[str, Held]:
    return {name: Held.by(pid) for name, pid in parts(node.pid).items()}


async def call(node: LocalNode, camera: Path, document: Path) -> None:
    """One whole call: intake, queue, media both ways of signalling, recording, outcome."""
    passwords = node.passwords
    seat = SeatOrder(node.origin, "county-agent", passwords["county-agent"], calls=1)
    station = StationOrder(
        node.origin, "helper", passwords["helper"], camera, document, ITEM, call_s=CALL_S
    )
    on_duty = asyncio.Event()

    def note(told: str) -> None:
        if told == "on duty":
            on_duty.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(run_seat(seat, note))
        await on_duty.wait()
        group.create_task(run_station(station, lambda _: None))


@pytest.mark.usefixtures("peers_on_loopback")
async def test_a_node_holds_nothing_of_the_calls_that_are_over(
    node: LocalNode, tmp_path: Path
) -> None:
    camera = write_clip(tmp_path / "camera.webm")
    document = write_clip(tmp_path / "document.webm", sound=False)
    for _ in range(WARM_CALLS):
        await call(node, camera, document)
    await asyncio.sleep(SETTLE_S)
    before = held(node)
    calls, end_s = 0, time.monotonic() + SOAK_S
    while time.monotonic() < end_s:
        await call(node, camera, document)
        calls += 1
    await asyncio.sleep(SETTLE_S)
    after = held(node)
    assert calls >= 3
    _write_figures(calls, before, after)
    for name, kept in after.items():
        assert abs(kept.threads - before[name].threads) <= 2, name
        assert abs(kept.descriptors - before[name].descriptors) <= 4, name
        grown_mb = kept.resident_mb - before[name].resident_mb
        assert grown_mb < 5 + MOST_MB_PER_CALL * calls, name


def _write_figures(calls: int, before: dict[str, Held], after: dict[str, Held]) -> None:
    write_figures(
        "soak",
        "Calls one after the other",
        [
            "process",
            "calls",
            "threads before, after",
            "descriptors before, after",
            "MB grown a call",
        ],
        [
            [
                name,
                calls,
                f"{before[name].threads}, {kept.threads}",
                f"{before[name].descriptors}, {kept.descriptors}",
                round((kept.resident_mb - before[name].resident_mb) / calls, 3),
            ]
            for name, kept in after.items()
        ],
        note=f"{SOAK_S} s of calls of {CALL_S:g} s with all that belongs to them.",
    )
