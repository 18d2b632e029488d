"""Every event that belongs to a call's evidence: of the call itself, and of its cases in it.

What was done in a case (a page taken, a form shown, a signature, an outcome) is a case's event that
names the call. The consent was given before there was a call: it stands with a time before zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import CaseEvent
from recording.control import EventToChain
from recording.evidence.canonical import canonical, digest
from recording.tables import Recording
from signaling.tables import CallCase, CallEvent


@dataclass(frozen=True, slots=True)
class Event:
    event_id: str
    kind: str
    position_ms: int
    """Since the call's start; negative before it."""
    at_ms: int
    actor: str | None
    body: dict[str, Any]


async def call_events(
    session: AsyncSession, recording: Recording, without: Select[Any] | None = None
) -> Sequence[Event]:
    """In order of position; ``without``: ids to leave out."""
    of_call = select(CallEvent).where(CallEvent.call_id == recording.call_id)
    cases = select(CallCase.case_id).where(CallCase.call_id == recording.call_id)
    of_cases = select(CaseEvent).where(
        or_(
            CaseEvent.call_id == recording.call_id,
            and_(CaseEvent.case_id.in_(cases), CaseEvent.kind.startswith("consent.")),
        )
    )
    if without is not None:
        of_call = of_call.where(CallEvent.id.not_in(without))
        of_cases = of_cases.where(CaseEvent.id.not_in(without))
    events = [
        Event(e.id, e.kind, e.position_ms, e.at_ms, e.actor_staff_id, e.body)
        for e in await session.scalars(of_call)
    ]
    events += [
        Event(e.id, e.kind, e.at_ms - recording.started_ms, e.at_ms, e.actor_staff_id, e.body)
        for e in await session.scalars(of_cases)
    ]
    return sorted(events, key=lambda event: (event.position_ms, event.event_id))


def to_chain(event: Event) -> EventToChain:
    return EventToChain(
        event_id=event.event_id,
        event=event.kind,
        position_ms=event.position_ms,
        at_ms=event.at_ms,
        actor=event.actor,
        body_sha256=digest(canonical(event.body)),
    )
