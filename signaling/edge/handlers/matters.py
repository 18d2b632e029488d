"""Several matters in one call (一件事): another one of the same resident, without a new ticket."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import add_matter, open_towns
from casework.consents import Answer
from casework.errors import Conflict, NotFound
from casework.tables import Case
from casework.vocabulary import CallState, Surface
from signaling.case_views import case_views
from signaling.edge.handlers.window import items_at, own_window
from signaling.edge.roles import AGENTS, HELPERS
from signaling.edge.route import Asked, Route
from signaling.edge.scope import own_call, step_call
from signaling.pairing.topics import announcing, note
from signaling.tables import Call, CallCase, Ticket
from signaling.wire.api import ItemSearch, ItemsFound
from signaling.wire.course import MatterAdded, OpenTowns
from signaling.wire.views import CaseView


async def add_at_window(asked: Asked[MatterAdded]) -> CaseView:
    """The helper adds a matter to the call at the own window."""
    return await _add(asked)


async def add_at_console(asked: Asked[MatterAdded]) -> CaseView:
    """The agent adds a matter to the own call, after asking the resident aloud."""
    return await _add(asked)


async def _add(asked: Asked[MatterAdded]) -> CaseView:
    given = asked.given
    async with announcing(asked.context.database, asked.context.bus) as session:
        call = await _call(session, asked)
        if call.state != CallState.LIVE:
            raise Conflict("call.over")
        first = await _first_case(session, call, given.item_id)
        case = await add_matter(
            session,
            first,
            asked.person,
            step_call(call),
            item_id=given.item_id,
            mode=given.mode,
            answer=Answer(**dict(given.consent)),
        )
        session.add(CallCase(call_id=call.id, case_id=case.id, county_id=call.county_id))
        await session.flush()
        note(session, call=call.id)
        (view,) = await case_views(session, asked.context.protected, [case.id])
        return view


async def _call(session: AsyncSession, asked: Asked[MatterAdded]) -> Call:
    """Locked: matters of one call are added one after the other.

    :raises NotFound: absent, or not the person's.
    """
    call_id = asked.id("call_id")
    query = select(Call).where(Call.id == call_id).with_for_update(key_share=True)
    if asked.surface is Surface.CONSOLE:
        await own_call(session, asked.person, call_id)
    else:
        query = query.where(
            Call.county_id == asked.person.county_id,
            Call.window_id == own_window(asked.person),
        )
    call = await session.scalar(query.execution_options(populate_existing=True))
    if call is None:
        raise NotFound("call.not_found")
    return call


async def _first_case(session: AsyncSession, call: Call, item_id: str) -> Case:
    """:raises Conflict: the call has the item already."""
    own = select(CallCase.case_id).where(CallCase.call_id == call.id)
    same = select(Case.id).where(Case.id.in_(own), Case.item_id == item_id)
    if await session.scalar(same.limit(1)) is not None:
        raise Conflict("course.same_matter")
    ticket = await session.get_one(Ticket, call.ticket_id)
    return await session.get_one(Case, ticket.case_id)


async def find_items(asked: Asked[ItemSearch]) -> ItemsFound:
    """What can be begun at the window of the agent's call."""
    async with asked.context.database.reading() as session:
        call = await own_call(session, asked.person, asked.id("call_id"))
        return await items_at(session, asked, call.window_id)


async def show_towns(asked: Asked[None]) -> OpenTowns:
    """Of which towns' residents an item can be begun at this window: told before any form."""
    async with asked.context.database.reading() as session:
        towns = await open_towns(
            session, own_window(asked.person), asked.id("item_id"), asked.person.county_id
        )
    return OpenTowns(everywhere=towns is None, town_ids=sorted(towns or ()))


ROUTES: Sequence[Route] = (
    Route(
        method="GET", path="/api/window/items/{item_id}/towns",
        surface=Surface.WINDOW, roles=HELPERS, handler=show_towns, answer=OpenTowns,
    ),
    Route(
        method="POST", path="/api/window/calls/{call_id}/cases",
        surface=Surface.WINDOW, roles=HELPERS,
        handler=add_at_window, request=MatterAdded, answer=CaseView,
    ),
    Route(
        method="POST", path="/api/console/calls/{call_id}/cases",
        surface=Surface.CONSOLE, roles=AGENTS,
        handler=add_at_console, request=MatterAdded, answer=CaseView,
    ),
    Route(
        method="GET", path="/api/console/calls/{call_id}/items",
        surface=Surface.CONSOLE, roles=AGENTS,
        handler=find_items, query=ItemSearch, answer=ItemsFound,
    ),
)  # fmt: skip
