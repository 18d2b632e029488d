"""The room socket: by one-time token in the first message, never in the address.

The token says who and where; the cookie has to be of the same person, so a token that leaked opens
nothing. Commands are carried out by the room's own task.
"""

from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import web

from casework.errors import Expired, Forbidden, Unavailable
from casework.sign_in import SignedIn
from casework.vocabulary import ParticipantKind, Surface
from signaling.edge.guards import signed_in
from signaling.edge.sockets.base import CommandSocket, SocketClosed
from signaling.edge.sockets.context import SocketContext
from signaling.rooms.base import MediaRoom, Seat
from signaling.rooms.check_room import check_commands
from signaling.rooms.commands import call_commands
from signaling.rooms.members import Member
from signaling.rooms.room import Room
from signaling.rooms.tokens import Admission, redeem_token
from signaling.wire.base import CloseCode, Command
from signaling.wire.commands import Commands, Entry, Result
from signaling.wire.room import RoomHello

_SURFACES = {
    ParticipantKind.WINDOW: Surface.WINDOW,
    ParticipantKind.AGENT: Surface.CONSOLE,
    ParticipantKind.GUEST: Surface.CONSOLE,
    ParticipantKind.SUPERVISOR: Surface.SUPERVISION,
}


class RoomSocket(CommandSocket[RoomHello]):
    hello_schema = RoomHello

    def __init__(self, context: SocketContext, request: web.Request) -> None:
        super().__init__(context.limits)
        self.context = context
        self._request = request
        self._person: SignedIn | None = None
        self._seat: Seat[Any] | None = None
        self.commands: Commands[Any] = call_commands

    @property
    def sign_in_id(self) -> str:
        return self._person.sign_in_id if self._person else ""

    def check_allowed(self) -> None:
        if self.context.presence.has_ended(self.sign_in_id):
            raise SocketClosed(CloseCode.SIGNED_OUT)

    # --- hello ---------------------------------------------------------------------------------

    async def greet(self, hello: RoomHello) -> None:
        if self.context.presence.draining:
            raise SocketClosed(CloseCode.DRAINING)
        resident = self.context.rooms.of_resident(hello.token)
        if resident is None:
            await self._enter(hello)
        else:
            await self._enter_as_resident(resident)
        self.context.presence.enter(self)

    async def _enter(self, hello: RoomHello) -> None:
        admission = await self._admission(hello)
        person = await signed_in(self._request, _SURFACES[admission.kind])
        if person.staff_id != admission.staff_id:
            raise Forbidden("room.not_yours", "您不在这次通话中")
        self._person = person
        room = await self._room(admission)
        enter = partial(
            room.enter, admission.kind, person.staff_id, person.name, self, hello.connections
        )
        try:
            member: Member = await room.mailbox.ask(enter)
        except Expired as error:
            raise SocketClosed(CloseCode.ENDED) from error
        except BaseException:
            # Given up while the room was letting us in: it must not wait for this socket.
            room.mailbox.tell(partial(room.leave, self))
            raise
        self._seat = Seat(room, member, person)

    async def _admission(self, hello: RoomHello) -> Admission:
        try:
            async with self.context.database.transaction() as session:
                return await redeem_token(session, hello.token, self.context.node_id)
        except Expired as error:
            raise SocketClosed(CloseCode.TOKEN_USED) from error

    async def _room(self, admission: Admission) -> MediaRoom:
        if admission.ticket_id is None:
            self.commands = check_commands
            return self.context.rooms.open_check_room()
        try:
            return await self.context.rooms.of_ticket(admission.ticket_id)
        except Expired as error:
            raise SocketClosed(CloseCode.ENDED) from error

    async def _enter_as_resident(self, room: Room) -> None:
        """The second screen of the window's own machine: it has the window's cookie."""
        person = await signed_in(self._request, Surface.WINDOW)
        if person.window_id != room.ticket.window_id:
            raise Forbidden("room.not_yours", "您不在这次通话中")
        self._person = person
        await room.mailbox.ask(partial(room.enter_resident, self))
        self._seat = Seat(room, None)

    # --- afterwards ----------------------------------------------------------------------------

    async def perform(self, entry: Entry, command: Command) -> Result:
        seat = self._seat
        if seat is None:
            raise Unavailable("room.closed", "房间已关闭")
        result: Result = await seat.room.mailbox.ask(partial(entry.handle, seat, command))
        return result

    async def attend(self) -> None:
        """The room posts by itself."""

    async def leave(self) -> None:
        self.context.presence.leave(self)
        if self._seat is not None:
            with suppress(Unavailable):  # the room has closed before its sockets
                await self._seat.room.mailbox.ask(partial(self._seat.room.leave, self))
