"""A participant without a browser keeps its place in a room: a lost socket is opened again.

As a page does it: the media connections outlive the socket, so the new hello names them, and a new
token is asked for on the duty socket.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp

from casework.errors import ShipinbanError
from signaling.client import Client, CommandSocket, SocketClosed
from signaling.wire.base import CLOSE_RULES, CloseCode
from signaling.wire.duty import RoomEnter
from signaling.wire.room import AnyRoomEvent
from signaling.wire.views import RoomAddress

AWAY_S = 60.0
"""A call is kept for whoever is away for so long."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
GONE = frozenset({"ticket.not_found", "ticket.over", "room.not_found", "not_found"})

Serve = Callable[[CommandSocket[AnyRoomEvent]], Awaitable[bool]]
"""Takes a socket's events until it closes; ``True`` when the call is over."""


class Duty(Protocol):
    async def command(self, command: RoomEnter) -> dict[str, Any]: ...


async def stay_in_room(
    client: Client,
    duty: Duty,
    ticket_id: str,
    address: RoomAddress,
    connections: Callable[[], list[str]],
    serve: Serve,
) -> None:
    """Returns when the call is over. ``connections``: the down connections that there are now.

    Raises ``ConnectionError`` when the room can't be entered again for a minute, or the server says
    that it shall not be.
    """
    loop = asyncio.get_running_loop()
    pause_s, deadline_s = FIRST_PAUSE_S, loop.time() + AWAY_S
    room: CommandSocket[AnyRoomEvent] | None = None
    while True:
        opened = over = False
        try:
            async with client.room(address, connections() if room else ()) as room:
                opened = True
                over = await serve(room)
        except* (SocketClosed, aiohttp.ClientError, TimeoutError):
            pass
        if over:
            return
        if room is not None and opened:
            _check_return(room.close_code)
            pause_s, deadline_s = FIRST_PAUSE_S, loop.time() + AWAY_S
        if loop.time() > deadline_s:
            raise ConnectionError("the room could not be entered again")
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        try:
            entered = await duty.command(RoomEnter(request_id=1, ticket_id=ticket_id))
        except ShipinbanError as error:
            if error.code in GONE:
                return  # the call ended meanwhile
            continue  # a node that has just come up; the old address lets nobody in twice
        address = RoomAddress.model_validate(entered["room"])


def _check_return(close_code: int | None) -> None:
    """Raises ``ConnectionError`` for a close after which a client shall not come back."""
    if close_code not in list(CloseCode):
        return
    rule = CLOSE_RULES[CloseCode(close_code)]
    if not rule.reconnect:
        raise ConnectionError(rule.meaning)
