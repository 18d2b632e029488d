"""What is kept by the hour and what the rows count to is the same, whatever comes later."""

import asyncio
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from casework.county_time import day_start_ms
from casework.database import Base, Database, open_engine, read_clock
from casework.passwords import Passwords
from casework.reports.counts import Cell
from casework.reports.reading import Question, key_of, known_span, read_counts
from casework.reports.rollup import count_next_day
from casework.reports.watch import FigureWatch
from casework.vocabulary import ReportBy
from signaling.report_sources import REPORT_SOURCES
from tests.figures import count
from tests.signaling.edge.small_county import SmallCounty
from tests.signaling.reports.history import DAY, Matter, Places, expected, matters
from tests.signaling.reports.rows import found_county, places_of, tables_of, writer_for

DAYS = 5
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it


class Written:
    """A history in a database, brought forward from moment to moment as the work would do it."""

    def __init__(self, database: Database, county: SmallCounty) -> None:
        self.database = database
        self.county = county
        self.places = places_of(county)
        self.writer = writer_for(county)
        self.rows: dict[str, dict[object, dict[str, object]]] = defaultdict(dict)
        """Table → key → the row as it stands."""

    async def bring_to(self, story: list[Matter], as_of_ms: int) -> None:
        made = self.writer.rows(story, as_of_ms)
        made["subjects"] = [self.writer.subject()]
        async with self.database.transaction() as session:
            for name, rows in tables_of(made):
                table, there = Base.metadata.tables[name], self.rows[name]
                keyed = {row.get("id") or (row["call_id"], row["case_id"]): row for row in rows}
                new = [row for key, row in keyed.items() if key not in there]
                if new:
                    await session.execute(insert(table), new)
                for key, row in keyed.items():
                    if key in there and row != there[key]:
                        await session.execute(
                            update(table).where(table.c.id == row["id"]).values(**row)
                        )
                there.update(keyed)

    async def count_days(self, days: int) -> None:
        for _ in range(days):
            async with self.database.transaction() as session:
                assert await count_next_day(session, REPORT_SOURCES, self.county.county_id)

    async def asked(
        self, by: ReportBy, from_ms: int, to_ms: int, narrowed: Mapping[str, Any]
    ) -> Mapping[str, Mapping[str, int]]:
        question = Question(
            county_id=self.county.county_id, from_ms=from_ms, to_ms=to_ms, by=by, **narrowed
        )  # fmt: skip
        async with self.database.reading() as session:
            known = await known_span(session, REPORT_SOURCES, self.county.county_id)
            if known is None:
                return {}
            found = await read_counts(session, REPORT_SOURCES, question, known)
        return {key: counts for key, counts in found.items() if counts}


def told(
    story: list[Matter],
    places: Places,
    by: ReportBy,
    from_ms: int,
    to_ms: int,
    narrowed: Mapping[str, Any],
) -> Mapping[str, Mapping[str, int]]:
    """What :meth:`Written.asked` has to answer."""
    question = Question(county_id="", from_ms=from_ms, to_ms=to_ms, by=by, **narrowed)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for key, counts in expected(story, places).items():
        cell = Cell(*key)
        if from_ms <= cell.hour_ms < to_ms and question.wants(cell):
            found[key_of(by, cell)].update(counts)
    return {key: dict(counts) for key, counts in found.items()}


def questions(random: Random, places: Places) -> list[dict[str, Any]]:
    """Nothing narrowed, one kind of place alone, and two kinds together."""
    narrowings = {
        "organisation_ids": frozenset({random.choice(places.homes)}),
        "window_id": random.choice(places.windows),
        "item_ids": frozenset(random.sample(list(places.items), 2)),
        "agent_staff_id": random.choice(places.agents),
    }
    listed = sorted(narrowings.items())
    return [{}, dict(random.sample(listed, 1)), dict(random.sample(listed, 2))]


async def check(database: Database, county: SmallCounty, random: Random) -> None:
    """Counts half of the days at a moment at which the rest of the history was still to come."""
    async with database.reading() as session:
        today_ms = day_start_ms(await read_clock(session))
    begin_ms = today_ms - DAYS * DAY
    written = Written(database, county)
    story = matters(random, written.places, begin_ms, DAYS * DAY, random.randrange(1, 30))
    early = random.randrange(1, DAYS)
    first_ms = min(matter.created_ms for matter in story)
    over = max(0, (begin_ms + early * DAY - day_start_ms(first_ms)) // DAY)
    if over:
        await written.bring_to(story, begin_ms + early * DAY)
        await written.count_days(over)
    await written.bring_to(story, 10**18)
    await _compare(written, story, random, begin_ms, today_ms + DAY)
    await FigureWatch(database, REPORT_SOURCES).look()
    await _compare(written, story, random, begin_ms, today_ms + DAY)
    await _compare(
        written, story, random, begin_ms + DAY, begin_ms + random.randrange(2, DAYS) * DAY
    )


async def _compare(
    written: Written, story: list[Matter], random: Random, from_ms: int, to_ms: int
) -> None:
    for narrowed in questions(random, written.places):
        for by in ReportBy:
            found = await written.asked(by, from_ms, to_ms, narrowed)
            right = told(story, written.places, by, from_ms, to_ms, narrowed)
        wrong = {
            key: (found.get(key), right.get(key))
            for key in {**found, **right}
            if found.get(key) != right.get(key)
        }
        assert not wrong, (by, narrowed, wrong)


@pytest.fixture(scope="module")
def founded(
    sqlite_template: Path, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, SmallCounty]:
    """A database with a county in it, which each history copies."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("founded") / "db"))

    async def found() -> SmallCounty:
        database = Database(open_engine(f"sqlite+aiosqlite:///{path}"))
        county = await found_county(database, passwords)
        await database.close()
        return county

    return path, asyncio.run(found())


@pytest.mark.proof
@given(random=st.randoms(use_true_random=False))
@settings(
    max_examples=count(400, 4), deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
def test_what_is_kept_by_the_hour_is_what_the_rows_count_to_whatever_comes_later(
    founded: tuple[Path, SmallCounty], random: Random
) -> None:
    path, county = founded

    async def run(folder: str) -> None:
        copy = shutil.copy(path, Path(folder) / "db")
        database = Database(open_engine(f"sqlite+aiosqlite:///{copy}"))
        try:
            await check(database, county, random)
        finally:
            await database.close()

    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        asyncio.run(run(folder))


async def test_both_databases_count_alike(database: Database, passwords: Passwords) -> None:
    county = await found_county(database, passwords)
    await check(database, county, Random(20261128))


async def test_a_day_is_counted_once_however_many_nodes_watch(
    database: Database, passwords: Passwords
) -> None:
    county = await found_county(database, passwords)
    async with database.reading() as session:
        today_ms = day_start_ms(await read_clock(session))
    written = Written(database, county)
    story = matters(Random(7), written.places, today_ms - 3 * DAY, 3 * DAY, 20)
    await written.bring_to(story, 10**18)
    watches = [FigureWatch(database, REPORT_SOURCES) for _ in range(3)]
    counted = await asyncio.gather(*(watch.look() for watch in watches))
    first = day_start_ms(min(matter.created_ms for matter in story))
    settled = (today_ms - first) // DAY
    assert settled - 1 <= sum(counted) <= settled
    whole = await written.asked(ReportBy.TOWN, first, today_ms + DAY, {})
    assert whole == told(story, written.places, ReportBy.TOWN, first, today_ms + DAY, {})
