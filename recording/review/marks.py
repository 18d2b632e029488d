"""Marks and comments at a position of a recording.

A mark is an opinion. While a review by both lines of a case of the call is open, neither line sees
the other's marks, and who took part in the case sees nobody's but their own; the journal holds a
commitment to a mark, and neither its words nor its position.
"""

from collections.abc import Sequence
from typing import NamedTuple

import rfc8785
from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.database import new_id, now_ms
from casework.errors import Conflict, Invalid, NotFound
from casework.journal.acts import Act, add_entry
from casework.journal.commitments import commit
from casework.participants import took_part_in
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Review, StaffMember
from casework.vocabulary import ReviewState
from recording.keeping.holds import line_of
from recording.review.tables import RecordingMark
from recording.tables import Recording
from recording.viewing import opened_recording
from signaling.calls_of_cases import CALLS
from signaling.tables import CallCase

MOST = 500
"""Marks of one recording."""


class AuthoredMark(NamedTuple):
    mark: RecordingMark
    author_name: str
    author_name_en: str


def blind(call_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a review of a case of the call still lacks a verdict."""
    return exists().where(
        CallCase.call_id == call_id,
        Review.case_id == CallCase.case_id,
        Review.state == ReviewState.OPEN,
    )


def visible(person: SignedIn) -> ColumnElement[bool]:
    """SQL on :class:`RecordingMark`."""
    row = RecordingMark
    took_part = exists().where(
        CallCase.call_id == row.call_id, took_part_in(person.staff_id, CallCase.case_id, CALLS)
    )
    own_line = (row.line == line_of(person)) & ~took_part
    return may_supervise(person, row.county_id, row.home_organisation_id) & or_(
        row.author_staff_id == person.staff_id, own_line, ~blind(row.call_id)
    )


async def marks_of(
    session: AsyncSession, person: SignedIn, recording_id: str
) -> tuple[bool, Sequence[AuthoredMark]]:
    """Whether marks of others may be hidden, and those that are not, by position.

    Raises ``NotFound`` for what is absent or of another line.
    """
    found = await session.execute(
        select(Recording.id, blind(Recording.call_id).label("blind")).where(
            Recording.id == recording_id,
            may_supervise(person, Recording.county_id, Recording.home_organisation_id),
        )
    )
    recording = found.one_or_none()
    if recording is None:
        raise NotFound("recording.not_found")
    rows = await session.execute(
        select(RecordingMark, StaffMember.name, StaffMember.name_en)
        .join(StaffMember, StaffMember.id == RecordingMark.author_staff_id)
        .where(RecordingMark.recording_id == recording_id, visible(person))
        .order_by(RecordingMark.position_ms, RecordingMark.id)
        .limit(MOST)
    )
    return bool(recording.blind), [AuthoredMark(*row) for row in rows]


async def make_mark(
    session: AsyncSession, person: SignedIn, view_id: str, position_ms: int, text: str
) -> AuthoredMark:
    """Only who has opened the recording, with a reason, marks it.

    :raises NotFound: absent, of another line, or somebody else's view.
    :raises Expired: the view is old.
    :raises Invalid: behind the end.
    :raises Conflict: there are :data:`MOST` already.
    """
    recording = await opened_recording(session, person, view_id)
    if position_ms > (recording.duration_ms or 0):
        raise Invalid("mark.position")
    query = select(func.count()).where(RecordingMark.recording_id == recording.id)
    if (await session.scalar(query) or 0) >= MOST:
        raise Conflict("mark.too_many")
    mark_id = new_id()
    opening = commit(rfc8785.dumps([mark_id, position_ms, text]).decode())
    mark = RecordingMark(
        id=mark_id,
        county_id=recording.county_id,
        recording_id=recording.id,
        call_id=recording.call_id,
        position_ms=position_ms,
        text=text,
        line=line_of(person),
        author_staff_id=person.staff_id,
        home_organisation_id=recording.home_organisation_id,
        county_organisation_id=recording.county_organisation_id,
        salt=opening.salt,
        made_ms=now_ms(),
    )
    session.add(mark)
    await session.flush()
    await session.refresh(mark)
    await _tell(session, mark, "recording.marked", opening.commitment)
    author = await session.get_one(StaffMember, person.staff_id)
    return AuthoredMark(mark, author.name, author.name_en)


async def withdraw_mark(session: AsyncSession, person: SignedIn, mark_id: str) -> None:
    """By its author alone; the original stays.

    :raises NotFound: absent, or somebody else's.
    :raises Conflict: withdrawn already.
    """
    row = RecordingMark
    seen = may_supervise(person, row.county_id, row.home_organisation_id)
    mark = await session.scalar(
        select(row).where(row.id == mark_id, row.author_staff_id == person.staff_id, seen)
    )
    if mark is None:
        raise NotFound("mark.not_found")
    withdrawn = await session.scalar(
        update(row)
        .where(row.id == mark_id, row.withdrawn_ms.is_(None))
        .values(withdrawn_ms=now_ms())
        .returning(row.id)
    )
    if withdrawn is None:
        raise Conflict("mark.withdrawn")
    await _tell(session, mark, "recording.mark_withdrawn", None)


async def _tell(
    session: AsyncSession, mark: RecordingMark, what: str, commitment: str | None
) -> None:
    evidence = {"recording_id": mark.recording_id, "mark_id": mark.id, "line": mark.line}
    if commitment is not None:
        evidence["mark_sha256"] = commitment
    await add_entry(
        session,
        Act(
            what=what,
            county_id=mark.county_id,
            home_organisation_id=mark.home_organisation_id,
            county_organisation_id=mark.county_organisation_id,
            actor_staff_id=mark.author_staff_id,
            call_id=mark.call_id,
            evidence=evidence,
        ),
    )
