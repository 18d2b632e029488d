"""The edge's end of the recorder's control connection.

Orders are not answered for: what the recorder should be doing follows from the rows, and is told
again in full whenever the connection is made (:meth:`RecorderEvents.recorder_connected`). So an
order is sent when the recorder is there and forgotten when it is not.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import structlog
from pydantic import ValidationError

from recording.control import (
    Acknowledge,
    AnyReport,
    EvidenceBeat,
    EvidenceChained,
    EvidenceStarted,
    KeyFrameWanted,
    RecorderReady,
    RecordingClosed,
    RecordingFailed,
    RecordingUploaded,
    Refused,
    UploadFailing,
    report_adapter,
)
from signaling import local_socket
from signaling.local_socket import LocalChannel
from signaling.relay.control import Order

RECONNECT_S = 0.25
CONNECT_DEADLINE_S = 5.0
BACKLOG_BYTES = 4 << 20
"""What the recorder may leave unread before the connection is made anew."""

logger = structlog.get_logger(__name__)


class RecorderEvents(Protocol):
    async def recorder_connected(self) -> Sequence[Order]:
        """The orders that bring a recorder that knows nothing to where it should be."""

    async def recording_closed(self, report: RecordingClosed) -> None:
        """Returns when the outcome is committed; raises when it could not be."""

    async def recording_failed(self, report: RecordingFailed) -> None:
        """The same."""

    async def evidence_head(self, report: EvidenceStarted | EvidenceBeat) -> None:
        """The same."""

    async def evidence_chained(self, report: EvidenceChained) -> None:
        """Events that need not be sent again; a lost report comes again when they are."""

    async def key_frame_wanted(self, report: KeyFrameWanted) -> None:
        """Passed on to the relay; a lost one comes again."""

    async def recording_uploaded(self, report: RecordingUploaded) -> None:
        """Returns when the rows say that the store counts; raises when they could not."""

    async def upload_failing(self, report: UploadFailing) -> None:
        """A lost one comes again."""


class RecorderClient:
    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path
        self._channel: LocalChannel[AnyReport] | None = None

    def send(self, order: Order) -> None:
        """Sends if the recorder is there; else the next connection tells it."""
        channel = self._channel
        if channel is None:
            return
        if channel.backlog_bytes > BACKLOG_BYTES:
            channel.close()
            return
        channel.send(order)

    @property
    def connected(self) -> bool:
        return self._channel is not None

    async def run(self, events: RecorderEvents) -> None:
        """Connects, and connects again, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(CONNECT_DEADLINE_S):
                    channel = await local_socket.connect(self._socket_path, report_adapter)
            except (OSError, TimeoutError):
                await asyncio.sleep(RECONNECT_S)
                continue
            try:
                await self._attend(channel, events)
            except (ConnectionError, ValidationError) as error:
                logger.warning("recorder lost", error=type(error).__name__)
            finally:
                self._channel = None
                channel.close()
            await asyncio.sleep(RECONNECT_S)

    async def _attend(self, channel: LocalChannel[AnyReport], events: RecorderEvents) -> None:
        while True:
            report = await channel.receive()
            match report:
                case RecorderReady():
                    # Before the rows are read: what changes in them from now on is sent as well.
                    self._channel = channel
                    for order in await events.recorder_connected():
                        channel.send(order)
                    await channel.drain()
                case RecordingClosed():
                    await events.recording_closed(report)
                    channel.send(Acknowledge(report_id=report.report_id))
                case RecordingFailed():
                    await events.recording_failed(report)
                    channel.send(Acknowledge(report_id=report.report_id))
                case EvidenceStarted() | EvidenceBeat():
                    await events.evidence_head(report)
                    channel.send(Acknowledge(report_id=report.report_id))
                case EvidenceChained():
                    await events.evidence_chained(report)
                case KeyFrameWanted():
                    await events.key_frame_wanted(report)
                case RecordingUploaded():
                    await events.recording_uploaded(report)
                    channel.send(Acknowledge(report_id=report.report_id))
                case UploadFailing():
                    await events.upload_failing(report)
                case Refused():
                    _tell_refused(report)
                case _:
                    pass


def _tell_refused(report: Refused) -> None:
    if report.code == "recording.unknown":
        # Closed in the same moment: what happens later is told by the journal alone.
        logger.info("recorder.closed_already", request_id=report.request_id)
    else:
        logger.error("recorder refused", code=report.code, reason=report.text)
