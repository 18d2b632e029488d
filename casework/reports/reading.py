"""Adds up what is counted for a question: the days kept ahead, and the rest from the rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import day_start_ms
from casework.database import read_clock
from casework.errors import Unavailable
from casework.reports.counts import COUNTERS, COUNTY_OFFSET_MS, DAY_MS, Cell, Counts, add_up
from casework.reports.rollup import count_span
from casework.reports.sources import Source
from casework.tables import ReportHour, ReportLine, ReportProgress
from casework.vocabulary import ReportBy, ReportGrain

UNCOUNTED_DAYS = 40
"""So many days are counted while somebody waits. More are uncounted only after an upgrade, or after
a long standstill, until the watch has caught up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whole county days: ``from_ms <= at < to_ms``. ``None`` narrows nothing."""

    county_id: str
    from_ms: int
    to_ms: int
    by: ReportBy
    organisation_ids: Collection[str] | None = None
    """Home organisations: the person's scope, narrowed by a town that was asked for."""
    window_id: str | None = None
    item_ids: Collection[str] | None = None
    """All versions of an item."""
    agent_staff_id: str | None = None

    def wants(self, cell: Cell) -> bool:
        wanted = (
            (self.organisation_ids, cell.home_organisation_id),
            (None if self.window_id is None else (self.window_id,), cell.window_id),
            (self.item_ids, cell.item_id),
            (None if self.agent_staff_id is None else (self.agent_staff_id,), cell.agent_staff_id),
        )
        return all(allowed is None or value in allowed for allowed, value in wanted)


@dataclass(frozen=True, slots=True)
class Known:
    """Since when there is something to count, and up to where it is kept ahead."""

    begun_ms: int
    counted_to_ms: int


async def known_span(
    session: AsyncSession, sources: Sequence[Source], county_id: str
) -> Known | None:
    """``None``: nothing has happened in the county yet."""
    progress = await session.get(ReportProgress, county_id)
    if progress is not None:
        return Known(progress.begun_ms, progress.counted_to_ms)
    found = [await session.scalar(source.earliest(county_id)) for source in sources]
    begun = min((at_ms for at_ms in found if at_ms is not None), default=None)
    return None if begun is None else Known(day_start_ms(begun), day_start_ms(begun))


async def read_counts(
    session: AsyncSession, sources: Sequence[Source], question: Question, known: Known
) -> Mapping[str, Counts]:
    """By the key of the question's dimension: an id, the hour (ms since
    midnight), or the day's start (ms).

    :raises Unavailable: too many days are not counted ahead yet.
    """
    found: dict[str, Counts] = defaultdict(dict)
    kept_to_ms = min(question.to_ms, known.counted_to_ms)
    if question.from_ms < kept_to_ms:
        for row in await session.execute(_kept(question, kept_to_ms)):
            add_up(found[row[0]], {n: int(c) for n, c in zip(COUNTERS, row[1:], strict=True) if c})
    from_ms = max(question.from_ms, known.counted_to_ms)
    to_ms = min(question.to_ms, day_start_ms(await read_clock(session)) + DAY_MS)
    if to_ms - from_ms > UNCOUNTED_DAYS * DAY_MS:
        raise Unavailable("reports.counting", days=(to_ms - from_ms) // DAY_MS)
    if from_ms < to_ms:
        cells = await count_span(session, sources, question.county_id, from_ms, to_ms)
        for cell, counts in cells.items():
            if question.wants(cell):
                add_up(found[key_of(question.by, cell)], counts)
    return found


def key_of(by: ReportBy, cell: Cell) -> str:
    match by:
        case ReportBy.HOUR:
            return str((cell.hour_ms + COUNTY_OFFSET_MS) % DAY_MS)
        case ReportBy.DAY:
            return str(cell.hour_ms - (cell.hour_ms + COUNTY_OFFSET_MS) % DAY_MS)
        case ReportBy.TOWN:
            return cell.home_organisation_id
        case ReportBy.WINDOW:
            return cell.window_id
        case ReportBy.ITEM:
            return cell.item_id
        case ReportBy.AGENT:
            return cell.agent_staff_id


_GRAINS: Mapping[ReportBy, ReportGrain] = {
    ReportBy.TOWN: ReportGrain.ORGANISATION,
    ReportBy.WINDOW: ReportGrain.WINDOW,
    ReportBy.ITEM: ReportGrain.ITEM,
    ReportBy.AGENT: ReportGrain.AGENT,
}
_OF_HOME: Mapping[ReportGrain, ReportGrain] = {
    ReportGrain.WINDOW: ReportGrain.HOME_WINDOW,
    ReportGrain.ITEM: ReportGrain.HOME_ITEM,
    ReportGrain.AGENT: ReportGrain.HOME_AGENT,
}
"""A whole town has so many combinations that adding them up takes seconds; one of its windows, an
item or an agent has few."""


def grain_of(question: Question) -> ReportGrain:
    """The coarsest that still tells apart what is asked for."""
    told = {
        grain
        for grain, narrowed in (
            (ReportGrain.ORGANISATION, question.organisation_ids),
            (ReportGrain.WINDOW, question.window_id),
            (ReportGrain.ITEM, question.item_ids),
            (ReportGrain.AGENT, question.agent_staff_id),
        )
        if narrowed is not None
    }
    if question.by is ReportBy.HOUR:
        if told == {ReportGrain.ORGANISATION}:
            return ReportGrain.HOME_HOUR
        return ReportGrain.FULL if told else ReportGrain.COUNTY
    if question.by in _GRAINS:
        told.add(_GRAINS[question.by])
    if len(told) == 2 and ReportGrain.ORGANISATION in told:
        (other,) = told - {ReportGrain.ORGANISATION}
        return _OF_HOME[other]
    if len(told) > 1:
        return ReportGrain.FULL
    return next(iter(told), ReportGrain.COUNTY)


def _kept(question: Question, to_ms: int) -> Select[Any]:
    key = _key(question.by)
    return (
        select(key, *(func.sum(getattr(ReportHour, name)) for name in COUNTERS))
        .join_from(ReportLine, ReportHour, ReportHour.line_id == ReportLine.id)
        .where(
            ReportLine.county_id == question.county_id,
            ReportLine.grain == grain_of(question),
            ReportHour.hour_ms >= question.from_ms,
            ReportHour.hour_ms < to_ms,
            *_narrowed(question),
        )
        .group_by(key)
    )


def _key(by: ReportBy) -> ColumnElement[str]:
    """As :func:`key_of`, in SQL."""
    local_ms = ReportHour.hour_ms + literal(COUNTY_OFFSET_MS)
    match by:
        case ReportBy.HOUR:
            key: ColumnElement[str] = cast(local_ms % DAY_MS, String)
        case ReportBy.DAY:
            key = cast(ReportHour.hour_ms - local_ms % DAY_MS, String)
        case ReportBy.TOWN:
            key = ReportLine.home_organisation_id.expression
        case ReportBy.WINDOW:
            key = ReportLine.window_id.expression
        case ReportBy.ITEM:
            key = ReportLine.item_id.expression
        case ReportBy.AGENT:
            key = ReportLine.agent_staff_id.expression
    return key


def _narrowed(question: Question) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if question.organisation_ids is not None:
        conditions.append(ReportLine.home_organisation_id.in_(question.organisation_ids))
    if question.window_id is not None:
        conditions.append(ReportLine.window_id == question.window_id)
    if question.item_ids is not None:
        conditions.append(ReportLine.item_id.in_(question.item_ids))
    if question.agent_staff_id is not None:
        conditions.append(ReportLine.agent_staff_id == question.agent_staff_id)
    return conditions
