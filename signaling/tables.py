"""The tables of what is live: nodes, agents, tickets, offers, calls.

Pairing rests on two partial unique indexes: one live offer a ticket, one live offer or call an
agent. An offer lives from the first ring to the end of the call that it led to.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Text200, id_column, index_while, one_of
from casework.vocabulary import (
    AgentState,
    AwayReason,
    CallEndReason,
    CallState,
    Level,
    ListeningMode,
    OfferState,
    ParticipantKind,
    Reach,
    TicketState,
)


class Node(Base):
    """One running ``shipinban serve``; its lease is renewed every 2 s and lost after 6 s."""

    __tablename__ = "nodes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    boot_id: Mapped[str] = mapped_column(String(36))
    lease_until_ms: Mapped[Ms]
    started_ms: Mapped[Ms]
    held_since_ms: Mapped[Ms]
    """Since when the lease has been held without a break. Nobody is given up for lost before some
    node has watched for that long: a node that comes back gives everyone time to come back, too."""
    draining: Mapped[bool] = mapped_column(Boolean, default=False)


class Agent(Base):
    """An agent's presence. Offline when the heartbeat or the node's lease is lost."""

    __tablename__ = "agents"
    __table_args__ = (
        one_of("state", AgentState),
        one_of("away_reason", AwayReason),
        one_of("level", Level),
    )

    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")
    organisation_id: Mapped[str] = id_column("organisations.id")
    level: Mapped[str] = mapped_column(String(16))
    """County or town, by the home organisation."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    away_reason: Mapped[str | None] = mapped_column(String(16))
    since_ms: Mapped[Ms]
    on_duty_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the agent last came on duty; ``None`` while offline."""
    until_ms: Mapped[int | None] = mapped_column(BigInteger)
    """End of the wrap-up."""
    idle_since_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Since when available without a call: longest-idle first."""
    node_id: Mapped[str | None] = mapped_column(String(40))
    socket_id: Mapped[str | None] = mapped_column(String(36))
    """The duty socket that counts: the newest of several tabs."""
    heartbeat_ms: Mapped[Ms]


class TicketCounter(Base):
    """The running number of one letter on one county day."""

    __tablename__ = "ticket_counters"

    county_id: Mapped[str] = mapped_column(String(36), ForeignKey("counties.id"), primary_key=True)
    county_day: Mapped[int] = mapped_column(Integer, primary_key=True)
    """YYYYMMDD in the county's time zone."""
    letters: Mapped[str] = mapped_column(String(2), primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)


