"""Supervision: roles given and ended by two security administrators."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from casework.authority import roles_by_two
from casework.authority.grant_lists import PAGE
from casework.tables import RoleChange
from casework.vocabulary import Surface
from signaling.authority_views import role_change_views
from signaling.edge.acting import act_on
from signaling.edge.roles import AUDITORS, SECURITY_ADMINISTRATORS
from signaling.edge.route import Asked, Route
from signaling.wire import authority as wire


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
    proposed = partial(roles_by_two.propose_role_change, person=asked.person, **dict(asked.given))
    return await act_on(asked, proposed, role_change_views)


async def approve_role_change(asked: Asked[None]) -> wire.RoleChangeView:
    """The second security administrator; the sign-ins of the person concerned end."""
    return await _decide(asked, approved=True)


async def decline_role_change(asked: Asked[wire.Reason]) -> wire.RoleChangeView:
    """The second security administrator says no, and why."""
    return await _decide(asked, approved=False, reason=asked.given.reason)


async def _decide(asked: Asked[Any], *, approved: bool, reason: str = "") -> wire.RoleChangeView:
    decided = partial(
        roles_by_two.decide_role_change, person=asked.person,
        role_change_id=asked.id("role_change_id"), approved=approved, reason=reason,
    )  # fmt: skip
    return await act_on(asked, decided, role_change_views)


_route = partial(Route, surface=Surface.SUPERVISION)
_BASE = "/api/supervision"
_ONE = f"{_BASE}/role-changes/{{role_change_id}}"

ROUTES: Sequence[Route] = (
    _route(
        method="GET", path=f"{_BASE}/role-changes", roles=SECURITY_ADMINISTRATORS | AUDITORS,
        handler=list_role_changes, answer=wire.RoleChangeList,
    ),
    _route(
        method="POST", path=f"{_BASE}/role-changes", roles=SECURITY_ADMINISTRATORS,
        handler=propose_role_change, request=wire.RoleChangeProposed, answer=wire.RoleChangeView,
    ),
    _route(
        method="POST", path=f"{_ONE}/approve", roles=SECURITY_ADMINISTRATORS,
        handler=approve_role_change, answer=wire.RoleChangeView,
    ),
    _route(
        method="POST", path=f"{_ONE}/decline", roles=SECURITY_ADMINISTRATORS,
        handler=decline_role_change, request=wire.Reason, answer=wire.RoleChangeView,
    ),
)  # fmt: skip
