"""A server's end of a socket: reads and obeys, writes, beats; one place maps errors.

One task owns each direction. Others only :meth:`CommandSocket.post` events or ask it to
:meth:`CommandSocket.close`; the writer alone sends and closes, so that what was posted before a
close still leaves in order. Commands are obeyed one after the other: a slow one delays its own
client only.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar

import structlog
from aiohttp import WSMsgType, web
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.errors import ShipinbanError, Unavailable
from signaling.edge.rate_limit import RateLimit
from signaling.edge.sockets.limits import SocketLimits
from signaling.edge.sockets.outbox import Outbox, OutboxFull
from signaling.edge.texts import text_of
from signaling.wire.base import CloseCode, Command, Done, Event, Heartbeat, Language, Refused
from signaling.wire.commands import (
    Commands,
    Entry,
    RawCommand,
    Result,
    Unreadable,
    checked,
    read_raw,
)

logger = structlog.get_logger(__name__)


class SocketClosed(Exception):
    """Ends the reading task; carries the code that the client is given."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


def server_ms() -> int:
    return time.time_ns() // 1_000_000


HelloT = TypeVar("HelloT", bound=Command)


class CommandSocket(ABC, Generic[HelloT]):
    """Subclasses say what a hello is, what commands there are, and what else is to be done."""

    commands: Commands[Any]
    hello_schema: type[HelloT]

    def __init__(self, limits: SocketLimits) -> None:
        self.limits = limits
        self.language: Language = "zh-CN"
        self.outbox = Outbox(limits.outbox, limits.replayed)
        self._rate = RateLimit(limits.rate)
        self._close_code: CloseCode | None = None
        self._obeying = False
        self._web_socket = web.WebSocketResponse(
            heartbeat=limits.ping_s,
            compress=False,
            max_msg_size=limits.message_bytes,
            timeout=limits.close_deadline_s,
        )

    @staticmethod
    def now_s() -> float:
        return asyncio.get_running_loop().time()

    # --- for others ----------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Queues an event; a client that does not take its events loses its socket."""
        try:
            self.outbox.post(event)
        except OutboxFull:
            self.close(CloseCode.OUTBOX_FULL)

    def close(self, code: CloseCode) -> None:
        """Asks the writer to close once it has sent what is queued. The first code counts."""
        if self._close_code is None:
            self._close_code = code
            if not self._obeying:  # a command under way is answered first
                self.outbox.end()

    # --- for subclasses ------------------------------------------------------------------------

    @abstractmethod
    async def greet(self, hello: HelloT) -> None:
        """Admits the client and posts the welcome. Raises our errors or :class:`SocketClosed`."""

    @abstractmethod
    async def attend(self) -> None:
        """Runs beside the reading, from the welcome to the close."""

    @abstractmethod
    async def leave(self) -> None:
        """After the close, if :meth:`greet` succeeded. Short."""

    @abstractmethod
    def check_allowed(self) -> None:
        """Before every command; raises :class:`SocketClosed`. Cheap: no look at the database."""

    async def perform(self, entry: Entry, command: Command) -> Result:
        """Carries a command out. Raises our errors."""
        return await entry.handle(self, command)

    # --- the life of a socket ------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Upgrades and stays until the socket is closed."""
        await self._web_socket.prepare(request)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write())
            try:
                await self._converse(group)
            except SocketClosed as closed:
                self.close(closed.code)
            self.close(CloseCode.NORMAL)
        return self._web_socket

    async def _converse(self, group: asyncio.TaskGroup) -> None:
        if not await self._receive_hello():
            return
        beside = [group.create_task(self._beat()), group.create_task(self._attend())]
        try:
            async for text in self._texts():
                await self._obey(text)
        finally:
            for task in beside:
                task.cancel()
            await self._leave()

    async def _leave(self) -> None:
        """What rests on a socket also ends by itself, so a failure here is only logged."""
        try:
            async with asyncio.timeout(self.limits.command_deadline_s):
                await self.leave()
        except Exception:
            logger.exception("socket.leave_failed")

    async def _receive_hello(self) -> bool:
        """False when the client went away or was refused before it was admitted."""
        try:
            async with asyncio.timeout(self.limits.hello_deadline_s):
                text = await anext(aiter(self._texts()), None)
        except TimeoutError:
            raise SocketClosed(CloseCode.HELLO_TIMEOUT) from None
        if text is None:
            return False
        raw = _readable(text)
        try:
            hello = checked(self.hello_schema, raw)
            self.language = getattr(hello, "language", self.language)
            async with asyncio.timeout(self.limits.command_deadline_s):
                await self.greet(hello)
        except SocketClosed:
            raise
        except Exception as error:
            self._answer(self._refusal(raw.request_id, raw.type, error))
            raise SocketClosed(_close_code_of(error)) from error
        self._answer(Done(request_id=raw.request_id))
        return True

    async def _attend(self) -> None:
        try:
            await self.attend()
        except SocketClosed as closed:
            self.close(closed.code)
        except Exception:  # the client comes back on a new socket
            logger.exception("socket.attend_failed")
            self.close(CloseCode.GOING_AWAY)

    async def _texts(self) -> AsyncIterator[str]:
        """Text messages until the client, the network or the writer ends it."""
        while self._close_code is None:
            message = await self._web_socket.receive()
            if message.type is WSMsgType.TEXT:
                if self._rate.wait_s(""):
                    raise SocketClosed(CloseCode.TOO_FAST)
                yield message.data
            elif message.type is WSMsgType.BINARY:
                raise SocketClosed(CloseCode.BAD_MESSAGE)
            else:  # closed by either end; aiohttp itself closes what is too big (1009) or half-open
                return

    async def _obey(self, text: str) -> None:
        raw = _readable(text)
        self.check_allowed()
        self._obeying = True
        try:
            entry = self.commands.entry(raw.type)
            command = checked(entry.schema, raw)
            async with asyncio.timeout(self.limits.command_deadline_s):
                result = await self.perform(entry, command)
        except SocketClosed:
            raise
        except Exception as error:  # noqa: BLE001 - the last one to see it
            self._answer(self._refusal(raw.request_id, raw.type, error))
        else:
            self._answer(Done(request_id=raw.request_id, result=dict(result or {})))
        finally:
            self._obeying = False
            if self._close_code is not None:
                self.outbox.end()

    def _refusal(self, request_id: int, name: str, error: Exception) -> Refused:
        known = _known(error, name)
        return Refused(
            request_id=request_id,
            code=known.code,
            text=text_of(known, self.language),
            details=dict(known.details),
        )

    def _answer(self, message: Done | Refused | Heartbeat) -> None:
        try:
            self.outbox.answer(message)
        except OutboxFull:
            self.close(CloseCode.OUTBOX_FULL)

    # --- writing -------------------------------------------------------------------------------

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.limits.heartbeat_s)
            self._answer(Heartbeat(server_ms=server_ms()))

    async def _write(self) -> None:
        """Sends until the end of the outbox, then closes: the only one who does either."""
        try:
            while (text := await self.outbox.next()) is not None:
                async with asyncio.timeout(self.limits.send_deadline_s):
                    await self._web_socket.send_str(text)
        except (TimeoutError, ConnectionError):
            self.close(CloseCode.OUTBOX_FULL)
        code = self._close_code or CloseCode.NORMAL
        await self._web_socket.close(code=code, message=code.name.encode())


def _readable(text: str) -> RawCommand:
    try:
        return read_raw(text)
    except Unreadable as error:
        raise SocketClosed(CloseCode.BAD_MESSAGE) from error


def _known(error: Exception, name: str) -> ShipinbanError:
    """The error as users may see it; what nobody foresaw is logged with its trace."""
    if isinstance(error, ShipinbanError):
        return error
    if isinstance(error, TimeoutError | PoolTimeout | OperationalError):
        logger.warning("socket.command_failed", command=name, exc_info=error)
        return Unavailable("unavailable")
    logger.error("socket.unhandled", command=name, exc_info=error)
    return ShipinbanError("internal")


_CLOSE_CODES = {401: CloseCode.SIGNED_OUT, 503: CloseCode.DRAINING, 500: CloseCode.GOING_AWAY}


def _close_code_of(error: Exception) -> CloseCode:
    """How a socket closes whose hello was refused."""
    if isinstance(error, ShipinbanError):
        return _CLOSE_CODES.get(error.status, CloseCode.FORBIDDEN)
    return CloseCode.GOING_AWAY
