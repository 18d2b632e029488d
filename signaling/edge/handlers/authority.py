"""Supervision: appointments and grants with both signatures, and roles given by two."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority import appointments, grants, roles_by_two
from casework.authority.grant_lists import (
    PAGE,
    Sought,
    condition_of,
    find_appointments,
    find_grants,
)
from casework.authority.grants import GrantDraft
from casework.authority.item_sets import make_item_set
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import (
    Appointment,
    Grant,
    ItemSet,
    ItemSetItem,
    Organisation,
    RoleChange,
    StaffMember,
    StaffRole,
    Window,
)
from casework.vocabulary import HelperKind, Role, Surface
from signaling.authority_views import (
    appointment_views,
    grant_views,
    person_brief,
    role_change_views,
)
from signaling.edge.roles import (
    AUDITORS,
    COUNTY_SUPERVISORS,
    HOME_SUPERVISORS,
    SECURITY_ADMINISTRATORS,
    SUPERVISORS,
)
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
    async with asked.context.database.transaction() as session:
        row = await appointments.nominate(
            session, asked.person, staff_id=given.staff_id, window_id=given.window_id
        )
        return await _appointment(session, asked.person, row)


async def approve_appointment(asked: Asked[None]) -> wire.AppointmentView:
    """The county appoints whom the home line nominated."""
    async with asked.context.database.transaction() as session:
        row = await appointments.decide_nomination(
            session, asked.person, asked.id("appointment_id"), approved=True
        )
        return await _appointment(session, asked.person, row)


async def decline_appointment(asked: Asked[wire.Reason]) -> wire.AppointmentView:
    """The county does not appoint, and says why."""
    async with asked.context.database.transaction() as session:
        row = await appointments.decide_nomination(
            session,
            asked.person,
            asked.id("appointment_id"),
            approved=False,
            reason=asked.given.reason,
        )
        return await _appointment(session, asked.person, row)


async def end_appointment(asked: Asked[wire.Reason]) -> wire.AppointmentView:
    """Either line ends an appointment at once; the grants under it are revoked with it."""
    async with asked.context.database.transaction() as session:
        row = await appointments.end_appointment(
            session, asked.person, asked.id("appointment_id"), asked.given.reason
        )
        return await _appointment(session, asked.person, row)


async def _appointment(
    session: AsyncSession, person: SignedIn, row: Appointment
) -> wire.AppointmentView:
    (view,) = await appointment_views(session, person, [row])
    return view


async def list_item_sets(asked: Asked[None]) -> wire.ItemSetList:
    """The county's named sets of items."""
    async with asked.context.database.reading() as session:
        rows = await session.scalars(
            select(ItemSet)
            .where(ItemSet.county_id == asked.person.county_id)
            .order_by(ItemSet.created_ms, ItemSet.id)
        )
        return wire.ItemSetList(item_sets=await _item_sets(session, rows.all()))


async def new_item_set(asked: Asked[wire.NewItemSet]) -> wire.ItemSetView:
    """A named set; it is never changed, because grants that name it were signed."""
    given = asked.given
    async with asked.context.database.transaction() as session:
        row = await make_item_set(
            session,
            asked.person.county_id,
            name=given.name,
            name_en=given.name_en,
            item_codes=given.item_codes,
            made_by_staff_id=asked.person.staff_id,
        )
        (view,) = await _item_sets(session, [row])
        return view


async def _item_sets(session: AsyncSession, rows: Sequence[ItemSet]) -> list[wire.ItemSetView]:
    codes: dict[str, list[str]] = {}
    for item in await session.scalars(
        select(ItemSetItem)
        .where(ItemSetItem.item_set_id.in_([row.id for row in rows]))
        .order_by(ItemSetItem.item_code)
    ):
        codes.setdefault(item.item_set_id, []).append(item.item_code)
    return [
        wire.ItemSetView(
            id=row.id, name=row.name, name_en=row.name_en, item_codes=codes.get(row.id, [])
        )
        for row in rows
    ]


async def list_grants(asked: Asked[wire.GrantFilter]) -> wire.GrantList:
    """Grants of the person's lines, the latest first."""
    async with asked.context.database.reading() as session:
        found = await find_grants(session, asked.person, Sought(**dict(asked.given)))
        views = await grant_views(session, asked.person, found[:PAGE])
    return wire.GrantList(grants=views, more=len(found) > PAGE)


async def propose_grant(asked: Asked[wire.GrantProposed]) -> wire.GrantView:
    """Drafts a grant with the signature of the person's own line; the other line signs next."""
    async with asked.context.database.transaction() as session:
        row = await grants.propose_grant(session, asked.person, GrantDraft(**dict(asked.given)))
        return await _grant(session, asked.person, row)


async def sign_grant(asked: Asked[None]) -> wire.GrantView:
    """Signs for the person's own line."""
    async with asked.context.database.transaction() as session:
        row = await grants.sign_grant(session, asked.person, asked.id("grant_id"))
        return await _grant(session, asked.person, row)


GrantAct = Callable[[AsyncSession, SignedIn, str, str], Awaitable[Grant]]


async def _with_reason(act: GrantAct, asked: Asked[wire.Reason]) -> wire.GrantView:
    async with asked.context.database.transaction() as session:
        row = await act(session, asked.person, asked.id("grant_id"), asked.given.reason)
        return await _grant(session, asked.person, row)


