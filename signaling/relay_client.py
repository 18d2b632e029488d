"""The edge's end of the relay's control connection: orders out, answers and reports in.

The connection comes and goes with either process. While it is away every order fails at once with
:class:`Unavailable`; when it is back the client asks what the relay still holds and lets the rooms
compare (:class:`RelayEvents`). Reports that matter are acknowledged once a room has taken them;
one that no room could take is repeated by the relay.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from pydantic import ValidationError

from casework.database import new_id
from casework.errors import Conflict, Unavailable
from signaling import local_socket
from signaling.local_socket import LocalChannel
from signaling.relay.control import (
    Acknowledge,
    AnyReport,
    ConnectionReport,
    Done,
    Held,
    Order,
    Reconcile,
    Refused,
    RelayReady,
    Statistics,
    TapFailed,
    report_adapter,
)

Report = ConnectionReport | TapFailed | Statistics

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RelayClientLimits:
    connect_deadline_s: float = 5.0
    order_deadline_s: float = 5.0
    """From sending an order to its answer; opening a log touches a disk."""
    reconnect_s: float = 0.25
    orders_under_way: int = 1_024
    backlog_bytes: int = 4 << 20
    """What the relay may leave unread before further orders are refused."""


class RelayEvents(Protocol):
    """What the rooms do with what the relay tells."""

    def take_report(self, report: Report) -> bool:
        """Passes it on without waiting. False: no room for it now; it will come again."""

    async def relay_connected(self, ready: RelayReady, held: Held) -> None:
        """The relay is there (again). Orders may be given; it holds what ``held`` lists."""

    def relay_lost(self) -> None:
        """The control connection is gone; the relay itself may still forward."""


class RelayClient:
    """One control connection, kept up by :meth:`run`."""

    def __init__(self, socket_path: Path, limits: RelayClientLimits | None = None) -> None:
        self._socket_path = socket_path
        self._limits = limits or RelayClientLimits()
        self._channel: LocalChannel[AnyReport] | None = None
        self._answers: dict[str, asyncio.Future[Done | Refused]] = {}
        self._ready: RelayReady | None = None
        self.statistics: Statistics | None = None
        """The latest; ``None`` until the relay has sent some."""

    @property
    def ready(self) -> RelayReady:
        """Certificate and addresses. Raises :class:`Unavailable` while the relay is away."""
        if self._ready is None:
            raise _away()
        return self._ready

    async def order(self, order: Order) -> Done:
        """Sends and waits for the answer.

        Raises :class:`Conflict` with the relay's code when it refuses, :class:`Unavailable` when
        it is away, busy or silent.
        """
        channel = self._channel
        if channel is None:
            raise _away()
        limits = self._limits
        if (
            len(self._answers) >= limits.orders_under_way
            or channel.backlog_bytes > limits.backlog_bytes
        ):
            raise Unavailable("relay.busy", "媒体转发繁忙，请稍后再试")
        answer: asyncio.Future[Done | Refused] = asyncio.get_running_loop().create_future()
        self._answers[order.request_id] = answer
        try:
            async with asyncio.timeout(limits.order_deadline_s):
                channel.send(order)
                told = await answer
        except TimeoutError as error:
            raise Unavailable("relay.silent", "媒体转发没有应答，请稍后再试") from error
        finally:
            self._answers.pop(order.request_id, None)
        if isinstance(told, Refused):
            raise Conflict(f"relay.{told.code}", told.text)
        return told

    async def run(self, events: RelayEvents) -> None:
        """Connects, and connects again, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._limits.connect_deadline_s):
                    channel = await local_socket.connect(self._socket_path, report_adapter)
                    ready = await channel.receive()
            except (OSError, TimeoutError, ValidationError):
                await asyncio.sleep(self._limits.reconnect_s)
                continue
            try:
                if isinstance(ready, RelayReady):
                    await self._serve(channel, ready, events)
            finally:
                channel.close()
            await asyncio.sleep(self._limits.reconnect_s)

    async def _serve(
        self, channel: LocalChannel[AnyReport], ready: RelayReady, events: RelayEvents
    ) -> None:
        self._channel, self._ready = channel, ready
        logger.info("relay.connected", boot_id=ready.boot_id, addresses=ready.addresses)
        try:
            async with asyncio.TaskGroup() as group:
                greeting = group.create_task(self._greet(ready, events))
                try:
                    await self._receive(channel, events)
                finally:
                    self._forget()
                    greeting.cancel()
        except* (ConnectionError, ValidationError) as errors:
            logger.warning("relay.lost", reason=repr(errors.exceptions[0]))
        finally:
            events.relay_lost()

    async def _greet(self, ready: RelayReady, events: RelayEvents) -> None:
        with contextlib.suppress(Unavailable):  # it went away again: the next greeting counts
            answer = await self.order(Reconcile(request_id=new_id()))
            held = answer.held or Held(rooms=[], taps=[], connections=[])
            await events.relay_connected(ready, held)

    async def _receive(self, channel: LocalChannel[AnyReport], events: RelayEvents) -> None:
        while True:
            message = await channel.receive()
            match message:
                case Done() | Refused():
                    self._settle(message)
                case Statistics():
                    self.statistics = message
                    events.take_report(message)
                case ConnectionReport() | TapFailed():
                    if events.take_report(message):
                        channel.send(Acknowledge(report_id=message.report_id))
                case RelayReady():
                    raise ConnectionError("the relay greeted twice")

    def _settle(self, told: Done | Refused) -> None:
        answer = self._answers.get(told.request_id)
        if answer is not None and not answer.done():
            answer.set_result(told)

    def _forget(self) -> None:
        """Whoever waits for an answer is told that there will be none."""
        self._channel = self._ready = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(_away())


def _away() -> Unavailable:
    return Unavailable("relay.away", "媒体转发正在重新启动，请稍候")
