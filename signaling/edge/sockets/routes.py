"""The sockets as routes of the edge: who may open which."""

from collections.abc import Sequence

from aiohttp import web

from casework.errors import NotFound
from casework.sign_in import SURFACE_ROLES
from casework.vocabulary import Surface
from signaling.edge.route import Asked, Route
from signaling.edge.sockets.console_duty import ConsoleDuty
from signaling.edge.sockets.context import SocketContext
from signaling.edge.sockets.duty import DutySocket
from signaling.edge.sockets.room import RoomSocket
from signaling.edge.sockets.supervision_duty import SupervisionDuty
from signaling.edge.sockets.window_duty import WindowDuty

SOCKET = "application/websocket"
DUTIES: dict[Surface, type[DutySocket]] = {
    Surface.WINDOW: WindowDuty,
    Surface.CONSOLE: ConsoleDuty,
    Surface.SUPERVISION: SupervisionDuty,
}


def socket_routes(context: SocketContext) -> Sequence[Route]:
    """To be added to the edge's table. Origin and sign-in are checked before the upgrade."""
    return [*(_duty_route(context, surface) for surface in DUTIES), _room_route(context)]


def _duty_route(context: SocketContext, surface: Surface) -> Route:
    async def open_duty_socket(asked: Asked[None]) -> web.StreamResponse:
        """The duty socket of this surface: see the reference of the wire protocol."""
        return await DUTIES[surface](context, asked.person).serve(asked.request)

    return Route(
        method="GET",
        path=f"/api/{surface}/duty",
        handler=open_duty_socket,
        answer=SOCKET,
        surface=surface,
        roles=SURFACE_ROLES[surface],
        socket=True,
    )


def _room_route(context: SocketContext) -> Route:
    async def open_room_socket(asked: Asked[None]) -> web.StreamResponse:
        """The room socket: by the token of the first message, and the cookie of the same person."""
        if asked.request.match_info["node"] != context.node_id:
            raise NotFound("not_found")
        return await RoomSocket(context, asked.request).serve(asked.request)

    return Route(
        method="GET",
        path="/nodes/{node:[a-z0-9-]{1,40}}/room",
        handler=open_room_socket,
        answer=SOCKET,
        socket=True,
    )
