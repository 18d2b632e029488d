"""Which ticket to which agent.

The first ticket in effective order for which there is anybody to ask goes first. Among the agents
for it: whoever was asked for this ticket least often, then who may decide, then the longest idle.
"""

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import County, SkillGroupMember
from casework.vocabulary import AgentState, OfferState, TicketState
from signaling.leases import takes_calls
from signaling.pairing.offers import ring
from signaling.pairing.reach import is_asked
from signaling.pairing.rows import clock
from signaling.pairing.rules import PairingRules
from signaling.tables import Agent, Offer, Ticket


def counties_to_serve(_rules: PairingRules) -> Select[str]:
    """Where tickets wait and agents are available; not necessarily for one another."""
    return (
        select(Ticket.county_id)
        .where(
            Ticket.state == TicketState.WAITING,
            exists().where(
                Agent.county_id == Ticket.county_id, Agent.state == AgentState.AVAILABLE
            ),
        )
        .distinct()
    )


async def offer_next(session: AsyncSession, rules: PairingRules, county_id: str) -> bool:
    """Makes the one offer that is next in the county; ``False``: there is none to make.

    Dispatchers of several nodes take turns by the county's row, so the order holds.

    :raises Conflict: ticket or agent moved on meanwhile; look again.
    """
    await session.scalar(
        select(County.id).where(County.id == county_id).with_for_update(key_share=True)
    )
    now = await clock(session, rules)
    pair = (await session.execute(_pairs(rules, county_id, now))).one_or_none()
    if pair is None:
        return False
    await ring(session, rules, pair.Ticket, pair.staff_id)
    return True


def _pairs(rules: PairingRules, county_id: str, now: int) -> Select[Ticket, str]:
    asked = (
        select(func.count())
        .where(Offer.ticket_id == Ticket.id, Offer.staff_id == Agent.staff_id)
        .correlate(Ticket, Agent)
        .scalar_subquery()
    )
    own_group = case((SkillGroupMember.skill_group_id == Ticket.skill_group_id, 0), else_=1)
    return (
        select(Ticket, Agent.staff_id)
        .join(Agent, Agent.county_id == Ticket.county_id)
        .join(SkillGroupMember, SkillGroupMember.staff_id == Agent.staff_id)
        .where(
            Ticket.county_id == county_id,
            is_asked(Ticket, Ticket.reach),
            _may_be_offered(rules, now),
            _may_be_asked(rules, now),
        )
        .order_by(
            Ticket.effective_ms, Ticket.id, asked, own_group, Agent.idle_since_ms, Agent.staff_id
        )
        .limit(1)
    )


def _may_be_offered(rules: PairingRules, now: int) -> ColumnElement[bool]:
    """The ticket waits, and its window is connected to a node that takes calls."""
    return and_(
        Ticket.state == TicketState.WAITING,
        Ticket.for_staff_id.is_(None),
        Ticket.window_seen_ms >= now - rules.window_fresh_ms,
        takes_calls(Ticket.node_id, rules.now()),
    )


def _may_be_asked(rules: PairingRules, now: int) -> ColumnElement[bool]:
    """The agent is available at a live socket and has not just declined this ticket."""
    declined = exists().where(
        Offer.ticket_id == Ticket.id,
        Offer.staff_id == Agent.staff_id,
        Offer.state == OfferState.DECLINED,
        Offer.decided_ms > now - rules.declined_pause_ms,
    )
    return and_(
        Agent.state == AgentState.AVAILABLE,
        Agent.socket_id.is_not(None),
        Agent.heartbeat_ms >= now - rules.agent_lost_ms,
        ~declined.correlate(Ticket, Agent),
    )
