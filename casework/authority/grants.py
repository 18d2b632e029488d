"""Grants (授权): both lines sign; either suspends or revokes at once; only the suspender lifts."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.appointments import find_appointment
from casework.authority.lines import demand_reason, line_of, write_down
from casework.database import insert_for, new_id, now_ms, read_clock
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Grant, GrantSuspension, ItemSet, ServiceItem
from casework.vocabulary import AccountableLine, AppointmentState, GrantState


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDraft:
    appointment_id: str
    item_code: str | None
    item_set_id: str | None
    from_ms: int
    until_ms: int
    document_number: str


async def propose_grant(session: AsyncSession, person: SignedIn, draft: GrantDraft) -> Grant:
    """Drafted by either line, whose signature this is; it holds when the other has signed, too.

    :raises Invalid: no such span, document, item or set.
    :raises Conflict: the appointment is not in force.
    """
    appointment = await find_appointment(session, person, draft.appointment_id)
    if appointment.state != AppointmentState.APPOINTED:
        raise Conflict("grant.not_appointed")
    await _check(session, person, draft)
    grant = Grant(
        id=new_id(),
        county_id=appointment.county_id,
        appointment_id=appointment.id,
        staff_id=appointment.staff_id,
        window_id=appointment.window_id,
        item_code=draft.item_code,
        item_set_id=draft.item_set_id,
        from_ms=draft.from_ms,
        until_ms=draft.until_ms,
        document_number=" ".join(draft.document_number.split()),
        state=GrantState.PROPOSED,
        home_organisation_id=appointment.home_organisation_id,
        county_organisation_id=appointment.county_organisation_id,
        created_ms=now_ms(),
        reason="",
    )
    session.add(grant)
    await session.flush()
    await _write(session, grant, "grant.proposed", person)
    return await sign_grant(session, person, grant.id)


async def _check(session: AsyncSession, person: SignedIn, draft: GrantDraft) -> None:
    if draft.from_ms >= draft.until_ms or draft.until_ms <= await read_clock(session):
        raise Invalid("grant.span")
    if not draft.document_number.strip():
        raise Invalid("grant.document")
    if (draft.item_code is None) == (draft.item_set_id is None):
        raise Invalid("grant.item")
    if draft.item_code is not None:
        item = select(ServiceItem.id).where(
            ServiceItem.county_id == person.county_id,
            ServiceItem.code == draft.item_code,
            ServiceItem.current,
        )
    else:
        item = select(ItemSet.id).where(
            ItemSet.county_id == person.county_id, ItemSet.id == draft.item_set_id
        )
    if await session.scalar(item) is None:
        raise Invalid("grant.item")


async def find_grant(session: AsyncSession, person: SignedIn, grant_id: str) -> Grant:
    """Locked: a step that rests on it is either done before or not at all.

    :raises NotFound: absent, or of neither of the person's lines.
    """
    found = await session.scalar(
        select(Grant)
        .where(
            Grant.id == grant_id,
            may_supervise(person, Grant.county_id, Grant.home_organisation_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("grant.not_found")
    return found


async def sign_grant(session: AsyncSession, person: SignedIn, grant_id: str) -> Grant:
    """Signs for the person's own line; with both signatures the grant holds.

    :raises Forbidden: it is the person's own grant.
    :raises Conflict: this line has signed, or the grant is past signing.
    """
    grant, line = await find_grant(session, person, grant_id), line_of(person)
    if person.staff_id == grant.staff_id:
        raise Forbidden("grant.oneself")
    own, other = _signatures(line)
    if getattr(grant, own) is not None:
        raise Conflict("grant.signed_already")
    both = getattr(grant, other) is not None
    await _move(
        session,
        grant,
        GrantState.PROPOSED,
        state=GrantState.SIGNED if both else GrantState.PROPOSED,
        **{own: person.staff_id, own.replace("_by_staff_id", "_ms"): now_ms()},
    )
    await _write(session, grant, "grant.signed", person)
    return grant


def _signatures(line: AccountableLine) -> tuple[str, str]:
    """Columns of the own and of the other line's signature."""
    columns = ("home_signed_by_staff_id", "county_signed_by_staff_id")
    return columns if line is AccountableLine.HOME else (columns[1], columns[0])


