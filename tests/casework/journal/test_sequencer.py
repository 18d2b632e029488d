"""The task that numbers and signs, from the outside: entries in, checkpoints out."""

import asyncio
import stat
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database
from casework.journal.acts import add_entry
from casework.journal.checkpoints import RECEIPT_ISSUED, Signed
from casework.journal.keys import add_county_key
from casework.journal.sequencer import Sequencer, SequencerRules
from casework.journal.signed_notes import Note, TreeHead, Verifier
from casework.journal.signing import Ed25519Signer, add_seed
from casework.tables import Journal, JournalCheckpoint, JournalKey, JournalLeaf
from signaling.bus import InProcessBus
from signaling.journal_bell import JournalBell
from tests.casework.journal.county import BOOT, JournalCounty

OTHER = "22222222-2222-7222-8222-222222222222"
NUMBERED_WITHIN_S = 1.0
"""Five times what is promised."""


def sequencer(county: JournalCounty, folder: Path, boot_id: str = BOOT) -> Sequencer:
    return Sequencer(county.database, boot_id, folder / "journal.key")


async def checkpoints(database: Database) -> list[JournalCheckpoint]:
    async with database.reading() as session:
        found = await session.scalars(select(JournalCheckpoint).order_by(JournalCheckpoint.number))
        return list(found)


async def settled(work: Sequencer, turns: int = 4) -> None:
    for _ in range(turns):
        await work.turn()


async def numbered(database: Database, entry_id: str) -> None:
    leaf = select(JournalLeaf.sequence).where(JournalLeaf.entry_id == entry_id)
    while True:
        async with database.reading() as session:
            if await session.scalar(leaf) is not None:
                return
        await asyncio.sleep(0.01)


async def test_the_first_turn_makes_a_private_key_and_journals_its_public_part(
    county: JournalCounty, tmp_path: Path
) -> None:
    await settled(sequencer(county, tmp_path))
    assert stat.S_IMODE((tmp_path / "journal.key").stat().st_mode) == 0o600
    async with county.database.reading() as session:
        (key,) = (await session.scalars(select(JournalKey))).all()
    (row,) = await checkpoints(county.database)
    note = Note.parse(row.note)
    assert note.signed_by([Verifier.parse(key.verifier)])
    assert row.key_id == key.key_id
    assert TreeHead.parse(note.text) == TreeHead(county.origin, 1, row.root)


async def test_checkpoints_come_every_hundred_entries_or_a_minute(
    county: JournalCounty, tmp_path: Path
) -> None:
    work = sequencer(county, tmp_path)
    await settled(work)
    await county.add(30)
    await settled(work)
    assert len(await checkpoints(county.database)) == 1
    await county.add(75)
    await settled(work)
    assert [row.size for row in await checkpoints(county.database)] == [1, 106]
    await county.add(1)
    await settled(work)
    assert len(await checkpoints(county.database)) == 2
    signed = Signed(number=2, size=106, created_ms=1_000_000)
    assert not signed.is_due(107, 1_059_999, at_once=False)
    assert signed.is_due(107, 1_060_000, at_once=False)
    assert not signed.is_due(106, 1_060_000, at_once=True)


async def test_a_receipt_does_not_wait_for_the_minute(
    county: JournalCounty, tmp_path: Path
) -> None:
    work = sequencer(county, tmp_path)
    await settled(work)
    await county.add(1)
    await county.add(1, what=RECEIPT_ISSUED)
    await settled(work)
    assert [row.size for row in await checkpoints(county.database)] == [1, 3]


async def test_a_second_edge_works_on_only_when_the_first_is_gone(
    county: JournalCounty, tmp_path: Path
) -> None:
    first, second = sequencer(county, tmp_path), sequencer(county, tmp_path, OTHER)
    await settled(first)
    await county.add(2)
    await settled(second)
    async with county.database.reading() as session:
        assert (await session.get_one(Journal, county.county_id)).size == 1
    async with county.database.transaction() as session:
        await session.execute(update(Journal).values(sequencer_until_ms=0))
    await settled(second)
    await county.add(2)
    await settled(first)
    await settled(second)
    async with county.database.reading() as session:
        journal = await session.get_one(Journal, county.county_id)
        leaves = (await session.scalars(select(JournalLeaf.sequence))).all()
    assert (journal.size, journal.sequencer) == (5, OTHER)
    assert sorted(leaves) == list(range(5))


@pytest.mark.alone
async def test_a_running_sequencer_numbers_at_once_and_gives_its_lease_back(
    county: JournalCounty, tmp_path: Path
) -> None:
    work = sequencer(county, tmp_path)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(work.run())
        await county.add(1)
        began_s = time.monotonic()
        (entry_id,) = await county.add(1)
        await numbered(county.database, entry_id)
        assert time.monotonic() - began_s < NUMBERED_WITHIN_S
        running.cancel()
    async with county.database.reading() as session:
        assert (await session.get_one(Journal, county.county_id)).sequencer_until_ms == 0


async def test_where_commits_are_told_of_the_timer_is_not_needed(
    county: JournalCounty, tmp_path: Path
) -> None:
    bell = JournalBell(InProcessBus())
    county.database.after_acts.append(bell.ring)
    rules = SequencerRules(told_look_s=3_600)
    work = Sequencer(county.database, BOOT, tmp_path / "journal.key", rules=rules, telling=bell)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(work.run())
        for _ in range(3):
            (entry_id,) = await county.add(1)
            async with asyncio.timeout(30):
                await numbered(county.database, entry_id)
        running.cancel()


async def test_only_what_was_committed_is_told_of(county: JournalCounty) -> None:
    told: list[None] = []
    county.database.after_acts.append(lambda: told.append(None))
    with pytest.raises(ValueError, match="changed my mind"):
        await _act_and_fail(county)
    assert not told
    await county.add(2)
    assert told == [None]


async def _act_and_fail(county: JournalCounty) -> None:
    async with county.database.transaction() as session:
        await add_entry(session, county.act())
        raise ValueError("changed my mind")


async def test_a_new_key_in_the_file_signs_after_one_checkpoint_of_the_old(
    county: JournalCounty, tmp_path: Path
) -> None:
    work = sequencer(county, tmp_path)
    await settled(work)
    seed = add_seed(tmp_path / "journal.key")
    new = Ed25519Signer(county.origin, seed).verifier
    async with county.database.transaction() as session:
        journal = await session.get_one(Journal, county.county_id)
        await add_county_key(session, journal, new)
    await settled(work)
    await county.add(100)
    await settled(work)
    rows = await checkpoints(county.database)
    assert [row.size for row in rows] == [1, 2, 102]
    assert rows[0].key_id == rows[1].key_id != rows[2].key_id
    assert rows[2].key_id == new.key_id.hex()


async def test_a_county_that_is_not_there_yet_is_waited_for(
    database: Database, tmp_path: Path
) -> None:
    county = JournalCounty(database)
    work = sequencer(county, tmp_path)
    assert await work.turn() > 0
    await county.found()
    await settled(work)
    assert len(await checkpoints(database)) == 1
