"""Where the lines disagree the chief county supervisor decides, with a reason; nobody else can."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.participants import Calls, who_took_part
from casework.reviews.acts import note_review
from casework.reviews.holds import lift
from casework.sign_in import SignedIn
from casework.tables import Review
from casework.vocabulary import HoldReason, ReviewState, Role, Verdict


async def resolve(
    session: AsyncSession,
    calls: Calls,
    person: SignedIn,
    review_id: str,
    decision: Verdict,
    reason: str,
) -> None:
    """Final. May be either line's verdict, or a third one.

    :raises Forbidden: not the chief; or the chief took part in the case.
    :raises Invalid: without a reason.
    :raises NotFound: no such review.
    :raises Conflict: there is no disagreement (any more).
    """
    if Role.CHIEF_COUNTY_SUPERVISOR not in person.roles:
        raise Forbidden("review.chief_only")
    if not reason.strip():
        raise Invalid("review.reason")
    review = await session.scalar(
        select(Review).where(Review.id == review_id, Review.county_id == person.county_id)
    )
    if review is None:
        raise NotFound("review.not_found")
    if person.staff_id in await who_took_part(session, calls, review.case_id):
        raise Forbidden("review.took_part")
    decided = await session.execute(
        update(Review)
        .where(Review.id == review_id, Review.state == ReviewState.DISAGREED)
        .values(
            state=ReviewState.RESOLVED,
            decision=decision,
            decision_reason=reason.strip(),
            decided_by_staff_id=person.staff_id,
            decided_ms=now_ms(),
        )
        .returning(Review.id)
    )
    if decided.scalar_one_or_none() is None:
        raise Conflict("review.no_disagreement")
    evidence = {"decision": str(decision), "differences": list(review.differences)}
    await note_review(session, review, "resolved", person.staff_id, evidence)
    await lift(session, HoldReason.REVIEW, review.id, person.staff_id)
