"""Each node's watch over reviews, draws, follow-ups and reports: what is due is done.

Like the dispatcher it holds no state: each step finds its candidates in a cheap read and moves each
in a transaction of its own that judges again, so any number of nodes may do the same side by side.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database
from casework.errors import ShipinbanError
from casework.reviews import could_not_desk, follow_ups, periods
from casework.reviews.assignment import assign, cannot_go_on, reassign
from casework.reviews.reviews import cases_to_review, open_review, reasons_of
from casework.tables import Case, Review, ReviewVerdict, StaffMember
from casework.vocabulary import AccountableLine, ReviewState
from casework.watching import keep_looking
from signaling.calls_of_cases import CALLS

_log = structlog.get_logger(__name__)

STEP_LIMIT = 50
"""Most rows that one step moves in one pass."""
TIMEOUT_S = 60.0
NOBODY = "the reviewer left, or supervises no more"


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    find: Callable[[AsyncSession, int], Awaitable[list[str]]]
    move: Callable[[AsyncSession, str], Awaitable[bool]]
    """Whether there was anything to move."""


async def _cases(session: AsyncSession, limit: int) -> list[str]:
    return list(await session.scalars(cases_to_review(limit)))


async def _review(session: AsyncSession, case_id: str) -> bool:
    locked = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    case = (await session.execute(locked)).scalar_one()
    reasons = await reasons_of(session, case_id)
    if not reasons:
        return False
    return await open_review(session, CALLS, case, reasons) is not None


async def _without_reviewer(session: AsyncSession, limit: int) -> list[str]:
    rows = await session.scalars(
        select(ReviewVerdict.id)
        .join(Review, Review.id == ReviewVerdict.review_id)
        .where(Review.state == ReviewState.OPEN, ReviewVerdict.reviewer_staff_id.is_(None))
        .order_by(Review.opened_ms)
        .limit(limit)
    )
    return list(rows)


async def _assign(session: AsyncSession, verdict_id: str) -> bool:
    verdict = await session.get_one(ReviewVerdict, verdict_id)
    review = await session.get_one(Review, verdict.review_id)
    line = AccountableLine(verdict.line)
    return await assign(session, CALLS, review, line) is not None


async def _abandoned(session: AsyncSession, limit: int) -> list[str]:
    rows = await session.scalars(
        select(ReviewVerdict.id)
        .join(Review, Review.id == ReviewVerdict.review_id)
        .join(StaffMember, StaffMember.id == ReviewVerdict.reviewer_staff_id)
        .where(
            Review.state == ReviewState.OPEN, ReviewVerdict.submitted_ms.is_(None), cannot_go_on()
        )
        .limit(limit)
    )
    return list(rows)


async def _pass_on(session: AsyncSession, verdict_id: str) -> bool:
    verdict = await session.get_one(ReviewVerdict, verdict_id)
    if verdict.reviewer_staff_id is None:
        return False
    await reassign(session, CALLS, verdict, NOBODY)
    return True


class ReviewWatch:
    def __init__(
        self, database: Database, tree_at: periods.TreeAt, *, interval_s: float = 20.0
    ) -> None:
        self._database = database
        self._tree_at = tree_at
        self._interval_s = interval_s
        self.steps: Sequence[Step] = (
            Step("draw.opened", periods.heads_without_draw, periods.open_draw),
            Step("draw.closed", periods.draws_over, self._close),
            Step("draw.drawn", periods.draws_to_draw, self._draw),
            Step("review.opened", _cases, _review),
            Step("review.passed_on", _abandoned, _pass_on),
            Step("review.assigned", _without_reviewer, _assign),
            Step("follow_up.overdue", follow_ups.follow_ups_overdue, follow_ups.tell_chief),
            Step("report.escalated", could_not_desk.reports_past_level, could_not_desk.escalate),
            Step("report.owned", could_not_desk.reports_unowned, could_not_desk.give_report_owner),
        )

    async def run(self) -> None:
        """Until cancelled."""
        await keep_looking(self.look, self._interval_s, "review_watch.failed")

    async def look(self) -> None:
        """One pass over all steps."""
        for step in self.steps:
            async with asyncio.timeout(TIMEOUT_S):
                await self._take(step)

    async def _take(self, step: Step) -> None:
        async with self._database.reading() as session:
            found = await step.find(session, STEP_LIMIT)
        moves = 0
        for one in found:
            moves += await self._move(step, one)
        if moves:
            _log.info("review_watch.moved", step=step.name, moves=moves)

    async def _move(self, step: Step, one: str) -> bool:
        try:
            async with self._database.transaction() as session:
                return await step.move(session, one)
        except ShipinbanError as error:
            # Somebody else moved one of the rows between this step's look and its change.
            _log.debug("review_watch.overtaken", step=step.name, code=error.code)
            return False

    async def _close(self, session: AsyncSession, draw_id: str) -> bool:
        return await periods.close_period(session, CALLS, self._tree_at, draw_id)

    async def _draw(self, session: AsyncSession, draw_id: str) -> bool:
        return await periods.draw_now(session, CALLS, draw_id)
