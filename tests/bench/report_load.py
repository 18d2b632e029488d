"""How long reports take over a million cases.

``python -m tests.bench.report_load sqlite|postgresql [CASES]``: cases of a thousand days at 200
windows, of 240 items, with calls, outcomes and ratings, are written in bulk and counted by the watch;
then every breakdown is asked for, for the county, a town, a window, an item and an agent.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import func, insert, select

from casework.county_time import county_moment, day_start_ms
from casework.database import Base, Database, new_id, open_engine, read_clock
from casework.passwords import Passwords
from casework.reports.periods import Period
from casework.reports.report import MOST_DAYS, make_report
from casework.reports.rollup import count_next_day
from casework.reports.scope import Narrowed
from casework.vocabulary import ReportBy
from signaling.report_sources import REPORT_SOURCES
from tests.bench.journal_rate import database_of
from tests.signaling.edge.small_county import SmallCounty
from tests.signaling.reports.history import DAY, Places, matters
from tests.signaling.reports.rows import found_county, tables_of, writer_for

CASES = 1_000_000
DAYS = 1_000
WINDOWS, ITEMS, AGENTS = 200, 240, 40


async def copies(database: Database, table: str, row_id: str, count: int, *own: str) -> list[str]:
    """Rows like one that is there, with ids and ``own`` columns of their own; all ids."""
    columns = Base.metadata.tables[table]
    ids = [new_id() for _ in range(count - 1)]
    async with database.transaction() as session:
        found = (await session.execute(select(columns).where(columns.c.id == row_id))).one()
        rows = [{**found._mapping, "id": one, **dict.fromkeys(own, one)} for one in ids]
        if rows:
            await session.execute(insert(columns), rows)
    return [row_id, *ids]


async def widened(database: Database, county: SmallCounty, small: bool) -> Places:
    """A county of the size of a real one: half of the windows in each of two towns."""
    share = 20 if small else 1
    half = WINDOWS // 2 // share
    village, hamlet = county.windows["village"], county.windows["hamlet"]
    north = await copies(database, "windows", village, half, "code")
    south = await copies(database, "windows", hamlet, half, "code")
    items = await copies(database, "service_items", county.items["pension"], ITEMS // share, "code")
    agents = await copies(database, "staff", county.staff["agent"], AGENTS // share, "username")
    homes = [county.organisations["village"]] * half + [county.organisations["hamlet"]] * half
    return Places(homes, [*north, *south], items, [True] * len(items), agents)


async def write(database: Database, county: SmallCounty, cases: int, days: int) -> Places:
    places = await widened(database, county, cases < CASES // 10)
    writer = writer_for(county)
    writer.places = places
    async with database.reading() as session:
        today_ms = day_start_ms(await read_clock(session))
    random, tables = Random(1), Base.metadata.tables
    for day in range(days):
        at_ms = today_ms - (days - day) * DAY
        story = matters(random, places, at_ms, DAY, cases // days * 6 // 7, today_ms)
        rows = writer.rows(story)
        writer.ids.clear()
        if day == 0:
            rows["subjects"] = [writer.subject()]
        async with database.transaction() as session:
            for name, some in tables_of(rows):
                await session.execute(insert(tables[name]), some)
    return places


async def count_days(database: Database, county: SmallCounty) -> list[float]:
    """Seconds of each day."""
    taken: list[float] = []
    more = True
    while more:
        began_s = time.perf_counter()
        async with database.transaction() as session:
            more = await count_next_day(session, REPORT_SOURCES, county.county_id)
        taken.append(time.perf_counter() - began_s)
    return taken[:-1]


def narrowings(county: SmallCounty, places: Places) -> Iterator[tuple[str, Narrowed]]:
    nothing: dict[str, Any] = {
        "organisation_ids": None, "window_id": None, "item_ids": None, "agent_staff_id": None,
    }  # fmt: skip
    for name, narrowed in (
        ("county", {}),
        ("town", {"organisation_ids": frozenset({places.homes[0]})}),
        ("window", {"window_id": places.windows[0]}),
        ("item", {"item_ids": frozenset({places.items[0]})}),
        ("agent", {"agent_staff_id": places.agents[0]}),
    ):
        yield name, Narrowed(county_id=county.county_id, **{**nothing, **narrowed})


async def ask(
    database: Database, county: SmallCounty, places: Places, days: int
) -> Sequence[tuple[float, str]]:
    """Seconds and name of every report."""
    async with database.reading() as session:
        today = county_moment(await read_clock(session)).date()
    asked = []
    for span in (days, 30):
        for name, narrowed in narrowings(county, places):
            for by in ReportBy:
                length = min(span, MOST_DAYS) if by is ReportBy.DAY else span
                period = Period(today - timedelta(days=length - 1), today)
                began_s = time.perf_counter()
                async with database.reading() as session:
                    await make_report(session, REPORT_SOURCES, narrowed, period, by)
                asked.append((time.perf_counter() - began_s, f"{name} by {by}, {length} days"))
    return asked


async def measure(database: Database, cases: int, days: int) -> dict[str, Any]:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
    county = await found_county(database, passwords)
    passwords.close()
    began_s = time.perf_counter()
    places = await write(database, county, cases, days)
    written_s = time.perf_counter() - began_s
    counted = await count_days(database, county)
    asked = await ask(database, county, places, days)
    cases_table = Base.metadata.tables["cases"]
    async with database.reading() as session:
        there = await session.scalar(select(func.count()).select_from(cases_table))
    slowest_s, slowest = max(asked)
    return {
        "cases": there,
        "written_s": written_s,
        "day_ms": median(counted) * 1_000,
        "slowest_s": slowest_s,
        "slowest": slowest,
        "median_s": median(taken for taken, _ in asked),
        "reports": len(asked),
    }


async def run(url: str, cases: int) -> dict[str, Any]:
    database = Database(open_engine(url))
    try:
        return await measure(database, cases, min(DAYS, max(1, cases // 100)))
    finally:
        await database.close()


def main() -> None:
    kind = sys.argv[1]
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else CASES
    folder = Path(tempfile.mkdtemp(prefix="shipinban-bench-"))
    try:
        with database_of(kind, folder) as url:
            measured = asyncio.run(run(url, cases))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
