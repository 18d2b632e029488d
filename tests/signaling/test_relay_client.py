"""The edge's end of the control connection, against a server that says what a test wants."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casework.errors import Conflict, ShipinbanError, Unavailable
from signaling.local_socket import LINE_LIMIT_BYTES, LocalChannel
from signaling.relay.control import (
    Acknowledge,
    AnyOrder,
    AnyReport,
    ConnectionReport,
    ConnectionState,
    Direction,
    Done,
    Held,
    Reconcile,
    Refused,
    RelayReady,
    RoomOpen,
    order_adapter,
)
from signaling.relay_client import RelayClient, RelayClientLimits, Report

LIMITS = RelayClientLimits(order_deadline_s=0.3, reconnect_s=0.02, orders_under_way=2)
READY = RelayReady(boot_id="1", fingerprint=":".join(["AB"] * 32), addresses=["127.0.0.1:1"])
DEADLINE_S = 10.0


@dataclass
class Rooms:
    """Takes reports as long as there is room."""

    refused: int = 0
    """The id of a report that there is no room for."""
    taken: list[Report] = field(default_factory=list)
    connected: asyncio.Queue[Held] = field(default_factory=lambda: asyncio.Queue(8))
    lost: int = 0

    def take_report(self, report: Report) -> bool:
        self.taken.append(report)
        return getattr(report, "report_id", 0) != self.refused

    async def relay_connected(self, _ready: RelayReady, held: Held) -> None:
        await self.connected.put(held)

    def relay_lost(self) -> None:
        self.lost += 1


class Relay:
    """Answers each order by ``answer``; ``None`` is silence."""

    def __init__(self) -> None:
        self.answer: Callable[[AnyOrder], AnyReport | None] = _done
        self.heard: asyncio.Queue[AnyOrder] = asyncio.Queue(100)
        self.channel: LocalChannel[AnyOrder] | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.channel = LocalChannel(reader, writer, order_adapter)
        self.channel.send(READY)
        try:
            while True:
                order = await self.channel.receive()
                await self.heard.put(order)
                if not isinstance(order, Acknowledge) and (told := self.answer(order)):
                    self.channel.send(told)
        except ConnectionError:
            self.channel.close()

    def send(self, report: AnyReport) -> None:
        assert self.channel is not None
        self.channel.send(report)

    def drop(self) -> None:
        assert self.channel is not None
        self.channel.close()

    async def hears(self, kind: type[AnyOrder]) -> AnyOrder:
        async with asyncio.timeout(DEADLINE_S):
            while not isinstance(order := await self.heard.get(), kind):
                pass
            return order


def _done(order: AnyOrder) -> AnyReport | None:
    assert not isinstance(order, Acknowledge)
    held = Held(rooms=["aa"], taps=[], connections=[]) if isinstance(order, Reconcile) else None
    return Done(request_id=order.request_id, held=held)


def room_open() -> RoomOpen:
    return RoomOpen(request_id="1", room_id="aa")


@asynccontextmanager
async def connected(
    folder: Path, rooms: Rooms | None = None
) -> AsyncIterator[tuple[RelayClient, Relay, Rooms]]:
    relay, rooms = Relay(), rooms or Rooms()
    path = folder / "relay"
    server = await asyncio.start_unix_server(relay.serve, path, limit=LINE_LIMIT_BYTES)
    client = RelayClient(path, LIMITS)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(client.run(rooms))
        async with asyncio.timeout(DEADLINE_S):
            await rooms.connected.get()
        yield client, relay, rooms
        running.cancel()
    server.close()
    relay.drop()


async def test_a_new_connection_begins_with_what_the_relay_holds(tmp_path: Path) -> None:
    async with connected(tmp_path) as (client, relay, _):
        assert isinstance(await relay.hears(Reconcile), Reconcile)
        assert client.ready == READY
        assert (await client.order(room_open())).request_id == "1"


async def test_while_the_relay_is_away_orders_fail_at_once(tmp_path: Path) -> None:
    client = RelayClient(tmp_path / "nobody", LIMITS)
    with pytest.raises(Unavailable) as away:
        await client.order(room_open())
    assert away.value.code == "relay.away"
    with pytest.raises(Unavailable):
        assert client.ready


async def test_a_refusal_has_the_relays_code(tmp_path: Path) -> None:
    async with connected(tmp_path) as (client, relay, _):
        relay.answer = lambda order: Refused(request_id=_id(order), code="not_found", text="no")
        with pytest.raises(Conflict) as refused:
            await client.order(room_open())
        assert refused.value.code == "relay.not_found"


async def test_silence_has_a_deadline_and_orders_a_limit(tmp_path: Path) -> None:
    async with connected(tmp_path) as (client, relay, _):
        relay.answer = lambda _order: None
        orders = [
            client.order(RoomOpen(request_id=number, room_id="aa")) for number in ("1", "2", "3")
        ]
        failed = await asyncio.gather(*orders, return_exceptions=True)
        codes = [error.code for error in failed if isinstance(error, ShipinbanError)]
        assert codes == ["relay.silent", "relay.silent", "relay.busy"]


async def test_who_waits_is_told_when_the_relay_goes_and_it_comes_back(tmp_path: Path) -> None:
    async with connected(tmp_path) as (client, relay, rooms):
        relay.answer = lambda _order: None
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(_code(client))
            await relay.hears(RoomOpen)
            relay.answer = _done
            relay.drop()
        assert waiting.result() == "relay.away"
        async with asyncio.timeout(DEADLINE_S):
            assert (await rooms.connected.get()).rooms == ["aa"]
        assert rooms.lost == 1
        await client.order(room_open())


async def _code(client: RelayClient) -> str:
    with pytest.raises(Unavailable) as error:
        await client.order(room_open())
    return error.value.code


async def test_a_report_is_acknowledged_only_when_a_room_took_it(tmp_path: Path) -> None:
    async with connected(tmp_path) as (_, relay, rooms):
        rooms.refused = 1
        relay.send(_closed(1))
        relay.send(_closed(2))
        acknowledged = await relay.hears(Acknowledge)
        assert isinstance(acknowledged, Acknowledge)
        assert acknowledged.report_id == 2


def _closed(report_id: int) -> ConnectionReport:
    return ConnectionReport(
        report_id=report_id,
        room_id="aa",
        participant_id="bb",
        connection_id="cc",
        direction=Direction.UP,
        state=ConnectionState.CLOSED,
    )


def _id(order: AnyOrder) -> str:
    assert not isinstance(order, Acknowledge)
    return order.request_id
