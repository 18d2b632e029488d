"""What the relay tells the edge: lossy news, and reports that are repeated until acknowledged."""

from collections.abc import Callable

from pydantic import BaseModel

from signaling.local_socket import LocalChannel
from signaling.relay.control import AnyOrder, ConnectionReport, TapFailed

Report = ConnectionReport | TapFailed
LASTING_LIMIT = 10_000
"""Unacknowledged reports kept while no edge is there; the oldest goes first."""


class Outbox:
    """At most one edge listens. Without one, lasting reports wait and the rest is lost."""

    def __init__(self, backlog_bytes: int, repeat_s: float, clock: Callable[[], int]) -> None:
        self._backlog_bytes = backlog_bytes
        self._repeat_us = int(repeat_s * 1e6)
        self._clock = clock
        self._channel: LocalChannel[AnyOrder] | None = None
        self._next_id = 1
        self._lasting: dict[int, Report] = {}
        self._sent_us: dict[int, int] = {}

    def attach(self, channel: LocalChannel[AnyOrder]) -> None:
        """A new edge listens: it is told again what nobody acknowledged."""
        self._channel = channel
        self._sent_us.clear()
        self.repeat()

    def detach(self, channel: LocalChannel[AnyOrder]) -> None:
        if self._channel is channel:
            self._channel = None

    def post(self, make: Callable[[int], Report], *, lasting: bool) -> None:
        """``make`` is given the report's id."""
        report = make(self._next_id)
        self._next_id += 1
        if lasting:
            if len(self._lasting) >= LASTING_LIMIT:
                self.acknowledge(next(iter(self._lasting)))
            self._lasting[report.report_id] = report
            self._sent_us[report.report_id] = self._clock()
        self.send(report)

    def send(self, message: BaseModel) -> None:
        """Sends unless the edge is not there or not reading."""
        channel = self._channel
        if channel is not None and channel.backlog_bytes <= self._backlog_bytes:
            channel.send(message)

    def acknowledge(self, report_id: int) -> None:
        self._lasting.pop(report_id, None)
        self._sent_us.pop(report_id, None)

    def repeat(self) -> None:
        """Sends lasting reports again that were not acknowledged in time."""
        now_us = self._clock()
        for report_id, report in self._lasting.items():
            if now_us - self._sent_us.get(report_id, -self._repeat_us) >= self._repeat_us:
                self._sent_us[report_id] = now_us
                self.send(report)
