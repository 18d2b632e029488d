"""An act that was acknowledged is in the journal, whenever the process is killed."""

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database, open_engine
from casework.journal.exporting import export_journal
from casework.journal.sequencer import Sequencer
from casework.journal.verifying import verify_export
from casework.tables import Journal, JournalEntry, JournalLeaf
from tests.casework.journal import killed_writer
from tests.casework.journal.county import BOOT, JournalCounty
from tests.figures import count, write_figures
from tests.forked import Forked, ForkServer, fork_server

KILLS = count(100, 10)
AT_ONCE = count(2, 5)
"""Processes that write the same journal: each is killed while others go on."""
LONGEST_S = 0.6


async def killed_at_work(writer: Forked, after_s: float) -> set[str]:
    """Ids of the acts acknowledged before the kill; a half-written line is none."""
    first = await writer.line()
    await asyncio.sleep(after_s)
    writer.kill()
    rest = await asyncio.to_thread(writer.output.read)
    await writer.ended()
    lines = (first + rest).decode().splitlines(keepends=True)
    return {line.strip() for line in lines if line.endswith("\n")}


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with fork_server(killed_writer.__name__) as opened:
        yield opened


@pytest.mark.fault
@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_no_acknowledged_act_is_missing_after_a_kill(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest, server: ForkServer
) -> None:
    engine = request.node.callspec.params["database_url"]
    chance = random.Random(20261129)
    database = Database(open_engine(database_url))
    county = JournalCounty(database)
    await county.found()
    key_file = tmp_path / "keys" / "journal.key"
    given = database_url, county.county_id, county.town, county.county_unit, str(key_file)
    acknowledged: set[str] = set()
    began = time.monotonic()

    async def write_and_be_killed(after_s: float) -> None:
        killed = await killed_at_work(server.fork(killed_writer.write, *given), after_s)
        assert killed, "killed in the middle of its work"
        acknowledged.update(killed)
        async with database.transaction() as session:  # its lease runs out
            await session.execute(update(Journal).values(sequencer_until_ms=0))

    for _ in range(KILLS // AT_ONCE):
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(write_and_be_killed(chance.uniform(0.0, LONGEST_S)))
    async with database.reading() as session:
        kept = set(await session.scalars(select(JournalEntry.id)))
    assert acknowledged
    assert acknowledged <= kept
    sequencer = Sequencer(database, BOOT, key_file)
    await sequencer.turn()
    while True:
        async with database.reading() as session:
            numbered = set(await session.scalars(select(JournalLeaf.entry_id)))
            kept = set(await session.scalars(select(JournalEntry.id)))
        if numbered == kept:
            break
        await sequencer.turn()
    await export_journal(database, county.county_id, tmp_path / "journal.txt")
    verdict = verify_export((tmp_path / "journal.txt").read_bytes().splitlines())
    assert verdict.problem is None
    assert verdict.entries == len(kept)
    await database.close()
    write_figures(
        f"journal-kills-{engine}",
        f"kill -9 under load: {engine}",
        ["kills", "acts acknowledged", "missing", "entries verified"],
        [[KILLS, len(acknowledged), 0, verdict.entries]],
        note=f"Processes of four writers and a sequencer, {AT_ONCE} at a time, each killed at a random moment, in "
        f"{round(time.monotonic() - began)} s.",
    )
