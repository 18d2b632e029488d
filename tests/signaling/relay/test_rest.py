"""Resting: what comes while the loop rests is served in one wake-up, and no rest lasts."""

import asyncio
import socket
import time

import pytest

from signaling.relay.clockwork import Clockwork, Regular
from signaling.relay.loop_lag import LoopLag
from signaling.relay.rest import RestingSelector

REST_S = 0.1


def test_what_comes_during_a_rest_is_heard_of_once_it_is_over() -> None:
    selector = RestingSelector()
    heard: asyncio.Queue[float] = asyncio.Queue()

    async def rest() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        reader, writer = socket.socketpair(type=socket.SOCK_DGRAM)
        with reader, writer:
            reader.setblocking(False)

            def hear() -> None:
                reader.recv(9)
                heard.put_nowait(time.monotonic())

            loop.add_reader(reader, hear)
            until_s = time.monotonic() + REST_S
            selector.rest_until(until_s)
            writer.send(b"1")
            heard_s = await heard.get()
            writer.send(b"2")  # after the rest: without waiting for anything
            await heard.get()
            loop.remove_reader(reader)
        return until_s, heard_s

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        until_s, heard_s = runner.run(rest())
    assert heard_s >= until_s


def test_timers_run_during_a_rest() -> None:
    selector = RestingSelector()

    async def sleep() -> float:
        begun_s = time.monotonic()
        selector.rest_until(begun_s + 60)
        await asyncio.sleep(0.01)
        return time.monotonic() - begun_s

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        assert 0.01 <= runner.run(sleep()) < 10


async def test_the_clockwork_ticks_only_while_there_is_something_to_tick_for() -> None:
    idle = True
    ticked, beaten = asyncio.Event(), asyncio.Event()
    clockwork = Clockwork(ticked.set, lambda: idle, [Regular(1.0, beaten.set)], LoopLag())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(clockwork.run())
        async with asyncio.timeout(10):
            await beaten.wait()
            assert not ticked.is_set()
            idle = False
            woken_s = time.monotonic()
            clockwork.wake()
            await ticked.wait()
            assert time.monotonic() - woken_s < 0.5, "not only at the next idle beat"
            ticked.clear()
            await ticked.wait()
        running.cancel()


async def test_the_clockwork_ends_with_what_an_act_raises() -> None:
    def act() -> None:
        raise RuntimeError("broken")

    clockwork = Clockwork(lambda: None, lambda: False, [Regular(0.01, act)], LoopLag())
    with pytest.raises(RuntimeError, match="broken"):
        async with asyncio.timeout(10):
            await clockwork.run()
