"""The recordings of this node's calls: rows, keys and orders, as a room's recorder.

A row is committed before the first packet is written, with the wrapped key in it: whatever reaches
the disk can be opened again. The recorder's own state is never asked for; it follows from the rows.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, new_id, now_ms
from casework.errors import Unavailable
from casework.master_key import MasterKey
from casework.vocabulary import CallState, RecordingState
from casework.watching import keep_looking
from recording.archive import Archive
from recording.ciphers import CipherName
from recording.control import (
    EventToChain,
    EvidenceBeat,
    EvidenceChained,
    EvidenceStarted,
    KeyFrameWanted,
    Outcome,
    RecordingClose,
    RecordingClosed,
    RecordingFailed,
    RecordingSalvage,
    RecordingStart,
    RecordingUploaded,
    UploadFailing,
)
from recording.evidence.county_signer import CountySigner
from recording.evidence.desk import EvidenceDesk
from recording.keeping.backlog import Backlog
from recording.keeping.stores import Store
from recording.keys import new_data_key, unwrap_data_key, wrap_data_key
from recording.recorder_client import RecorderClient
from recording.tables import Recording, Stream
from signaling.relay.control import Order, TrackKind
from signaling.rooms.recorder import RecordedCall, RecordedParticipant, RecordingEnd, TapPlace
from signaling.tables import Call, CallParticipant

REASON_CHARACTERS = 200
SWEEP_INTERVAL_S = 5.0
ORDER_AGAIN_MS = 10_000

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RecordingRules:
    node_id: str
    longest_call_s: int
    reserve_bytes: int
    """Free space below which no new recorded call begins."""
    cipher: CipherName = CipherName.AES_256_GCM


@dataclass(frozen=True)
class RoomAlarms:
    """How a room hears of its recording. Both return soon and never raise."""

    failed: Callable[[str, str], Awaitable[None]]
    """Call id and reason: told to both sides."""
    key_frame_wanted: Callable[[str, TrackKind], Awaitable[None]]
    """Up connection and line whose picture has gone too long without a key frame."""


class CallRecordings:
    """Implements :class:`signaling.rooms.recorder.CallRecorder`."""

    def __init__(
        self,
        database: Database,
        master: MasterKey,
        archive: Archive,
        rules: RecordingRules,
        signer: CountySigner,
        store: Store | None = None,
    ) -> None:
        self._database = database
        self._desk = EvidenceDesk(database, signer, rules.node_id)
        self._master = master
        self._archive = archive
        self._rules = rules
        self._backlog = Backlog(database, archive, store, rules.node_id)
        self._recorder: RecorderClient | None = None
        self._alarms: RoomAlarms | None = None
        self.after_outcome: list[Callable[[], None]] = []
        """Called when the outcome of a recording has been committed."""

    async def run(self, recorder: RecorderClient, alarms: RoomAlarms) -> None:
        """Keeps the recorder in step with the rows, until cancelled."""
        self._recorder = recorder
        self._alarms = alarms
        async with asyncio.TaskGroup() as group:
            group.create_task(recorder.run(self))
            group.create_task(self._close_what_ended())
            group.create_task(self._desk.run(self._send))
            group.create_task(self._backlog.run(self._send))

    # --- what a room asks ------------------------------------------------------------------------

    async def start(
        self,
        call: RecordedCall,
        participants: Sequence[RecordedParticipant],  # noqa: ARG002 - the log names them itself
    ) -> TapPlace:
        """Raises ``Unavailable`` below the disk reserve, ``OSError`` for a broken archive."""
        async with self._database.transaction() as session:
            row = await session.scalar(
                select(Recording).where(
                    Recording.call_id == call.call_id,
                    Recording.state == RecordingState.RECORDING,
                    Recording.closed_ms.is_(None),
                )
            )
            if row is None:
                row = self._new_row(call)
                session.add(row)
                await session.flush()
            events = await self._desk.unchained(session, row.id)
        self._send(self._order(row, events))
        key = self._key(row)
        return TapPlace(
            recording_id=row.id,
            log_path=str(self._archive.log_path(row.folder, key, row.id)),
            key_base64=base64.b64encode(key).decode(),
        )

    async def close(self, call_id: str, end: RecordingEnd, reason: str = "") -> None:
        """The row remembers that it is over, so that a recorder that was away hears of it."""
        why = "" if end is RecordingEnd.CALL_ENDED else f"{end}: {reason}".rstrip(": ")
        async with self._database.transaction() as session:
            closed = await session.scalars(
                update(Recording)
                .where(
                    Recording.call_id == call_id,
                    Recording.state == RecordingState.RECORDING,
                    Recording.closed_ms.is_(None),
                )
                .values(closed_ms=now_ms(), state_reason=why[:REASON_CHARACTERS])
                .returning(Recording.id)
            )
            orders = [
                RecordingClose(
                    request_id=new_id(),
                    recording_id=recording_id,
                    events=await self._desk.unchained(session, recording_id),
                )
                for recording_id in list(closed)
            ]
        for order in orders:
            self._send(order)

    # --- what the recorder tells -----------------------------------------------------------------

    async def recorder_connected(self) -> list[Order]:
        """Every recording of this node that no outcome is known of, begun or closed again."""
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(Recording).where(
                    Recording.node_id == self._rules.node_id,
                    Recording.state == RecordingState.RECORDING,
                )
            )
            return [
                self._order(row, await self._desk.unchained(session, row.id)) for row in list(rows)
            ]

    async def _close_what_ended(self) -> None:
        """Calls that no room ended (the node was killed): their recordings are salvaged."""

        async def look() -> None:
            if self._desk.live:
                await self.close_ended_calls()

        await keep_looking(look, SWEEP_INTERVAL_S, "recordings.not_swept")

    async def close_ended_calls(self) -> None:
        """Marks the open recordings of this node whose calls are over, and orders them salvaged.

        Those marked a while ago that no outcome is known of are ordered again: the order may have
        been lost between a row that was read and one that was written.
        """
        over = select(Call.id).where(Call.state == CallState.ENDED)
        async with self._database.transaction() as session:
            now = await session.scalar(select(now_ms())) or 0
            unsettled = await session.scalars(
                select(Recording).where(
                    Recording.node_id == self._rules.node_id,
                    Recording.state == RecordingState.RECORDING,
                    or_(
                        and_(Recording.closed_ms.is_(None), Recording.call_id.in_(over)),
                        Recording.closed_ms < now - ORDER_AGAIN_MS,
                    ),
                )
            )
            rows = list(unsettled)
            for row in rows:
                row.closed_ms = row.closed_ms or now
            orders = [self._order(row, await self._desk.unchained(session, row.id)) for row in rows]
        for order in orders:
            self._send(order)

    async def recording_closed(self, report: RecordingClosed) -> None:
        outcome = report.outcome
        async with self._database.transaction() as session:
            row = await session.get(Recording, report.recording_id)
            if row is None or row.state != RecordingState.RECORDING:
                self._desk.live.discard(report.recording_id)
                return
            row.state = outcome.state
            row.state_reason = (outcome.reason or row.state_reason)[:REASON_CHARACTERS]
            row.duration_ms = outcome.duration_ms
            if row.closed_ms is None:
                row.closed_ms = await session.scalar(select(now_ms()))
            await self._add_streams(session, row, outcome)
            await self._desk.settle(session, row, outcome)
        self._desk.live.discard(report.recording_id)
        for tell in self.after_outcome:
            tell()

    async def evidence_head(self, report: EvidenceStarted | EvidenceBeat) -> None:
        await self._desk.head(report)

    async def evidence_chained(self, report: EvidenceChained) -> None:
        await self._desk.chained(report)

    async def recording_failed(self, report: RecordingFailed) -> None:
        """The recorder goes on trying: the row keeps its state and tells why it is not well."""
        async with self._database.transaction() as session:
            call_id = await session.scalar(
                update(Recording)
                .where(Recording.id == report.recording_id)
                .values(state_reason=report.reason[:REASON_CHARACTERS])
                .returning(Recording.call_id)
            )
        if call_id is not None and self._alarms is not None:
            await self._alarms.failed(call_id, report.reason)

    async def key_frame_wanted(self, report: KeyFrameWanted) -> None:
        if self._alarms is not None:
            await self._alarms.key_frame_wanted(report.connection_id, report.kind)

    async def recording_uploaded(self, report: RecordingUploaded) -> None:
        await self._backlog.uploaded(report)

    async def upload_failing(self, report: UploadFailing) -> None:
        await self._backlog.failing(report)

    # --- rows and orders -------------------------------------------------------------------------

    def _new_row(self, call: RecordedCall) -> Recording:
        if self._archive.free_bytes() < self._rules.reserve_bytes:
            raise Unavailable("recording.disk_full", "存储空间不足，无法录像，请通知系统管理员")
        recording_id = new_id()
        key = new_data_key(self._rules.cipher)
        return Recording(
            id=recording_id,
            county_id=call.county_id,
            call_id=call.call_id,
            node_id=self._rules.node_id,
            home_organisation_id=call.home_organisation_id,
            county_organisation_id=call.county_organisation_id,
            state=RecordingState.RECORDING,
            folder=self._archive.create_folder(),
            wrapped_key=wrap_data_key(self._master, recording_id, key),
            master_key_id=self._master.key_id,
            started_ms=call.started_ms,
        )

    async def _add_streams(self, session: AsyncSession, row: Recording, outcome: Outcome) -> None:
        known = set(
            await session.scalars(
                select(CallParticipant.id).where(CallParticipant.call_id == row.call_id)
            )
        )
        session.add_all(
            Stream(
                id=new_id(),
                county_id=row.county_id,
                recording_id=row.id,
                participant_id=stream.participant_id,
                kind=stream.kind,
                file_name=stream.file_name,
                media_type=stream.media_type,
                codecs=stream.codecs,
                size_bytes=stream.size_bytes,
                start_offset_ms=stream.start_offset_ms,
                duration_ms=stream.duration_ms,
                sha256=stream.sha256,
                gaps=[list(gap) for gap in stream.gaps],
                filler=[list(span) for span in stream.filler],
            )
            for stream in outcome.streams
            if stream.participant_id in known
        )

    def _order(
        self, row: Recording, events: list[EventToChain]
    ) -> RecordingStart | RecordingSalvage:
        """To follow a call that goes on, or to close what a call left behind."""
        self._desk.live.add(row.id)
        kind = RecordingStart if row.closed_ms is None else RecordingSalvage
        return kind(
            request_id=new_id(),
            recording_id=row.id,
            call_id=row.call_id,
            county_id=row.county_id,
            started_ms=row.started_ms,
            events=events,
            folder=row.folder,
            key_base64=base64.b64encode(self._key(row)).decode(),
            longest_call_s=self._rules.longest_call_s,
        )

    def _key(self, row: Recording) -> bytes:
        assert row.wrapped_key is not None  # noqa: S101 - destroyed long after the outcome
        return unwrap_data_key(self._master, row.id, row.wrapped_key)

    def _send(self, order: Order) -> None:
        if self._recorder is not None:
            self._recorder.send(order)
