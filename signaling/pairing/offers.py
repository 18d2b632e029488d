"""Offers: a ticket rings at one agent until a deadline, and ends in exactly one way.

::

    ringing ── accept ──► serving ── end of the call ──► ended
       ├────── decline ─► declined        (ticket back in its place, agent available)
       ├────── deadline ► expired         (ticket back in its place, agent away: no answer)
       └────── cancel ──► cancelled       (the window left, or the agent was lost)

Accepting is one UPDATE on offer id, state and deadline; whoever comes second is told at once.
"""

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id
from casework.errors import Conflict, Expired, NotFound, ShipinbanError
from casework.tables import CallBack
from casework.vocabulary import AgentState, AwayReason, CallBackState, OfferState, TicketState
from signaling.leases import is_live
from signaling.pairing.calls import BegunCall, begin_call
from signaling.pairing.reach import agent_may_decide, may_take
from signaling.pairing.rows import changed, locked_ticket
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import note
from signaling.tables import Agent, Offer, Ticket


async def pick(session: AsyncSession, rules: PairingRules, ticket_id: str, staff_id: str) -> str:
    """Offers a waiting ticket to the agent who picked it; id of the offer.

    :raises NotFound: no such ticket, or not one for this agent.
    :raises Conflict: it is no longer waiting, or the agent is not available.
    """
    ticket = await session.scalar(
        select(Ticket).where(
            Ticket.id == ticket_id, may_take(Ticket, staff_id), Ticket.for_staff_id.is_(None)
        )
    )
    if ticket is None:
        raise NotFound("ticket.not_found", "没有这个排队号")
    return await ring(session, rules, ticket, staff_id)


async def ring(session: AsyncSession, rules: PairingRules, ticket: Ticket, staff_id: str) -> str:
    """Makes an offer of a waiting ticket to an available agent; id of the offer.

    :raises Conflict: one of them has just moved on; the caller rolls back.
    """
    ticket_moved = await changed(
        session,
        update(Ticket)
        .where(
            Ticket.id == ticket.id,
            Ticket.state == TicketState.WAITING,
            Ticket.node_id.is_not(None),
        )
        .values(state=TicketState.OFFERED),
        Ticket.id,
    )
    if ticket_moved is None:
        raise Conflict("ticket.not_waiting", "这个排队号已不在等候")
    await hold_agent(session, rules, staff_id)
    return await insert_offer(session, rules, ticket, staff_id, rules.ring_ms)


async def hold_agent(session: AsyncSession, rules: PairingRules, staff_id: str) -> None:
    """Takes an available agent for an offer.

    :raises Conflict: the agent is not available.
    """
    moved = await changed(
        session,
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.state == AgentState.AVAILABLE)
        .values(state=AgentState.OFFERED, since_ms=rules.now()),
        Agent.staff_id,
    )
    if moved is None:
        raise Conflict("agent.not_available", "您当前不是空闲状态")


async def insert_offer(
    session: AsyncSession, rules: PairingRules, ticket: Ticket, staff_id: str, ring_ms: int
) -> str:
    offer = Offer(
        id=new_id(),
        county_id=ticket.county_id,
        ticket_id=ticket.id,
        staff_id=staff_id,
        state=OfferState.RINGING,
        may_decide=await agent_may_decide(session, ticket, staff_id),
        deadline_ms=rules.now() + ring_ms,
        created_ms=rules.now(),
    )
    session.add(offer)
    await session.flush()
    note(session, county=ticket.county_id, staff=staff_id, window=ticket.window_id)
    return offer.id


async def accept(
    session: AsyncSession, rules: PairingRules, offer_id: str, staff_id: str
) -> BegunCall:
    """The agent takes the offer; the call begins.

    :raises NotFound: no such offer to this agent.
    :raises Expired: the ring was over.
    :raises Conflict: declined, cancelled or accepted already.
    """
    offer = await _own_offer(session, offer_id, staff_id)
    ticket = await locked_ticket(session, offer.ticket_id)
    if ticket.for_staff_id is not None:
        raise Conflict("offer.window_answers", "回拨由窗口接听，请等待窗口应答")
    return await take_up(session, rules, offer_id, ticket)


async def take_up(
    session: AsyncSession, rules: PairingRules, offer_id: str, ticket: Ticket
) -> BegunCall:
    """Turns a ringing offer of a locked ticket into a call.

    :raises Expired: the ring was over.
    :raises Conflict: it ended otherwise before.
    """
    taken = await changed(
        session,
        update(Offer)
        .where(
            Offer.id == offer_id,
            Offer.state == OfferState.RINGING,
            Offer.deadline_ms > rules.now(),
        )
        .values(state=OfferState.SERVING, decided_ms=rules.now()),
        Offer.staff_id,
    )
    if taken is None:
        raise await _too_late(session, offer_id)
    return await begin_call(session, rules, offer_id, ticket)


