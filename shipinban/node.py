"""``shipinban serve``: starts a node's three processes and watches them.

The watcher opens nothing itself. A process that ends by itself is started again after a growing
pause; when the watcher is told to stop, it stops edge, relay and recorder in this order, so that
the recorder still sees the last packet. When the watcher is killed, the children end too
(:func:`signaling.parent.end_with_parent`).
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

WATCHER_PID = "SHIPINBAN_WATCHER_PID"
"""Environment variable of the three processes: whose end is theirs too."""

PROCESSES = ("recorder", "relay", "edge")
"""In the order of starting; stopped the other way round."""

logger = structlog.get_logger()


@dataclass(frozen=True)
class WatchLimits:
    first_pause_s: float = 0.2
    longest_pause_s: float = 10.0
    steady_after_s: float = 30.0
    """A process that lived this long starts again without a pause."""
    stop_deadline_s: float = 20.0


def watcher_pid() -> int | None:
    """Process id of the watcher; ``None`` in a process that was started by hand."""
    told = os.environ.get(WATCHER_PID)
    return None if told is None else int(told)


def process_command(name: str) -> list[str]:
    return [sys.executable, "-m", f"shipinban.processes.{name}"]


class Node:
    """The three processes of one node, started with ``environment``."""

    def __init__(
        self,
        environment: Mapping[str, str],
        limits: WatchLimits | None = None,
        command: Callable[[str], Sequence[str]] = process_command,
    ) -> None:
        self._command = command
        self._environment = {**environment, WATCHER_PID: str(os.getpid())}
        self._limits = limits or WatchLimits()
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of what runs now, by name."""
        return {name: process.pid for name, process in self._running.items()}

    def stop(self) -> None:
        """Asks :meth:`run` to end the processes and return."""
        self._stopping.set()

    async def run(self) -> None:
        """Starts and watches until :meth:`stop`."""
        async with asyncio.TaskGroup() as group:
            watches = {name: group.create_task(self._watch(name)) for name in PROCESSES}
            await self._stopping.wait()
            for name in reversed(PROCESSES):
                await self._end(name)
                watches[name].cancel()

    async def _watch(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        pause_s = self._limits.first_pause_s
        while not self._stopping.is_set():
            started_s = loop.time()
            process = await self._start(name)
            code = await process.wait()
            if self._stopping.is_set():
                return
            lived_s = loop.time() - started_s
            logger.error("process ended", process=name, code=code, lived_s=round(lived_s, 1))
            if lived_s >= self._limits.steady_after_s:
                pause_s = self._limits.first_pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, self._limits.longest_pause_s)

    async def _start(self, name: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command(name),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            # A terminal's Ctrl-C is for the watcher alone: it ends the others in order.
            process_group=0,
        )
        self._running[name] = process
        return process

    async def _end(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self._limits.stop_deadline_s):
                await process.wait()
        except TimeoutError:
            logger.warning("process did not stop in time", process=name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
