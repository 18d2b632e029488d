"""Appointments: the home organisation nominates a helper, the county approves; neither alone."""

from pydantic import JsonValue
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.lines import demand_line, demand_reason, write_down
from casework.counties import county_organisation
from casework.database import insert_for, new_id, now_ms
from casework.errors import Conflict, Forbidden, NotFound
from casework.policy import may_supervise, own_line
from casework.sign_in import SignedIn, roles_of
from casework.tables import Appointment, Grant, StaffMember, Window
from casework.vocabulary import AccountableLine, AppointmentState, GrantState, Role


async def nominate(
    session: AsyncSession, person: SignedIn, *, staff_id: str, window_id: str
) -> Appointment:
    """A home supervisor puts a helper of the own line forward for a window.

    :raises NotFound: no such helper or window in the own line.
    :raises Forbidden: the county approves and does not nominate; or it is the person's own name.
    :raises Conflict: the helper is nominated or appointed at this window already.
    """
    demand_line(person, AccountableLine.HOME)
    if staff_id == person.staff_id:
        raise Forbidden("appointment.oneself")
    helper = await _own_helper(session, person, staff_id)
    await _own_window(session, person, helper, window_id)
    row_id = new_id()
    made = await session.execute(
        insert_for(session, Appointment)
        .values(
            id=row_id,
            county_id=person.county_id,
            staff_id=helper.id,
            window_id=window_id,
            state=AppointmentState.NOMINATED,
            home_organisation_id=helper.organisation_id,
            county_organisation_id=(await county_organisation(session, person.county_id)).id,
            nominated_by_staff_id=person.staff_id,
            nominated_ms=now_ms(),
            reason="",
        )
        .on_conflict_do_nothing()
        .returning(Appointment.id)
    )
    if made.scalar_one_or_none() is None:
        raise Conflict("appointment.exists")
    appointment = await session.get_one(Appointment, row_id)
    await _write(session, appointment, "appointment.nominated", person)
    return appointment


async def _own_helper(session: AsyncSession, person: SignedIn, staff_id: str) -> StaffMember:
    helper = await session.scalar(
        select(StaffMember).where(
            StaffMember.id == staff_id,
            StaffMember.active,
            may_supervise(person, StaffMember.county_id, StaffMember.organisation_id),
        )
    )
    if helper is None or Role.HELPER not in await roles_of(session, helper.id):
        raise NotFound("appointment.helper")
    return helper


async def _own_window(
    session: AsyncSession, person: SignedIn, helper: StaffMember, window_id: str
) -> None:
    """Of the own line; or the helper's usual one, which may stand in another area."""
    known = await session.scalar(
        select(Window.id).where(
            Window.id == window_id,
            Window.active,
            Window.county_id == person.county_id,
            or_(
                Window.id == helper.window_id,
                Window.organisation_id.in_(own_line(person)),
            ),
        )
    )
    if known is None:
        raise NotFound("appointment.window")


async def find_appointment(
    session: AsyncSession, person: SignedIn, appointment_id: str
) -> Appointment:
    """:raises NotFound: absent, or of neither of the person's lines."""
    row = Appointment
    found = await session.scalar(
        select(row)
        .where(
            row.id == appointment_id, may_supervise(person, row.county_id, row.home_organisation_id)
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("appointment.not_found")
    return found


async def decide_nomination(
    session: AsyncSession,
    person: SignedIn,
    appointment_id: str,
    *,
    approved: bool,
    reason: str = "",
) -> Appointment:
    """The county's answer.

    :raises Invalid: declined without a reason.
    :raises Forbidden: the home line nominates and does not approve.
    :raises Conflict: it was answered already.
    """
    appointment = await find_appointment(session, person, appointment_id)
    demand_line(person, AccountableLine.COUNTY)
    if person.staff_id in (appointment.staff_id, appointment.nominated_by_staff_id):
        raise Forbidden("appointment.oneself")
    state = AppointmentState.APPOINTED if approved else AppointmentState.DECLINED
    await _move(
        session,
        appointment,
        AppointmentState.NOMINATED,
        state=state,
        decided_by_staff_id=person.staff_id,
        decided_ms=now_ms(),
        reason="" if approved else demand_reason(reason),
    )
    await _write(session, appointment, f"appointment.{state}", person)
    return appointment


async def end_appointment(
    session: AsyncSession, person: SignedIn, appointment_id: str, reason: str
) -> Appointment:
    """Either line, at once; every grant under it ends with it.

    :raises Invalid: without a reason.
    :raises Conflict: it is over already.
    """
    appointment = await find_appointment(session, person, appointment_id)
    ended = {"ended_by_staff_id": person.staff_id, "ended_ms": now_ms()}
    text = demand_reason(reason)
    if appointment.state not in (AppointmentState.NOMINATED, AppointmentState.APPOINTED):
        raise Conflict("appointment.state")
    await _move(
        session,
        appointment,
        AppointmentState(appointment.state),
        state=AppointmentState.ENDED,
        reason=text,
        **ended,
    )
    revoked = await session.scalars(
        update(Grant)
        .where(
            Grant.appointment_id == appointment.id,
            Grant.state.in_([GrantState.PROPOSED, GrantState.SIGNED]),
        )
        .values(state=GrantState.REVOKED, reason=text, **ended)
        .returning(Grant.id)
    )
    grant_ids: list[JsonValue] = [*sorted(revoked)]
    await _write(
        session, appointment, "appointment.ended", person, {"revoked_grant_ids": grant_ids}
    )
    return appointment


async def _move(
    session: AsyncSession, row: Appointment, expected: AppointmentState, **values: object
) -> None:
    moved = await session.execute(
        update(Appointment)
        .where(Appointment.id == row.id, Appointment.state == expected)
        .values(**values)
        .returning(Appointment.id)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict("appointment.state")
    await session.refresh(row)


async def _write(
    session: AsyncSession,
    row: Appointment,
    what: str,
    person: SignedIn,
    evidence: dict[str, JsonValue] | None = None,
) -> None:
    evidence = {"appointment_id": row.id, "staff_id": row.staff_id, **(evidence or {})}
    await write_down(session, row, what, person, window_id=row.window_id, evidence=evidence)