_LIVE_TICKET = "state IN ('waiting', 'offered', 'serving')"


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("county_id", "county_day", "letters", "number"),
        one_of("state", TicketState),
        one_of("level", Level),
        one_of("reach", Reach),
        index_while("uq_tickets_live_case", "case_id", where=_LIVE_TICKET, unique=True),
        index_while("uq_tickets_live_window", "window_id", where=_LIVE_TICKET, unique=True),
        Index("ix_tickets_queue", "county_id", "state", "skill_group_id", "effective_ms", "id"),
        Index("ix_tickets_arrived", "county_id", "arrived_ms"),
        Index("ix_tickets_ended", "county_id", "ended_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    county_day: Mapped[int] = mapped_column(Integer)
    letters: Mapped[str] = mapped_column(String(2))
    number: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[str] = id_column("cases.id", index=True)
    window_id: Mapped[str] = id_column("windows.id", index=True)
    helper_staff_id: Mapped[str] = id_column("staff.id")
    """Who took it; of a call-back, who answers it."""
    skill_group_id: Mapped[str] = id_column("skill_groups.id")
    overflow_group_id: Mapped[str | None] = id_column("skill_groups.id")
    """The county's group for the matter, when the own group is a town's."""
    level: Mapped[str] = mapped_column(String(16))
    """The level that may decide."""
    state: Mapped[str] = mapped_column(String(16))
    arrived_ms: Mapped[Ms]
    effective_ms: Mapped[Ms]
    """Arrival less the bonus (elderly or disabled 10 minutes; a dropped call: before all others)."""
    level_since_ms: Mapped[Ms]
    """Since when it waits at its present reach; overflow widens the reach."""
    reach: Mapped[str] = mapped_column(String(12))
    for_staff_id: Mapped[str | None] = id_column("staff.id")
    """Set on a call-back, which rings at the window: only its owner has it."""
    call_back_id: Mapped[str | None] = id_column("call_backs.id")
    node_id: Mapped[str | None] = mapped_column(String(40))
    """The node of the window's duty socket, where the room of the call will live; ``None`` while the
    window is not connected: nobody is rung for it then."""
    advice_only: Mapped[bool] = mapped_column(Boolean, default=False)
    """The resident said no to recording: no acceptance, no delegated step."""
    drops: Mapped[int] = mapped_column(Integer, default=0)
    """How often a call of this ticket was lost and put back to the head."""
    window_seen_ms: Mapped[Ms]
    """Last sign of life of the window; a ticket without one is cancelled after a while."""
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


_LIVE_OFFER = "state IN ('ringing', 'serving')"


class Offer(Base):
    __tablename__ = "offers"
    __table_args__ = (
        one_of("state", OfferState),
        index_while("uq_offers_live_ticket", "ticket_id", where=_LIVE_OFFER, unique=True),
        index_while("uq_offers_live_staff", "staff_id", where=_LIVE_OFFER, unique=True),
        index_while("ix_offers_ringing", "deadline_ms", where="state = 'ringing'"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    ticket_id: Mapped[str] = id_column("tickets.id", index=True)
    staff_id: Mapped[str] = id_column("staff.id", index=True)
    state: Mapped[str] = mapped_column(String(16))
    may_decide: Mapped[bool]
    """Whether this agent may accept the matter; overflow may advise and receive only."""
    deadline_ms: Mapped[Ms]
    created_ms: Mapped[Ms]
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)


class Call(Base):
    __tablename__ = "calls"
    __table_args__ = (
        one_of("state", CallState),
        one_of("end_reason", CallEndReason),
        index_while("uq_calls_live_ticket", "ticket_id", where="state = 'live'", unique=True),
        Index("ix_calls_ended", "county_id", "ended_ms"),
        Index("ix_calls_started", "county_id", "started_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    ticket_id: Mapped[str] = id_column("tickets.id", index=True)
    offer_id: Mapped[str] = id_column("offers.id")
    window_id: Mapped[str] = id_column("windows.id", index=True)
    helper_staff_id: Mapped[str] = id_column("staff.id")
    agent_staff_id: Mapped[str] = id_column("staff.id", index=True)
    node_id: Mapped[str] = mapped_column(String(40), index=True)
    state: Mapped[str] = mapped_column(String(12))
    end_reason: Mapped[str | None] = mapped_column(String(16))
    recorded: Mapped[bool]
    may_decide: Mapped[bool]
    """Whether the agent's level may accept; overflow may advise and receive only."""
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    notes: Mapped[str] = mapped_column(String(4000), default="")
    started_ms: Mapped[Ms]
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


class CallCase(Base):
    """One call serves several cases, one case several calls."""

    __tablename__ = "call_cases"

    call_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("cases.id"), primary_key=True, index=True
    )
    county_id: Mapped[str] = id_column("counties.id")


class CallParticipant(Base):
    __tablename__ = "call_participants"
    __table_args__ = (one_of("kind", ParticipantKind),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = id_column("calls.id", index=True)
    kind: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[str | None] = id_column("staff.id")
    joined_ms: Mapped[Ms]
    left_ms: Mapped[int | None] = mapped_column(BigInteger)


class CallEvent(Base):
    """What happened in a call, on its clock: what the player's event list shows."""

    __tablename__ = "call_events"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = id_column("calls.id", index=True)
    kind: Mapped[str] = mapped_column(String(40))
    position_ms: Mapped[Ms]
    """Milliseconds since the call's start."""
    actor_staff_id: Mapped[str | None] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at_ms: Mapped[Ms]


LISTENERS = 2
"""At once in one call."""
_LISTENING = "ended_ms IS NULL"


class CallListener(Base):
    """A supervisor in a running call: from the reason given to the leaving; never opened again."""

    __tablename__ = "call_listeners"
    __table_args__ = (
        one_of("mode", ListeningMode),
        CheckConstraint(f"slot BETWEEN 1 AND {LISTENERS}", name="slot"),
        index_while("uq_call_listeners_slot", "call_id", "slot", where=_LISTENING, unique=True),
        index_while(
            "uq_call_listeners_staff", "call_id", "staff_id", where=_LISTENING, unique=True
        ),
    )

    id: Mapped[Id]
    """Also that of the participant, from the moment that the supervisor is in the room."""
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = id_column("calls.id", index=True)
    staff_id: Mapped[str] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    slot: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str] = mapped_column(String(8))
    reason: Mapped[Text200]
    opened_ms: Mapped[Ms]
    joined_ms: Mapped[int | None] = mapped_column(BigInteger)
    """``None``: has not come yet; after half a minute nobody waits any more."""
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


class RoomToken(Base):
    """Lets one participant into one room once: 32 random bytes, valid 30 s, hashed here."""

    __tablename__ = "room_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")
    ticket_id: Mapped[str | None] = id_column("tickets.id")
    """``None``: a check room."""
    staff_id: Mapped[str] = id_column("staff.id")
    kind: Mapped[str] = mapped_column(String(16))
    node_id: Mapped[str] = mapped_column(String(40))
    expires_ms: Mapped[Ms]
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
