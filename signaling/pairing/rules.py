"""The time limits of queue and pairing, and the clock that judges them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from casework.database import now_ms


@dataclass(frozen=True, slots=True)
class PairingRules:
    """What an operator may tune. All spans in milliseconds."""

    ring_ms: int = 20_000
    """How long an offer rings at an agent."""
    call_back_ring_ms: int = 60_000
    """How long a call-back rings at the window."""
    wrap_up_ms: int = 60_000
    bonus_ms: int = 600_000
    """By how much an elderly or disabled resident counts as having come earlier."""
    to_county_ms: int = 90_000
    """After so long a town's ticket may be taken by the county's group for the matter."""
    to_general_ms: int = 60_000
    """After so long (at its reach till then) a ticket may be taken by the general group."""
    declined_pause_ms: int = 30_000
    """So long an agent is not asked again for a ticket that he declined."""
    window_fresh_ms: int = 15_000
    """Nobody is rung for a window not seen for so long; its place stays."""
    window_gone_ms: int = 120_000
    """A ticket whose window has been gone for so long is cancelled."""
    agent_lost_ms: int = 6_000
    """An agent without a heartbeat for so long is offline."""
    stranded_ms: int = 300_000
    """A ticket for which nobody has been at work for so long becomes a call-back. An agent away for
    less than that still counts as on duty when a ticket is taken."""
    call_back_within_ms: int = 3_600_000
    """A call-back is due so long after its group is open."""
    lease_ms: int = 6_000
    """See :class:`signaling.leases.LeaseRules`."""
    now: Callable[[], ColumnElement[int]] = now_ms
    """The database's clock; tests put one in its place that they turn by hand."""


HEAD_MS = 1_000_000_000_000
"""Taken from the arrival of a ticket whose call was lost: before all others, and among its like
still in order of arrival."""
