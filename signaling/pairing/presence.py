"""What becomes of agents and rings by the clock: wrap-ups end, the lost go offline.

Pairs of a find and a move, as in :mod:`signaling.pairing.waiting`.
"""

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.vocabulary import AgentState, OfferState
from signaling.leases import is_watched
from signaling.pairing.agents import RESTING, idle
from signaling.pairing.offers import end_ringing, release_agent, window_is_away
from signaling.pairing.rows import changed
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import note
from signaling.tables import Agent, Offer


def agents_past_wrap_up(rules: PairingRules) -> Select[str]:
    return select(Agent.staff_id).where(_wrapped_up(rules))


async def end_wrap_up(session: AsyncSession, rules: PairingRules, staff_id: str) -> bool:
    """The time for wrapping up is over: available."""
    return await _move(session, staff_id, _wrapped_up(rules), idle(rules))


def agents_lost(rules: PairingRules) -> Select[str]:
    return select(Agent.staff_id).where(_resting_and_lost(rules))


async def lose_agent(session: AsyncSession, rules: PairingRules, staff_id: str) -> bool:
    """No heartbeat: offline.

    Not who is offered (the offer is recalled first) nor who is in a call (the room decides).
    """
    return await _move(session, staff_id, _resting_and_lost(rules), _gone(rules))


async def recall(session: AsyncSession, rules: PairingRules, offer_id: str) -> bool:
    """Returns a ringing offer whose agent or window is gone to the queue; ``False``: neither is."""
    lost = await session.scalar(
        select(Agent.staff_id)
        .join(Offer, Offer.staff_id == Agent.staff_id)
        .where(Offer.id == offer_id, is_lost(rules))
    )
    reason = Offer.id.is_not(None) if lost else window_is_away(rules)
    ended = await end_ringing(session, rules, offer_id, OfferState.CANCELLED, reason)
    if ended is None:
        return False
    _, staff_id = ended
    if lost:
        return await _move(session, staff_id, Agent.state == AgentState.OFFERED, _gone(rules))
    await release_agent(session, rules, staff_id)
    return True


def offers_to_recall(rules: PairingRules) -> Select[str]:
    return (
        select(Offer.id)
        .join(Agent, Agent.staff_id == Offer.staff_id)
        .where(Offer.state == OfferState.RINGING, is_lost(rules) | window_is_away(rules))
    )


def is_lost(rules: PairingRules) -> ColumnElement[bool]:
    """SQL over ``Agent``: the heartbeat is too old, and there was a node to hear it."""
    return and_(
        Agent.heartbeat_ms < rules.now() - rules.agent_lost_ms,
        is_watched(rules.now(), rules.agent_lost_ms),
    )


async def _move(
    session: AsyncSession, staff_id: str, which: ColumnElement[bool], values: dict[str, object]
) -> bool:
    county_id = await changed(
        session,
        update(Agent).where(Agent.staff_id == staff_id, which).values(values),
        Agent.county_id,
    )
    if county_id is not None:
        note(session, county=county_id, staff=staff_id)
    return county_id is not None


def _wrapped_up(rules: PairingRules) -> ColumnElement[bool]:
    return and_(Agent.state == AgentState.WRAP_UP, Agent.until_ms <= rules.now())


def _resting_and_lost(rules: PairingRules) -> ColumnElement[bool]:
    return and_(Agent.state.in_(RESTING), is_lost(rules))


def _gone(rules: PairingRules) -> dict[str, object]:
    return {
        "state": AgentState.OFFLINE,
        "away_reason": None,
        "since_ms": rules.now(),
        "on_duty_ms": None,
        "idle_since_ms": None,
        "until_ms": None,
    }