async def decline_grant(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Either line declines a grant that was proposed."""
    return await _with_reason(grants.decline_grant, asked)


async def suspend_grant(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Either line suspends at once, for itself."""
    return await _with_reason(grants.suspend_grant, asked)


async def lift_suspension(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Only the line that suspended lifts."""
    return await _with_reason(grants.lift_suspension, asked)


async def revoke_grant(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Either line revokes at once, for good."""
    return await _with_reason(grants.revoke_grant, asked)


async def _grant(session: AsyncSession, person: SignedIn, row: Grant) -> wire.GrantView:
    (view,) = await grant_views(session, person, [(row, await condition_of(session, row.id))])
    return view


async def list_role_changes(asked: Asked[None]) -> wire.RoleChangeList:
    """Changes that wait first, then the latest."""
    row = RoleChange
    async with asked.context.database.reading() as session:
        rows = await session.scalars(
            select(row)
            .where(row.county_id == asked.person.county_id)
            .order_by(row.decided_ms.is_not(None), row.proposed_ms.desc(), row.id.desc())
            .limit(PAGE)
        )
        views = await role_change_views(session, asked.person, rows.all())
    return wire.RoleChangeList(role_changes=views)


async def propose_role_change(asked: Asked[wire.RoleChangeProposed]) -> wire.RoleChangeView:
    """One security administrator proposes; another one decides."""
    async with asked.context.database.transaction() as session:
        row = await roles_by_two.propose_role_change(session, asked.person, **dict(asked.given))
        return await _role_change(session, asked.person, row)


async def approve_role_change(asked: Asked[None]) -> wire.RoleChangeView:
    """The second security administrator; the sign-ins of the person concerned end."""
    async with asked.context.database.transaction() as session:
        row = await roles_by_two.decide_role_change(
            session, asked.person, asked.id("role_change_id"), approved=True
        )
        return await _role_change(session, asked.person, row)


async def decline_role_change(asked: Asked[wire.Reason]) -> wire.RoleChangeView:
    """The second security administrator says no, and why."""
    async with asked.context.database.transaction() as session:
        row = await roles_by_two.decide_role_change(
            session,
            asked.person,
            asked.id("role_change_id"),
            approved=False,
            reason=asked.given.reason,
        )
        return await _role_change(session, asked.person, row)


async def _role_change(
    session: AsyncSession, person: SignedIn, row: RoleChange
) -> wire.RoleChangeView:
    (view,) = await role_change_views(session, person, [row])
    return view


_route = partial(Route, surface=Surface.SUPERVISION)
_BASE = "/api/supervision"
_APPOINTMENT = f"{_BASE}/appointments/{{appointment_id}}"
_GRANT = f"{_BASE}/grants/{{grant_id}}"
_CHANGE = f"{_BASE}/role-changes/{{role_change_id}}"

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
        method="POST", path=f"{_APPOINTMENT}/approve", roles=COUNTY_SUPERVISORS,
        handler=approve_appointment, answer=wire.AppointmentView,
    ),
    _route(
        method="POST", path=f"{_APPOINTMENT}/decline", roles=COUNTY_SUPERVISORS,
        handler=decline_appointment, request=wire.Reason, answer=wire.AppointmentView,
    ),
    _route(
        method="POST", path=f"{_APPOINTMENT}/end", roles=SUPERVISORS,
        handler=end_appointment, request=wire.Reason, answer=wire.AppointmentView,
    ),
    _route(
        method="GET", path=f"{_BASE}/item-sets", roles=SUPERVISORS,
        handler=list_item_sets, answer=wire.ItemSetList,
    ),
    _route(
        method="POST", path=f"{_BASE}/item-sets", roles=COUNTY_SUPERVISORS,
        handler=new_item_set, request=wire.NewItemSet, answer=wire.ItemSetView,
    ),
    _route(
        method="GET", path=f"{_BASE}/grants", roles=SUPERVISORS,
        handler=list_grants, query=wire.GrantFilter, answer=wire.GrantList,
    ),
    _route(
        method="POST", path=f"{_BASE}/grants", roles=SUPERVISORS,
        handler=propose_grant, request=wire.GrantProposed, answer=wire.GrantView,
    ),
    _route(
        method="POST", path=f"{_GRANT}/sign", roles=SUPERVISORS,
        handler=sign_grant, answer=wire.GrantView,
    ),
    *(
        _route(
            method="POST", path=f"{_GRANT}/{verb}", roles=SUPERVISORS,
            handler=handler, request=wire.Reason, answer=wire.GrantView,
        )
        for verb, handler in (
            ("decline", decline_grant),
            ("suspend", suspend_grant),
            ("lift", lift_suspension),
            ("revoke", revoke_grant),
        )
    ),
    _route(
        method="GET", path=f"{_BASE}/role-changes", roles=SECURITY_ADMINISTRATORS | AUDITORS,
        handler=list_role_changes, answer=wire.RoleChangeList,
    ),
    _route(
        method="POST", path=f"{_BASE}/role-changes", roles=SECURITY_ADMINISTRATORS,
        handler=propose_role_change, request=wire.RoleChangeProposed, answer=wire.RoleChangeView,
    ),
    _route(
        method="POST", path=f"{_CHANGE}/approve", roles=SECURITY_ADMINISTRATORS,
        handler=approve_role_change, answer=wire.RoleChangeView,
    ),
    _route(
        method="POST", path=f"{_CHANGE}/decline", roles=SECURITY_ADMINISTRATORS,
        handler=decline_role_change, request=wire.Reason, answer=wire.RoleChangeView,
    ),
)  # fmt: skip
