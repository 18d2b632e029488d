"""A relay that forwards nothing: takes orders, remembers them, and reports what a test says."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from casework.errors import Conflict, Unavailable
from signaling.relay.control import (
    ConnectionClose,
    ConnectionReport,
    ConnectionState,
    Direction,
    Done,
    DownOpen,
    Held,
    HeldConnection,
    Order,
    RelayReady,
    RoomClose,
    RoomOpen,
    TapClose,
    TapOpen,
    UpOpen,
)
from signaling.relay_client import RelayEvents

Wanted = TypeVar("Wanted", bound=Order)
DEADLINE_S = 10.0


class FakeRelay:
    def __init__(self) -> None:
        self.ready = RelayReady(
            boot_id="1", fingerprint=":".join(["AB"] * 32), addresses=["127.0.0.1:40000"]
        )
        self.events: RelayEvents | None = None
        self.orders: list[Order] = []
        self.away = False
        self.refuse: type[Order] | None = None
        self._connections: dict[str, HeldConnection] = {}
        self._rooms: set[str] = set()
        self._taps: dict[str, str] = {}
        self._reports = 0
        self._ordered = asyncio.Condition()

    async def order(self, order: Order) -> Done:
        if self.away:
            raise Unavailable("relay.away")
        if self.refuse is not None and isinstance(order, self.refuse):
            raise Conflict("relay.refused", "the test says no")
        self._obey(order)
        async with self._ordered:
            self.orders.append(order)
            self._ordered.notify_all()
        return Done(request_id=order.request_id)

    def _obey(self, order: Order) -> None:
        match order:
            case RoomOpen():
                self._rooms.add(order.room_id)
            case RoomClose():
                self._rooms.discard(order.room_id)
                self._taps.pop(order.room_id, None)
                for held in self.held().connections:
                    if held.room_id == order.room_id:
                        del self._connections[held.connection_id]
            case UpOpen():
                self._hold(
                    order,
                    Direction.UP,
                    lines=list(order.lines),
                    fingerprint=order.remote.fingerprint,
                )
            case DownOpen():
                source = order.source_connection_id
                self._hold(order, Direction.DOWN, source_connection_id=source)
            case ConnectionClose():
                self._connections.pop(order.connection_id, None)
            case TapOpen():
                self._taps[order.room_id] = order.recording_id
            case TapClose():
                self._taps.pop(order.room_id, None)

    def _hold(self, order: UpOpen | DownOpen, direction: Direction, **more: object) -> None:
        assert order.room_id in self._rooms, "a connection needs its room"
        self._connections[order.connection_id] = HeldConnection.model_validate(
            {
                "connection_id": order.connection_id,
                "room_id": order.room_id,
                "participant_id": order.participant_id,
                "direction": direction,
                "connected": True,
                **more,
            }
        )

    def held(self) -> Held:
        return Held(
            rooms=sorted(self._rooms),
            taps=sorted(self._taps.values()),
            connections=list(self._connections.values()),
        )

    @property
    def taps(self) -> Sequence[str]:
        """Ids of the recordings that are being written."""
        return sorted(self._taps.values())

    def of(self, kind: type[Wanted]) -> list[Wanted]:
        return [order for order in self.orders if isinstance(order, kind)]

    async def ordered(self, kind: type[Wanted], count: int = 1) -> Wanted:
        """Waits for the ``count``-th order of a kind."""
        async with asyncio.timeout(DEADLINE_S), self._ordered:
            await self._ordered.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    def forget(self) -> None:
        """As if it had been killed and started again."""
        self._connections.clear()
        self._rooms.clear()
        self._taps.clear()

    async def come_back(self) -> None:
        self.away = False
        assert self.events is not None
        await self.events.relay_connected(self.ready, self.held())

    def report(self, connection_id: str, state: ConnectionState) -> None:
        held = self._connections[connection_id]
        if state is ConnectionState.CLOSED:
            del self._connections[connection_id]
        self._reports += 1
        assert self.events is not None
        taken = self.events.take_report(
            ConnectionReport(
                report_id=self._reports,
                room_id=held.room_id,
                participant_id=held.participant_id,
                connection_id=connection_id,
                direction=held.direction,
                state=state,
            )
        )
        assert taken

    def is_held(self, connection_id: str) -> bool:
        return connection_id in self._connections
