"""A client of the HTTP API and the sockets, in Python: what a page does, without a page.

Used by the headless station and seat, the bench and the tests; it uses nothing that a browser does
not use. Errors arrive as the same tree that the server raised (:mod:`casework.errors`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import aiohttp
from pydantic import BaseModel, TypeAdapter
from yarl import URL

from casework.errors import (
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    ShipinbanError,
    SignedOut,
    TooLarge,
    TooMany,
    Unavailable,
)
from casework.vocabulary import Surface
from signaling.wire.api import Me, SignInRequest
from signaling.wire.base import PROTOCOL, Command, Done, Event, Heartbeat, Refused
from signaling.wire.duty import AnyDutyEvent, duty_event_adapter
from signaling.wire.duty import Hello as DutyHello
from signaling.wire.room import AnyRoomEvent, RoomHello, room_event_adapter
from signaling.wire.views import RoomAddress

ANSWER_DEADLINE_S = 15.0
EVENT_DEADLINE_S = 30.0
EVENTS_KEPT = 256

Answer = TypeVar("Answer", bound=BaseModel)
AnyEvent = TypeVar("AnyEvent")
Wanted = TypeVar("Wanted", bound=Event)

_ERRORS: dict[int, type[ShipinbanError]] = {
    error.status: error
    for error in (
        Invalid,
        SignedOut,
        Forbidden,
        NotFound,
        Conflict,
        Expired,
        TooLarge,
        TooMany,
        Unavailable,
    )
}


class SocketClosed(ConnectionError):
    """The socket has closed, or was lost, before what was waited for came."""


class CommandSocket(Generic[AnyEvent]):
    """Commands answered by number; events kept in order, at most :data:`EVENTS_KEPT`.

    Open one with :meth:`Client.duty` or :meth:`Client.room`. When the server closes the socket,
    every wait raises :class:`SocketClosed`.
    """

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, adapter: TypeAdapter[AnyEvent]
    ) -> None:
        self._socket = socket
        self._adapter = adapter
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(EVENTS_KEPT)
        self._last_request = 0

    @property
    def close_code(self) -> int | None:
        """``None`` while it is open, and when it was lost without a word."""
        return self._socket.close_code

    async def command(
        self, command: Command, timeout_s: float = ANSWER_DEADLINE_S
    ) -> dict[str, Any]:
        """Sends and waits for the answer's ``result``. Raises the refusal as an error."""
        request_id = self.next_request_id()
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[request_id] = answer
        numbered = command.model_copy(update={"request_id": request_id})
        try:
            async with asyncio.timeout(timeout_s):
                await self._socket.send_str(numbered.model_dump_json())
                return await answer
        finally:
            self._answers.pop(request_id, None)

    def next_request_id(self) -> int:
        self._last_request += 1
        return self._last_request

    async def event(
        self,
        wanted: type[Wanted],
        accept: Callable[[Wanted], bool] = lambda _: True,
        timeout_s: float = EVENT_DEADLINE_S,
    ) -> Wanted:
        """The next event of this type that ``accept`` takes; those before it are passed over."""
        async with asyncio.timeout(timeout_s):
            async for event in self.events():
                if isinstance(event, wanted) and accept(event):
                    return event
        raise SocketClosed(f"the socket closed with {self.close_code}")

    async def events(self) -> AsyncIterator[Event]:
        """All events as they come; ends when the socket closes."""
        while (event := await self._events.get()) is not None:
            yield event
        self._events.put_nowait(None)

    async def receive_until_closed(self) -> None:
        """Takes what the server sends; the owner runs it as a task beside its own work."""
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._take(self._adapter.validate_json(message.data))
        finally:
            closed = SocketClosed(f"the socket closed with {self.close_code}")
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(closed)
            if self._events.full():
                self._events.get_nowait()
            self._events.put_nowait(None)

    async def _take(self, message: AnyEvent) -> None:
        if isinstance(message, Done | Refused):
            self._settle(message)
        elif isinstance(message, Event) and not isinstance(message, Heartbeat):
            await self._events.put(message)

    def _settle(self, message: Done | Refused) -> None:
        answer = self._answers.get(message.request_id)
        if answer is None or answer.done():
            return
        if isinstance(message, Done):
            answer.set_result(message.result)
        else:
            answer.set_exception(ShipinbanError(message.code, message.text, **message.details))


