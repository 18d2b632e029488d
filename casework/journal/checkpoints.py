"""Signed tree heads: when one is due, and how it is kept."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.journal.keys import KEY_ADDED, covered_keys
from casework.journal.sequencing import SequencerLostError, take_sequencer
from casework.journal.signed_notes import Note, TreeHead
from casework.journal.signing import Signer
from casework.tables import JournalCheckpoint

EVERY_ENTRIES = 100
EVERY_MS = 60_000
RECEIPT_ISSUED = "receipt.issued"
EXPORT_REQUESTED = "evidence.export_requested"
AT_ONCE = frozenset({RECEIPT_ISSUED, KEY_ADDED, EXPORT_REQUESTED})
"""What waits for a checkpoint: somebody stands at the printer, a key becomes good, or a bundle is
to leave with proofs of all that its call left in the journal."""


async def latest_checkpoint(session: AsyncSession, county_id: str) -> JournalCheckpoint | None:
    return await session.scalar(
        select(JournalCheckpoint)
        .where(JournalCheckpoint.county_id == county_id)
        .order_by(JournalCheckpoint.number.desc())
        .limit(1)
    )


async def checkpoint_over(
    session: AsyncSession, county_id: str, sequence: int
) -> JournalCheckpoint | None:
    """The first checkpoint that holds the entry of that number."""
    return await session.scalar(
        select(JournalCheckpoint)
        .where(JournalCheckpoint.county_id == county_id, JournalCheckpoint.size > sequence)
        .order_by(JournalCheckpoint.size)
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Signed:
    """How far the journal is signed."""

    number: int = 0
    size: int = 0
    created_ms: int = 0

    @classmethod
    def of(cls, row: JournalCheckpoint | None) -> "Signed":
        return cls() if row is None else cls(row.number, row.size, row.created_ms)

    def is_due(self, size: int, now: int, *, at_once: bool) -> bool:
        """Every 100 entries, or a minute after the last one, or because somebody waits."""
        if size <= self.size:
            return False
        return at_once or size - self.size >= EVERY_ENTRIES or now - self.created_ms >= EVERY_MS


async def choose_signer(
    session: AsyncSession, county_id: str, signed_size: int, signers: list[Signer]
) -> Signer:
    """The newest key that a checkpoint has made known; before the first, the first one."""
    good = await covered_keys(session, county_id, signed_size)
    for signer in reversed(signers):
        if signer.verifier.text in good:
            return signer
    return signers[0]


async def keep_checkpoint(
    session: AsyncSession, county_id: str, boot_id: str, number: int, head: TreeHead, note: Note
) -> Signed:
    """:raises SequencerLostError: another edge holds the lease; it will sign."""
    journal = await take_sequencer(session, county_id, boot_id)
    if journal is None or journal.size < head.size:
        raise SequencerLostError(county_id)
    row = JournalCheckpoint(
        county_id=county_id,
        number=number,
        size=head.size,
        root=head.root,
        note=str(note),
        key_id=note.lines[0].key_id.hex(),
        created_ms=now_ms(),
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return Signed.of(row)
