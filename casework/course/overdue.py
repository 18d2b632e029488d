"""The overdue watch: marks what its day has passed, and tells.

Every node runs it. It holds no state: each step finds its candidates in a cheap read and moves each
in a transaction of its own that judges again, so any number of watches do the same work side by
side, and whoever comes second finds nothing to do.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import structlog
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.course.calendar import alarms, load_calendar
from casework.course.deadlines import day_of
from casework.course.moving import Moving, move_case
from casework.course.transitions import ENDED
from casework.database import Database, now_ms, read_clock
from casework.tables import Case, County
from casework.vocabulary import CaseMove, CaseState
from casework.watching import keep_looking

_log = structlog.get_logger(__name__)

INTERVAL_S = 60.0
LIMIT = 200
"""Most cases that one pass marks."""
_STOPPED = (*ENDED, CaseState.SUSPENDED, CaseState.DONE, CaseState.REFUSED, CaseState.APPEALED)

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
Tell = Callable[[AsyncSession, Case], None]
"""Notes, in the transaction, whom the mark concerns."""


def is_overdue() -> ColumnElement[bool]:
    """The promised days are over and the case is still in the office's hands."""
    return and_(Case.due_ms < now_ms(), Case.state.not_in(_STOPPED))


class OverdueWatch:
    """:param transaction: opens one; the caller's may wake those who were told."""

    def __init__(self, database: Database, transaction: Transaction, tell: Tell) -> None:
        self._database = database
        self._transaction = transaction
        self._tell = tell

    async def run(self) -> None:
        """Until cancelled."""
        await keep_looking(self.look, INTERVAL_S, "overdue.not_watched")

    async def look(self) -> int:
        """One pass; how many cases it marked."""
        marked = 0
        for find, mark in ((_materials_missed, _miss_materials), (_newly_overdue, _mark)):
            marked += await self._pass(find, mark)
        await self._warn()
        return marked

    async def _pass(
        self,
        find: ColumnElement[bool],
        mark: Callable[[AsyncSession, str], Awaitable[Case | None]],
    ) -> int:
        async with self._database.reading() as session:
            query = select(Case.id).where(find).order_by(Case.id).limit(LIMIT)
            ids = (await session.scalars(query)).all()
        marked = 0
        for case_id in ids:
            async with self._transaction() as session:
                case = await mark(session, case_id)
                if case is not None:
                    self._tell(session, case)
                    marked += 1
                    _log.info("case.overdue", case=case.number, state=case.state)
        return marked

    async def _warn(self) -> None:
        async with self._database.reading() as session:
            today = day_of(await read_clock(session))
            for county_id in (await session.scalars(select(County.id))).all():
                for year, known in alarms(await load_calendar(session, county_id), today).items():
                    _log.warning("calendar.wanting", year=year, known=known.value)


_materials_missed = and_(
    Case.state == CaseState.ACCEPTED_TO_FOLLOW, Case.materials_due_ms < now_ms()
)
_newly_overdue = and_(is_overdue(), Case.overdue_ms.is_(None))


async def _again(session: AsyncSession, case_id: str, still: ColumnElement[bool]) -> Case | None:
    """The case, locked, if it still is what it was found as."""
    query = select(Case).where(Case.id == case_id, still).with_for_update(key_share=True)
    return await session.scalar(query)


async def _miss_materials(session: AsyncSession, case_id: str) -> Case | None:
    case = await _again(session, case_id, _materials_missed)
    if case is not None:
        await move_case(session, Moving(case=case, move=CaseMove.MISS_MATERIALS, actor=None))
    return case


async def _mark(session: AsyncSession, case_id: str) -> Case | None:
    case = await _again(session, case_id, _newly_overdue)
    if case is None:
        return None
    await session.execute(
        update(Case)
        .where(Case.id == case.id, Case.overdue_ms.is_(None))
        .values(overdue_ms=now_ms())
        .execution_options(synchronize_session=False)
    )
    add_event(session, case, "case.overdue", actor_staff_id=None, body={"due_ms": case.due_ms})
    await session.flush()
    return case
