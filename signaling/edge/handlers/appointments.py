"""Supervision: who may be appointed, and appointments by both lines."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, or_, select

from casework.authority import appointments
from casework.authority.grant_lists import PAGE, Sought, find_appointments
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Organisation, StaffMember, StaffRole, Window
from casework.vocabulary import HelperKind, Role, Surface
from signaling.authority_views import appointment_views, person_brief
from signaling.edge.acting import act_on
from signaling.edge.roles import COUNTY_SUPERVISORS, HOME_SUPERVISORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wire import authority as wire


async def list_helpers(asked: Asked[None]) -> wire.HelperList:
    """The helpers of the person's lines, and the windows that they can be nominated for."""
    person, is_helper = (
        asked.person,
        select(StaffRole.staff_id).where(
            StaffRole.role == Role.HELPER, StaffRole.revoked_ms.is_(None)
        ),
    )
    async with asked.context.database.reading() as session:
        found = await session.execute(
            select(StaffMember, Organisation, Window)
            .join(Organisation, Organisation.id == StaffMember.organisation_id)
            .outerjoin(Window, Window.id == StaffMember.window_id)
            .where(
                StaffMember.active,
                StaffMember.id.in_(is_helper),
                may_supervise(person, StaffMember.county_id, StaffMember.organisation_id),
            )
            .order_by(Organisation.code, StaffMember.username)
        )
        helpers = [_helper(*row) for row in found]
        windows = await session.scalars(_windows(person))
        return wire.HelperList(helpers=helpers, windows=[_place(row) for row in windows])


def _windows(person: SignedIn) -> Select[Window]:
    """Of the own line and those where its helpers usually work."""
    usual = select(StaffMember.window_id).where(
        may_supervise(person, StaffMember.county_id, StaffMember.organisation_id),
        StaffMember.window_id.is_not(None),
    )
    return (
        select(Window)
        .where(
            Window.active,
            or_(
                may_supervise(person, Window.county_id, Window.organisation_id),
                Window.id.in_(usual),
            ),
        )
        .order_by(Window.code)
    )


def _helper(staff: StaffMember, home: Organisation, window: Window | None) -> wire.HelperView:
    return wire.HelperView(
        person=person_brief(staff),
        kind=HelperKind(staff.kind),
        organisation=_place(home),
        window=None if window is None else _place(window),
    )


def _place(row: Organisation | Window) -> wire.PlaceBrief:
    return wire.PlaceBrief(id=row.id, name=row.name, name_en=row.name_en)


async def list_appointments(asked: Asked[wire.AppointmentFilter]) -> wire.AppointmentList:
    """Appointments of the person's lines, the latest first."""
    async with asked.context.database.reading() as session:
        rows = await find_appointments(session, asked.person, Sought(**dict(asked.given)))
        views = await appointment_views(session, asked.person, rows[:PAGE])
    return wire.AppointmentList(appointments=views, more=len(rows) > PAGE)


async def nominate(asked: Asked[wire.Nomination]) -> wire.AppointmentView:
    """The home line puts a helper forward for a window; the county answers."""
    given = asked.given
    nominated = partial(
        appointments.nominate,
        person=asked.person,
        staff_id=given.staff_id,
        window_id=given.window_id,
    )
    return await act_on(asked, nominated, appointment_views)


async def approve_appointment(asked: Asked[None]) -> wire.AppointmentView:
    """The county appoints whom the home line nominated."""
    return await _decide(asked, approved=True)


async def decline_appointment(asked: Asked[wire.Reason]) -> wire.AppointmentView:
    """The county does not appoint, and says why."""
    return await _decide(asked, approved=False, reason=asked.given.reason)


async def _decide(asked: Asked[Any], *, approved: bool, reason: str = "") -> wire.AppointmentView:
    decided = partial(
        appointments.decide_nomination, person=asked.person,
        appointment_id=asked.id("appointment_id"), approved=approved, reason=reason,
    )  # fmt: skip
    return await act_on(asked, decided, appointment_views)


async def end_appointment(asked: Asked[wire.Reason]) -> wire.AppointmentView:
    """Either line ends an appointment at once; the grants under it are revoked with it."""
    ended = partial(
        appointments.end_appointment, person=asked.person,
        appointment_id=asked.id("appointment_id"), reason=asked.given.reason,
    )  # fmt: skip
    return await act_on(asked, ended, appointment_views)


_route = partial(Route, surface=Surface.SUPERVISION)
_BASE = "/api/supervision"
_ONE = f"{_BASE}/appointments/{{appointment_id}}"

ROUTES: Sequence[Route] = (
    _route(
        method="GET", path=f"{_BASE}/helpers", roles=SUPERVISORS,
        handler=list_helpers, answer=wire.HelperList,
    ),
    _route(
        method="GET", path=f"{_BASE}/appointments", roles=SUPERVISORS,
        handler=list_appointments, query=wire.AppointmentFilter, answer=wire.AppointmentList,
    ),
    _route(
        method="POST", path=f"{_BASE}/appointments", roles=HOME_SUPERVISORS,
        handler=nominate, request=wire.Nomination, answer=wire.AppointmentView,
    ),
    _route(
        method="POST", path=f"{_ONE}/approve", roles=COUNTY_SUPERVISORS,
        handler=approve_appointment, answer=wire.AppointmentView,
    ),
    _route(
        method="POST", path=f"{_ONE}/decline", roles=COUNTY_SUPERVISORS,
        handler=decline_appointment, request=wire.Reason, answer=wire.AppointmentView,
    ),
    _route(
        method="POST", path=f"{_ONE}/end", roles=SUPERVISORS,
        handler=end_appointment, request=wire.Reason, answer=wire.AppointmentView,
    ),
)  # fmt: skip
