"""One report: the figures of a period, told apart by place or time, beside those of the period before."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import county_moment
from casework.database import read_clock
from casework.errors import Invalid
from casework.reports.counts import HOUR_MS, NONE, Counts, add_up
from casework.reports.figures import Values, figures_of
from casework.reports.periods import DAY, Period, midnight_ms
from casework.reports.reading import Known, Question, known_span, read_counts
from casework.reports.scope import Narrowed
from casework.reports.sources import Source
from casework.reports.travel import one_way_minutes
from casework.tables import Organisation, ServiceItem, StaffMember, Window
from casework.vocabulary import OrganisationKind, ReportBy

MOST_DAYS = 400
"""Days told one by one; a longer period is told by something else."""


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    """An id, an item's code, the hour of the day, or a day such as ``2026-11-28``."""
    name: str
    name_en: str
    values: Values
    counted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    period: Period
    totals: Values
    before: Values
    """Of ``period.before()``."""
    counted: Mapping[str, int]
    rows: Sequence[Row]
    one_way_minutes: int
    counted_ms: int
    """When: what happens afterwards is not in it."""


async def make_report(
    session: AsyncSession,
    sources: Sequence[Source],
    narrowed: Narrowed,
    period: Period,
    by: ReportBy,
) -> Report:
    """:raises Invalid: the period is too long to tell its days.
    :raises Unavailable: the days are still being counted.
    """
    if by is ReportBy.DAY and period.days > MOST_DAYS:
        raise Invalid("reports.too_many_days", days=MOST_DAYS)
    now_ms = await read_clock(session)
    known = await known_span(session, sources, narrowed.county_id)
    way = await one_way_minutes(session, narrowed.county_id)
    question = Question(
        county_id=narrowed.county_id,
        from_ms=period.from_ms,
        to_ms=period.to_ms,
        by=by,
        organisation_ids=narrowed.organisation_ids,
        window_id=narrowed.window_id,
        item_ids=narrowed.item_ids,
        agent_staff_id=narrowed.agent_staff_id,
    )
    of_agent = narrowed.agent_staff_id is not None
    found = await _found(session, sources, question, known, now_ms)
    before = await _before(session, sources, question, known, period, now_ms)
    totals = None if found is None else _sum(found)
    rows = [] if found is None or known is None else await _rows(
        session, question, found, _Shown(period, known, now_ms)
    )  # fmt: skip
    by_agent = of_agent or by is ReportBy.AGENT
    return Report(
        period=period,
        totals=figures_of(totals, way, of_agents=of_agent),
        before=figures_of(before, way, of_agents=of_agent),
        counted=totals or {},
        rows=[
            Row(key, *names, figures_of(counts, way, of_agents=by_agent), counts or {})
            for key, names, counts in rows
        ],
        one_way_minutes=way,
        counted_ms=now_ms,
    )


async def _found(
    session: AsyncSession,
    sources: Sequence[Source],
    question: Question,
    known: Known | None,
    now_ms: int,
) -> Mapping[str, Counts] | None:
    """``None``: nothing was there to be counted; the period is before the first case, or to come."""
    if known is None or question.to_ms <= known.begun_ms or question.from_ms > now_ms:
        return None
    return await read_counts(session, sources, question, known)


async def _before(
    session: AsyncSession,
    sources: Sequence[Source],
    question: Question,
    known: Known | None,
    period: Period,
    now_ms: int,
) -> Counts | None:
    earlier = period.before()
    asked = replace(question, from_ms=earlier.from_ms, to_ms=earlier.to_ms, by=ReportBy.DAY)
    found = await _found(session, sources, asked, known, now_ms)
    return None if found is None else _sum(found)


def _sum(found: Mapping[str, Counts]) -> Counts:
    whole: Counts = {}
    for counts in found.values():
        add_up(whole, counts)
    return whole


# --- rows and their names -------------------------------------------------------------------

_Names = tuple[str, str]
_Named = tuple[str, _Names, Counts | None]


@dataclass(frozen=True, slots=True)
class _Shown:
    period: Period
    known: Known
    now_ms: int


