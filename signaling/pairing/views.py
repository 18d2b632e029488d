"""What windows and consoles are shown of queue, offers, calls and call-backs.

Each view is read in one reading transaction of the caller's. Names of residents go only to the
agent whom their ticket rings, to the members of a call-back's skill group, and to the window.
"""

from sqlalchemy import exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.errors import NotFound
from casework.tables import (
    Case,
    CaseEvent,
    Rating,
    ServiceItem,
    SkillGroup,
    StaffMember,
    Subject,
    Window,
)
from casework.vocabulary import CallState, Level, OfferState, TicketState
from signaling.pairing.call_back_views import call_backs_for, call_backs_of_window
from signaling.pairing.line import standing
from signaling.pairing.numbers import label
from signaling.pairing.reach import may_take
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import IN_LINE, LIVE
from signaling.tables import Agent, Call, CallCase, Offer, Ticket
from signaling.wire.duty import ConsoleState, WindowState
from signaling.wire.views import (
    AgentView,
    CallBackView,
    CallView,
    Estimate,
    LastCallView,
    OfferView,
    QueueEntry,
    TicketView,
)

QUEUE_LIMIT = 200
LAST_CALL_MS = 3_600_000
"""So long a window hears what becomes of its last call."""


async def window_state(session: AsyncSession, rules: PairingRules, window_id: str) -> WindowState:
    """Everything a window page needs to draw itself anew."""
    ticket_id = await session.scalar(
        select(Ticket.id).where(Ticket.window_id == window_id, Ticket.state.in_(LIVE))
    )
    call_id = await session.scalar(
        select(Call.id).where(Call.window_id == window_id, Call.state == CallState.LIVE)
    )
    return WindowState(
        ticket=None if ticket_id is None else await ticket_view(session, rules, ticket_id),
        call=None if call_id is None else await call_view(session, call_id),
        call_backs=await call_backs_of_window(session, window_id),
        last_call=await _last_call(session, rules, window_id),
    )


async def _last_call(
    session: AsyncSession, rules: PairingRules, window_id: str
) -> LastCallView | None:
    """Looked for among the county's calls of the last hour, of which there are few."""
    county = select(Window.county_id).where(Window.id == window_id).scalar_subquery()
    call_id = await session.scalar(
        select(Call.id)
        .where(
            Call.county_id == county,
            Call.ended_ms > rules.now() - LAST_CALL_MS,
            Call.window_id == window_id,
        )
        .order_by(Call.ended_ms.desc())
        .limit(1)
    )
    if call_id is None:
        return None
    given = CaseEvent.call_id == CallCase.call_id, CaseEvent.case_id == CallCase.case_id
    settled = exists().where(*given, CaseEvent.outcome.is_not(None))
    cases = (
        await session.execute(
            select(CallCase.case_id, settled)
            .where(CallCase.call_id == call_id)
            .order_by(CallCase.case_id)
        )
    ).all()
    grade = await session.scalar(select(Rating.grade).where(Rating.call_id == call_id))
    return LastCallView(
        call_id=call_id,
        case_ids=[case_id for case_id, _ in cases],
        settled_case_ids=[case_id for case_id, done in cases if done],
        rated=grade is not None,
    )


async def console_state(session: AsyncSession, staff_id: str) -> ConsoleState:
    """Everything a console page needs to draw itself anew.

    A call-back rings at the window and is no ``offer`` here: it stands in ``call_backs`` as started.
    """
    offer_id = await session.scalar(
        select(Offer.id)
        .join(Ticket, Ticket.id == Offer.ticket_id)
        .where(
            Offer.staff_id == staff_id,
            Offer.state == OfferState.RINGING,
            Ticket.for_staff_id.is_(None),
        )
    )
    call_id = await session.scalar(
        select(Call.id).where(Call.agent_staff_id == staff_id, Call.state == CallState.LIVE)
    )
    return ConsoleState(
        agent=await agent_view(session, staff_id),
        queue=await queue_for(session, staff_id),
        offer=None if offer_id is None else await offer_view(session, offer_id),
        call=None if call_id is None else await call_view(session, call_id),
        call_backs=await call_backs_for(session, staff_id),
    )


