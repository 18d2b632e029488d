"""Agents' presence: on duty, away, available, wrap-up, offline; one row a person.

::

    offline ── on duty ──► available ◄──► away
                             │   ▲ ▲
                          offered │ └── wrap_up (timed) ◄── in_call
                             └────┴──────────────────────────┘

The newest of several tabs counts: its socket's id stands in the row, and heartbeats of an older one
find nothing. The node of the socket renews the heartbeats of all its agents in one statement.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalogue import level_of
from casework.errors import Conflict, Forbidden, Invalid, ShipinbanError
from casework.tables import Organisation, StaffMember
from casework.vocabulary import AgentState, AwayReason, Level, OfferState
from signaling.pairing.call_backs import adopt_call_backs
from signaling.pairing.offers import end_ringing
from signaling.pairing.rows import changed
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import note
from signaling.tables import Agent, Offer

RESTING = (AgentState.AVAILABLE, AgentState.AWAY, AgentState.WRAP_UP)


@dataclass(frozen=True, slots=True)
class Attached:
    state: AgentState
    taken_over: str | None
    """The socket that counted before, if another one."""


async def attach(
    session: AsyncSession, rules: PairingRules, staff_id: str, node_id: str, socket_id: str
) -> Attached:
    """A console's duty socket said hello: it counts from now on. The state stays as it was.

    :raises Forbidden: not an active member of staff whose organisation answers calls.
    """
    member, kind = await _member(session, staff_id)
    agent = await session.scalar(
        select(Agent).where(Agent.staff_id == staff_id).with_for_update(key_share=True)
    )
    before = None if agent is None else agent.socket_id
    if agent is None:
        agent = Agent(staff_id=staff_id, state=AgentState.OFFLINE, since_ms=rules.now())
        session.add(agent)
    agent.county_id = member.county_id
    agent.organisation_id = member.organisation_id
    agent.level = Level(level_of(kind))
    agent.node_id = node_id
    agent.socket_id = socket_id
    agent.heartbeat_ms = rules.now()
    state = AgentState(agent.state)
    try:
        await session.flush()
    except IntegrityError as error:  # the very first hello, of two tabs at once
        raise Conflict("socket.taken_over", "您已在另一个页面上岗") from error
    note(session, staff=staff_id)
    return Attached(state, before if before != socket_id else None)


async def detach(session: AsyncSession, staff_id: str, socket_id: str) -> None:
    """The socket closed. Unless another one counts by then nobody is rung there any more, and the
    agent is offline when the heartbeat has been missing for long enough."""
    await changed(
        session,
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.socket_id == socket_id)
        .values(socket_id=None),
        Agent.staff_id,
    )


async def heartbeat(
    session: AsyncSession, rules: PairingRules, node_id: str, socket_ids: Collection[str]
) -> frozenset[str]:
    """Renews all agents of one node. Returns the sockets that still count: others were taken over."""
    ids = await session.scalars(
        select(Agent.staff_id)
        .where(Agent.node_id == node_id, Agent.socket_id.in_(socket_ids))
        .order_by(Agent.staff_id)
        .with_for_update(key_share=True)
    )
    renewed = await session.scalars(
        update(Agent)
        .where(Agent.staff_id.in_(ids.all()), Agent.socket_id.in_(socket_ids))
        .values(heartbeat_ms=rules.now())
        .returning(Agent.socket_id),
        execution_options={"synchronize_session": False},
    )
    return frozenset(socket for socket in renewed if socket is not None)


async def on_duty(
    session: AsyncSession, rules: PairingRules, staff_id: str, socket_id: str
) -> None:
    """From offline to available; takes the group's call-backs that nobody owns yet.

    :raises Conflict: a newer tab has taken over.
    """
    county_id = await changed(
        session,
        update(Agent)
        .where(
            Agent.staff_id == staff_id,
            Agent.socket_id == socket_id,
            Agent.state == AgentState.OFFLINE,
        )
        .values(
            state=AgentState.AVAILABLE,
            away_reason=None,
            since_ms=rules.now(),
            on_duty_ms=rules.now(),
            idle_since_ms=rules.now(),
            until_ms=None,
            heartbeat_ms=rules.now(),
        ),
        Agent.county_id,
    )
    if county_id is not None:
        await adopt_call_backs(session, rules, staff_id)
        note(session, county=county_id, staff=staff_id)
        return
    counts = await session.scalar(select(Agent.socket_id).where(Agent.staff_id == staff_id))
    if counts != socket_id:
        raise Conflict("socket.taken_over", "您已在另一个页面上岗")


async def off_duty(session: AsyncSession, rules: PairingRules, staff_id: str) -> None:
    """:raises Conflict: in a call, or one has just come in."""
    await _leave(
        session, rules, staff_id, state=AgentState.OFFLINE, on_duty_ms=None, idle_since_ms=None
    )


async def away(
    session: AsyncSession, rules: PairingRules, staff_id: str, reason: AwayReason
) -> None:
    """:raises Conflict: offline, in a call, or one has just come in."""
    if reason == AwayReason.NO_ANSWER:
        raise Invalid("agent.away_reason", "请选择离开原因")
    await _leave(
        session,
        rules,
        staff_id,
        state=AgentState.AWAY,
        away_reason=reason,
        idle_since_ms=None,
    )


async def available(session: AsyncSession, rules: PairingRules, staff_id: str) -> None:
    """Back from away, or the wrap-up is done before its time.

    :raises Conflict: offline, or in a call.
    """
    county_id = await changed(
        session,
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.state.in_((AgentState.AWAY, AgentState.WRAP_UP)))
        .values(**idle(rules)),
        Agent.county_id,
    )
    if county_id is not None:
        note(session, county=county_id, staff=staff_id)
        return
    state = await session.scalar(select(Agent.state).where(Agent.staff_id == staff_id))
    if state not in (AgentState.AVAILABLE, AgentState.OFFERED):
        raise _wrong_state(state)


async def _leave(
    session: AsyncSession, rules: PairingRules, staff_id: str, **values: object
) -> None:
    """From rest, or from a ring (which counts as declined), to away or offline.

    A ring that begins just now is the accepted race: the agent is told and sees it.
    """
    offer_id = await session.scalar(
        select(Offer.id).where(Offer.staff_id == staff_id, Offer.state == OfferState.RINGING)
    )
    leaving = list(RESTING)
    if offer_id and await end_ringing(session, rules, offer_id, OfferState.DECLINED):
        leaving.append(AgentState.OFFERED)
    county_id = await changed(
        session,
        update(Agent)
        .where(Agent.staff_id == staff_id, Agent.state.in_(leaving))
        .values({"since_ms": rules.now(), "away_reason": None, "until_ms": None} | values),
        Agent.county_id,
    )
    if county_id is None:
        state = await session.scalar(select(Agent.state).where(Agent.staff_id == staff_id))
        if state == values["state"] == AgentState.OFFLINE:
            return
        raise _wrong_state(state)
    note(session, county=county_id, staff=staff_id)


def idle(rules: PairingRules) -> dict[str, object]:
    """Values of an agent who is free from now on."""
    return {
        "state": AgentState.AVAILABLE,
        "away_reason": None,
        "since_ms": rules.now(),
        "idle_since_ms": rules.now(),
        "until_ms": None,
    }


async def _member(session: AsyncSession, staff_id: str) -> tuple[StaffMember, str]:
    row = (
        await session.execute(
            select(StaffMember, Organisation.kind)
            .join(Organisation, Organisation.id == StaffMember.organisation_id)
            .where(StaffMember.id == staff_id, StaffMember.active)
        )
    ).one_or_none()
    if row is None or level_of(row.kind) not in set(Level):
        raise Forbidden("agent.not_allowed", "您没有坐席权限")
    return row.StaffMember, row.kind


def _wrong_state(state: str | None) -> ShipinbanError:
    texts = {
        AgentState.IN_CALL: "通话中不能更改状态",
        AgentState.OFFERED: "有来电正在响铃",
        AgentState.OFFLINE: "请先上岗",
    }
    text = texts.get(AgentState(state), "") if state else "请先上岗"
    return Conflict("agent.state", text, state=state)
