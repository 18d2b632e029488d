"""Lets go what is past its term: the key is destroyed, a signed tombstone stays.

The chain of evidence, the manifest's hash and the journal stand as before, so that it can still be
proved what was recorded, and that it was let go when it was due; what was said and shown is gone.
The database is made to drop what the row held before. A backup that was made before still has the
wrapped key: it must not outlive the term.
"""

import structlog
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, new_id, read_clock
from casework.journal.acts import Act, add_entry
from casework.vocabulary import RecordingState, RetentionClass, StoragePlace
from casework.watching import keep_looking
from recording.evidence.canonical import canonical, digest
from recording.evidence.county_signer import CountySigner
from recording.keeping.holds import is_held
from recording.keeping.retention import class_of_recording, past_term, terms
from recording.keeping.tables import Tombstone
from recording.tables import Recording, Stream

SWEEP_S = 600.0
AT_ONCE = 50

logger = structlog.get_logger(__name__)


class Expiry:
    """Any node may sweep: a recording is let go by one of them."""

    def __init__(self, database: Database, signer: CountySigner) -> None:
        self._database = database
        self._signer = signer
        self._remembered = False

    async def run(self) -> None:
        """Until cancelled."""
        await keep_looking(self.sweep, SWEEP_S, "expiry.not_swept")

    async def sweep(self) -> int:
        """How many recordings were let go."""
        async with self._database.reading() as session:
            counties = list(
                await session.scalars(
                    select(Recording.county_id).where(Recording.wrapped_key.is_not(None)).distinct()
                )
            )
        number = 0
        for county_id in counties:
            while due := await self._due(county_id):
                for recording_id in due:
                    async with self._database.transaction() as session:
                        number += await let_go(session, self._signer, recording_id)
                if len(due) < AT_ONCE:
                    break
        self._remembered = self._remembered or number > 0
        if self._remembered:
            await self._forget()
        return number

    async def _forget(self) -> None:
        """The keys that were destroyed; tried again at the next sweep when the table is in use."""
        try:
            whole = await self._database.forget_overwritten(Recording)
        except OperationalError:
            return
        self._remembered = False
        if not whole:
            logger.warning("expiry.keys_remembered", advice="VACUUM FULL recordings")

    async def _due(self, county_id: str) -> list[str]:
        async with self._database.reading() as session:
            over = await _is_over(session, county_id)
            rows = await session.scalars(
                select(Recording.id)
                .where(Recording.county_id == county_id, over, ~is_held())
                .order_by(Recording.id)
                .limit(AT_ONCE)
            )
            return list(rows)


async def _is_over(session: AsyncSession, county_id: str) -> ColumnElement[bool]:
    """Of a row of ``recordings``: it ended longer ago than its class says, and has its key."""
    past = await past_term(
        session, county_id, class_of_recording(), lambda since_ms: Recording.closed_ms < since_ms
    )
    ended = Recording.state != RecordingState.RECORDING
    return and_(Recording.wrapped_key.is_not(None), ended, past)


async def let_go(session: AsyncSession, signer: CountySigner, recording_id: str) -> bool:
    """Whether it was; the term and the holds are asked again under the row's lock."""
    recording = await session.get(
        Recording, recording_id, with_for_update=True, populate_existing=True
    )
    if recording is None:
        return False
    over = await _is_over(session, recording.county_id)
    of_class = await session.scalar(
        select(class_of_recording()).where(Recording.id == recording_id, over, ~is_held())
    )
    if of_class is None:
        return False
    await session.execute(
        update(Recording)
        .where(Recording.id == recording_id)
        .values(wrapped_key=None, place=StoragePlace.ERASING, store_problem="")
    )
    await _bury(session, signer, recording, RetentionClass(of_class))
    return True


async def _bury(
    session: AsyncSession, signer: CountySigner, recording: Recording, of_class: RetentionClass
) -> None:
    expired_ms = await read_clock(session)
    years = (await terms(session, recording.county_id))[of_class]
    document = await _tombstone(session, recording, of_class, years, expired_ms)
    public_key, signature = signer.sign(document)
    session.add(
        Tombstone(
            id=new_id(),
            county_id=recording.county_id,
            recording_id=recording.id,
            home_organisation_id=recording.home_organisation_id,
            county_organisation_id=recording.county_organisation_id,
            retention_class=of_class,
            document=document,
            signature=bytes.fromhex(signature),
            signing_key_id=public_key,
            expired_ms=expired_ms,
        )
    )
    await add_entry(
        session,
        Act(
            what="recording.expired",
            county_id=recording.county_id,
            home_organisation_id=recording.home_organisation_id,
            county_organisation_id=recording.county_organisation_id,
            actor_staff_id=None,
            call_id=recording.call_id,
            evidence={
                "recording_id": recording.id,
                "class": of_class.value,
                "tombstone_sha256": digest(document),
            },
        ),
    )


async def _tombstone(
    session: AsyncSession,
    recording: Recording,
    of_class: RetentionClass,
    years: int | None,
    expired_ms: int,
) -> bytes:
    """What is signed: what was recorded, and why it is gone."""
    streams = await session.scalars(
        select(Stream).where(Stream.recording_id == recording.id).order_by(Stream.id)
    )
    return canonical(
        {
            "kind": "recording_tombstone",
            "version": 1,
            "county_id": recording.county_id,
            "call_id": recording.call_id,
            "recording_id": recording.id,
            "home_organisation_id": recording.home_organisation_id,
            "county_organisation_id": recording.county_organisation_id,
            "retention_class": of_class.value,
            "years": years,
            "started_ms": recording.started_ms,
            "closed_ms": recording.closed_ms,
            "expired_ms": expired_ms,
            "manifest_sha256": recording.manifest_sha256,
            "streams": [
                {"kind": s.kind, "sha256": s.sha256, "size_bytes": s.size_bytes} for s in streams
            ],
        }
    )