async def ticket_view(session: AsyncSession, rules: PairingRules, ticket_id: str) -> TicketView:
    """:raises NotFound: no such ticket."""
    row = (
        await session.execute(
            select(Ticket, SkillGroup)
            .join(SkillGroup, SkillGroup.id == Ticket.skill_group_id)
            .where(Ticket.id == ticket_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("ticket.not_found", "没有这个排队号")
    ticket, group = row
    stands = None
    if ticket.state == TicketState.WAITING:
        stands = await standing(session, rules, ticket)
    wait = stands.estimate if stands else None
    return TicketView(
        id=ticket.id,
        label=label(ticket.letters, ticket.number),
        case_id=ticket.case_id,
        state=TicketState(ticket.state),
        level=Level(ticket.level),
        skill_group_name=group.name,
        skill_group_name_en=group.name_en,
        place=stands.ahead + 1 if stands else None,
        ahead=stands.ahead if stands else None,
        agents_on_duty=stands.agents_on_duty if stands else 0,
        estimate=Estimate(from_s=wait.from_s, to_s=wait.to_s) if wait else None,
        waiting_since_ms=ticket.arrived_ms,
        advice_only=ticket.advice_only,
        call_back_id=ticket.call_back_id,
    )


async def queue_for(session: AsyncSession, staff_id: str) -> list[QueueEntry]:
    """The waiting tickets of the county; to an agent of a town only those of the own groups."""
    agent = await session.get(Agent, staff_id, populate_existing=True)
    if agent is None:
        return []
    place = func.row_number().over(
        partition_by=Ticket.skill_group_id, order_by=(Ticket.effective_ms, Ticket.id)
    )
    line = (
        select(Ticket.id, place.label("place"))
        .where(
            Ticket.county_id == agent.county_id,
            Ticket.state.in_(IN_LINE),
            Ticket.for_staff_id.is_(None),
        )
        .subquery()
    )
    mine = may_take(Ticket, staff_id)
    shown = literal(agent.level == Level.COUNTY) | mine
    rows = await session.execute(
        select(Ticket, ServiceItem, Window, line.c.place, mine.label("mine"))
        .join(line, line.c.id == Ticket.id)
        .join(Case, Case.id == Ticket.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Window, Window.id == Ticket.window_id)
        .where(Ticket.state == TicketState.WAITING, shown)
        .order_by(Ticket.effective_ms, Ticket.id)
        .limit(QUEUE_LIMIT)
    )
    return [
        _queue_entry(ticket, item, window, int(place), bool(mine))
        for ticket, item, window, place, mine in rows
    ]


def _queue_entry(
    ticket: Ticket, item: ServiceItem, window: Window, place: int, mine: bool
) -> QueueEntry:
    return QueueEntry(
        ticket_id=ticket.id,
        label=label(ticket.letters, ticket.number),
        item_name=item.name,
        item_name_en=item.name_en,
        window_name=window.name,
        window_name_en=window.name_en,
        level=Level(ticket.level),
        waiting_since_ms=ticket.arrived_ms,
        priority=ticket.effective_ms != ticket.arrived_ms,
        place=place,
        mine=mine,
    )


async def offer_view(session: AsyncSession, offer_id: str) -> OfferView:
    """:raises NotFound: no such offer."""
    row = (
        await session.execute(
            select(Offer, Ticket, ServiceItem, Window, StaffMember, Subject.name)
            .join(Ticket, Ticket.id == Offer.ticket_id)
            .join(Case, Case.id == Ticket.case_id)
            .join(Subject, Subject.id == Case.subject_id)
            .join(ServiceItem, ServiceItem.id == Case.item_id)
            .join(Window, Window.id == Ticket.window_id)
            .join(StaffMember, StaffMember.id == Ticket.helper_staff_id)
            .where(Offer.id == offer_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("offer.not_found", "没有这个来电")
    offer, ticket, item, window, helper, subject_name = row
    return OfferView(
        id=offer.id,
        ticket_id=ticket.id,
        label=label(ticket.letters, ticket.number),
        item_name=item.name,
        item_name_en=item.name_en,
        window_name=window.name,
        window_name_en=window.name_en,
        helper_name=helper.name,
        helper_name_en=helper.name_en,
        subject_name=subject_name,
        priority=ticket.effective_ms != ticket.arrived_ms,
        advice_only=ticket.advice_only,
        may_decide=offer.may_decide and not ticket.advice_only,
        waiting_since_ms=ticket.arrived_ms,
        deadline_ms=offer.deadline_ms,
    )


async def call_view(session: AsyncSession, call_id: str) -> CallView:
    """:raises NotFound: no such call."""
    agents, helpers = aliased(StaffMember), aliased(StaffMember)
    row = (
        await session.execute(
            select(Call, Ticket, Window, agents, helpers)
            .join(Ticket, Ticket.id == Call.ticket_id)
            .join(Window, Window.id == Call.window_id)
            .join(agents, agents.id == Call.agent_staff_id)
            .join(helpers, helpers.id == Call.helper_staff_id)
            .where(Call.id == call_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("call.not_found", "没有这次通话")
    call, ticket, window, agent, helper = row
    cases = await session.scalars(
        select(CallCase.case_id).where(CallCase.call_id == call_id).order_by(CallCase.case_id)
    )
    return CallView(
        id=call.id,
        ticket_id=ticket.id,
        label=label(ticket.letters, ticket.number),
        case_ids=list(cases),
        agent_name=agent.name,
        agent_name_en=agent.name_en,
        helper_name=helper.name,
        helper_name_en=helper.name_en,
        window_name=window.name,
        window_name_en=window.name_en,
        recorded=call.recorded,
        may_decide=call.may_decide,
        started_ms=call.started_ms,
    )


async def agent_view(session: AsyncSession, staff_id: str) -> AgentView | None:
    """``None``: has never been at a console."""
    row = (
        await session.execute(
            select(Agent, StaffMember.name)
            .join(StaffMember, StaffMember.id == Agent.staff_id)
            .where(Agent.staff_id == staff_id)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        return None
    agent, name = row
    return AgentView.model_validate(
        {
            "staff_id": agent.staff_id,
            "name": name,
            "state": agent.state,
            "away_reason": agent.away_reason,
            "since_ms": agent.since_ms,
            "until_ms": agent.until_ms,
        }
    )


async def ringing_call_back(
    session: AsyncSession, rules: PairingRules, window_id: str
) -> tuple[TicketView, CallBackView, str] | None:
    """The call-back that rings at the window, with the name of the agent who calls."""
    row = (
        await session.execute(
            select(Ticket.id, Ticket.call_back_id, StaffMember.name)
            .join(StaffMember, StaffMember.id == Ticket.for_staff_id)
            .where(Ticket.window_id == window_id, Ticket.state == TicketState.OFFERED)
        )
    ).one_or_none()
    if row is None:
        return None
    views = await call_backs_of_window(session, window_id)
    rings = next(view for view in views if view.id == row.call_back_id)
    return await ticket_view(session, rules, row.id), rings, row.name
