"""What the recorder tells the edge: lossy news, and reports repeated until acknowledged."""

from collections.abc import Callable
from itertools import count

from pydantic import BaseModel

from recording.control import (
    AnyOrder,
    EvidenceBeat,
    EvidenceStarted,
    RecordingClosed,
    RecordingFailed,
    RecordingUploaded,
)
from signaling.local_socket import LocalChannel

Lasting = RecordingClosed | RecordingFailed | EvidenceStarted | EvidenceBeat | RecordingUploaded
BACKLOG_BYTES = 4 << 20
"""An edge that reads so slowly is told no lossy news."""


class Reports:
    """At most one edge listens. A recording has at most one lasting report of each type, the
    newest, so their number is bounded by that of the recordings an edge has ordered."""

    def __init__(self) -> None:
        self._channel: LocalChannel[AnyOrder] | None = None
        self._ids = count(1)
        self._lasting: dict[tuple[str, str], Lasting] = {}

    def attach(self, channel: LocalChannel[AnyOrder]) -> None:
        """A new edge listens: it is told again what nobody acknowledged."""
        if self._channel is not None:
            self._channel.close()
        self._channel = channel
        self.repeat()

    def detach(self, channel: LocalChannel[AnyOrder]) -> None:
        if self._channel is channel:
            self._channel = None

    def lossy(self, message: BaseModel) -> None:
        if self._channel is not None and self._channel.backlog_bytes < BACKLOG_BYTES:
            self._channel.send(message)

    def lasting(self, make: Callable[[int], Lasting]) -> None:
        """``make`` is given the report's id."""
        report = make(next(self._ids))
        self._lasting[report.recording_id, report.type] = report
        self.lossy(report)

    def withdraw(self, recording_id: str, kind: str) -> None:
        """What it said is no longer so."""
        self._lasting.pop((recording_id, kind), None)

    def acknowledge(self, report_id: int) -> None:
        for key, report in list(self._lasting.items()):
            if report.report_id == report_id:
                del self._lasting[key]

    def repeat(self) -> None:
        for report in list(self._lasting.values()):
            self.lossy(report)
