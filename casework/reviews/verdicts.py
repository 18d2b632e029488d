"""Two verdicts, each given blind, and their comparison when the second comes in."""

import json
import secrets
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.errors import Conflict, NotFound
from casework.reviews.acts import note_review
from casework.reviews.holds import lift
from casework.reviews.sheets import Filled, check_filled, differences, lines_of
from casework.sign_in import SignedIn
from casework.tables import Review, ReviewRules, ReviewVerdict
from casework.vocabulary import HoldReason, ReviewState, Verdict


async def _own(session: AsyncSession, person: SignedIn, review_id: str) -> ReviewVerdict:
    """The person's part of the review, the review locked: two submissions take turns.

    :raises NotFound: absent, or not this person's to judge.
    :raises Conflict: it has been given.
    """
    await session.execute(select(Review.id).where(Review.id == review_id).with_for_update())
    found = await session.scalar(
        select(ReviewVerdict)
        .where(
            ReviewVerdict.review_id == review_id,
            ReviewVerdict.reviewer_staff_id == person.staff_id,
            ReviewVerdict.county_id == person.county_id,
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("review.not_found")
    if found.submitted_ms is not None:
        raise Conflict("review.given")
    return found


async def save_draft(
    session: AsyncSession,
    person: SignedIn,
    review_id: str,
    scores: dict[str, int | bool],
    verdict: Verdict | None,
    comment: str,
) -> None:
    """Keeps a half-filled sheet; only its reviewer ever sees it.

    :raises NotFound: absent, or not this person's to judge.
    :raises Conflict: the verdict has been given.
    """
    own = await _own(session, person, review_id)
    own.scores, own.verdict, own.comment = scores, verdict, comment
    await session.flush()
    await session.execute(
        update(ReviewVerdict).where(ReviewVerdict.id == own.id).values(saved_ms=now_ms())
    )


async def submit(
    session: AsyncSession, person: SignedIn, review_id: str, filled: Filled
) -> ReviewState:
    """Gives the verdict, for good. The second one compares both.

    :raises Invalid: the sheet is not filled in as it must be.
    :raises NotFound: absent, or not this person's to judge.
    :raises Conflict: it has been given.
    """
    own = await _own(session, person, review_id)
    review = await session.get_one(Review, review_id, populate_existing=True)
    rules = await session.get_one(ReviewRules, review.rules_id)
    points = check_filled(lines_of(rules), filled)
    row, nonce = ReviewVerdict, secrets.token_hex(16)
    given = await session.execute(
        update(row)
        .where(row.id == own.id, row.submitted_ms.is_(None))
        .values(
            scores=dict(filled.scores),
            verdict=filled.verdict,
            comment=filled.comment.strip(),
            points=points,
            nonce=nonce,
            submitted_ms=now_ms(),
        )
        .returning(row.id)
    )
    if given.scalar_one_or_none() is None:
        raise Conflict("review.given")
    await session.refresh(own)
    evidence = {"line": own.line, "verdict_sha256": verdict_sha256(own)}
    await note_review(session, review, "verdict_given", person.staff_id, evidence)
    return await _compare(session, review, rules)


def verdict_sha256(verdict: ReviewVerdict) -> str:
    """In the journal before the other verdict is in: it gives nothing away without the nonce."""
    told = json.dumps(
        [verdict.nonce, verdict.verdict, verdict.scores, verdict.comment],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return sha256(told.encode()).hexdigest()


async def _compare(session: AsyncSession, review: Review, rules: ReviewRules) -> ReviewState:
    rows = (
        await session.scalars(
            select(ReviewVerdict)
            .where(ReviewVerdict.review_id == review.id, ReviewVerdict.submitted_ms.is_not(None))
            .order_by(ReviewVerdict.line)
            .execution_options(populate_existing=True)
        )
    ).all()
    if len(rows) < 2:
        return ReviewState.OPEN
    one, other = (filled_of(row) for row in rows)
    apart = differences(lines_of(rules), one, other)
    state = ReviewState.DISAGREED if apart else ReviewState.AGREED
    moved = await session.execute(
        update(Review)
        .where(Review.id == review.id, Review.state == ReviewState.OPEN)
        .values(state=state, differences=apart, compared_ms=now_ms())
        .returning(Review.id)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict("review.state")
    evidence = {"state": str(state), "verdicts": [row.verdict for row in rows]}
    await note_review(session, review, "compared", None, evidence)
    if state is ReviewState.AGREED:
        await lift(session, HoldReason.REVIEW, review.id, None)
    return state


def filled_of(row: ReviewVerdict) -> Filled:
    """Of a verdict that has been given."""
    return Filled(row.scores, Verdict(row.verdict or ""), row.comment)
