"""Calls: a served ticket, from the accepted offer to the end.

A call that was lost (the window, the agent or the node was gone for too long) sends its ticket to
the head of the queue as the same case.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.database import new_id
from casework.errors import Conflict, NotFound
from casework.tables import CallBack, Case
from casework.vocabulary import (
    AgentState,
    CallBackState,
    CallEndReason,
    CallState,
    OfferState,
    TicketState,
)
from signaling.leases import is_live, is_watched
from signaling.pairing.rows import changed, locked_ticket
from signaling.pairing.rules import HEAD_MS, PairingRules
from signaling.pairing.topics import note
from signaling.tables import Agent, Call, CallCase, Offer, Ticket

_SERVED = (CallEndReason.FINISHED, CallEndReason.LONGEST_CALL)


@dataclass(frozen=True, slots=True)
class BegunCall:
    call_id: str
    ticket_id: str
    county_id: str
    window_id: str
    node_id: str
    """Where the room is."""
    agent_staff_id: str
    helper_staff_id: str
    recorded: bool
    may_decide: bool


async def begin_call(
    session: AsyncSession, rules: PairingRules, offer_id: str, ticket: Ticket
) -> BegunCall:
    """For :func:`signaling.pairing.offers.take_up`: ticket, agent and call follow the offer.

    :raises Conflict: the window is not connected any more.
    """
    if ticket.node_id is None:
        raise Conflict("window.gone", "窗口已断开，请稍候")
    offer = await session.get_one(Offer, offer_id, populate_existing=True)
    of_case = await session.get_one(Case, ticket.case_id)
    await _must(session, _serve_ticket(ticket.id), Ticket.id)
    await _must(session, _occupy_agent(rules, offer.staff_id), Agent.staff_id)
    call = Call(
        id=new_id(),
        county_id=ticket.county_id,
        ticket_id=ticket.id,
        offer_id=offer.id,
        window_id=ticket.window_id,
        helper_staff_id=ticket.helper_staff_id,
        agent_staff_id=offer.staff_id,
        node_id=ticket.node_id,
        state=CallState.LIVE,
        recorded=not ticket.advice_only,
        may_decide=offer.may_decide and not ticket.advice_only,
        home_organisation_id=of_case.home_organisation_id,
        county_organisation_id=of_case.county_organisation_id,
        started_ms=rules.now(),
    )
    session.add(call)
    await session.flush()
    session.add(CallCase(call_id=call.id, case_id=ticket.case_id, county_id=ticket.county_id))
    await session.flush()
    _note_call(session, call)
    return _begun(call)


async def end_call(
    session: AsyncSession,
    rules: PairingRules,
    call_id: str,
    reason: CallEndReason = CallEndReason.FINISHED,
) -> None:
    """The call is over and its ticket served; the agent wraps up.

    :raises NotFound: no such call.
    :raises Conflict: it has ended already.
    """
    if not await _finish(session, rules, call_id, reason):
        raise Conflict("call.over", "通话已结束")


async def lost_call(
    session: AsyncSession, rules: PairingRules, call_id: str, reason: CallEndReason
) -> bool:
    """Window or agent was gone for too long: the ticket goes to the head. ``False``: ended before.

    :raises NotFound: no such call.
    """
    return await _finish(session, rules, call_id, reason)


def of_lost_node(rules: PairingRules) -> ColumnElement[bool]:
    """SQL over ``Call``: its node's lease is lost, and there was a node to see it."""
    return ~is_live(Call.node_id, rules.now()) & is_watched(rules.now(), rules.lease_ms)


def calls_of_lost_nodes(rules: PairingRules) -> Select[str]:
    lost = select(Call.id).where(Call.state == CallState.LIVE, of_lost_node(rules))
    return lost.order_by(Call.started_ms)


async def lose_call_of_node(session: AsyncSession, rules: PairingRules, call_id: str) -> bool:
    """Ends a call whose node is still lost: the ticket to the head, the agent free at once."""
    return await _finish(session, rules, call_id, CallEndReason.NODE_LOST, of_lost_node(rules))


