"""The process: control socket, orders and reports, and its end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from signaling import local_socket
from signaling.local_socket import LocalChannel
from signaling.relay.control import (
    Acknowledge,
    AnyReport,
    ConnectionClose,
    ConnectionReport,
    ConnectionState,
    Direction,
    Done,
    Held,
    Reconcile,
    Refused,
    RelayReady,
    RoomOpen,
    Statistics,
    report_adapter,
)
from tests.signaling.relay.media_client import MediaClient

Channel = LocalChannel[AnyReport]
WRONG_WAY = "AB:" * 31 + "AB"


@asynccontextmanager
async def relay_process(socket_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "signaling.relay", "--socket", str(socket_path))
    process = await asyncio.create_subprocess_exec(*command)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def reach(socket_path: Path) -> tuple[Channel, RelayReady]:
    """Connects as the edge does, once the process listens."""
    async with asyncio.timeout(15):
        while True:
            try:
                channel = await local_socket.connect(socket_path, report_adapter)
                break
            except OSError:
                await asyncio.sleep(0.02)
        ready = await channel.receive()
    assert isinstance(ready, RelayReady)
    return channel, ready


async def answer(channel: Channel, request_id: str) -> Done | Refused:
    async with asyncio.timeout(5):
        while True:
            message = await channel.receive()
            if isinstance(message, Done | Refused) and message.request_id == request_id:
                return message


async def closed_report(channel: Channel) -> ConnectionReport:
    async with asyncio.timeout(5):
        while True:
            message = await channel.receive()
            if isinstance(message, ConnectionReport) and message.state is ConnectionState.CLOSED:
                return message


async def test_orders_are_answered_and_a_call_set_up_over_the_control_socket(
    tmp_path: Path,
) -> None:
    path = tmp_path / "relay.sock"
    async with relay_process(path):
        channel, ready = await reach(path)
        assert path.stat().st_mode & 0o777 == 0o600
        host, _, port = ready.addresses[0].rpartition(":")
        client = MediaClient((host, int(port)))
        channel.send(RoomOpen(request_id="1", room_id="1"))
        channel.send(client.up_order("a1", request_id="2"))
        channel.send(client.up_order("a1", request_id="3"))
        channel.send(client.up_order("a2", request_id="4", room_id="2"))
        assert isinstance(await answer(channel, "2"), Done)
        assert isinstance(await answer(channel, "3"), Done), "a repeated order changes nothing"
        refused = await answer(channel, "4")
        assert isinstance(refused, Refused)
        assert refused.code == "not_found"
        await client.connect()
        async with asyncio.timeout(5):
            while not isinstance(figures := await channel.receive(), Statistics):
                pass
        assert figures.cpu_s > 0
        client.close()
        channel.close()


async def test_an_edge_that_comes_back_learns_what_goes_on_and_what_it_missed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "relay.sock"
    async with relay_process(path):
        first, ready = await reach(path)
        host, _, port = ready.addresses[0].rpartition(":")
        clients = [MediaClient((host, int(port))) for _ in range(2)]
        first.send(RoomOpen(request_id="1", room_id="1"))
        for name, client in zip(("a1", "a2"), clients, strict=True):
            first.send(client.up_order(name, request_id=name))
            assert isinstance(await answer(first, name), Done)
        first.send(ConnectionClose(request_id="5", connection_id="a2"))
        await answer(first, "5")
        first.close()

        second, again = await reach(path)
        assert again.boot_id == ready.boot_id
        missed = await closed_report(second)
        assert (missed.connection_id, missed.reason) == ("a2", "ordered")
        assert (await closed_report(second)).report_id == missed.report_id, "until acknowledged"
        second.send(Acknowledge(report_id=missed.report_id))
        second.send(Reconcile(request_id="6"))
        done = await answer(second, "6")
        assert isinstance(done, Done)
        assert isinstance(done.held, Held)
        assert done.held.rooms == ["1"]
        assert [each.connection_id for each in done.held.connections] == ["a1"]
        assert done.held.connections[0].direction is Direction.UP
        second.close()
        for client in clients:
            client.close()


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "signaling.relay", "--socket", sys.argv[1]])
print(child.pid, flush=True)
time.sleep(60)
"""


async def test_it_ends_with_its_parent_killed(tmp_path: Path) -> None:
    path = tmp_path / "relay.sock"
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(path), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    channel, _ = await reach(path)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with asyncio.timeout(10):
        with pytest.raises(ConnectionError):
            await _until_it_ends(channel)
        while _is_running(child):  # noqa: ASYNC110 - another process's end has no event here
            await asyncio.sleep(0.02)
        await parent.communicate()  # the relay had the pipe, too: it is closed now
    channel.close()


async def _until_it_ends(channel: Channel) -> None:
    while True:
        await channel.receive()


def _is_running(process_id: int) -> bool:
    """An orphan that nobody waits for stays as a zombie."""
    try:
        os.kill(process_id, 0)
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


async def test_a_newer_edge_takes_over_and_nonsense_ends_only_its_own_connection(
    tmp_path: Path,
) -> None:
    path = tmp_path / "relay.sock"
    async with relay_process(path) as process:
        first, _ = await reach(path)
        second, _ = await reach(path)
        with pytest.raises(ConnectionError):
            await _until_it_ends(first)
        second.send(Acknowledge(report_id=99))
        second.send(RelayReady(boot_id="1", fingerprint=WRONG_WAY, addresses=[]))
        with pytest.raises(ConnectionError):
            await _until_it_ends(second)
        third, _ = await reach(path)
        third.send(Reconcile(request_id="1"))
        assert isinstance(await answer(third, "1"), Done)
        for channel in (first, second, third):
            channel.close()
        process.terminate()
        assert await process.wait() == 0
        assert not path.exists()