async def decline(session: AsyncSession, rules: PairingRules, offer_id: str, staff_id: str) -> None:
    """The agent does not take the offer and stays available, last in the order of the idle.

    :raises NotFound: no such offer to this agent.
    :raises Expired: the ring was over.
    :raises Conflict: cancelled or accepted already.
    """
    await _own_offer(session, offer_id, staff_id)
    if not await end_ringing(session, rules, offer_id, OfferState.DECLINED):
        raise await _too_late(session, offer_id)
    await release_agent(session, rules, staff_id, last=True)


async def expire(session: AsyncSession, rules: PairingRules, offer_id: str) -> bool:
    """Ends an offer that rang out: the silent agent becomes away. Whether there was one to end.

    A call-back rings at the window: there it is not the agent who was silent.
    """
    ended = await end_ringing(
        session, rules, offer_id, OfferState.EXPIRED, Offer.deadline_ms <= rules.now()
    )
    if ended is None:
        return False
    ticket, staff_id = ended
    if ticket.for_staff_id is not None:
        await release_agent(session, rules, staff_id)
    else:
        await release_agent(session, rules, staff_id, no_answer=True)
    return True


def offers_rung_out(rules: PairingRules) -> Select[str]:
    over = select(Offer.id).where(
        Offer.state == OfferState.RINGING, Offer.deadline_ms <= rules.now()
    )
    return over.order_by(Offer.deadline_ms)


async def end_ringing(
    session: AsyncSession,
    rules: PairingRules,
    offer_id: str,
    outcome: OfferState,
    *conditions: ColumnElement[bool],
) -> tuple[Ticket, str] | None:
    """Ends a ringing offer that meets the conditions and returns its ticket to the queue.

    Returns ticket and agent, who is still ``offered``: the caller says what becomes of him.
    ``None``: the offer does not ring any more, or a condition does not hold.
    """
    ticket_id = await session.scalar(select(Offer.ticket_id).where(Offer.id == offer_id))
    if ticket_id is None:
        return None
    ticket = await locked_ticket(session, ticket_id)
    staff_id = await changed(
        session,
        update(Offer)
        .where(Offer.id == offer_id, Offer.state == OfferState.RINGING, *conditions)
        .values(state=outcome, decided_ms=rules.now()),
        Offer.staff_id,
    )
    if staff_id is None:
        return None
    await _give_back(session, rules, ticket)
    note(session, county=ticket.county_id, staff=staff_id, window=ticket.window_id)
    return ticket, staff_id


async def release_agent(
    session: AsyncSession,
    rules: PairingRules,
    staff_id: str,
    *,
    last: bool = False,
    no_answer: bool = False,
) -> None:
    """What becomes of the agent of an ended ring: available (keeping his turn, or last) or away."""
    await changed(
        session,
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.state == AgentState.OFFERED)
        .values(
            state=AgentState.AWAY if no_answer else AgentState.AVAILABLE,
            away_reason=AwayReason.NO_ANSWER if no_answer else None,
            since_ms=rules.now(),
            idle_since_ms=rules.now() if last else Agent.idle_since_ms,
        ),
        Agent.staff_id,
    )


def window_is_away(rules: PairingRules) -> ColumnElement[bool]:
    """SQL over ``Offer``: its window is not connected to a live node any more."""
    away = (
        Ticket.node_id.is_(None)
        | ~is_live(Ticket.node_id, rules.now())
        | (Ticket.window_seen_ms < rules.now() - rules.window_fresh_ms)
    )
    return exists().where(Ticket.id == Offer.ticket_id, Ticket.for_staff_id.is_(None), away)


async def _give_back(session: AsyncSession, rules: PairingRules, ticket: Ticket) -> None:
    """An ordinary ticket waits on in its place; that of a call-back ends, and it is open again."""
    back = ticket.for_staff_id is not None
    await changed(
        session,
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.state == TicketState.OFFERED)
        .values(
            state=TicketState.CANCELLED if back else TicketState.WAITING,
            ended_ms=rules.now() if back else None,
        ),
        Ticket.id,
    )
    if back:
        await reopen_call_back(session, rules, ticket.call_back_id)


async def reopen_call_back(
    session: AsyncSession, rules: PairingRules, call_back_id: str | None
) -> None:
    """Its call did not come about: it waits for its owner again. Nothing to do for ``None``."""
    if call_back_id is None:
        return
    await changed(
        session,
        update(CallBack)
        .where(CallBack.id == call_back_id, CallBack.state == CallBackState.STARTED)
        .values(state=CallBackState.OPEN, changed_ms=rules.now()),
        CallBack.id,
    )


async def _own_offer(session: AsyncSession, offer_id: str, staff_id: str) -> Offer:
    offer = await session.scalar(
        select(Offer).where(Offer.id == offer_id, Offer.staff_id == staff_id)
    )
    if offer is None:
        raise NotFound("offer.not_found", "没有这个来电")
    return offer


async def _too_late(session: AsyncSession, offer_id: str) -> ShipinbanError:
    state = await session.scalar(select(Offer.state).where(Offer.id == offer_id))
    if state in (OfferState.RINGING, OfferState.EXPIRED):
        return Expired("offer.expired", "响铃已超时，来电已转给他人")
    return Conflict("offer.over", "这个来电已结束", state=str(state))