class Client:
    """One person signed in on one surface of one installation."""

    def __init__(self, origin: str, surface: Surface, http: aiohttp.ClientSession) -> None:
        self.origin = URL(origin)
        self.surface = surface
        self._http = http

    @classmethod
    @asynccontextmanager
    async def open(cls, origin: str, surface: Surface) -> AsyncIterator["Client"]:
        """``origin`` such as ``http://localhost:8080``: also what the server must allow."""
        # The cookies are Secure; like a browser, treat http://localhost as secure.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(origin)])
        headers = {"Origin": str(URL(origin)).rstrip("/")}
        timeout = aiohttp.ClientTimeout(total=ANSWER_DEADLINE_S)
        async with aiohttp.ClientSession(cookie_jar=jar, headers=headers, timeout=timeout) as http:
            yield cls(origin, surface, http)

    async def sign_in(self, username: str, password: str) -> Me:
        request = SignInRequest(username=username, password=password)
        return await self.call("POST", "sign-in", Me, request)

    async def call(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: BaseModel | None = None,
        query: dict[str, str] | None = None,
    ) -> Answer:
        """Calls ``/api/SURFACE/path`` (or ``/api/…``) with JSON. Raises the error tree."""
        sent = None if body is None else body.model_dump_json()
        received = await self.fetch(method, path, sent, query, "application/json")
        return answer.model_validate_json(received)

    async def fetch(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        query: dict[str, str] | None = None,
        content_type: str = "application/octet-stream",
    ) -> bytes:
        """Calls ``/api/SURFACE/path`` and returns the body as it is.

        A path that begins with ``/`` is one of no surface, such as ``/api/config``.
        """
        url = self.origin.join(URL(path if path.startswith("/") else f"/api/{self.surface}/{path}"))
        headers = {} if body is None else {"Content-Type": content_type}
        async with self._http.request(
            method, url, data=body, params=query, headers=headers
        ) as response:
            received = await response.read()
            if response.status >= 400:
                raise _error(response.status, received)
            return received

    @asynccontextmanager
    async def duty(self) -> AsyncIterator[CommandSocket[AnyDutyEvent]]:
        path = f"/api/{self.surface}/duty"
        async with self._socket(path, duty_event_adapter) as socket:
            await socket.command(DutyHello(request_id=1, protocol=PROTOCOL))
            yield socket

    @asynccontextmanager
    async def room(
        self, address: RoomAddress, connections: Sequence[str] = ()
    ) -> AsyncIterator[CommandSocket[AnyRoomEvent]]:
        """``connections``: the down connections that outlived an earlier socket."""
        hello = RoomHello(
            request_id=1, protocol=PROTOCOL, token=address.token, connections=list(connections)
        )
        async with self._socket(address.path, room_event_adapter) as socket:
            await socket.command(hello)
            yield socket

    @asynccontextmanager
    async def _socket(
        self, path: str, adapter: TypeAdapter[AnyEvent]
    ) -> AsyncIterator[CommandSocket[AnyEvent]]:
        async with self._http.ws_connect(
            self.origin.join(URL(path)), max_msg_size=1 << 20, compress=0
        ) as raw:
            socket = CommandSocket(raw, adapter)
            async with asyncio.TaskGroup() as group:
                receiving = group.create_task(socket.receive_until_closed())
                try:
                    yield socket
                finally:
                    receiving.cancel()


def _error(status: int, body: bytes) -> ShipinbanError:
    """The server's error, or a bare one for answers that are not ours (a proxy's, say)."""
    kind = _ERRORS.get(status, ShipinbanError)
    try:
        told = _ERROR_BODY.validate_json(body)
    except ValueError:
        return kind(f"http.{status}")
    return kind(str(told.get("code")), str(told.get("text")), **told.get("details", {}))


_ERROR_BODY: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
