"""Journals that are whole are never called bad, however they came about."""

import random
import time
from pathlib import Path

import pytest

from casework.database import Database, open_engine
from casework.journal.seen import Seen, parse_seen
from casework.journal.sequencing import load_frontier
from casework.vocabulary import JournalHash
from tests.casework.journal.county import JournalCounty
from tests.casework.journal.history import History
from tests.figures import count, write_figures

HISTORIES = count(1_000, 15)


async def live(history: History, chance: random.Random, folder: Path) -> tuple[int, list[Seen]]:
    """A history of random steps; its entries, and what was seen on the way."""
    await history.begin()
    seen: list[Seen] = []
    town = False
    for _ in range(chance.randint(3, 12)):
        step = chance.choice(("add", "add", "sign", "sign", "town", "key", "crash", "look"))
        if step == "add":
            ids = await history.county.add(chance.randint(1, 9), personal={"subject": "陈秀英"})
            if chance.random() < 0.3:
                await history.sign()
                seen.append(await history.proof(chance.choice(ids)))
        elif step == "sign" and history.county.frontier.size + 1 > history.signed.size:
            await history.county.add()
            seen.append(parse_seen(str(await history.sign()), "note"))
            if town and chance.random() < 0.7:
                await history.cosign()
        elif step == "town" and not town:
            await history.add_town()
            town = True
        elif step == "key":
            await history.add_key()
        elif step == "crash":
            await recover(history)
        else:
            assert (await history.verify(folder, *seen)).good
    return history.county.frontier.size, seen


async def recover(history: History) -> None:
    """The sequencer died: what it knew is read again."""
    county = history.county
    size = county.frontier.size
    async with county.database.reading() as session:
        county.frontier = await load_frontier(session, county.county_id, county.hashing, size)


@pytest.mark.proof
@pytest.mark.timeout(1800)
async def test_no_whole_history_is_called_bad(sqlite_url: str, tmp_path: Path) -> None:
    chance = random.Random(20261128)
    database = Database(open_engine(sqlite_url))
    entries, began = 0, time.monotonic()
    for number in range(HISTORIES):
        hash_name = JournalHash.SM3 if number % 10 == 0 else JournalHash.SHA256
        history = History(JournalCounty(database, hash_name, code=f"{100_000 + number}"))
        size, seen = await live(history, chance, tmp_path)
        verdict = await history.verify(tmp_path, *seen)
        assert verdict.good, (number, verdict.problem)
        assert verdict.entries == size
        entries += size
    await database.close()
    write_figures(
        "journal-histories",
        "Whole journals",
        ["histories", "entries", "false alarms"],
        [[HISTORIES, entries, 0]],
        note=f"Random acts, checkpoints, keys, towns and restarts, in "
        f"{round(time.monotonic() - began)} s; one in ten hashed with SM3.",
    )
