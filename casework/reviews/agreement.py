"""How often the two lines agree: by home organisation and by helper."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Organisation, Review, ReviewVerdict, StaffMember
from casework.vocabulary import ReviewState, Verdict


@dataclass(frozen=True, slots=True)
class Agreement:
    id: str
    name: str
    name_en: str
    compared: int
    agreed: int
    waiting: int
    """For the chief."""
    resolved: int
    flawed: int
    """Where the verdict that counts is not "proper"."""


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.sum(case((condition, 1), else_=0)), Integer)


async def agreement(
    session: AsyncSession, person: SignedIn, from_ms: int, to_ms: int
) -> tuple[Sequence[Agreement], Sequence[Agreement]]:
    """Of what the person supervises, compared in ``[from_ms, to_ms)``: by unit, by helper."""
    by_unit = await _by(session, person, from_ms, to_ms, Review.home_organisation_id, Organisation)
    by_helper = await _by(session, person, from_ms, to_ms, Review.helper_staff_id, StaffMember)
    return by_unit, by_helper


async def _by(
    session: AsyncSession,
    person: SignedIn,
    from_ms: int,
    to_ms: int,
    column: InstrumentedAttribute[str],
    named: type[Organisation] | type[StaffMember],
) -> Sequence[Agreement]:
    agreed = Review.state == ReviewState.AGREED
    found_by_both = and_(agreed, ReviewVerdict.verdict != Verdict.PROPER)
    decided = and_(Review.state == ReviewState.RESOLVED, Review.decision != Verdict.PROPER)
    query = (
        select(
            column.label("id"),
            named.name,
            named.name_en,
            func.count().label("compared"),
            _count(agreed).label("agreed"),
            _count(Review.state == ReviewState.DISAGREED).label("waiting"),
            _count(Review.state == ReviewState.RESOLVED).label("resolved"),
            _count(found_by_both | decided).label("flawed"),
        )
        # One of the two: where they agree, both say the same.
        .join(
            ReviewVerdict, and_(ReviewVerdict.review_id == Review.id, ReviewVerdict.line == "home")
        )
        .join(named, named.id == column)
        .where(
            may_supervise(person, Review.county_id, Review.home_organisation_id),
            Review.compared_ms >= from_ms,
            Review.compared_ms < to_ms,
        )
        .group_by(column, named.name, named.name_en)
        .order_by(func.count().desc(), named.name)
    )
    rows = await session.execute(query)
    return [
        Agreement(r.id, r.name, r.name_en, r.compared, r.agreed, r.waiting, r.resolved, r.flawed)
        for r in rows
    ]
