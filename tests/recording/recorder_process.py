"""Runs a recorder as its own process and talks to it as the edge does."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from recording.control import (
    Acknowledge,
    AnyReport,
    Done,
    RecorderReady,
    RecordingClosed,
    Refused,
    report_adapter,
)
from signaling.local_socket import LocalChannel, connect

MAIN = """
import sys
from pathlib import Path
from recording.recorder import RecorderSettings, run
run(Path(sys.argv[1]), RecorderSettings(Path(sys.argv[2]), Path(sys.argv[2]).with_name("node.key"),
    repeat_report_s=0.3, end_grace_s=0.5, first_pause_s=0.2))
"""
ROOT = Path(__file__).parents[2]
Expected = TypeVar("Expected", bound=BaseModel)


class Edge:
    """The edge's end of the control socket."""

    def __init__(self, channel: LocalChannel[AnyReport]) -> None:
        self.channel = channel

    async def order(self, order: BaseModel) -> Done | Refused:
        self.channel.send(order)
        while True:
            report = await self.receive()
            if isinstance(report, Done | Refused):
                return report

    async def receive(self) -> AnyReport:
        async with asyncio.timeout(20):
            return await self.channel.receive()

    async def wait_for(self, kind: type[Expected]) -> Expected:
        async with asyncio.timeout(30):  # other reports keep coming
            while True:
                report = await self.receive()
                if isinstance(report, kind):
                    return report

    async def closed(self) -> RecordingClosed:
        report = await self.wait_for(RecordingClosed)
        self.channel.send(Acknowledge(report_id=report.report_id))
        return report


@asynccontextmanager
async def edge(socket_path: Path) -> AsyncIterator[Edge]:
    async with asyncio.timeout(20):
        while True:
            try:
                channel = await connect(socket_path, report_adapter)
                break
            except OSError:
                await asyncio.sleep(0.02)
    connected = Edge(channel)
    await connected.wait_for(RecorderReady)
    try:
        yield connected
    finally:
        channel.close()


async def start(socket_path: Path, archive: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAIN, str(socket_path), str(archive), cwd=ROOT
    )


async def kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
