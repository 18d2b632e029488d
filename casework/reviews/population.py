"""Which cases a draw is over, and what makes each of them more likely."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.participants import NO_CALLS, Calls
from casework.ratings import POOR
from casework.reviews.draw import Lot
from casework.reviews.risk import CaseRisk, RiskFactor, chance_permille, factors
from casework.tables import (
    Case,
    CaseEvent,
    CouldNotReport,
    Organisation,
    Rating,
    Review,
    ReviewDraw,
    ReviewVerdict,
    StaffMember,
)
from casework.vocabulary import Relation, ReviewState, Verdict

LATELY_MS = 13 * 7 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Candidate:
    lot: Lot
    factors: tuple[RiskFactor, ...]


def _worked_on(draw: ReviewDraw) -> ColumnElement[bool]:
    """Something was done in the case during the period, more than opening it."""
    event = CaseEvent
    return exists().where(
        event.case_id == Case.id,
        event.at_ms >= draw.starts_ms,
        event.at_ms < draw.ends_ms,
        or_(
            event.outcome.is_not(None),
            and_(
                event.kind.startswith("case."),
                event.kind != "case.opened",
                event.actor_staff_id.is_not(None),
            ),
        ),
    )


def own_line(draw: ReviewDraw) -> ColumnElement[bool]:
    """Cases of the head of the line and of what is below it."""
    head = draw.home_organisation_id
    below = select(Organisation.id).where(
        or_(Organisation.id == head, Organisation.parent_id == head)
    )
    return Case.home_organisation_id.in_(below)


async def candidates(
    session: AsyncSession, calls: Calls, draw: ReviewDraw, sample_permille: int
) -> list[Candidate]:
    """The cases of the period that nobody has reviewed, in the order of their ids."""
    reviewed = exists().where(Review.case_id == Case.id)
    cases = (
        await session.scalars(
            select(Case)
            .where(Case.county_id == draw.county_id, own_line(draw), _worked_on(draw), ~reviewed)
            .order_by(Case.id)
        )
    ).all()
    risks = await _risks(session, calls, draw, cases)
    return [
        Candidate(
            Lot(case.id, chance_permille(sample_permille, found)),
            found,
        )
        for case, found in zip(cases, map(factors, risks), strict=True)
    ]


async def _risks(
    session: AsyncSession, calls: Calls, draw: ReviewDraw, cases: Sequence[Case]
) -> list[CaseRisk]:
    ids = [case.id for case in cases]
    helpers = {case.opened_by_staff_id for case in cases}
    facts = await calls.facts(session, ids)
    poor = set(
        await session.scalars(
            select(Rating.case_id).where(Rating.case_id.in_(ids), Rating.grade.in_(POOR))
        )
    )
    reported = set(
        await session.scalars(select(CouldNotReport.case_id).where(CouldNotReport.case_id.in_(ids)))
    )
    flawed = await _lately_flawed(session, draw, helpers)
    since = {
        row.id: row.created_ms
        for row in await session.execute(
            select(StaffMember.id, StaffMember.created_ms).where(StaffMember.id.in_(helpers))
        )
    }
    busy = Counter(case.opened_by_staff_id for case in cases)
    return [
        CaseRisk(
            poor_rating=case.id in poor,
            could_not=case.id in reported,
            lately_flawed=case.opened_by_staff_id in flawed,
            absent_subject=case.present_relation == Relation.HELPER,
            helper_since_ms=draw.ends_ms - since[case.opened_by_staff_id],
            helper_cases=busy[case.opened_by_staff_id],
            unrecorded=facts.get(case.id, NO_CALLS).unrecorded,
            link_lost=facts.get(case.id, NO_CALLS).link_lost,
        )
        for case in cases
    ]


async def _lately_flawed(
    session: AsyncSession, draw: ReviewDraw, helpers: set[str]
) -> frozenset[str]:
    agreed = and_(
        Review.state == ReviewState.AGREED,
        exists().where(
            ReviewVerdict.review_id == Review.id, ReviewVerdict.verdict != Verdict.PROPER
        ),
    )
    decided = and_(Review.state == ReviewState.RESOLVED, Review.decision != Verdict.PROPER)
    rows = await session.scalars(
        select(Review.helper_staff_id).where(
            Review.helper_staff_id.in_(helpers),
            Review.compared_ms >= draw.ends_ms - LATELY_MS,
            or_(agreed, decided),
        )
    )
    return frozenset(rows)