async def _rows(
    session: AsyncSession, question: Question, found: Mapping[str, Counts], shown: _Shown
) -> list[_Named]:
    match question.by:
        case ReportBy.DAY:
            return list(_days(found, shown))
        case ReportBy.HOUR:
            return list(_hours(found))
        case ReportBy.TOWN:
            named = await _towns(session, question.county_id)
        case ReportBy.WINDOW:
            named = await _windows(session, question.county_id)
        case ReportBy.ITEM:
            named = await _items(session, question.county_id)
        case ReportBy.AGENT:
            named = await _people(session, question.county_id)
    return _placed(question.by, found, named)


def _days(found: Mapping[str, Counts], shown: _Shown) -> Iterator[_Named]:
    """Every day of the period that there has been, also those on which nothing happened."""
    day, last = shown.period.first, min(shown.period.last, county_moment(shown.now_ms).date())
    while day <= last:
        at_ms = midnight_ms(day)
        counts = found.get(str(at_ms), {}) if at_ms >= shown.known.begun_ms else None
        yield day.isoformat(), (day.isoformat(), day.isoformat()), counts
        day += DAY


def _hours(found: Mapping[str, Counts]) -> Iterator[_Named]:
    """From the first hour in which anything happened to the last."""
    hours = [int(key) // HOUR_MS for key in found]
    for hour in range(min(hours, default=0), max(hours, default=-1) + 1):
        name = f"{hour:02}:00–{hour + 1:02}:00"
        yield str(hour), (name, name), found.get(str(hour * HOUR_MS), {})


Listed = Mapping[str, tuple[str, _Names]]
"""Key of the counts → key of the row and its names."""
_NOTHING: Mapping[ReportBy, _Names] = {
    ReportBy.WINDOW: ("不在窗口", "At no window"),
    ReportBy.ITEM: ("不属事项", "On no item"),
}
_GONE: _Names = ("（已不在名录）", "(no longer listed)")


def _placed(by: ReportBy, found: Mapping[str, Counts], named: Listed) -> list[_Named]:
    """The busiest first. What no agent did is in the totals alone."""
    rows: dict[str, tuple[_Names, Counts]] = {}
    for key, counts in found.items():
        if by is ReportBy.AGENT and key == NONE:
            continue
        row_key, names = named.get(key, (key, _NOTHING.get(by, _GONE) if key == NONE else _GONE))
        add_up(rows.setdefault(row_key, (names, {}))[1], counts)
    listed: list[_Named] = [(key, names, counts) for key, (names, counts) in rows.items()]
    return sorted(listed, key=_busiest)


def _busiest(row: _Named) -> tuple[int, str]:
    counts = row[2] or {}
    return -(counts.get("opened", 0) + counts.get("outcomes", 0) + counts.get("calls", 0)), row[0]


async def _towns(session: AsyncSession, county_id: str) -> Listed:
    """A village counts to its town, a partner to the one that it belongs to."""
    rows = await session.scalars(select(Organisation).where(Organisation.county_id == county_id))
    units = {row.id: row for row in rows}
    towns: dict[str, tuple[str, _Names]] = {}
    for unit in units.values():
        above = units.get(unit.parent_id or "")
        town = above if above is not None and above.kind == OrganisationKind.TOWN else unit
        towns[unit.id] = (town.id, (town.name, town.name_en))
    return towns


async def _windows(session: AsyncSession, county_id: str) -> Listed:
    rows = await session.execute(
        select(Window.id, Window.name, Window.name_en).where(Window.county_id == county_id)
    )
    return {row.id: (row.id, (row.name, row.name_en)) for row in rows}


async def _items(session: AsyncSession, county_id: str) -> Listed:
    """All versions under the newest one's name."""
    rows = await session.execute(
        select(ServiceItem.id, ServiceItem.code, ServiceItem.name, ServiceItem.name_en)
        .where(ServiceItem.county_id == county_id)
        .order_by(ServiceItem.version)
    )
    versions: dict[str, list[str]] = defaultdict(list)
    names: dict[str, _Names] = {}
    for row in rows:
        versions[row.code].append(row.id)
        names[row.code] = (row.name, row.name_en)
    return {
        item_id: (code, names[code]) for code, item_ids in versions.items() for item_id in item_ids
    }


async def _people(session: AsyncSession, county_id: str) -> Listed:
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name, StaffMember.name_en).where(
            StaffMember.county_id == county_id
        )
    )
    return {row.id: (row.id, (row.name, row.name_en)) for row in rows}


def parse_day(text: str) -> date:
    """:raises Invalid: there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("reports.day") from None
