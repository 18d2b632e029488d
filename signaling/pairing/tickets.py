"""Tickets: a case's place in the queue.

::

    waiting ◄──► offered ──► serving ──► served
       │  ▲        │           │
       │  └────────┼───────────┘  a lost call: at the head, as the same case
       ├───────────┴──► cancelled (by the helper, or the window stayed away)
       └──► call_back   (nobody has been at work for it)

The order is that of the *effective* arrival: arrival less the bonus, the lost call before all. So
places are exact, and nobody starves: whoever comes ten minutes later never goes before.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, literal, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.consents import call_terms
from casework.database import new_id
from casework.errors import Conflict, Invalid, NotFound
from casework.tables import CallBack, Case, ServiceItem, Subject
from casework.vocabulary import (
    CallBackReason,
    CallBackState,
    CaseState,
    Level,
    OfferState,
    Reach,
    TicketState,
)
from signaling.pairing.call_backs import request_call_back
from signaling.pairing.numbers import label, next_number
from signaling.pairing.offers import release_agent, reopen_call_back
from signaling.pairing.opening import opening_of
from signaling.pairing.reach import Route, first_reach, route_of
from signaling.pairing.rows import changed, clock, locked_ticket
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import note
from signaling.tables import Offer, Ticket

LIVE = (TicketState.WAITING, TicketState.OFFERED, TicketState.SERVING)
IN_LINE = (TicketState.WAITING, TicketState.OFFERED)
_NO_MORE_CALLS = (
    CaseState.CLOSED,
    CaseState.WITHDRAWN,
    CaseState.DONE,
    CaseState.HANDED_OVER,
    CaseState.REFUSED,
    CaseState.UPHELD,
)


@dataclass(frozen=True, slots=True)
class Taken:
    ticket_id: str
    label: str


@dataclass(frozen=True, slots=True)
class CallBackPromised:
    call_back_id: str
    due_ms: int
    reason: CallBackReason


async def take_ticket(
    session: AsyncSession,
    rules: PairingRules,
    case_id: str,
    window_id: str,
    helper_staff_id: str,
    node_id: str,
) -> Taken | CallBackPromised:
    """Puts a case in the queue; a call-back when its group is closed or nobody is on duty.

    Asked again for the same case it answers the same.

    :raises NotFound: no such case at this window.
    :raises Invalid: the item is not handled by video.
    :raises Conflict: consent is missing, the case is over, or the window is in the queue already.
    """
    of_case = await session.scalar(
        select(Case).where(Case.id == case_id, Case.window_id == window_id)
    )
    if of_case is None:
        raise NotFound("case.not_found", "没有这个办件")
    if before := await _live_ticket(session, case_id, window_id):
        return before
    if of_case.state in _NO_MORE_CALLS:
        raise Conflict("case.over", "该办件已办结，请新建办件")
    item = await session.get_one(ServiceItem, of_case.item_id)
    if item.video_level is None:
        raise Invalid("item.not_by_video", "该事项暂不支持视频办理")
    terms = await call_terms(session, of_case)
    route = await route_of(session, of_case, item.video_level, item.skill_group_id)
    reach, reason = await _where_to_begin(session, rules, of_case, route)
    if reach is None:
        return await _promise(session, rules, of_case, window_id, route, reason)
    await _supersede_call_back(session, rules, case_id)
    ticket = await _new_ticket(session, rules, of_case, route, reach, node_id)
    ticket.helper_staff_id = helper_staff_id
    ticket.advice_only = not terms.recorded
    session.add(ticket)
    try:
        await session.flush()
    except IntegrityError as error:
        raise _window_busy() from error
    note(session, county=ticket.county_id, window=window_id)
    return Taken(ticket.id, label(ticket.letters, ticket.number))


async def cancel_ticket(
    session: AsyncSession, rules: PairingRules, ticket_id: str, window_id: str
) -> None:
    """The helper leaves the queue; an agent whom it rings is available again.

    :raises NotFound: no such ticket of this window.
    :raises Conflict: it is in a call, or was over before.
    """
    ticket = await locked_ticket(session, ticket_id)
    if ticket.window_id != window_id:
        raise NotFound("ticket.not_found", "没有这个排队号")
    if not await leave_line(session, rules, ticket):
        serving = ticket.state == TicketState.SERVING
        raise Conflict(
            "ticket.serving" if serving else "ticket.over",
            "坐席已接听" if serving else "这个排队号已结束",
        )


async def windows_seen(
    session: AsyncSession, rules: PairingRules, node_id: str, window_ids: Collection[str]
) -> None:
    """Signs of life of all windows with a duty socket at this node, in one statement.

    Until its call the room of a ticket follows the window to its present node.
    """
    ids = await session.scalars(
        select(Ticket.id)
        .where(Ticket.window_id.in_(window_ids), Ticket.state.in_(LIVE))
        .order_by(Ticket.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    await session.execute(
        update(Ticket)
        .where(Ticket.id.in_(ids.all()))
        .values(
            window_seen_ms=rules.now(),
            node_id=case(
                (Ticket.state == TicketState.SERVING, Ticket.node_id), else_=literal(node_id)
            ),
        ),
        execution_options={"synchronize_session": False},
    )


async def ahead_of(session: AsyncSession, ticket: Ticket) -> int:
    """How many are before it in the line of its skill group, those that ring included."""
    count = await session.scalar(
        select(func.count())
        .select_from(Ticket)
        .where(
            Ticket.county_id == ticket.county_id,
            Ticket.skill_group_id == ticket.skill_group_id,
            Ticket.state.in_(IN_LINE),
            Ticket.for_staff_id.is_(None),
            tuple_(Ticket.effective_ms, Ticket.id) < (ticket.effective_ms, ticket.id),
        )
    )
    return count or 0


async def _live_ticket(session: AsyncSession, case_id: str, window_id: str) -> Taken | None:
    ticket = await session.scalar(
        select(Ticket).where(
            Ticket.state.in_(LIVE), (Ticket.case_id == case_id) | (Ticket.window_id == window_id)
        )
    )
    if ticket is None:
        return None
    if ticket.case_id != case_id or ticket.window_id != window_id:
        raise _window_busy()
    return Taken(ticket.id, label(ticket.letters, ticket.number))


async def _where_to_begin(
    session: AsyncSession, rules: PairingRules, of_case: Case, route: Route
) -> tuple[Reach | None, CallBackReason]:
    opening = await opening_of(session, of_case.county_id, route.organisation_id)
    if not opening.is_open(await clock(session, rules)):
        return None, CallBackReason.CLOSED
    reach = await first_reach(session, rules, of_case.county_id, route)
    return reach, CallBackReason.NOBODY_ON_DUTY


async def _promise(
    session: AsyncSession,
    rules: PairingRules,
    of_case: Case,
    window_id: str,
    route: Route,
    reason: CallBackReason,
) -> CallBackPromised:
    live = await session.scalar(
        select(CallBack).where(
            CallBack.case_id == of_case.id,
            CallBack.state.in_((CallBackState.OPEN, CallBackState.STARTED)),
        )
    )
    if live is None:
        live = await request_call_back(session, rules, of_case, window_id, route, reason)
    return CallBackPromised(live.id, live.due_ms, CallBackReason(live.reason))


async def _supersede_call_back(session: AsyncSession, rules: PairingRules, case_id: str) -> None:
    """The resident is here and somebody is on duty: the promise is kept now."""
    await changed(
        session,
        update(CallBack)
        .where(CallBack.case_id == case_id, CallBack.state == CallBackState.OPEN)
        .values(state=CallBackState.CANCELLED, changed_ms=rules.now()),
        CallBack.id,
    )


async def _new_ticket(
    session: AsyncSession,
    rules: PairingRules,
    of_case: Case,
    route: Route,
    reach: Reach,
    node_id: str,
) -> Ticket:
    subject = await session.get_one(Subject, of_case.subject_id)
    now = await clock(session, rules)
    day, number = await next_number(session, of_case.county_id, route.letters, now)
    bonus_ms = rules.bonus_ms if subject.elderly or subject.disabled else 0
    return Ticket(
        id=new_id(),
        county_id=of_case.county_id,
        county_day=day,
        letters=route.letters,
        number=number,
        case_id=of_case.id,
        window_id=of_case.window_id,
        skill_group_id=route.skill_group_id,
        overflow_group_id=route.overflow_group_id,
        level=Level(route.level),
        state=TicketState.WAITING,
        arrived_ms=now,
        effective_ms=now - bonus_ms,
        level_since_ms=now,
        reach=reach,
        node_id=node_id,
        window_seen_ms=now,
    )


async def leave_line(session: AsyncSession, rules: PairingRules, ticket: Ticket) -> bool:
    """Cancels a locked ticket with the ring that there may be; ``False`` if it is not in line."""
    cancelled = await changed(
        session,
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.state.in_(IN_LINE))
        .values(state=TicketState.CANCELLED, ended_ms=rules.now()),
        Ticket.id,
    )
    if cancelled is None:
        return False
    staff_id = await changed(
        session,
        update(Offer)
        .where(Offer.ticket_id == ticket.id, Offer.state == OfferState.RINGING)
        .values(state=OfferState.CANCELLED, decided_ms=rules.now()),
        Offer.staff_id,
    )
    if staff_id is not None:
        await release_agent(session, rules, staff_id)
    await reopen_call_back(session, rules, ticket.call_back_id)
    note(session, county=ticket.county_id, staff=staff_id, window=ticket.window_id)
    return True


def _window_busy() -> Conflict:
    return Conflict("ticket.window_busy", "窗口已有排队号，请先完成或取消")
