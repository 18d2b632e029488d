"""Gathers what a bundle brings of the journal: proofs of entries, and that their trees are one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import Conflict
from casework.journal.checkpoints import EXPORT_REQUESTED, RECEIPT_ISSUED, latest_checkpoint
from casework.journal.proofs import EntryProof, prove_entry, prove_growth
from casework.tables import Journal, JournalCheckpoint, JournalEntry
from recording.evidence.growing import Growth
from recording.evidence.stored import head_entries
from recording.tables import Recording
from signaling.tables import CallCase

OF_CALL = ("recording.failed", EXPORT_REQUESTED, "evidence.export_approved")
OF_CASES = ("rating.given", RECEIPT_ISSUED)
"""What is said of a call outside its chain, and usually after it."""


@dataclass(frozen=True, slots=True)
class JournalProofs:
    heads: Sequence[str]
    entries: Sequence[str]
    """Those that no checkpoint holds yet are left out."""
    growth: str


async def prove_journal(session: AsyncSession, recording: Recording) -> JournalProofs:
    """Raises ``Conflict`` while the journal has no checkpoint over the recording's end."""
    heads = []
    for entry_id in await head_entries(session, recording.id):
        proof = await prove_entry(session, recording.county_id, entry_id)
        if proof is None:
            raise Conflict("evidence.no_checkpoint")
        heads.append(proof)
    entries = []
    for entry_id in await _other_entries(session, recording):
        proof = await prove_entry(session, recording.county_id, entry_id)
        if proof is not None:
            entries.append(proof)
    growth = await _growth(session, recording.county_id, [*heads, *entries])
    return JournalProofs([p.text() for p in heads], [p.text() for p in entries], growth.text())


async def _other_entries(session: AsyncSession, recording: Recording) -> Sequence[str]:
    entry = JournalEntry
    cases = select(CallCase.case_id).where(CallCase.call_id == recording.call_id)
    found = await session.scalars(
        select(entry.id)
        .where(
            entry.county_id == recording.county_id,
            or_(
                and_(entry.call_id == recording.call_id, entry.what.in_(OF_CALL + OF_CASES)),
                and_(entry.case_id.in_(cases), entry.what == RECEIPT_ISSUED),
            ),
        )
        .order_by(entry.id)
    )
    return found.all()


async def _growth(session: AsyncSession, county_id: str, proofs: Sequence[EntryProof]) -> Growth:
    """Over the trees of the proofs, in order, and on to the latest tree head."""
    journal = await session.get_one(Journal, county_id)
    latest = await latest_checkpoint(session, county_id)
    sizes = {proof.size for proof in proofs} | ({latest.size} if latest is not None else set())
    rows = await session.scalars(
        select(JournalCheckpoint)
        .where(JournalCheckpoint.county_id == county_id, JournalCheckpoint.size.in_(sizes))
        .order_by(JournalCheckpoint.size)
    )
    notes, steps, before = [], [], 0
    for row in rows:
        notes.append(row.note)
        if before:
            steps.append(await prove_growth(session, county_id, before, row.size))
        before = row.size
    return Growth(journal.hash_name, notes, steps)
