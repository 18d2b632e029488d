"""The working calendar: what is known of which year, and the import of another one."""

from collections.abc import Sequence
from itertools import groupby

from casework.course.calendar import alarms, imported_years, named_days
from casework.course.deadlines import day_of
from casework.course.working_days import WorkingCalendar
from casework.database import read_clock
from casework.importing.calendar import import_calendar
from casework.importing.sheets import MAX_BYTES
from casework.vocabulary import Surface
from signaling.edge.roles import ADMINISTRATORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wire.course import (
    CalendarDayView,
    CalendarImported,
    CalendarView,
    CalendarYearView,
)

IMPORT_DEADLINE_S = 60.0


async def show_calendar(asked: Asked[None]) -> CalendarView:
    """Holidays and days worked to make up for them, and which years are known how well."""
    async with asked.context.database.reading() as session:
        days = await named_days(session, asked.person.county_id)
        imported = await imported_years(session, asked.person.county_id)
        today = day_of(await read_clock(session))
    calendar = WorkingCalendar({day.day: day.kind for day in days})
    years = [
        CalendarYearView(
            year=year,
            known=calendar.knows(year),
            imported_ms=imported.get(year),
            days=[
                CalendarDayView(day=day.day.isoformat(), kind=day.kind, name=day.name)
                for day in of_year
            ],
        )
        for year, of_year in groupby(days, lambda day: day.day.year)
    ]
    return CalendarView(years=years, wanting=sorted(alarms(calendar, today)))


async def replace_calendar(asked: Asked[None]) -> CalendarImported:
    """A CSV or XLSX file with all days of one year or several; deadlines move with it."""
    years, days, moved = await import_calendar(asked.context.database, asked.person, asked.body)
    return CalendarImported(years=years, days=days, moved=moved)


ROUTES: Sequence[Route] = (
    Route(
        method="GET", path="/api/supervision/calendar",
        surface=Surface.SUPERVISION, roles=SUPERVISORS | ADMINISTRATORS,
        handler=show_calendar, answer=CalendarView,
    ),
    Route(
        method="POST", path="/api/supervision/calendar",
        surface=Surface.SUPERVISION, roles=ADMINISTRATORS,
        handler=replace_calendar, takes_bytes=True,
        body_limit_bytes=MAX_BYTES, body_deadline_s=IMPORT_DEADLINE_S, answer=CalendarImported,
    ),
)  # fmt: skip
