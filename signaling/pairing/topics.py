"""Topics of the bus, and how a use case names those that its change concerns.

A use case only notes topics on its session; they are published when its transaction has been
committed, and never when it has not::

    async with announcing(database, bus) as session:
        call = await accept(session, rules, offer_id, staff_id)
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database
from casework.tables import Case
from signaling.bus import Bus

PAIRING = "pairing"
"""Something changed that the dispatchers of every node should look at."""

JOURNAL = "journal"
"""Entries wait for the sequencer to number them."""

_NOTED = "topics"


def county_topic(county_id: str) -> str:
    """The queue of a county, its agents and its call-backs."""
    return f"county:{county_id}"


def staff_topic(staff_id: str) -> str:
    """One agent's state, offer and call."""
    return f"staff:{staff_id}"


def window_topic(window_id: str) -> str:
    """One window's ticket, call and ringing call-back."""
    return f"window:{window_id}"


def call_topic(call_id: str) -> str:
    """Begin and end of a call, for the room that holds it."""
    return f"call:{call_id}"


def note(
    session: AsyncSession,
    *,
    county: str | None = None,
    staff: str | None = None,
    window: str | None = None,
    call: str | None = None,
) -> None:
    """Remembers whom to wake once the session's transaction is committed."""
    topics: set[str] = session.info.setdefault(_NOTED, set())
    if county is not None:
        topics.update((county_topic(county), PAIRING))
    if staff is not None:
        topics.add(staff_topic(staff))
    if window is not None:
        topics.add(window_topic(window))
    if call is not None:
        topics.add(call_topic(call))


def tell_overdue(session: AsyncSession, case: Case) -> None:
    """Wakes whoever a case that has become overdue concerns: its county, window and owner."""
    note(session, county=case.county_id, window=case.window_id, staff=case.owner_staff_id)


def noted(session: AsyncSession) -> frozenset[str]:
    return frozenset(session.info.get(_NOTED, ()))


@asynccontextmanager
async def announcing(database: Database, bus: Bus) -> AsyncIterator[AsyncSession]:
    """A transaction; when it has been committed, those whom it concerns are woken."""
    async with database.transaction() as session:
        yield session
    bus.publish(*noted(session))
