import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from signaling import bus as bus_module
from signaling.bus import PENDING_LIMIT, Bus, InProcessBus, RedisBus
from tests.conftest import free_port


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "RECONNECT_S", 0.05)
    monkeypatch.setattr(bus_module, "ECHO_INTERVAL_S", 0.1)


@contextmanager
def redis_server(port: int, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(
        [*command, "--dir", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield server
    finally:
        server.kill()
        server.wait()


@asynccontextmanager
async def running(*buses: Bus) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bus.run()) for bus in buses]
        yield
        for task in tasks:
            task.cancel()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - what another process does has no event
            await asyncio.sleep(0.01)


async def test_a_reader_is_woken_once_for_many_publications() -> None:
    bus = InProcessBus()
    with bus.subscribe("county:1", "staff:1") as wake:
        for _ in range(100):
            bus.publish("county:1", "window:1")
        assert await wake.wait(5) == {"county:1"}
        assert await wake.wait(0.01) == frozenset()


async def test_a_publication_before_the_wait_is_not_missed_and_topics_come_and_go() -> None:
    bus = InProcessBus()
    with bus.subscribe() as wake:
        wake.add("call:1")
        bus.publish("call:1")
        assert await wake.wait(5) == {"call:1"}
        wake.remove("call:1")
        bus.publish("call:1")
        assert await wake.wait(0.01) == frozenset()


async def test_a_closed_reader_leaves_nothing_behind() -> None:
    bus = InProcessBus()
    with bus.subscribe("call:1"):
        pass
    assert bus._hub.readers == {}


@pytest.mark.integration
async def test_two_nodes_wake_each_other(tmp_path: Path) -> None:
    port = free_port()
    with redis_server(port, tmp_path):
        a, b = (RedisBus(f"redis://127.0.0.1:{port}") for _ in range(2))
        async with running(a, b):
            await until(lambda: a.connected and b.connected)
            with a.subscribe("county:1") as at_a, b.subscribe("county:1") as at_b:
                a.publish("county:1")
                assert await at_a.wait(15) == {"county:1"}
                assert await at_b.wait(15) == {"county:1"}
                assert await at_a.wait(0.3) == frozenset(), "woken by its own echo"


@pytest.mark.integration
async def test_a_lost_redis_breaks_nothing_and_its_return_wakes_everyone(tmp_path: Path) -> None:
    port = free_port()
    a, b = (RedisBus(f"redis://127.0.0.1:{port}") for _ in range(2))
    async with running(a, b):
        with a.subscribe("county:1") as at_a, b.subscribe("county:1") as at_b:
            a.publish("county:1")  # nothing listens at the port yet
            assert await at_a.wait(15) == {"county:1"}
            with redis_server(port, tmp_path):
                await until(lambda: a.connected and b.connected)
                assert await at_b.wait(15) == {"county:1"}, "missed while away: look again"
            await until(lambda: not (a.connected or b.connected))
            await at_a.wait(0.01)
            a.publish("county:1")
            assert await at_a.wait(15) == {"county:1"}
            with redis_server(port, tmp_path):
                await until(lambda: a.connected and b.connected)
                assert await at_b.wait(15) == {"county:1"}


@pytest.mark.integration
async def test_a_silent_connection_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "SILENCE_S", 0.6)
    port = free_port()
    with redis_server(port, tmp_path) as server:
        bus = RedisBus(f"redis://127.0.0.1:{port}")
        async with running(bus):
            await until(lambda: bus.connected)
            server.send_signal(19)  # SIGSTOP: the connection stands, and nothing comes
            await until(lambda: not bus.connected)
            server.send_signal(18)  # SIGCONT
            await until(lambda: bus.connected)


async def test_what_waits_for_redis_is_bounded() -> None:
    bus = RedisBus("redis://127.0.0.1:1")
    for number in range(10 * PENDING_LIMIT):
        bus.publish(f"window:{number}")
    assert len(bus._pending) <= PENDING_LIMIT