async def decline_grant(
    session: AsyncSession, person: SignedIn, grant_id: str, reason: str
) -> Grant:
    """A proposed one, by either line.

    :raises Conflict: it holds already, or is over.
    """
    return await _end(
        session, person, grant_id, reason, from_state=GrantState.PROPOSED, to=GrantState.DECLINED
    )


async def revoke_grant(
    session: AsyncSession, person: SignedIn, grant_id: str, reason: str
) -> Grant:
    """For good, by either line, at once.

    :raises Conflict: it never held, or is over.
    """
    return await _end(
        session, person, grant_id, reason, from_state=GrantState.SIGNED, to=GrantState.REVOKED
    )


async def _end(
    session: AsyncSession,
    person: SignedIn,
    grant_id: str,
    reason: str,
    *,
    from_state: GrantState,
    to: GrantState,
) -> Grant:
    grant, text = await find_grant(session, person, grant_id), demand_reason(reason)
    await _move(
        session,
        grant,
        from_state,
        state=to,
        ended_by_staff_id=person.staff_id,
        ended_ms=now_ms(),
        reason=text,
    )
    await _write(session, grant, f"grant.{to}", person)
    return grant


async def suspend_grant(
    session: AsyncSession, person: SignedIn, grant_id: str, reason: str
) -> Grant:
    """For the person's own line; a suspension of the other line's stands beside it.

    :raises Conflict: this line has suspended it, or it does not hold.
    """
    grant, text = await find_grant(session, person, grant_id), demand_reason(reason)
    if grant.state != GrantState.SIGNED:
        raise Conflict("grant.state")
    made = await session.execute(
        insert_for(session, GrantSuspension)
        .values(
            id=new_id(),
            county_id=grant.county_id,
            grant_id=grant.id,
            line=line_of(person),
            suspended_by_staff_id=person.staff_id,
            suspended_ms=now_ms(),
            reason=text,
            lift_reason="",
        )
        .on_conflict_do_nothing()
        .returning(GrantSuspension.id)
    )
    if made.scalar_one_or_none() is None:
        raise Conflict("grant.suspended_already")
    await _write(session, grant, "grant.suspended", person)
    return grant


async def lift_suspension(
    session: AsyncSession, person: SignedIn, grant_id: str, reason: str
) -> Grant:
    """Of the person's own line; the other line's stays until that line lifts it.

    :raises Forbidden: only the other line has suspended it.
    :raises Conflict: nobody has.
    """
    grant, text = await find_grant(session, person, grant_id), demand_reason(reason)
    row = GrantSuspension
    lifted = await session.execute(
        update(row)
        .where(row.grant_id == grant.id, row.line == line_of(person), row.lifted_ms.is_(None))
        .values(lifted_by_staff_id=person.staff_id, lifted_ms=now_ms(), lift_reason=text)
        .returning(row.id)
    )
    if lifted.scalar_one_or_none() is None:
        others = select(row.id).where(row.grant_id == grant.id, row.lifted_ms.is_(None))
        if await session.scalar(others) is not None:
            raise Forbidden("grant.other_lines_suspension")
        raise Conflict("grant.not_suspended")
    await _write(session, grant, "grant.lifted", person)
    return grant


async def _move(
    session: AsyncSession, grant: Grant, expected: GrantState, **values: object
) -> None:
    moved = await session.execute(
        update(Grant)
        .where(Grant.id == grant.id, Grant.state == expected)
        .values(**values)
        .returning(Grant.id)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict("grant.state")
    await session.refresh(grant)


async def _write(session: AsyncSession, grant: Grant, what: str, person: SignedIn) -> None:
    await write_down(
        session,
        grant,
        what,
        person,
        window_id=grant.window_id,
        grant_id=grant.id,
        evidence={"line": line_of(person).value, "staff_id": grant.staff_id},
    )
