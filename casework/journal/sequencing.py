"""Gives entries their numbers, hashes and places in the tree: one sequencer a county at a time.

The sequencer holds a lease in the journal's row. Each batch is one transaction that moves the
journal's size on from what it was, so that even two who both think they hold the lease can never
give one number twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, now_ms
from casework.journal.hashing import Hashing, hashing
from casework.journal.merkle import Frontier, NodePlace, subtrees
from casework.tables import (
    County,
    Journal,
    JournalEntry,
    JournalLeaf,
    JournalTile,
    JournalWaiting,
)
from casework.vocabulary import JournalHash

BATCH = 500
LEASE_MS = 6_000
FORGOTTEN_MS = 7 * 24 * 3_600_000
TILE_LEVELS = 8
"""A tile stands for 256 of the level below: few rows, and a proof reads few hundred."""


class SequencerLostError(RuntimeError):
    """Another edge numbers the journal's entries now."""


async def found_journal(session: AsyncSession, county: County, hash_name: JournalHash) -> None:
    """Makes the county's journal, once; an existing one keeps its hash."""
    origin = f"shipinban/journal/{county.code}"
    new = insert_for(session, Journal).values(
        county_id=county.id,
        origin=origin,
        hash_name=hash_name,
        size=0,
        chain_hash=hashing(hash_name).chain_start(origin),
        sequencer_until_ms=0,
        created_ms=now_ms(),
    )
    await session.execute(new.on_conflict_do_nothing(index_elements=[Journal.county_id]))


async def take_sequencer(session: AsyncSession, county_id: str, boot_id: str) -> Journal | None:
    """Takes or renews the lease; the journal's row, or ``None`` while another edge holds it."""
    taken = await session.scalar(
        update(Journal)
        .where(
            Journal.county_id == county_id,
            or_(Journal.sequencer == boot_id, Journal.sequencer_until_ms <= now_ms()),
        )
        .values(sequencer=boot_id, sequencer_until_ms=now_ms() + LEASE_MS)
        .returning(Journal)
        .execution_options(populate_existing=True)
    )
    return taken  # noqa: RET504 - named for the reader: no row is no lease


async def release_sequencer(session: AsyncSession, county_id: str, boot_id: str) -> None:
    """A clean end: another edge need not wait for the lease to run out."""
    await session.execute(
        update(Journal)
        .where(Journal.county_id == county_id, Journal.sequencer == boot_id)
        .values(sequencer_until_ms=0)
    )


async def anything_waits(session: AsyncSession, county_id: str) -> bool:
    found = select(JournalWaiting.entry_id).where(JournalWaiting.county_id == county_id).limit(1)
    return await session.scalar(found) is not None


@dataclass(frozen=True, slots=True)
class Batch:
    first: int
    """Number of its first entry."""
    size: int
    """Of the journal after it."""
    whats: frozenset[str]
    """What was done in it."""
    full: bool
    """More may wait."""


async def sequence_batch(
    session: AsyncSession, county_id: str, boot_id: str, frontier: Frontier, *, limit: int = BATCH
) -> Batch | None:
    """Numbers what waits, oldest first, and grows ``frontier`` with it; ``None`` if nothing waits.

    ``frontier`` is right only if the transaction commits: give a copy.

    :raises SequencerLostError: another edge holds the lease, or has moved the journal on.
    """
    journal = await take_sequencer(session, county_id, boot_id)
    if journal is None or journal.size != frontier.size:
        raise SequencerLostError(county_id)
    rows = await _waiting(session, county_id, limit)
    if not rows:
        return None
    leaves, tiles, chain = _places(journal, frontier, rows)
    await session.execute(insert(JournalLeaf).values(sequenced_ms=now_ms()), leaves)
    if tiles:
        await session.execute(insert(JournalTile), tiles)
    await session.execute(
        delete(JournalWaiting)
        .where(JournalWaiting.entry_id.in_([row.id for row in rows]))
        .execution_options(synchronize_session=False)
    )
    first, journal.size, journal.chain_hash = journal.size, frontier.size, chain
    await session.flush()
    whats = frozenset(row.what for row in rows)
    return Batch(first, frontier.size, whats, full=len(rows) == limit)


async def _waiting(
    session: AsyncSession, county_id: str, limit: int
) -> Sequence[Row[str, str, str]]:
    found = await session.execute(
        select(JournalEntry.id, JournalEntry.what, JournalEntry.leaf)
        .join(JournalWaiting, JournalWaiting.entry_id == JournalEntry.id)
        .where(JournalWaiting.county_id == county_id)
        .order_by(JournalWaiting.entry_id)
        .limit(limit)
    )
    return found.all()


