"""The rooms of this node: opened when a ticket rings or a call is found without one.

Each room is a task of its own here. One that fails is logged and forgotten; if its call still
lives it is opened again from the rows, as after a restart of the edge.
"""

import asyncio
import hmac
import itertools
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from casework.database import new_id
from casework.errors import Expired, ShipinbanError, Unavailable
from casework.tables import CasePage
from signaling.pairing.topics import call_topic
from signaling.relay.control import (
    ConnectionReport,
    Held,
    KeyFrameRequest,
    RelayReady,
    RoomClose,
    Statistics,
    TapFailed,
    TrackKind,
)
from signaling.relay_client import Report
from signaling.rooms import facts
from signaling.rooms.base import MediaRoom
from signaling.rooms.check_room import CheckRoom
from signaling.rooms.context import RoomContext
from signaling.rooms.room import LIVE_TICKET, Room
from signaling.rooms.tokens import forget_tokens
from signaling.wire.base import CloseCode

CHECK_ROOMS = 32
"""At once on one node."""
CLOSE_DEADLINE_S = 10.0
WITHOUT_ROOMS = 5
"""So many times as long until the next look while no room is open: none can have failed."""
SWEEP_EVERY = 200
"""Looks between two removals of old tokens: ten minutes or more."""

logger = structlog.get_logger(__name__)


class Rooms:
    """What sockets and the relay client know of rooms."""

    def __init__(self, context: RoomContext) -> None:
        self.context = context
        self._rooms: dict[str, MediaRoom] = {}
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Keeps the rooms until cancelled; calls stay live then, for the next edge."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for turn in itertools.count():
                try:
                    await self._open_missing()
                    if turn % SWEEP_EVERY == 0:
                        await self._sweep()
                except (SQLAlchemyError, ShipinbanError) as error:
                    logger.warning("rooms.not_opened", reason=repr(error))
                looks = 1 if self._rooms else WITHOUT_ROOMS
                await asyncio.sleep(looks * self.context.settings.look_again_s)

    async def _sweep(self) -> None:
        async with self.context.database.transaction() as session:
            await forget_tokens(session)

    async def _open_missing(self) -> None:
        """Live calls of this node without a room: after a restart, or after a room has failed."""
        async with self.context.database.reading() as session:
            tickets = await facts.live_tickets_of_node(session, self.context.node_id)
        for ticket_id in tickets:
            if ticket_id not in self._rooms:
                await self.of_ticket(ticket_id)

    async def of_ticket(self, ticket_id: str) -> Room:
        """The ticket's room; opens it if need be.

        Raises :class:`Expired` for a ticket that is over, :class:`Unavailable` while starting.
        """
        await self._closed(ticket_id)
        if ticket_id not in self._rooms:
            async with self.context.database.reading() as session:
                ticket = await facts.read_ticket(session, ticket_id)
            if ticket is None or ticket.state not in LIVE_TICKET:
                raise Expired("ticket.over", "这个排队号已结束")
            if ticket_id not in self._rooms:  # another socket may have opened it meanwhile
                self._start(Room(self.context, ticket))
        room = self._rooms[ticket_id]
        if not isinstance(room, Room):
            raise Expired("ticket.over", "这个排队号已结束")
        return room

    async def _closed(self, ticket_id: str) -> None:
        """Waits while an earlier room of the ticket closes: both have one room in the relay."""
        room = self._rooms.get(ticket_id)
        if room is not None and room.over:
            async with asyncio.timeout(CLOSE_DEADLINE_S):
                await room.closed.wait()

    def open_check_room(self) -> CheckRoom:
        """Raises :class:`Unavailable` when too many are open."""
        if sum(isinstance(room, CheckRoom) for room in self._rooms.values()) >= CHECK_ROOMS:
            raise Unavailable("room.busy", "检测房间已满，请稍后再试")
        room = CheckRoom(self.context)
        self._start(room)
        return room

    def of_resident(self, token: str) -> Room | None:
        """The room whose window was given this token for the resident's screen."""
        for room in self._rooms.values():
            if isinstance(room, Room) and hmac.compare_digest(room.resident_token, token):
                return None if room.over else room
        return None

    def _start(self, room: MediaRoom) -> None:
        if self._group is None:
            raise Unavailable("room.starting", "服务正在启动，请稍候")
        self._rooms[room.room_id] = room
        self._group.create_task(self._keep(room), name=f"room {room.room_id}")

    async def _keep(self, room: MediaRoom) -> None:
        try:
            await room.run()
        except Exception:  # one room's failure is not the others'
            logger.exception("room.failed", room_id=room.room_id)
            room.over = True
            room.members.close_ports(CloseCode.GOING_AWAY)
        finally:
            room.mailbox.close()
            self._rooms.pop(room.room_id, None)
            room.closed.set()

    # --- pages ---------------------------------------------------------------------------------

    async def page_changed(self, page_id: str) -> None:
        """Wakes the room of the page's call, wherever it is."""
        async with self.context.database.reading() as session:
            call_id = await session.scalar(select(CasePage.call_id).where(CasePage.id == page_id))
        if call_id is not None:
            self.context.bus.publish(call_topic(call_id))

    # --- the recorder ---------------------------------------------------------------------------

    async def recording_failed(self, call_id: str, reason: str) -> None:
        """Tells the room that holds the call, if one does."""
        for room in tuple(self._rooms.values()):
            if isinstance(room, Room):
                room.mailbox.tell(partial(room.take_recording_failure, call_id, reason))

    async def key_frame_wanted(self, connection_id: str, kind: TrackKind) -> None:
        """Passed on; a relay that is away or has no such connection is none of our business."""
        order = KeyFrameRequest(request_id=new_id(), connection_id=connection_id, kind=kind)
        try:
            await self.context.relay.order(order)
        except ShipinbanError as error:
            logger.info("key_frame.not_asked", connection_id=connection_id, code=error.code)

    # --- the relay (see signaling.relay_client.RelayEvents) -------------------------------------

    def take_report(self, report: Report) -> bool:
        """Leaves a report in the room's mailbox. What no room is there for needs no repeating."""
        if isinstance(report, Statistics):
            return True
        room = self._rooms.get(report.room_id)
        if room is None:
            return True
        match report:
            case ConnectionReport():
                return room.mailbox.tell(partial(room.take_connection, report))
            case TapFailed():
                return room.mailbox.tell(partial(room.take_tap_failure, report))

    async def relay_connected(self, ready: RelayReady, held: Held) -> None:
        """Brings rooms and relay to agree after either of them was away."""
        await self._open_missing()
        for room_id in set(held.rooms) - self._rooms.keys():
            order = RoomClose(request_id=new_id(), room_id=room_id)
            await self.context.relay.order(order)
        for room in tuple(self._rooms.values()):
            room.mailbox.tell(partial(room.reconcile, held))
        logger.info("rooms.reconciled", boot_id=ready.boot_id, rooms=len(self._rooms))

    def relay_lost(self) -> None:
        """The relay may go on forwarding without us: nothing to tell anybody yet."""
