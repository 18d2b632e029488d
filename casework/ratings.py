"""好差评: the resident rates with a token that only the resident's own screen was given."""

import hashlib
import secrets

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.database import insert_for, new_id, now_ms
from casework.errors import Conflict, Expired, NotFound
from casework.reviews.follow_ups import open_follow_up
from casework.tables import Case, Rating
from casework.vocabulary import RatingGrade

POOR = frozenset({RatingGrade.DISSATISFIED, RatingGrade.VERY_DISSATISFIED})
TOKEN_BYTES = 32
VALID_MS = 15 * 60_000


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def ask_for_rating(session: AsyncSession, case: Case, call_id: str) -> str | None:
    """The one-time token for the resident's screen, valid a quarter of an hour.

    ``None`` when this call has been asked about already: a call is rated once.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = Rating
    new = insert_for(session, row).values(
        id=new_id(),
        county_id=case.county_id,
        call_id=call_id,
        case_id=case.id,
        token_hash=_hash(token),
        token_expires_ms=now_ms() + VALID_MS,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
    )
    kept = await session.execute(
        new.on_conflict_do_nothing(index_elements=[row.call_id]).returning(row.id)
    )
    return token if kept.scalar_one_or_none() is not None else None


async def give_rating(session: AsyncSession, token: str, grade: RatingGrade) -> Rating:
    """Uses the token up; a poor grade opens a follow-up in the same transaction.

    :raises NotFound: there is no such token.
    :raises Expired: it is too old.
    :raises Conflict: it was used.
    """
    row = Rating
    rating = await session.scalar(select(row).where(row.token_hash == _hash(token)))
    if rating is None:
        raise NotFound("rating.not_found")
    used = await session.execute(
        update(row)
        .where(row.id == rating.id, row.grade.is_(None), row.token_expires_ms > now_ms())
        .values(grade=grade, rated_ms=now_ms())
        .returning(row.id)
    )
    if used.scalar_one_or_none() is None:
        await session.refresh(rating)
        raise Conflict("rating.given") if rating.grade else Expired("rating.expired")
    case = await session.get_one(Case, rating.case_id)
    body = {"grade": grade}
    add_event(session, case, "rating.given", actor_staff_id=None, call_id=rating.call_id, body=body)
    if grade in POOR:
        await open_follow_up(session, rating)
    await session.flush()
    return rating
