"""The relay as a process: control socket, clockwork, orderly end."""

import asyncio
import gc
import os
import resource
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from signaling.local_socket import LINE_LIMIT_BYTES, LocalChannel, private_socket
from signaling.parent import end_with_parent
from signaling.relay import control
from signaling.relay.clockwork import Clockwork, Regular
from signaling.relay.context import monotonic_us
from signaling.relay.control import AnyOrder, Done, Refused, RelayReady, Statistics, order_adapter
from signaling.relay.loop_lag import LoopLag
from signaling.relay.port import Rest
from signaling.relay.relay import Refusal, Relay
from signaling.relay.reports import Outbox
from signaling.relay.rest import RestingSelector
from signaling.relay.settings import RelaySettings
from signaling.relay.tap import TapFactory

CHECK_S = 0.25
PARENT_S = 1.0
GARBAGE_THRESHOLDS = (50_000, 20, 50)
"""A collection in the middle of a drain is heard; packets make no cycles."""
COLLECT_S = 5.0
"""Closed connections are cycles, and hold a megabyte each: a few milliseconds, seldom."""

Handler = Callable[[Any], Awaitable[None] | None]


def run(
    socket_path: Path,
    settings: RelaySettings,
    tap_factory: TapFactory,
    parent_pid: int | None = None,
) -> None:
    """Runs until SIGTERM, SIGINT or the parent's end; see :func:`signaling.parent.end_with_parent`.

    Raises ``OSError`` when an address or the control socket cannot be bound.
    """
    parent = end_with_parent(parent_pid)
    selector = RestingSelector()
    service = Service(socket_path, settings, tap_factory, selector.rest_until)
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(service.serve(parent))


class Service:
    """One edge at a time has the control socket; a newer one takes over."""

    def __init__(
        self,
        socket_path: Path,
        settings: RelaySettings,
        tap_factory: TapFactory,
        rest: Rest | None = None,
    ) -> None:
        """``rest``: see :meth:`signaling.relay.port.Port.start`."""
        self._socket_path = socket_path
        self._settings = settings
        self._outbox = Outbox(settings.report_backlog_bytes, settings.repeat_report_s, monotonic_us)
        self._relay = Relay(settings, self._outbox, tap_factory)
        self._rest = rest
        self._lag = LoopLag()
        self._parent: int | None = None
        self._counted_us = monotonic_us()
        self._clockwork = self._new_clockwork()
        self._channel: LocalChannel[AnyOrder] | None = None
        self._newcomer: LocalChannel[AnyOrder] | None = None
        self._collected = 0
        self._arrived = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        relay = self._relay
        self._handlers: dict[type[BaseModel], Handler] = {
            control.RoomOpen: relay.open_room,
            control.RoomClose: relay.close_room,
            control.UpOpen: relay.open_up,
            control.DownOpen: relay.open_down,
            control.DownAnswer: relay.answer_down,
            control.ConnectionRestart: relay.restart,
            control.ConnectionClose: relay.close_connection,
            control.PrimarySet: relay.set_primary,
            control.Hold: relay.hold,
            control.StillPriority: relay.set_still_priority,
            control.TapOpen: relay.open_tap,
            control.TapClose: relay.close_tap,
            control.KeyFrameRequest: relay.request_key_frame,
            control.Reconcile: lambda _order: None,
        }

    async def serve(self, parent: int | None) -> None:
        """``parent``: the process whose end is ours too."""
        self._parent = parent
        loop = asyncio.get_running_loop()
        server = await asyncio.start_unix_server(
            self._welcome, sock=private_socket(self._socket_path), limit=LINE_LIMIT_BYTES
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        self._relay.start(loop, self._rest)
        _tune_garbage_collector()
        try:
            async with asyncio.TaskGroup() as group:
                for work in (self._clockwork.run(), self._serve_edges()):
                    self._tasks.append(group.create_task(work))
                await self._stopping.wait()
                for task in self._tasks:
                    task.cancel()
        finally:
            server.close()
            self._relay.close()
            self._socket_path.unlink(missing_ok=True)

    # --- the edge ------------------------------------------------------------------------------

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new edge: the one before it, if it still lives, is cut off."""
        if self._newcomer is not None:
            self._newcomer.close()
        if self._channel is not None:
            self._channel.close()
        self._newcomer = LocalChannel(reader, writer, order_adapter)
        self._arrived.set()

    async def _serve_edges(self) -> None:
        """One after the other; the one that comes ends the service of the one that is there."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            self._channel, self._newcomer = self._newcomer, None
            if self._channel is not None:
                await self._serve_edge(self._channel)

    async def _serve_edge(self, channel: LocalChannel[AnyOrder]) -> None:
        channel.send(
            RelayReady(
                boot_id=self._relay.boot_id,
                fingerprint=self._relay.fingerprint,
                addresses=[port.candidate for port in self._relay.ports],
            )
        )
        self._outbox.attach(channel)
        try:
            while True:
                await self._obey(channel, await channel.receive())
                await channel.drain()
        except (ConnectionError, ValidationError):
            # The edge has gone, or is no edge of this version: calls go on without it.
            pass
        finally:
            self._outbox.detach(channel)
            channel.close()

    async def _obey(self, channel: LocalChannel[AnyOrder], order: AnyOrder) -> None:
        if isinstance(order, control.Acknowledge):
            self._outbox.acknowledge(order.report_id)
            return
        try:
            outcome = self._handlers[type(order)](order)
            if outcome is not None:
                await outcome
        except Refusal as refusal:
            channel.send(Refused(request_id=order.request_id, code=refusal.code, text=str(refusal)))
            return
        self._clockwork.wake()
        held = self._relay.held() if isinstance(order, control.Reconcile) else None
        channel.send(Done(request_id=order.request_id, held=held))

    # --- the clockwork -------------------------------------------------------------------------

    def _new_clockwork(self) -> Clockwork:
        settings = self._settings
        regular = (
            Regular(CHECK_S, self._check),
            Regular(COLLECT_S, self._collect),
            Regular(PARENT_S, self._watch_parent),
            Regular(settings.repeat_report_s, self._outbox.repeat),
            Regular(settings.statistics_interval_s, self._report_statistics),
        )
        return Clockwork(self._tick, lambda: self._relay.is_idle, regular, self._lag)

    def _tick(self) -> None:
        self._relay.tick(monotonic_us())

    def _check(self) -> None:
        self._relay.check(monotonic_us())

    def _collect(self) -> None:
        if self._relay.closed != self._collected:
            self._collected = self._relay.closed
            gc.collect()

    def _report_statistics(self) -> None:
        now_us = monotonic_us()
        seconds, self._counted_us = max(1, now_us - self._counted_us) / 1e6, now_us
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self._outbox.send(
            Statistics(
                connections=self._relay.statistics(seconds),
                loop_lag_p99_ms=self._lag.p99_ms(),
                forwarded_packets=self._relay.counters.forwarded,
                dropped=dict(self._relay.counters.dropped),
                cpu_s=usage.ru_utime + usage.ru_stime,
            )
        )

    def _watch_parent(self) -> None:
        if self._parent is not None and os.getppid() != self._parent:
            self._stopping.set()


def _tune_garbage_collector() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
