"""A call-back rings at the window: its owner starts it, the helper's answer makes the call."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.consents import call_terms
from casework.database import new_id
from casework.errors import Conflict, NotFound
from casework.tables import CallBack, Case, ServiceItem
from casework.vocabulary import CallBackState, OfferState, Reach, TicketState
from signaling.pairing.calls import BegunCall
from signaling.pairing.numbers import next_number
from signaling.pairing.offers import end_ringing, hold_agent, insert_offer, release_agent, take_up
from signaling.pairing.reach import route_of
from signaling.pairing.rows import changed, clock, locked_ticket
from signaling.pairing.rules import PairingRules
from signaling.tables import Offer, Ticket


async def start_call_back(
    session: AsyncSession, rules: PairingRules, call_back_id: str, staff_id: str
) -> str:
    """Rings at the window for a while; id of the ticket.

    :raises NotFound: no such call-back of this person.
    :raises Conflict: it is not open, the agent is not available, or the window is busy.
    """
    call_back = await session.scalar(
        select(CallBack).where(CallBack.id == call_back_id, CallBack.owner_staff_id == staff_id)
    )
    if call_back is None:
        raise NotFound("call_back.not_found", "没有这个回拨")
    await hold_agent(session, rules, staff_id)
    started = await changed(
        session,
        update(CallBack)
        .where(
            CallBack.id == call_back_id,
            CallBack.state == CallBackState.OPEN,
            CallBack.owner_staff_id == staff_id,
        )
        .values(state=CallBackState.STARTED, changed_ms=rules.now()),
        CallBack.id,
    )
    if started is None:
        raise Conflict("call_back.not_open", "该回拨已开始或已结束")
    ticket = await _ticket_for(session, rules, call_back, staff_id)
    await insert_offer(session, rules, ticket, staff_id, rules.call_back_ring_ms)
    return ticket.id


async def answer_call_back(
    session: AsyncSession,
    rules: PairingRules,
    ticket_id: str,
    window_id: str,
    helper_staff_id: str,
    node_id: str,
    *,
    accept: bool,
) -> BegunCall | None:
    """The helper takes the call-back that rings at the window, or declines it (``None``).

    :raises NotFound: nothing rings at this window under that ticket.
    :raises Expired: it rang for too long.
    :raises Conflict: the agent has just given up.
    """
    ticket = await locked_ticket(session, ticket_id)
    offer_id = await session.scalar(
        select(Offer.id).where(Offer.ticket_id == ticket_id).order_by(Offer.created_ms.desc())
    )
    if ticket.window_id != window_id or ticket.for_staff_id is None or offer_id is None:
        raise NotFound("ticket.not_found", "没有这个回拨")
    if accept:
        ticket.helper_staff_id = helper_staff_id
        ticket.node_id = node_id
        await session.flush()
        return await take_up(session, rules, offer_id, ticket)
    if ended := await end_ringing(session, rules, offer_id, OfferState.CANCELLED):
        await release_agent(session, rules, ended[1])
    return None


async def _ticket_for(
    session: AsyncSession, rules: PairingRules, call_back: CallBack, staff_id: str
) -> Ticket:
    of_case = await session.get_one(Case, call_back.case_id)
    item = await session.get_one(ServiceItem, of_case.item_id)
    terms = await call_terms(session, of_case)
    route = await route_of(session, of_case, str(item.video_level), item.skill_group_id)
    now = await clock(session, rules)
    day, number = await next_number(session, call_back.county_id, route.letters, now)
    ticket = Ticket(
        id=new_id(),
        county_id=call_back.county_id,
        county_day=day,
        letters=route.letters,
        number=number,
        case_id=call_back.case_id,
        window_id=call_back.window_id,
        helper_staff_id=of_case.opened_by_staff_id,
        skill_group_id=route.skill_group_id,
        overflow_group_id=route.overflow_group_id,
        level=route.level,
        state=TicketState.OFFERED,
        arrived_ms=now,
        effective_ms=now,
        level_since_ms=now,
        reach=Reach.GROUP,
        for_staff_id=staff_id,
        call_back_id=call_back.id,
        advice_only=not terms.recorded,
        window_seen_ms=now,
    )
    session.add(ticket)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("window.busy", "窗口正在使用中，请稍后再拨") from error
    return ticket
