import asyncio

import pytest
from sqlalchemy import delete, select, update

from casework.database import Database, open_engine
from casework.journal.merkle import Frontier
from casework.journal.sequencing import (
    SequencerLostError,
    forgotten_entries,
    load_frontier,
    put_in_line,
    release_sequencer,
    sequence_batch,
    take_sequencer,
)
from casework.tables import Journal, JournalEntry, JournalLeaf, JournalWaiting
from casework.vocabulary import JournalHash
from tests.casework.journal.county import BOOT, JournalCounty

OTHER = "22222222-2222-7222-8222-222222222222"


async def leaves(database: Database) -> list[JournalLeaf]:
    async with database.reading() as session:
        found = await session.scalars(select(JournalLeaf).order_by(JournalLeaf.sequence))
        return list(found)


async def test_entries_get_numbers_without_gaps_and_a_chain(county: JournalCounty) -> None:
    ids = await county.add(7)
    assert await county.sequence(limit=3) == 7
    rows = await leaves(county.database)
    assert [row.sequence for row in rows] == list(range(7))
    assert [row.entry_id for row in rows] == sorted(ids)
    hashes = county.hashing
    chain = hashes.chain_start("shipinban/journal/441625")
    async with county.database.reading() as session:
        for row in rows:
            entry = await session.get_one(JournalEntry, row.entry_id)
            assert row.leaf_hash == hashes.leaf(entry.leaf.encode())
            chain = hashes.chain(chain, row.leaf_hash)
            assert row.chain_hash == chain
        journal = await session.get_one(Journal, county.county_id)
        assert (journal.size, journal.chain_hash) == (7, chain)
        assert (await session.scalars(select(JournalWaiting))).all() == []


@pytest.mark.parametrize("size", [1, 255, 256, 700])
async def test_the_stored_tree_gives_the_frontier_back(county: JournalCounty, size: int) -> None:
    await county.add(size)
    await county.sequence(limit=300)
    async with county.database.reading() as session:
        found = await load_frontier(session, county.county_id, county.hashing, size)
    assert found.roots == county.frontier.roots
    assert found.root() == county.frontier.root()


async def test_an_sm3_county_hashes_with_sm3(database: Database) -> None:
    county = JournalCounty(database, JournalHash.SM3)
    await county.found()
    await county.add()
    await county.sequence()
    (row,) = await leaves(database)
    async with database.reading() as session:
        entry = await session.get_one(JournalEntry, row.entry_id)
    assert row.leaf_hash == county.hashing.leaf(entry.leaf.encode())


async def test_one_sequencer_at_a_time(county: JournalCounty) -> None:
    async with county.database.transaction() as session:
        assert await take_sequencer(session, county.county_id, BOOT) is not None
    async with county.database.transaction() as session:
        assert await take_sequencer(session, county.county_id, OTHER) is None
        await release_sequencer(session, county.county_id, BOOT)
    async with county.database.transaction() as session:
        assert await take_sequencer(session, county.county_id, OTHER) is not None


async def test_a_lost_lease_is_taken_over(county: JournalCounty) -> None:
    await county.add(3)
    await county.sequence()
    async with county.database.transaction() as session:
        await session.execute(update(Journal).values(sequencer_until_ms=0))
    await county.add(2)
    async with county.database.transaction() as session:
        journal = await take_sequencer(session, county.county_id, OTHER)
        assert journal is not None
        frontier = await load_frontier(session, county.county_id, county.hashing, journal.size)
        batch = await sequence_batch(session, county.county_id, OTHER, frontier)
    assert batch is not None
    assert (batch.first, batch.size) == (3, 5)
    await county.add()
    with pytest.raises(SequencerLostError):
        await county.sequence()


async def test_a_stale_frontier_numbers_nothing(county: JournalCounty) -> None:
    await county.add(2)
    await county.sequence()
    await county.add()
    stale = Frontier(county.hashing)
    with pytest.raises(SequencerLostError):
        async with county.database.transaction() as session:
            await sequence_batch(session, county.county_id, BOOT, stale)
    assert len(await leaves(county.database)) == 2


async def test_two_sequencers_that_both_believe_give_no_number_twice(
    county: JournalCounty, database_url: str
) -> None:
    other = Database(open_engine(database_url))
    try:
        await county.add(40)

        async def work(database: Database) -> None:
            for _ in range(10):
                async with database.transaction() as session:
                    journal = await take_sequencer(session, county.county_id, BOOT)
                    assert journal is not None
                    frontier = await load_frontier(
                        session, county.county_id, county.hashing, journal.size
                    )
                    await sequence_batch(session, county.county_id, BOOT, frontier, limit=2)

        await asyncio.gather(work(county.database), work(other))
    finally:
        await other.close()
    rows = await leaves(county.database)
    assert [row.sequence for row in rows] == list(range(40))
    assert len({row.entry_id for row in rows}) == 40


async def test_an_entry_taken_out_of_line_is_found_again(county: JournalCounty) -> None:
    await county.add(3)
    await county.sequence()
    lost = await county.add(2)
    async with county.database.transaction() as session:
        await session.execute(delete(JournalWaiting))
        found = await forgotten_entries(session, county.county_id)
        assert list(found) == lost
        await put_in_line(session, county.county_id, found)
        assert await forgotten_entries(session, county.county_id) == []
    assert await county.sequence() == 5
