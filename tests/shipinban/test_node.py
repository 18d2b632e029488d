import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shipinban.node import PROCESSES, Node, WatchLimits

PROJECT = Path(__file__).parents[2]

CHILD = """
import os, pathlib, signal, sys, time
from signaling.parent import end_with_parent
end_with_parent(int(os.environ["SHIPINBAN_WATCHER_PID"]))
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def stop(*_):
    with (folder / "stopped").open("a") as log:
        log.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
with (folder / f"{name}.pid").open("a") as log:
    log.write(f"{os.getpid()}\\n")
time.sleep(60)
"""

WATCHER = """
import asyncio, os, sys
from shipinban.node import Node
child, folder = sys.argv[1:]
node = Node(dict(os.environ), command=lambda name: [sys.executable, "-c", child, folder, name])
asyncio.run(node.run())
"""


def started(folder: Path, name: str) -> list[int]:
    path = folder / f"{name}.pid"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - other processes write the files
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Node]:
    def command(name: str) -> Sequence[str]:
        return [sys.executable, "-c", CHILD, str(folder), name]

    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    node = Node(environment, WatchLimits(first_pause_s=0.01, stop_deadline_s=10), command)
    async with asyncio.TaskGroup() as group:
        group.create_task(node.run())
        try:
            await until(lambda: all(started(folder, name) for name in PROCESSES))
            yield node
        finally:
            node.stop()


async def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        first = node.pids["relay"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(started(tmp_path, "relay")) == 2)
        assert node.pids["relay"] != first
        assert len(started(tmp_path, "edge")) == 1


async def test_stopping_ends_edge_then_relay_then_recorder(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass
    assert (tmp_path / "stopped").read_text().split() == ["edge", "relay", "recorder"]


@pytest.mark.fault
async def test_children_end_when_the_watcher_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    watcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WATCHER, CHILD, str(tmp_path), env=environment
    )
    await until(lambda: all(started(tmp_path, name) for name in PROCESSES))
    pids = [pid for name in PROCESSES for pid in started(tmp_path, name)]
    watcher.kill()
    await watcher.wait()
    await until(lambda: not any(alive(pid) for pid in pids))
