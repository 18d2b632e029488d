"""Taking towns' co-signatures in, and telling which are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, now_ms, read_clock
from casework.errors import Forbidden, Invalid, NotFound
from casework.journal.checkpoints import latest_checkpoint
from casework.journal.keys import live_keys
from casework.journal.signed_notes import NotANoteError, Note, SignatureLine, Verifier
from casework.tables import JournalCheckpoint, JournalCosignature, JournalKey, Organisation
from casework.vocabulary import JournalKeyKind

MISSING_MS = 10 * 60_000
"""A checkpoint that a town has not co-signed for so long raises the alarm."""


async def checkpoint_of_size(
    session: AsyncSession, county_id: str, size: int
) -> JournalCheckpoint | None:
    return await session.scalar(
        select(JournalCheckpoint).where(
            JournalCheckpoint.county_id == county_id, JournalCheckpoint.size == size
        )
    )


async def keep_cosignature(
    session: AsyncSession, county_id: str, size: int, line_text: str
) -> JournalCosignature:
    """Keeps a town's signature under the checkpoint of that size; twice does no harm.

    :raises Invalid: it is no signature line.
    :raises NotFound: no checkpoint has that size.
    :raises Forbidden: no town's key that is in use made it.
    """
    try:
        line = SignatureLine.parse(line_text)
    except NotANoteError:
        raise Invalid("journal.cosignature") from None
    checkpoint = await checkpoint_of_size(session, county_id, size)
    if checkpoint is None:
        raise NotFound("journal.checkpoint")
    text = Note.parse(checkpoint.note).text
    for key in await live_keys(session, county_id, JournalKeyKind.TOWN):
        verifier = Verifier.parse(key.verifier)
        if line.is_by(verifier) and verifier.verifies(text, line.signature):
            return await _keep(session, checkpoint, key, line)
    raise Forbidden("journal.cosignature_foreign")


async def _keep(
    session: AsyncSession, checkpoint: JournalCheckpoint, key: JournalKey, line: SignatureLine
) -> JournalCosignature:
    row = JournalCosignature
    new = insert_for(session, row).values(
        county_id=checkpoint.county_id,
        number=checkpoint.number,
        key_row_id=key.id,
        line=line.text,
        at_ms=now_ms(),
    )
    await session.execute(
        new.on_conflict_do_nothing(index_elements=[row.county_id, row.number, row.key_row_id])
    )
    return await session.get_one(row, (checkpoint.county_id, checkpoint.number, key.id))


@dataclass(frozen=True, slots=True)
class TownState:
    """How far one town has co-signed."""

    organisation_id: str
    organisation_name: str
    key_name: str
    number: int
    """Of the latest checkpoint that it signed; 0 when none."""
    size: int
    at_ms: int | None
    missing: bool
    """The alarm: a checkpoint waits for this town's signature for too long."""


async def town_states(session: AsyncSession, county_id: str) -> Sequence[TownState]:
    """One for each town whose key is in use."""
    latest = await latest_checkpoint(session, county_id)
    now = await read_clock(session)
    return [
        await _state(session, key, latest, now)
        for key in await live_keys(session, county_id, JournalKeyKind.TOWN)
    ]


async def _state(
    session: AsyncSession, key: JournalKey, latest: JournalCheckpoint | None, now: int
) -> TownState:
    row, point = JournalCosignature, JournalCheckpoint
    signed = (
        await session.execute(
            select(row.number, row.at_ms, point.size)
            .join(point, (point.county_id == row.county_id) & (point.number == row.number))
            .where(row.county_id == key.county_id, row.key_row_id == key.id)
            .order_by(row.number.desc())
            .limit(1)
        )
    ).one_or_none()
    number = 0 if signed is None else signed.number
    oldest = await session.scalar(
        select(func.min(point.created_ms)).where(
            point.county_id == key.county_id, point.number > number
        )
    )
    since = None if oldest is None else max(oldest, key.added_ms)
    name = await session.scalar(
        select(Organisation.name).where(Organisation.id == key.organisation_id)
    )
    return TownState(
        organisation_id=key.organisation_id,
        organisation_name=name or "",
        key_name=key.name,
        number=number,
        size=0 if signed is None else signed.size,
        at_ms=None if signed is None else signed.at_ms,
        missing=latest is not None and since is not None and now - since >= MISSING_MS,
    )
