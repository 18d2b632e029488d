"""What proves, from the stored journal, that an entry stands in it and that it only ever grew."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.journal.checkpoints import checkpoint_over
from casework.journal.hashing import hashing
from casework.journal.merkle import consistency_ranges, inclusion_ranges, prove
from casework.journal.sequencing import StoredTree
from casework.tables import Journal, JournalCosignature, JournalEntry, JournalKey, JournalLeaf

FORMAT = "shipinban journal proof 1"


@dataclass(frozen=True, slots=True)
class EntryProof:
    """That an entry stands in the journal at its number, under a signed tree head."""

    hash_name: str
    entry: str
    """Canonical JSON: the leaf."""
    sequence: int
    leaf_hash: bytes
    path: Sequence[bytes]
    checkpoint_number: int
    size: int
    note: str
    """The checkpoint, co-signatures included."""
    keys: Sequence[str]
    """vkeys of the county and of its towns."""

    def text(self, opened: dict[str, dict[str, str]] | None = None) -> str:
        """The file that is downloaded: JSON that ``shipinban journal verify --seen`` reads.

        :param opened: personal field → ``{"salt": hex, "value": text}``.
        """
        body = {
            "format": FORMAT,
            "hash": self.hash_name,
            "entry": self.entry,
            "sequence": self.sequence,
            "path": [base64.b64encode(step).decode() for step in self.path],
            "checkpoint_number": self.checkpoint_number,
            "checkpoint": self.note,
            "keys": list(self.keys),
            "opened": opened or {},
        }
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


async def prove_entry(session: AsyncSession, county_id: str, entry_id: str) -> EntryProof | None:
    """Under the first checkpoint that holds the entry; ``None`` while there is none."""
    leaf = await session.scalar(
        select(JournalLeaf).where(
            JournalLeaf.county_id == county_id, JournalLeaf.entry_id == entry_id
        )
    )
    if leaf is None:
        return None
    checkpoint = await checkpoint_over(session, county_id, leaf.sequence)
    if checkpoint is None:
        return None
    journal = await session.get_one(Journal, county_id)
    entry = await session.get_one(JournalEntry, entry_id)
    hashes = hashing(journal.hash_name)
    tree = StoredTree(session, county_id, hashes)
    ranges = inclusion_ranges(leaf.sequence, checkpoint.size)
    return EntryProof(
        hash_name=journal.hash_name,
        entry=entry.leaf,
        sequence=leaf.sequence,
        leaf_hash=leaf.leaf_hash,
        path=await prove(hashes, tree.find, ranges),
        checkpoint_number=checkpoint.number,
        size=checkpoint.size,
        note=checkpoint.note + await _cosignature_lines(session, county_id, checkpoint.number),
        keys=await all_keys(session, county_id),
    )


async def _cosignature_lines(session: AsyncSession, county_id: str, number: int) -> str:
    lines = await session.scalars(
        select(JournalCosignature.line)
        .where(JournalCosignature.county_id == county_id, JournalCosignature.number == number)
        .order_by(JournalCosignature.key_row_id)
    )
    return "".join(lines)


async def all_keys(session: AsyncSession, county_id: str) -> list[str]:
    """vkeys, also of keys that are no longer used, the oldest first."""
    found = await session.scalars(
        select(JournalKey.verifier).where(JournalKey.county_id == county_id).order_by(JournalKey.id)
    )
    return list(found)


async def prove_growth(session: AsyncSession, county_id: str, old: int, size: int) -> list[bytes]:
    """The consistency proof from a tree of ``old`` entries to one of ``size``."""
    journal = await session.get_one(Journal, county_id)
    hashes = hashing(journal.hash_name)
    tree = StoredTree(session, county_id, hashes)
    return await prove(hashes, tree.find, consistency_ranges(old, size))
