"""What is known about a line in the queue: who works for it, and how long calls take."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import SkillGroupMember
from casework.vocabulary import AgentState, CallEndReason, TicketState
from signaling.pairing.estimate import Range, estimate
from signaling.pairing.reach import at_work, is_asked
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import IN_LINE, ahead_of
from signaling.tables import Agent, Call, Ticket

RECENT_CALLS = 40
RECENT_MS = 3 * 3_600_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a waiting ticket stands."""

    ahead: int
    agents_on_duty: int
    estimate: Range | None


async def standing(session: AsyncSession, rules: PairingRules, ticket: Ticket) -> Standing:
    ahead = await ahead_of(session, ticket)
    agents = (
        await session.execute(
            select(Agent.staff_id, Agent.state)
            .join(SkillGroupMember, SkillGroupMember.staff_id == Agent.staff_id)
            .join(Ticket, Ticket.county_id == Agent.county_id)
            .where(Ticket.id == ticket.id, is_asked(Ticket, Ticket.reach), at_work())
            .distinct()
        )
    ).all()
    free = sum(1 for agent in agents if agent.state == AgentState.AVAILABLE)
    strength = await _strength(session, ticket, [agent.staff_id for agent in agents])
    services = await _recent_services_s(session, rules, ticket)
    return Standing(ahead, len(agents), estimate(ahead, strength, services, free=free))


async def _strength(session: AsyncSession, ticket: Ticket, staff_ids: list[str]) -> float:
    """Agents at work for the line; one who serves n lines with people in them counts 1/n."""
    lines = select(Ticket.skill_group_id).where(
        Ticket.county_id == ticket.county_id,
        Ticket.state.in_(IN_LINE),
        Ticket.for_staff_id.is_(None),
        Ticket.skill_group_id != ticket.skill_group_id,
    )
    others = await session.execute(
        select(SkillGroupMember.staff_id, func.count())
        .where(SkillGroupMember.staff_id.in_(staff_ids), SkillGroupMember.skill_group_id.in_(lines))
        .group_by(SkillGroupMember.staff_id)
    )
    shared = dict(others.all())
    return sum(1 / (1 + shared.get(staff_id, 0)) for staff_id in staff_ids)


async def _recent_services_s(
    session: AsyncSession, rules: PairingRules, ticket: Ticket
) -> list[float]:
    """Handling times of the skill group: call and wrap-up, as the rule allows it."""
    rows = await session.scalars(
        select(Call.ended_ms - Call.started_ms)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .where(
            Call.county_id == ticket.county_id,
            Call.ended_ms > rules.now() - RECENT_MS,
            Call.end_reason == CallEndReason.FINISHED,
            Ticket.skill_group_id == ticket.skill_group_id,
            Ticket.state == TicketState.SERVED,
        )
        .order_by(Call.ended_ms.desc())
        .limit(RECENT_CALLS)
    )
    return [(lasted_ms + rules.wrap_up_ms) / 1000 for lasted_ms in rows if lasted_ms is not None]