async def _finish(
    session: AsyncSession,
    rules: PairingRules,
    call_id: str,
    reason: CallEndReason,
    *conditions: ColumnElement[bool],
) -> bool:
    call = await session.get(Call, call_id)
    if call is None:
        raise NotFound("call.not_found", "没有这次通话")
    ticket = await locked_ticket(session, call.ticket_id)
    ended = await changed(
        session,
        update(Call)
        .where(Call.id == call_id, Call.state == CallState.LIVE, *conditions)
        .values(state=CallState.ENDED, end_reason=reason, ended_ms=rules.now()),
        Call.id,
    )
    if ended is None:
        return False
    await changed(
        session,
        update(Offer)
        .where(Offer.id == call.offer_id, Offer.state == OfferState.SERVING)
        .values(state=OfferState.ENDED),
        Offer.id,
    )
    served = reason in _SERVED
    await changed(session, _end_ticket(rules, ticket, reason), Ticket.id)
    await changed(session, _free_agent(rules, call.agent_staff_id, reason), Agent.staff_id)
    if served and ticket.call_back_id is not None:
        await _close_call_back(session, rules, ticket.call_back_id)
    _note_call(session, call)
    return True


def _begun(call: Call) -> BegunCall:
    return BegunCall(
        call_id=call.id,
        ticket_id=call.ticket_id,
        county_id=call.county_id,
        window_id=call.window_id,
        node_id=call.node_id,
        agent_staff_id=call.agent_staff_id,
        helper_staff_id=call.helper_staff_id,
        recorded=call.recorded,
        may_decide=call.may_decide,
    )


def _serve_ticket(ticket_id: str) -> Update:
    return (
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.state == TicketState.OFFERED)
        .values(state=TicketState.SERVING)
    )


def _occupy_agent(rules: PairingRules, staff_id: str) -> Update:
    return (
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.state == AgentState.OFFERED)
        .values(state=AgentState.IN_CALL, since_ms=rules.now(), idle_since_ms=None)
    )


def _end_ticket(rules: PairingRules, ticket: Ticket, reason: CallEndReason) -> Update:
    """Served; or at the head, an ordinary ticket now even if it was a call-back.

    Its window gets the whole time again to come back; until the window has shown itself (or
    unless it never was the one that was gone) nobody is rung for it.
    """
    serving = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == TicketState.SERVING)
    if reason in _SERVED:
        return serving.values(state=TicketState.SERVED, ended_ms=rules.now())
    return serving.values(
        state=TicketState.WAITING,
        effective_ms=Ticket.arrived_ms - HEAD_MS,
        level_since_ms=rules.now(),
        drops=Ticket.drops + 1,
        for_staff_id=None,
        node_id=Ticket.node_id if reason == CallEndReason.AGENT_LOST else None,
        window_seen_ms=rules.now(),
    )


def _free_agent(rules: PairingRules, staff_id: str, reason: CallEndReason) -> Update:
    """Wrap-up; but free at once when the node broke off, so that the resident is served again."""
    node_lost = reason == CallEndReason.NODE_LOST
    return (
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.state == AgentState.IN_CALL)
        .values(
            state=AgentState.AVAILABLE if node_lost else AgentState.WRAP_UP,
            since_ms=rules.now(),
            until_ms=None if node_lost else rules.now() + rules.wrap_up_ms,
            idle_since_ms=rules.now() if node_lost else None,
        )
    )


async def _close_call_back(session: AsyncSession, rules: PairingRules, call_back_id: str) -> None:
    await changed(
        session,
        update(CallBack)
        .where(CallBack.id == call_back_id, CallBack.state == CallBackState.STARTED)
        .values(state=CallBackState.DONE, changed_ms=rules.now()),
        CallBack.id,
    )


async def _must(
    session: AsyncSession, statement: Update, returning: InstrumentedAttribute[str]
) -> None:
    """Under the ticket's lock these rows follow the offer; anything else is a defect."""
    if await changed(session, statement, returning) is None:
        raise Conflict("offer.over", "这个来电已结束")


def _note_call(session: AsyncSession, call: Call) -> None:
    note(
        session,
        county=call.county_id,
        staff=call.agent_staff_id,
        window=call.window_id,
        call=call.id,
    )
