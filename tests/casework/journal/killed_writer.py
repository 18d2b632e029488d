"""Writes acts with four writers and a sequencer until it is killed; tells each that is committed."""

import asyncio
import sys
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from casework.database import Database, new_id, open_engine
from casework.journal.acts import add_entry
from casework.journal.sequencer import Sequencer
from tests.casework.journal.county import JournalCounty

WRITERS = 4
configure_mappers()  # before anything is forked


def write(url: str, county_id: str, town: str, county_unit: str, key_file: str) -> None:
    asyncio.run(_write(url, county_id, town, county_unit, key_file))


async def _write(url: str, county_id: str, town: str, county_unit: str, key_file: str) -> None:
    database = Database(open_engine(url))
    county = JournalCounty(database, county_id=county_id, town=town, county_unit=county_unit)

    async def act() -> None:
        while True:
            async with database.transaction() as session:
                entry_id = await add_entry(session, county.act("case.accepted"))
            sys.stdout.write(f"{entry_id}\n")
            sys.stdout.flush()

    async with asyncio.TaskGroup() as group:
        group.create_task(Sequencer(database, new_id(), Path(key_file)).run())
        for _ in range(WRITERS):
            group.create_task(act())
