"""The working calendar from a CSV or XLSX file: all days of the years that it names."""

import asyncio
import datetime as dt
import hashlib
from typing import Final

from pydantic import JsonValue

from casework.counties import county_organisation
from casework.course.calendar import NamedDay, replace_years
from casework.course.reckoning import reckon_again
from casework.database import Database
from casework.importing.columns import (
    Column,
    TableSpec,
    check_names,
    check_unique,
    choice,
    name_only_table,
    read_rows,
    text,
)
from casework.importing.problems import CellError, Report
from casework.importing.sheets import read_tables
from casework.journal.acts import Act, add_entry
from casework.sign_in import SignedIn
from casework.vocabulary import DayKind

KIND_NAMES: Final = {
    DayKind.HOLIDAY: "放假",
    DayKind.WORKDAY: "上班",
    DayKind.STATUTORY: "法定假日",
}
YEARS: Final = range(2020, 2100)
_SATURDAY: Final = 5


def day(cell: str) -> dt.date:
    """``2027-02-06``; a spreadsheet's own date comes with a time behind it."""
    try:
        found = dt.date.fromisoformat(cell.removesuffix(" 00:00:00"))
    except ValueError:
        raise CellError(
            f"“{cell}”应为日期，如2027-02-06", f"“{cell}” must be a date such as 2027-02-06"
        ) from None
    if found.year not in YEARS:
        raise CellError("年份不合理", "The year is not plausible")
    return found


SPEC: Final = TableSpec(
    "calendar",
    "工作日历",
    (
        Column("day", "日期", day),
        Column("kind", "类别", choice(DayKind, KIND_NAMES)),
        Column("name", "名称", text(200), required=False),
    ),
)


def parse_calendar(content: bytes) -> list[NamedDay]:
    """Blocking: use a thread.

    :raises ImportRefused: with every bad row named.
    """
    tables = name_only_table(read_tables(content), SPEC)
    report = Report()
    check_names(tables, [SPEC], report)
    rows = read_rows(tables, SPEC, report)
    check_unique(SPEC.key, "day", ((row.row, row.value["day"]) for row in rows), report)
    for row in rows:
        if row.value["kind"] is DayKind.WORKDAY and row.value["day"].weekday() < _SATURDAY:
            report.add(
                SPEC.key, row.row, "kind",
                "调休上班日应是星期六或星期日", "A day worked to make up is a Saturday or a Sunday",
            )  # fmt: skip
    if not rows and not report.problems:
        report.add(SPEC.key, None, "", "文件里没有日期", "The file has no days")
    report.raise_if_any()
    return [NamedDay(**row.value) for row in rows]


async def import_calendar(
    database: Database, person: SignedIn, content: bytes
) -> tuple[list[int], int, int]:
    """Replaces the years that the file names: the years, how many days, how many deadlines moved.

    :raises ImportRefused: nothing was changed.
    """
    days = await asyncio.to_thread(parse_calendar, content)
    async with database.transaction() as session:
        years = await replace_years(session, person.county_id, person.staff_id, days)
        moved = await reckon_again(session, person)
        act = Act(
            what="calendar.imported",
            county_id=person.county_id,
            home_organisation_id=person.organisation_id,
            county_organisation_id=(await county_organisation(session, person.county_id)).id,
            actor_staff_id=person.staff_id,
            evidence={
                "years": list[JsonValue](years),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
        await add_entry(session, act)
    return years, len(days), moved
