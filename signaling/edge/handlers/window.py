"""The window: find an item, open a case, ask for consent, report what could not be done."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import Draft, offered_items, open_case
from casework.consents import Answer, give_consent
from casework.errors import Forbidden, NotFound
from casework.sign_in import SignedIn
from casework.tables import Case, Organisation, ServiceItem
from casework.vocabulary import OrganisationKind, ParticipantKind
from casework.windows import keep_check
from signaling.case_views import case_views, item_views
from signaling.edge.context import EdgeContext
from signaling.edge.route import Asked
from signaling.edge.scope import visible_case
from signaling.rooms.tokens import Admission, issue_token
from signaling.wire.api import (
    CaseDraft,
    ConsentGiven,
    DeviceCheck,
    Empty,
    ItemBrief,
    ItemSearch,
    ItemsFound,
    OrganisationList,
    OrganisationView,
)
from signaling.wire.views import CaseView, ItemView, RoomAddress

ITEMS_SHOWN = 20
ROOM_TOKEN_MS = 30_000


async def find_items(asked: Asked[ItemSearch]) -> ItemsFound:
    """What can be begun at this window, by Chinese words, pinyin, English words or code."""
    async with asked.context.database.reading() as session:
        return await items_at(session, asked, asked.person.window_id)


async def items_at(
    session: AsyncSession, asked: Asked[ItemSearch], window_id: str | None
) -> ItemsFound:
    """What was searched for and can be begun at the window."""
    county_id = asked.person.county_id
    found = await asked.context.catalogue.find(session, county_id, asked.given.q)
    offered = await offered_items(session, county_id, window_id)
    ids = [entry.key for entry in found if entry.key in offered]
    items = await item_views(session, ids[:ITEMS_SHOWN])
    briefs = [_brief(items[item_id]) for item_id in ids if item_id in items]
    return ItemsFound(items=briefs, total=len(ids))


def _brief(item: ItemView) -> ItemBrief:
    return ItemBrief(
        id=item.id,
        code=item.code,
        name=item.name,
        name_en=item.name_en,
        department_name=item.department_name,
        department_name_en=item.department_name_en,
        immediate=item.immediate,
        joint=item.joint,
        delegated=item.delegated,
        cross_area=item.cross_area,
        video=item.video_level is not None,
    )


async def show_item(asked: Asked[None]) -> ItemView:
    """One item with its guide and checklist."""
    item_id = asked.id("item_id")
    async with asked.context.database.reading() as session:
        own = select(ServiceItem.id).where(
            ServiceItem.id == item_id, ServiceItem.county_id == asked.person.county_id
        )
        if await session.scalar(own) is None:
            raise NotFound("item.not_found")
        return (await item_views(session, [item_id]))[item_id]


async def list_towns(asked: Asked[None]) -> OrganisationList:
    """The towns of the county, to say where somebody is registered."""
    query = (
        select(Organisation)
        .where(
            Organisation.county_id == asked.person.county_id,
            Organisation.kind == OrganisationKind.TOWN,
            Organisation.active,
        )
        .order_by(Organisation.code)
    )
    async with asked.context.database.reading() as session:
        towns = (await session.scalars(query)).all()
    return OrganisationList(
        organisations=[
            OrganisationView(
                id=town.id,
                parent_id=town.parent_id,
                kind=OrganisationKind(town.kind),
                code=town.code,
                name=town.name,
                name_en=town.name_en,
                windows=[],
            )
            for town in towns
        ]
    )


async def draft_case(asked: Asked[CaseDraft]) -> CaseView:
    """Opens a draft case of one matter of one resident; nothing is kept when anything is wrong."""
    draft = Draft(**dict(asked.given))
    async with asked.context.database.transaction() as session:
        case = await open_case(session, asked.context.protected, asked.person, draft)
        return await _view(session, asked.context, case)


async def show_case(asked: Asked[None]) -> CaseView:
    """A case that the person may see, with personal numbers masked."""
    async with asked.context.database.reading() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        return await _view(session, asked.context, case)


async def consent(asked: Asked[ConsentGiven]) -> CaseView:
    """Keeps the answer to the question that is asked before anything is recorded."""
    async with asked.context.database.transaction() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"), lock=True)
        answer = Answer(**dict(asked.given))
        await give_consent(session, case, asked.person.staff_id, answer)
        return await _view(session, asked.context, case)


async def _view(session: AsyncSession, context: EdgeContext, case: Case) -> CaseView:
    (view,) = await case_views(session, context.protected, [case.id])
    return view


async def keep_device_check(asked: Asked[DeviceCheck]) -> Empty:
    """What the device check found: the uplink is where the next call starts from."""
    passed = all(step.result != "failed" for step in asked.given.steps)
    async with asked.context.database.transaction() as session:
        await keep_check(
            session, own_window(asked.person), passed=passed, uplink_bps=asked.given.uplink_bps
        )
    return Empty()


async def open_check_room(asked: Asked[None]) -> RoomAddress:
    """A room for oneself on this node, in which the device check measures the link."""
    own_window(asked.person)
    async with asked.context.database.transaction() as session:
        return await issue_token(
            session,
            county_id=asked.person.county_id,
            admission=Admission(None, asked.person.staff_id, ParticipantKind.WINDOW),
            node_id=asked.context.node_id,
            lifetime_ms=ROOM_TOKEN_MS,
        )


def own_window(person: SignedIn) -> str:
    """:raises Forbidden: the helper was given no window."""
    if person.window_id is None:
        raise Forbidden("window.none")
    return person.window_id
