"""What becomes of tickets while they wait: the search widens, or ends.

Each rule comes as a pair: one finds ids in a cheap read, the other moves one ticket in a
transaction of its own, which judges the rule again. So every node may run them all at once.
"""

from sqlalchemy import ColumnElement, Select, and_, case, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Case, ServiceItem
from casework.vocabulary import CallBackReason, Reach, TicketState
from signaling.leases import is_watched
from signaling.pairing.call_backs import request_call_back
from signaling.pairing.offers import reopen_call_back
from signaling.pairing.reach import at_work, route_of, somebody
from signaling.pairing.rows import changed, locked_ticket
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import leave_line
from signaling.pairing.topics import note
from signaling.tables import Agent, Ticket


def tickets_of_gone_windows(rules: PairingRules) -> Select[str]:
    return _waiting(_window_is_gone(rules))


async def cancel_gone(session: AsyncSession, rules: PairingRules, ticket_id: str) -> bool:
    """Cancels a waiting ticket whose window has stayed away for too long."""
    ticket = await locked_ticket(session, ticket_id)
    gone = await session.scalar(
        select(Ticket.id).where(Ticket.id == ticket_id, _window_is_gone(rules))
    )
    return gone is not None and await leave_line(session, rules, ticket)


def tickets_to_widen(rules: PairingRules) -> Select[str]:
    return _waiting(_has_waited(rules))


async def widen(session: AsyncSession, rules: PairingRules, ticket_id: str) -> bool:
    """Lets the next circle of agents be asked, too: after the wait, or when nobody is at work."""
    next_reach = case(
        (
            and_(Ticket.reach == Reach.GROUP, Ticket.overflow_group_id.is_not(None)),
            literal(Reach.COUNTY.value),
        ),
        else_=literal(Reach.GENERAL.value),
    )
    county_id = await changed(
        session,
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.state == TicketState.WAITING, _has_waited(rules))
        .values(reach=next_reach, level_since_ms=rules.now()),
        Ticket.county_id,
    )
    if county_id is not None:
        note(session, county=county_id)
    return county_id is not None


def tickets_stranded(rules: PairingRules) -> Select[str]:
    return _waiting(_is_stranded(rules))


async def strand(session: AsyncSession, rules: PairingRules, ticket_id: str) -> bool:
    """Turns a ticket for which nobody has been at work for long into a call-back."""
    moved = await changed(
        session,
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.state == TicketState.WAITING, _is_stranded(rules))
        .values(state=TicketState.CALL_BACK, ended_ms=rules.now()),
        Ticket.id,
    )
    if moved is None:
        return False
    ticket = await locked_ticket(session, ticket_id)
    of_case = await session.get_one(Case, ticket.case_id)
    if ticket.call_back_id is not None:
        await reopen_call_back(session, rules, ticket.call_back_id)
    else:
        item = await session.get_one(ServiceItem, of_case.item_id)
        route = await route_of(session, of_case, ticket.level, item.skill_group_id)
        await request_call_back(
            session, rules, of_case, ticket.window_id, route, CallBackReason.NOBODY_ON_DUTY
        )
    note(session, county=ticket.county_id, window=ticket.window_id)
    return True


def _waiting(which: ColumnElement[bool]) -> Select[str]:
    found = select(Ticket.id).where(Ticket.state == TicketState.WAITING, which)
    return found.order_by(Ticket.effective_ms, Ticket.id)


def _window_is_gone(rules: PairingRules) -> ColumnElement[bool]:
    return and_(
        Ticket.window_seen_ms < rules.now() - rules.window_gone_ms,
        is_watched(rules.now(), rules.window_gone_ms),
    )


def _has_waited(rules: PairingRules) -> ColumnElement[bool]:
    wait = case(
        (
            and_(Ticket.reach == Reach.GROUP, Ticket.overflow_group_id.is_not(None)),
            rules.to_county_ms,
        ),
        else_=rules.to_general_ms,
    )
    return and_(
        Ticket.reach != Reach.GENERAL,
        (Ticket.level_since_ms <= rules.now() - wait) | ~somebody(Ticket, Ticket.reach, at_work()),
    )


def _is_stranded(rules: PairingRules) -> ColumnElement[bool]:
    """Nobody at work within the widest reach, and no change there for a while."""
    span = rules.now() - rules.stranded_ms
    everyone = literal(Reach.GENERAL.value)
    return and_(
        Ticket.arrived_ms < span,
        Ticket.level_since_ms < span,
        ~somebody(Ticket, everyone, at_work() | (Agent.since_ms > span)),
        is_watched(rules.now(), rules.stranded_ms),
    )
