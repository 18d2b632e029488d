"""An act that was acknowledged is in the journal, whenever the process is killed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database, open_engine
from casework.journal.exporting import export_journal
from casework.journal.sequencer import Sequencer
from casework.journal.verifying import verify_export
from casework.tables import Journal, JournalEntry, JournalLeaf
from tests.casework.journal.county import BOOT, JournalCounty
from tests.figures import count, write_figures

KILLS = count(100, 2)
ROOT = Path(__file__).parents[3]
LONGEST_S = 0.6


def killed_at_work(command: list[str], chance: random.Random) -> list[str]:
    """Ids of the acts acknowledged before the kill; a half-written line is none."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0.0, LONGEST_S))
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read()
    lines = (first + rest).decode().splitlines(keepends=True)
    return [line.strip() for line in lines if line.endswith("\n")]


@pytest.mark.fault
@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_no_acknowledged_act_is_missing_after_a_kill(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine = request.node.callspec.params["database_url"]
    chance = random.Random(20261129)
    database = Database(open_engine(database_url))
    county = JournalCounty(database)
    await county.found()
    key_file = tmp_path / "keys" / "journal.key"
    given = database_url, county.county_id, county.town, county.county_unit, str(key_file)
    command = [sys.executable, "-m", "tests.casework.journal.killed_writer", *given]
    acknowledged: set[str] = set()
    began = time.monotonic()
    for _ in range(KILLS):
        acknowledged |= set(killed_at_work(command, chance))
        async with database.transaction() as session:  # its lease runs out
            await session.execute(update(Journal).values(sequencer_until_ms=0))
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
        note=f"Four writers and a sequencer, killed at a random moment, in "
        f"{round(time.monotonic() - began)} s.",
    )
