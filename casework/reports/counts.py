"""What is counted: an hour, a place in the county, and how often what happened there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Integer, SQLColumnExpression, func, literal
from sqlalchemy import case as sql_case
from sqlalchemy.sql.elements import ColumnElement

from casework.tables import ReportHour

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
COUNTY_OFFSET_MS = 8 * HOUR_MS
"""See :data:`casework.organisations.COUNTY_TIME`: whole hours, without summer time."""
COUNTERS = tuple(
    column.name
    for column in ReportHour.__table__.columns
    if column.name not in ("line_id", "hour_ms")
)
NONE = ""
"""An id where there is none."""


class Cell(NamedTuple):
    hour_ms: int
    home_organisation_id: str
    window_id: str
    item_id: str
    agent_staff_id: str


Counts = dict[str, int]
"""Counter → how often, without zeros."""
Cells = dict[Cell, Counts]


def add_up(into: Counts, more: Mapping[str, int]) -> None:
    for name, count in more.items():
        into[name] = into.get(name, 0) + count


def merged(parts: Iterable[tuple[Cell, Mapping[str, int]]]) -> Cells:
    cells: Cells = defaultdict(dict)
    for cell, counts in parts:
        add_up(cells[cell], counts)
    return dict(cells)


def hour_of(at_ms: SQLColumnExpression[int]) -> ColumnElement[int]:
    return at_ms - at_ms % HOUR_MS


def day_of(at_ms: SQLColumnExpression[int]) -> ColumnElement[int]:
    """When the county day of ``at_ms`` began."""
    return at_ms - (at_ms + COUNTY_OFFSET_MS) % DAY_MS


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Rows of a group for which the condition holds."""
    return func.coalesce(func.sum(sql_case((condition, literal(1, Integer)), else_=0)), 0)
