"""The figures of the wallboard: a few counts over what a person supervises, nothing unbounded."""

from collections import Counter

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import day_start_ms
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Case, Window
from casework.vocabulary import AgentState, TicketState
from signaling.course_lists import is_late
from signaling.pairing.numbers import county_day
from signaling.pairing.tickets import IN_LINE
from signaling.tables import Agent, Call, Ticket
from signaling.wallboard import limits
from signaling.wallboard.limits import LIMITS
from signaling.wire.live import (
    LISTED,
    AgentCount,
    AgentsBoard,
    CasesBoard,
    DayBoard,
    QueueBoard,
    WindowCheck,
    WindowsBoard,
)

OFF_DUTY = (AgentState.OFFLINE, AgentState.AWAY)


def _tickets(person: SignedIn) -> tuple[ColumnElement[bool], ...]:
    """Of the windows that the person supervises; a call-back is the agent's own call."""
    windows = select(Window.id).where(
        may_supervise(person, Window.county_id, Window.organisation_id)
    )
    return (
        Ticket.county_id == person.county_id,
        Ticket.window_id.in_(windows),
        Ticket.for_staff_id.is_(None),
    )


async def queue_board(session: AsyncSession, person: SignedIn, at_ms: int) -> QueueBoard:
    """Of the tickets in line now."""
    lost = select(func.max(Call.ended_ms)).where(Call.ticket_id == Ticket.id).scalar_subquery()
    since = func.coalesce(lost, Ticket.arrived_ms)
    row = (
        await session.execute(
            select(
                func.count(),
                func.sum(case((Ticket.state == TicketState.OFFERED, 1), else_=0)),
                func.min(since),
            ).where(*_tickets(person), Ticket.state.in_(IN_LINE))
        )
    ).one()
    waiting, ringing, longest_since_ms = row
    waited_s = 0.0 if longest_since_ms is None else (at_ms - longest_since_ms) / 1000
    return QueueBoard(
        waiting=waiting,
        ringing=ringing or 0,
        waiting_level=limits.rising(waiting, LIMITS.waiting_watch, LIMITS.waiting_alarm),
        longest_since_ms=longest_since_ms,
        longest_level=limits.rising(waited_s, LIMITS.wait_watch_s, LIMITS.wait_alarm_s),
    )


async def day_board(session: AsyncSession, person: SignedIn, at_ms: int) -> DayBoard:
    """Of the tickets that were taken today."""
    counted = _day_counts(person, at_ms, at_ms - LIMITS.in_time_s * 1000)
    tickets, in_time, abandoned, early = (await session.execute(select(counted))).one()
    due = tickets - (early or 0)
    share = (in_time or 0) / due if due else None
    return DayBoard(
        tickets=tickets,
        in_time=in_time or 0,
        due=due,
        in_time_share=share,
        in_time_level=limits.of_share_in_time(share),
        abandoned=abandoned or 0,
        abandoned_level=limits.of_abandoned(abandoned or 0, tickets),
    )


def _day_counts(person: SignedIn, at_ms: int, early_ms: int) -> Subquery:
    """Tickets, answered in time, given up, and waiting since ``early_ms`` or later."""
    first_ms = (
        select(func.min(Call.started_ms)).where(Call.ticket_id == Ticket.id).scalar_subquery()
    )
    today = (
        select(Ticket.state, Ticket.arrived_ms, first_ms.label("first_ms"))
        .where(*_tickets(person), Ticket.county_day == county_day(at_ms))
        .subquery()
    )
    unanswered = today.c.first_ms.is_(None)
    in_time = today.c.first_ms - today.c.arrived_ms <= LIMITS.in_time_s * 1000
    abandoned = and_(unanswered, today.c.state == TicketState.CANCELLED)
    early = and_(unanswered, today.c.state.in_(IN_LINE), today.c.arrived_ms > early_ms)
    counts = select(
        func.count().label("tickets"),
        func.sum(case((in_time, 1), else_=0)).label("in_time"),
        func.sum(case((abandoned, 1), else_=0)).label("abandoned"),
        func.sum(case((early, 1), else_=0)).label("early"),
    )
    return counts.select_from(today).subquery()


async def agents_board(session: AsyncSession, person: SignedIn) -> AgentsBoard:
    """Who was ever at a console, by state."""
    rows = await session.execute(
        select(Agent.state, func.count())
        .where(may_supervise(person, Agent.county_id, Agent.organisation_id))
        .group_by(Agent.state)
    )
    found = Counter({AgentState(state): agents for state, agents in rows})
    on_duty = sum(found[state] for state in AgentState if state not in OFF_DUTY)
    return AgentsBoard(
        states=[AgentCount(state=state, agents=found[state]) for state in AgentState],
        on_duty=on_duty,
        level=limits.of_agents(found[AgentState.AVAILABLE], on_duty),
    )


async def windows_board(session: AsyncSession, person: SignedIn, at_ms: int) -> WindowsBoard:
    """When each window's devices were last found to be well."""
    mine = (may_supervise(person, Window.county_id, Window.organisation_id), Window.active)
    today = Window.checked_ms >= day_start_ms(at_ms)
    total, never, fresh = (
        await session.execute(
            select(
                func.count(),
                func.sum(case((Window.checked_ms.is_(None), 1), else_=0)),
                func.sum(case((today, 1), else_=0)),
            ).where(*mine)
        )
    ).one()
    stale = await session.scalars(
        select(Window)
        .where(*mine, func.coalesce(Window.checked_ms, 0) < day_start_ms(at_ms))
        .order_by(Window.checked_ms.is_not(None), Window.checked_ms, Window.code)
        .limit(LISTED)
    )
    earlier = total - (never or 0) - (fresh or 0)
    return WindowsBoard(
        today=fresh or 0,
        earlier=earlier,
        never=never or 0,
        listed=[
            WindowCheck(id=row.id, name=row.name, name_en=row.name_en, checked_ms=row.checked_ms)
            for row in stale
        ],
        level=limits.of_problems(never or 0, earlier),
    )


async def cases_board(session: AsyncSession, person: SignedIn) -> CasesBoard:
    """As the list of cases filters them, so that the number and the list agree."""
    overdue = await session.scalar(
        select(func.count())
        .select_from(Case)
        .where(may_supervise(person, Case.county_id, Case.home_organisation_id), is_late())
    )
    return CasesBoard(overdue=overdue or 0, level=limits.of_problems(overdue or 0, 0))
