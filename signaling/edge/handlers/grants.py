"""Supervision: sets of items, and grants with both signatures."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority import grants
from casework.authority.grant_lists import PAGE, Sought, condition_of, find_grants
from casework.authority.grants import GrantDraft
from casework.authority.item_sets import make_item_set
from casework.sign_in import SignedIn
from casework.tables import Grant, ItemSet, ItemSetItem
from casework.vocabulary import Surface
from signaling.authority_views import grant_views
from signaling.edge.acting import act_on
from signaling.edge.roles import COUNTY_SUPERVISORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wire import authority as wire


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
    draft = GrantDraft(**dict(asked.given))
    return await act_on(
        asked, partial(grants.propose_grant, person=asked.person, draft=draft), _views
    )


async def sign_grant(asked: Asked[None]) -> wire.GrantView:
    """Signs for the person's own line."""
    return await _act(asked, grants.sign_grant)


async def decline_grant(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Either line declines a grant that was proposed."""
    return await _act(asked, grants.decline_grant, reason=asked.given.reason)


async def suspend_grant(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Either line suspends at once, for itself."""
    return await _act(asked, grants.suspend_grant, reason=asked.given.reason)


async def lift_suspension(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Only the line that suspended lifts."""
    return await _act(asked, grants.lift_suspension, reason=asked.given.reason)


async def revoke_grant(asked: Asked[wire.Reason]) -> wire.GrantView:
    """Either line revokes at once, for good."""
    return await _act(asked, grants.revoke_grant, reason=asked.given.reason)


async def _act(
    asked: Asked[Any], act: Callable[..., Awaitable[Grant]], **given: str
) -> wire.GrantView:
    on_grant = partial(act, person=asked.person, grant_id=asked.id("grant_id"), **given)
    return await act_on(asked, on_grant, _views)


async def _views(
    session: AsyncSession, person: SignedIn, rows: Sequence[Grant]
) -> list[wire.GrantView]:
    conditions = [(row, await condition_of(session, row.id)) for row in rows]
    return await grant_views(session, person, conditions)


_route = partial(Route, surface=Surface.SUPERVISION)
_BASE = "/api/supervision"
_ONE = f"{_BASE}/grants/{{grant_id}}"

ROUTES: Sequence[Route] = (
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
        method="POST", path=f"{_ONE}/sign", roles=SUPERVISORS,
        handler=sign_grant, answer=wire.GrantView,
    ),
    *(
        _route(
            method="POST", path=f"{_ONE}/{verb}", roles=SUPERVISORS,
            handler=handler, request=wire.Reason, answer=wire.GrantView,
        )
        for verb, handler in (
            ("decline", decline_grant),
            ("suspend", suspend_grant),
            ("lift", lift_suspension),
            ("revoke", revoke_grant),
        )
    ),
)  # fmt: skip
