"""Opening reviews: of every refusal and every delegated case at once, of the rest by lot."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, new_id, read_clock
from casework.participants import NO_CALLS, Calls
from casework.reviews.acts import note_review
from casework.reviews.assignment import assign
from casework.reviews.holds import Source, hold
from casework.reviews.sheets import current_rules
from casework.tables import Case, CaseEvent, Review, ReviewVerdict
from casework.vocabulary import (
    AccountableLine,
    CaseMode,
    CaseState,
    HoldReason,
    ReviewReason,
    ReviewState,
)

DAY_MS = 24 * 3_600_000
REFUSED = (CaseState.REFUSED, CaseState.APPEALED, CaseState.UPHELD)
"""A case in one of these was refused at some time."""
HANDLED = (
    *REFUSED,
    CaseState.ACCEPTED,
    CaseState.ACCEPTED_TO_FOLLOW,
    CaseState.MATERIALS_OVERDUE,
    CaseState.DONE,
    CaseState.HANDED_OVER,
    CaseState.CLOSED,
    CaseState.WITHDRAWN,
)
"""What was to be done at the window has been done: the handling can be looked at."""
REFUSAL_EVENT = "case.refused"


def _refused() -> ColumnElement[bool]:
    """A refusal that no review has been opened for since."""
    event = CaseEvent
    since = exists().where(Review.case_id == event.case_id, Review.opened_ms >= event.at_ms)
    refusal = exists().where(event.case_id == Case.id, event.kind == REFUSAL_EVENT, ~since)
    never = ~exists().where(Review.case_id == Case.id)
    return or_(refusal, and_(Case.state.in_(REFUSED), never))


def _delegated() -> ColumnElement[bool]:
    return and_(
        Case.mode == CaseMode.DELEGATED,
        Case.state.in_(HANDLED),
        ~exists().where(Review.case_id == Case.id),
    )


def cases_to_review(limit: int) -> Select[Any]:
    """Ids of cases that are reviewed without a lot and have no open review."""
    being_reviewed = exists().where(
        Review.case_id == Case.id, Review.state.in_((ReviewState.OPEN, ReviewState.DISAGREED))
    )
    return (
        select(Case.id)
        .where(or_(_refused(), _delegated()), ~being_reviewed)
        .order_by(Case.changed_ms)
        .limit(limit)
    )


async def reasons_of(session: AsyncSession, case_id: str) -> list[ReviewReason]:
    """Why the case is reviewed without a lot; empty when there is no cause (any more)."""
    row = (
        await session.execute(
            select(_refused().label("refused"), _delegated().label("delegated"), Case.mode).where(
                Case.id == case_id
            )
        )
    ).one()
    if not row.refused and not row.delegated:
        return []
    found = [ReviewReason.REFUSAL] if row.refused else []
    return found + ([ReviewReason.DELEGATED] if row.mode == CaseMode.DELEGATED else [])


async def open_review(
    session: AsyncSession,
    calls: Calls,
    case: Case,
    reasons: Sequence[ReviewReason],
    draw_id: str | None = None,
) -> Review | None:
    """Opens a review, gives it to one of each line, and holds the evidence.

    ``None`` when the case is being reviewed already: one at a time, whichever node came first.
    """
    rules = await current_rules(session, case.county_id)
    facts = (await calls.facts(session, [case.id])).get(case.id, NO_CALLS)
    clock = await read_clock(session)
    opened = await session.execute(
        insert_for(session, Review)
        .values(
            id=new_id(),
            county_id=case.county_id,
            case_id=case.id,
            call_id=facts.latest_call_id,
            helper_staff_id=case.opened_by_staff_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            rules_id=rules.id,
            draw_id=draw_id,
            reasons=[str(reason) for reason in reasons],
            state=ReviewState.OPEN,
            due_ms=clock + rules.due_days * DAY_MS,
            opened_ms=clock,
            differences=[],
            decision_reason="",
        )
        .on_conflict_do_nothing()
        .returning(Review.id)
    )
    review_id = opened.scalar_one_or_none()
    if review_id is None:
        return None
    review = await session.get_one(Review, review_id)
    await _prepare(session, calls, review)
    return review


async def _prepare(session: AsyncSession, calls: Calls, review: Review) -> None:
    for line in AccountableLine:
        session.add(
            ReviewVerdict(
                id=new_id(),
                county_id=review.county_id,
                review_id=review.id,
                line=line,
                scores={},
            )
        )
    await session.flush()
    evidence = {"reasons": list(review.reasons), "draw_id": review.draw_id}
    await note_review(session, review, "opened", None, evidence)
    if review.call_id is not None:
        source = Source(
            HoldReason.REVIEW, review.id, review.county_id,
            review.home_organisation_id, review.county_organisation_id,
        )  # fmt: skip
        await hold(session, review.call_id, source)
    for line in AccountableLine:
        await assign(session, calls, review, line)
