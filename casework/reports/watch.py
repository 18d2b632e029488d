"""Counts the days that are over, a bounded number at a time. Every node runs it; a day is counted
once, since it is taken by a conditional update in the transaction that counts it."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from sqlalchemy import select

from casework.database import Database
from casework.reports.rollup import count_next_day
from casework.reports.sources import Source
from casework.tables import County
from casework.watching import keep_looking

_log = structlog.get_logger(__name__)

INTERVAL_S = 60.0
PASS_S = 20.0
"""For so long one pass goes on with days that are behind, then it rests."""
REST_S = 0.05
"""Between two days: SQLite has one writer, and a call's transaction may be waiting."""
TIMEOUT_S = 60.0


class FigureWatch:
    def __init__(self, database: Database, sources: Sequence[Source]) -> None:
        self._database = database
        self._sources = sources

    async def run(self) -> None:
        """Until cancelled. A failed pass is tried again at the next turn."""
        await keep_looking(self.look, INTERVAL_S, "figures.not_counted")

    async def look(self) -> int:
        """One pass; how many days it counted."""
        async with self._database.reading() as session:
            counties = (await session.scalars(select(County.id))).all()
        until_s = time.monotonic() + PASS_S
        days = 0
        for county_id in counties:
            while time.monotonic() < until_s and await self._next_day(county_id):
                days += 1
                await asyncio.sleep(REST_S)
        if days:
            _log.info("figures.counted", days=days)
        return days

    async def _next_day(self, county_id: str) -> bool:
        async with asyncio.timeout(TIMEOUT_S), self._database.transaction() as session:
            return await count_next_day(session, self._sources, county_id)
