"""The county's working calendar: what the product brings along, and what an administrator imported.

An imported year replaces the file's days of that year as a whole.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.course.working_days import WorkingCalendar, YearKnowledge
from casework.database import insert_for, now_ms
from casework.tables import CalendarDay, CalendarYear
from casework.vocabulary import DayKind


@dataclass(frozen=True, slots=True)
class NamedDay:
    day: date
    kind: DayKind
    name: str


@cache
def bundled_days() -> Sequence[NamedDay]:
    """casework/course/holidays.csv: 2026 as arranged, 2027 as far as it is known."""
    text = files("casework.course").joinpath("holidays.csv").read_text("utf-8")
    return tuple(
        NamedDay(date.fromisoformat(row["day"]), DayKind(row["kind"]), row["name"])
        for row in csv.DictReader(text.splitlines())
    )


async def named_days(session: AsyncSession, county_id: str) -> list[NamedDay]:
    """All that is known, in order."""
    years = await imported_years(session, county_id)
    rows = await session.scalars(select(CalendarDay).where(CalendarDay.county_id == county_id))
    imported = [NamedDay(row.day, DayKind(row.kind), row.name) for row in rows]
    bundled = [day for day in bundled_days() if day.day.year not in years]
    return sorted((*imported, *bundled), key=lambda day: day.day)


async def imported_years(session: AsyncSession, county_id: str) -> dict[int, int]:
    """Year → when it was imported, ms."""
    rows = await session.execute(
        select(CalendarYear.year, CalendarYear.imported_ms).where(
            CalendarYear.county_id == county_id
        )
    )
    return {row.year: row.imported_ms for row in rows}


async def load_calendar(session: AsyncSession, county_id: str) -> WorkingCalendar:
    days = await named_days(session, county_id)
    return WorkingCalendar({day.day: day.kind for day in days})


async def replace_years(
    session: AsyncSession, county_id: str, staff_id: str, days: Iterable[NamedDay]
) -> list[int]:
    """Puts the days of each year that occurs in ``days`` in the place of what was known of it."""
    listed = list(days)
    years = sorted({day.day.year for day in listed})
    for year in years:
        row = {"county_id": county_id, "year": year, "imported_by_staff_id": staff_id}
        kept = insert_for(session, CalendarYear).values(**row, imported_ms=now_ms())
        await session.execute(
            kept.on_conflict_do_update(
                index_elements=["county_id", "year"],
                set_={"imported_by_staff_id": staff_id, "imported_ms": now_ms()},
            )
        )
        await session.execute(
            delete(CalendarDay).where(
                CalendarDay.county_id == county_id,
                CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
            )
        )
    session.add_all(
        CalendarDay(county_id=county_id, day=day.day, kind=day.kind, name=day.name)
        for day in listed
    )
    await session.flush()
    return years


def alarms(calendar: WorkingCalendar, today: date) -> dict[int, YearKnowledge]:
    """Years that deadlines reach into and whose calendar is wanting, with what is known of them.

    From October on the next year is one of them: the State Council has arranged it by December.
    """
    years = [today.year, today.year + 1] if today.month >= _NEXT_YEAR_FROM else [today.year]
    known = {year: calendar.knows(year) for year in years}
    return {year: how for year, how in known.items() if how is not YearKnowledge.ARRANGED}


_NEXT_YEAR_FROM = 10
