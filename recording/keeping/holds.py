"""Holds: what is needed as evidence is not let go, however old it is.

Either line of dual management places a hold on a call that it sees; both see it; the line that
placed it lifts it. Holds for poor ratings, could-not reports and reviews are rows of their own
(:class:`casework.tables.EvidenceHold`) and count as well.
"""

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms
from casework.errors import Conflict, Forbidden, NotFound
from casework.journal.acts import Act, add_entry
from casework.policy import COUNTY_LINE, may_supervise
from casework.reviews.holds import is_held as evidence_is_held
from casework.sign_in import SignedIn
from casework.vocabulary import AccountableLine
from recording.keeping.tables import RecordingHold
from recording.tables import Recording
from signaling.tables import Call


def is_held() -> ColumnElement[bool]:
    """Of a row of ``recordings``."""
    return or_(
        exists().where(
            RecordingHold.call_id == Recording.call_id, RecordingHold.lifted_ms.is_(None)
        ),
        evidence_is_held(Recording.call_id),
    )


def line_of(person: SignedIn) -> AccountableLine:
    return AccountableLine.COUNTY if person.roles & COUNTY_LINE else AccountableLine.HOME


async def place_hold(
    session: AsyncSession, person: SignedIn, call_id: str, reason: str
) -> RecordingHold:
    """:raises NotFound: absent, or of another line.
    :raises Conflict: there is nothing left to hold.
    """
    call = await session.scalar(
        select(Call).where(
            Call.id == call_id, may_supervise(person, Call.county_id, Call.home_organisation_id)
        )
    )
    if call is None:
        raise NotFound("call.not_found")
    # Locked, so that an expiry under way is over before, or sees the hold after.
    keys = await session.scalars(
        select(Recording.wrapped_key).where(Recording.call_id == call_id).with_for_update()
    )
    if all(key is None for key in keys):
        raise Conflict("recording.expired")
    hold = RecordingHold(
        id=new_id(),
        county_id=call.county_id,
        call_id=call.id,
        line=line_of(person),
        reason=reason,
        placed_by_staff_id=person.staff_id,
        placed_ms=now_ms(),
        home_organisation_id=call.home_organisation_id,
        county_organisation_id=call.county_organisation_id,
    )
    session.add(hold)
    await session.flush()
    await session.refresh(hold)
    await _tell(session, person, hold, "hold.placed", reason)
    return hold


async def lift_hold(session: AsyncSession, person: SignedIn, hold_id: str, reason: str) -> None:
    """:raises NotFound: absent, or of another line's call.
    :raises Forbidden: the other line placed it.
    :raises Conflict: lifted already.
    """
    row = RecordingHold
    seen = may_supervise(person, row.county_id, row.home_organisation_id)
    hold = await session.scalar(select(row).where(row.id == hold_id, seen))
    if hold is None:
        raise NotFound("hold.not_found")
    if hold.line != line_of(person):
        raise Forbidden("hold.other_line")
    lifted = await session.scalar(
        update(row)
        .where(row.id == hold_id, row.lifted_ms.is_(None))
        .values(lifted_ms=now_ms(), lifted_by_staff_id=person.staff_id, lift_reason=reason)
        .returning(row.id)
    )
    if lifted is None:
        raise Conflict("hold.lifted")
    await _tell(session, person, hold, "hold.lifted", reason)


async def _tell(
    session: AsyncSession, person: SignedIn, hold: RecordingHold, what: str, reason: str
) -> None:
    await add_entry(
        session,
        Act(
            what=what,
            county_id=hold.county_id,
            home_organisation_id=hold.home_organisation_id,
            county_organisation_id=hold.county_organisation_id,
            actor_staff_id=person.staff_id,
            call_id=hold.call_id,
            evidence={"hold_id": hold.id, "line": hold.line},
            personal={"reason": reason},
        ),
    )
