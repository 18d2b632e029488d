"""Keeps whole county days counted, so that a report adds up rows and does not count cases.

A day is counted once, when it has been over for a while; the days after it are counted directly from
the rows each time they are asked for (:mod:`casework.reports.reading`), by the same sources. Both
therefore say the same (see casework/reports/sources.py for why a day that is over does not change).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import day_start_ms
from casework.database import insert_for, read_clock
from casework.reports.counts import (
    COUNTERS,
    COUNTY_OFFSET_MS,
    DAY_MS,
    NONE,
    Cell,
    Cells,
    Counts,
    add_up,
    merged,
)
from casework.reports.sources import Source
from casework.tables import ReportHour, ReportLine, ReportProgress
from casework.vocabulary import ReportGrain

SETTLE_MS = 10 * 60_000
"""A transaction that wrote its moment before midnight has committed by then, or is gone: none may
wait for a lock for longer than ``LOCK_TIMEOUT_S``."""

_ABOUT: Mapping[ReportGrain, tuple[bool, bool, bool, bool, bool]] = {
    ReportGrain.COUNTY: (True, False, False, False, False),
    ReportGrain.ORGANISATION: (False, True, False, False, False),
    ReportGrain.WINDOW: (False, False, True, False, False),
    ReportGrain.ITEM: (False, False, False, True, False),
    ReportGrain.AGENT: (False, False, False, False, True),
    ReportGrain.HOME_HOUR: (True, True, False, False, False),
    ReportGrain.HOME_WINDOW: (False, True, True, False, False),
    ReportGrain.HOME_ITEM: (False, True, False, True, False),
    ReportGrain.HOME_AGENT: (False, True, False, False, True),
    ReportGrain.FULL: (True, True, True, True, True),
}
"""Of hour, organisation, window, item and agent: what a grain tells apart."""

_Line = tuple[str, str, str, str, str]
"""Grain and the four ids."""


async def count_span(
    session: AsyncSession, sources: Sequence[Source], county_id: str, from_ms: int, to_ms: int
) -> Cells:
    """Everything that happened in ``from_ms <= at < to_ms``, counted from the rows themselves."""
    parts: list[tuple[Cell, Mapping[str, int]]] = []
    for source in sources:
        names = tuple(source.counters)
        for row in await session.execute(source.counted(county_id, from_ms, to_ms)):
            counts = {name: int(n) for name, n in zip(names, row[5:], strict=True) if n}
            parts.append((Cell(*row[:5]), counts))
    return merged(parts)


async def begin_counting(
    session: AsyncSession, sources: Sequence[Source], county_id: str
) -> ReportProgress | None:
    """The county's progress, begun at the day of the first thing there is; ``None``: nothing yet."""
    progress = await session.get(ReportProgress, county_id)
    if progress is not None:
        return progress
    found = [await session.scalar(source.earliest(county_id)) for source in sources]
    moments = [at_ms for at_ms in found if at_ms is not None]
    if not moments:
        return None
    day_ms = day_start_ms(min(moments))
    begun = insert_for(session, ReportProgress).values(
        county_id=county_id, begun_ms=day_ms, counted_to_ms=day_ms
    )
    await session.execute(begun.on_conflict_do_nothing())
    return await session.get_one(ReportProgress, county_id)


async def count_next_day(session: AsyncSession, sources: Sequence[Source], county_id: str) -> bool:
    """Counts the first day that is over and not counted; ``False``: there is none, or another node
    is at it."""
    progress = await begin_counting(session, sources, county_id)
    if progress is None:
        return False
    day_ms = progress.counted_to_ms
    if await read_clock(session) < day_ms + DAY_MS + SETTLE_MS:
        return False
    taken = await session.execute(
        update(ReportProgress)
        .where(ReportProgress.county_id == county_id, ReportProgress.counted_to_ms == day_ms)
        .values(counted_to_ms=day_ms + DAY_MS)
        .returning(ReportProgress.county_id)
        .execution_options(synchronize_session=False)
    )
    if taken.scalar_one_or_none() is None:
        return False
    cells = await count_span(session, sources, county_id, day_ms, day_ms + DAY_MS)
    await _keep(session, county_id, cells)
    return True


async def _keep(session: AsyncSession, county_id: str, cells: Cells) -> None:
    hours: dict[tuple[_Line, int], Counts] = defaultdict(dict)
    for cell, counts in cells.items():
        for grain in ReportGrain:
            add_up(hours[_place(grain, cell)], counts)
    if not hours:
        return
    ids = await _line_ids(session, county_id, sorted({line for line, _ in hours}))
    rows = [
        {"line_id": ids[line], "hour_ms": hour_ms}
        | {name: counts.get(name, 0) for name in COUNTERS}
        for (line, hour_ms), counts in hours.items()
    ]
    await session.execute(insert(ReportHour), rows)


def _place(grain: ReportGrain, cell: Cell) -> tuple[_Line, int]:
    """Where in a grain a cell is added up; grains without hours keep the day."""
    by_hour, *told = _ABOUT[grain]
    day_ms = cell.hour_ms - (cell.hour_ms + COUNTY_OFFSET_MS) % DAY_MS
    organisation, window, item, agent = (
        value if shown else NONE for value, shown in zip(cell[1:], told, strict=True)
    )
    line = (grain.value, organisation, window, item, agent)
    return line, cell.hour_ms if by_hour else day_ms


async def _line_ids(
    session: AsyncSession, county_id: str, lines: Sequence[_Line]
) -> Mapping[_Line, int]:
    """New lines are made; the update that changes nothing has those that are there returned, too."""
    about = ("grain", "home_organisation_id", "window_id", "item_id", "agent_staff_id")
    new = insert_for(session, ReportLine)
    kept = new.on_conflict_do_update(
        index_elements=["county_id", *about], set_={"grain": new.excluded.grain}
    )
    columns = [ReportLine.id, *(getattr(ReportLine, name) for name in about)]
    rows = [{"county_id": county_id, **dict(zip(about, line, strict=True))} for line in lines]
    found = await session.execute(kept.returning(*columns), rows)
    return {(row[1], row[2], row[3], row[4], row[5]): row[0] for row in found}
