"""Who reviews: one of each line, who took no part, the one with the least to do."""

import hashlib
from collections.abc import Collection

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms
from casework.errors import Conflict, Invalid, NotFound
from casework.participants import Calls, who_took_part
from casework.reviews.acts import note_review
from casework.sign_in import SignedIn
from casework.tables import (
    Organisation,
    Review,
    ReviewReassignment,
    ReviewVerdict,
    StaffMember,
    StaffRole,
)
from casework.vocabulary import AccountableLine, OrganisationKind, ReviewState, Role


def has_role(staff_id: SQLColumnExpression[str], role: Role) -> ColumnElement[bool]:
    return exists().where(
        StaffRole.staff_id == staff_id, StaffRole.role == role, StaffRole.revoked_ms.is_(None)
    )


async def may_review(
    session: AsyncSession, review: Review, line: AccountableLine
) -> ColumnElement[bool]:
    """SQL on :class:`StaffMember`: who reviews for the line, apart from who took part.

    The chief reviews nothing, so that every disagreement finds somebody who has not judged yet.
    """
    member = StaffMember
    if line is AccountableLine.COUNTY:
        return and_(
            member.organisation_id == review.county_organisation_id,
            has_role(member.id, Role.COUNTY_SUPERVISOR),
            ~has_role(member.id, Role.CHIEF_COUNTY_SUPERVISOR),
        )
    own = await session.get_one(Organisation, review.home_organisation_id)
    line_of_home = [own.id]
    if own.parent_id is not None:
        above = await session.get_one(Organisation, own.parent_id)
        if above.kind != OrganisationKind.COUNTY:
            line_of_home.append(above.id)
    return and_(member.organisation_id.in_(line_of_home), has_role(member.id, Role.HOME_SUPERVISOR))


async def pick(
    session: AsyncSession, review: Review, line: AccountableLine, excluded: Collection[str]
) -> str | None:
    """The eligible person with the fewest verdicts to give; among equals the lot decides."""
    member, verdict = StaffMember, ReviewVerdict
    waiting = (
        select(func.count(verdict.id))
        .join(Review, Review.id == verdict.review_id)
        .where(
            verdict.reviewer_staff_id == member.id,
            verdict.submitted_ms.is_(None),
            Review.state == ReviewState.OPEN,
        )
        .scalar_subquery()
    )
    rows = await session.execute(
        select(member.id, waiting.label("waiting")).where(
            member.county_id == review.county_id,
            member.active,
            member.id.not_in(excluded),
            await may_review(session, review, line),
        )
    )
    found = [(row.waiting, _lot(review.id, row.id), row.id) for row in rows]
    return min(found)[2] if found else None


def _lot(review_id: str, staff_id: str) -> bytes:
    return hashlib.sha256(f"{review_id} {staff_id}".encode()).digest()


async def _excluded(
    session: AsyncSession, calls: Calls, review: Review, line: AccountableLine
) -> frozenset[str]:
    """Who took part, who stepped back before, and who judges for the other line."""
    stepped_back = await session.scalars(
        select(ReviewReassignment.from_staff_id).where(ReviewReassignment.review_id == review.id)
    )
    other = await session.scalars(
        select(ReviewVerdict.reviewer_staff_id).where(
            ReviewVerdict.review_id == review.id,
            ReviewVerdict.line != line,
            ReviewVerdict.reviewer_staff_id.is_not(None),
        )
    )
    ids = await who_took_part(session, calls, review.case_id)
    return ids | frozenset(stepped_back) | frozenset(one for one in other if one is not None)


async def assign(
    session: AsyncSession, calls: Calls, review: Review, line: AccountableLine
) -> str | None:
    """Gives the line's verdict to somebody; ``None`` when the line has nobody for it."""
    excluded = await _excluded(session, calls, review, line)
    reviewer = await pick(session, review, line, excluded)
    if reviewer is None:
        return None
    row = ReviewVerdict
    given = await session.execute(
        update(row)
        .where(
            row.review_id == review.id,
            row.line == line,
            row.reviewer_staff_id.is_(None),
            row.submitted_ms.is_(None),
        )
        .values(reviewer_staff_id=reviewer, assigned_ms=now_ms())
        .returning(row.id)
    )
    if given.scalar_one_or_none() is None:
        return None
    evidence = {"line": str(line), "reviewer_staff_id": reviewer}
    await note_review(session, review, "assigned", None, evidence)
    return reviewer


async def reassign(
    session: AsyncSession, calls: Calls, verdict: ReviewVerdict, reason: str
) -> str | None:
    """Takes the review from its reviewer, for good, and gives it to the next.

    :raises Conflict: the verdict was given in between.
    """
    review = await session.get_one(Review, verdict.review_id)
    row, before = ReviewVerdict, verdict.reviewer_staff_id
    freed = await session.execute(
        update(row)
        .where(
            row.id == verdict.id,
            row.reviewer_staff_id == before,
            row.submitted_ms.is_(None),
        )
        .values(
            reviewer_staff_id=None,
            assigned_ms=None,
            scores={},
            verdict=None,
            comment="",
            saved_ms=None,
        )
        .returning(row.id)
    )
    if before is None or freed.scalar_one_or_none() is None:
        raise Conflict("review.given")
    stepped = ReviewReassignment(
        id=new_id(),
        county_id=review.county_id,
        review_id=review.id,
        line=verdict.line,
        from_staff_id=before,
        reason=reason,
        at_ms=now_ms(),
    )
    session.add(stepped)
    await session.flush()
    evidence = {"line": verdict.line, "reviewer_staff_id": before}
    await note_review(session, review, "stepped_back", before, evidence)
    stepped.to_staff_id = await assign(session, calls, review, AccountableLine(verdict.line))
    await session.flush()
    return stepped.to_staff_id


async def step_back(
    session: AsyncSession, calls: Calls, person: SignedIn, review_id: str, reason: str
) -> None:
    """A reviewer names a conflict of interest (回避).

    :raises Invalid: without a reason.
    :raises NotFound: not this person's review, or there is none.
    :raises Conflict: the verdict has been given.
    """
    if not reason.strip():
        raise Invalid("review.reason")
    verdict = await session.scalar(
        select(ReviewVerdict).where(
            ReviewVerdict.review_id == review_id,
            ReviewVerdict.reviewer_staff_id == person.staff_id,
            ReviewVerdict.county_id == person.county_id,
        )
    )
    if verdict is None:
        raise NotFound("review.not_found")
    await reassign(session, calls, verdict, reason.strip())


def cannot_go_on() -> ColumnElement[bool]:
    """SQL on :class:`ReviewVerdict` joined to its reviewer: left, or no supervisor any more."""
    member, verdict = StaffMember, ReviewVerdict
    supervises = or_(
        and_(verdict.line == AccountableLine.HOME, has_role(member.id, Role.HOME_SUPERVISOR)),
        and_(
            verdict.line == AccountableLine.COUNTY,
            has_role(member.id, Role.COUNTY_SUPERVISOR),
            ~has_role(member.id, Role.CHIEF_COUNTY_SUPERVISOR),
        ),
    )
    return or_(~member.active, ~supervises)
