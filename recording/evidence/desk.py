"""The edge's side of the evidence of this node's recordings."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, new_id
from casework.errors import ShipinbanError
from casework.vocabulary import RecordingState
from recording.control import (
    EventToChain,
    EvidenceBeat,
    EvidenceChained,
    EvidenceEvents,
    EvidenceStarted,
    Outcome,
)
from recording.evidence.county_signer import CountySigner
from recording.evidence.heads import add_head, events_to_chain, fail, note_chained
from recording.evidence.node_keys import certify, node_of
from recording.tables import Recording
from signaling.relay.control import Order

EVENTS_INTERVAL_S = 1.0
"""How long an event waits to be sent to the chain while its call goes on."""

logger = structlog.get_logger(__name__)


class EvidenceDesk:
    def __init__(self, database: Database, signer: CountySigner, node_id: str) -> None:
        self._database = database
        self._signer = signer
        self._node_id = node_id
        self.live: set[str] = set()
        """Recordings that the recorder has, or is to have, under way: while there is none, no row
        is looked at."""

    async def run(self, send: Callable[[Order], None]) -> None:
        """Sends events to the recorder again and again until it tells that they are chained."""
        while True:
            await asyncio.sleep(EVENTS_INTERVAL_S)
            if not self.live:
                continue
            try:
                await self.send_events(send)
            except (ShipinbanError, SQLAlchemyError) as error:
                logger.warning("events not sent to the chain", error=type(error).__name__)

    async def send_events(self, send: Callable[[Order], None]) -> None:
        async with self._database.reading() as session:
            waiting = await events_to_chain(session, node_id=self._node_id)
        for recording_id, events in waiting.items():
            send(
                EvidenceEvents(request_id=new_id(), recording_id=recording_id, events=list(events))
            )

    async def unchained(self, session: AsyncSession, recording_id: str) -> list[EventToChain]:
        """What goes with the next order for a recording."""
        found = await events_to_chain(session, node_id=self._node_id, recording_id=recording_id)
        return list(found.get(recording_id, ()))

    async def head(self, report: EvidenceStarted | EvidenceBeat) -> None:
        """Of a recording that nobody knows (an old backup of the database) nothing is noted."""
        async with self._database.transaction() as session:
            row = await session.get(Recording, report.recording_id)
            if row is not None:
                await certify(session, self._signer, node_of(row), report.head.node_key)
                await add_head(session, row, report.head)

    async def chained(self, report: EvidenceChained) -> None:
        async with self._database.transaction() as session:
            await note_chained(session, report.recording_id, report.event_ids)

    async def settle(self, session: AsyncSession, row: Recording, outcome: Outcome) -> None:
        """The end of a recording, in the transaction that notes its outcome."""
        if outcome.seal is not None:
            head, row.manifest_sha256 = outcome.seal.head, outcome.seal.manifest_sha256
            row.signed_by = head.signed_by
            await certify(session, self._signer, node_of(row), head.node_key)
            await add_head(session, row, head, manifest_sha256=row.manifest_sha256)
        if row.state == RecordingState.FAILED:
            await fail(session, row)