def _places(
    journal: Journal, frontier: Frontier, rows: Sequence[Row[str, str, str]]
) -> tuple[list[dict[str, object]], list[dict[str, object]], bytes]:
    """Rows of leaves and of tiles, and the last chain hash."""
    hashes, chain = frontier.hashing, journal.chain_hash
    leaves: list[dict[str, object]] = []
    tiles: list[dict[str, object]] = []
    for row in rows:
        leaf = hashes.leaf(row.leaf.encode())
        chain = hashes.chain(chain, leaf)
        leaves.append(
            {
                "county_id": journal.county_id,
                "sequence": frontier.size,
                "entry_id": row.id,
                "leaf_hash": leaf,
                "chain_hash": chain,
            }
        )
        for place, root in frontier.append(leaf):
            if place.level % TILE_LEVELS == 0:
                tiles.append(_tile(journal.county_id, place, root))
    return leaves, tiles, chain


def _tile(county_id: str, place: NodePlace, root: bytes) -> dict[str, object]:
    return {"county_id": county_id, "level": place.level, "index": place.place, "root": root}


async def forgotten_entries(session: AsyncSession, county_id: str) -> Sequence[str]:
    """Ids of entries of the last week that have no number and that somebody took out of line.

    Older ones an export still reports.
    """
    entry = JournalEntry
    numbered = exists().where(JournalLeaf.entry_id == entry.id)
    waits = exists().where(JournalWaiting.entry_id == entry.id)
    found = await session.scalars(
        select(entry.id).where(
            entry.county_id == county_id,
            entry.at_ms >= now_ms() - FORGOTTEN_MS,
            ~numbered,
            ~waits,
        )
    )
    return found.all()


async def put_in_line(session: AsyncSession, county_id: str, entry_ids: Sequence[str]) -> None:
    """Gives entries back to the sequencer."""
    await session.execute(
        insert(JournalWaiting),
        [{"entry_id": entry_id, "county_id": county_id} for entry_id in entry_ids],
    )


async def load_frontier(
    session: AsyncSession, county_id: str, hashes: Hashing, size: int
) -> Frontier:
    """The frontier of the stored tree at ``size``."""
    tree = StoredTree(session, county_id, hashes)
    return Frontier(hashes, size, [await tree.find(place) for place in subtrees(0, size)])


class StoredTree:
    """Finds perfect subtrees of what is sequenced, from leaves and tiles."""

    def __init__(self, session: AsyncSession, county_id: str, hashes: Hashing) -> None:
        self._session = session
        self._county_id = county_id
        self._hashing = hashes
        self._known: dict[NodePlace, bytes] = {}

    async def find(self, place: NodePlace) -> bytes:
        """:raises LookupError: the subtree is not complete in the journal."""
        if place not in self._known:
            await self._load(place)
        return self._known[place]

    async def _load(self, place: NodePlace) -> None:
        """Reads the stored nodes below, at most 256, and works out what lies between."""
        level = place.level - place.level % TILE_LEVELS
        width = 1 << (place.level - level)
        row = await self._stored(level, place.place * width, width)
        if len(row) != width:
            raise LookupError(f"the journal has no subtree {place}")
        index, known = place.place * width, self._known
        while True:
            known.update((NodePlace(level, index + at), root) for at, root in enumerate(row))
            if len(row) == 1:
                return
            pairs = zip(row[::2], row[1::2], strict=True)
            row = [self._hashing.node(left, right) for left, right in pairs]
            level, index = level + 1, index >> 1

    async def _stored(self, level: int, start: int, width: int) -> list[bytes]:
        if level == 0:
            leaves = (
                select(JournalLeaf.leaf_hash)
                .where(
                    JournalLeaf.county_id == self._county_id,
                    JournalLeaf.sequence >= start,
                    JournalLeaf.sequence < start + width,
                )
                .order_by(JournalLeaf.sequence)
            )
            return list(await self._session.scalars(leaves))
        tiles = (
            select(JournalTile.root)
            .where(
                JournalTile.county_id == self._county_id,
                JournalTile.level == level,
                JournalTile.index >= start,
                JournalTile.index < start + width,
            )
            .order_by(JournalTile.index)
        )
        return list(await self._session.scalars(tiles))
