"""What the edge does for a recording's chain: events into it, its heads into the journal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import structlog
from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, read_clock
from casework.journal.acts import Act, add_entry
from casework.vocabulary import HeadKind, RecordingState
from recording.control import MAX_EVENTS, EventToChain, SignedHead
from recording.evidence.canonical import canonical, digest
from recording.evidence.links import head_statement
from recording.tables import ChainedEvent, EvidenceHead, Recording
from signaling.tables import CallEvent

logger = structlog.get_logger(__name__)

_WHAT = {
    HeadKind.START: "recording.started",
    HeadKind.BEAT: "recording.continued",
    HeadKind.END: "recording.sealed",
}


async def events_to_chain(
    session: AsyncSession, *, node_id: str, recording_id: str | None = None
) -> Mapping[str, Sequence[EventToChain]]:
    """Committed events of calls being recorded here that no recorder told to be chained yet."""
    wanted = [Recording.node_id == node_id, Recording.state == RecordingState.RECORDING]
    if recording_id is not None:
        wanted.append(Recording.id == recording_id)
    chained = (
        select(ChainedEvent.event_id)
        .where(ChainedEvent.recording_id == Recording.id, ChainedEvent.event_id == CallEvent.id)
        .exists()
    )
    rows = await session.execute(
        select(Recording.id, CallEvent)
        .join(CallEvent, CallEvent.call_id == Recording.call_id)
        .where(*wanted, ~chained)
        .order_by(CallEvent.position_ms, CallEvent.id)
    )
    found: dict[str, list[EventToChain]] = defaultdict(list)
    for id_, event in rows:
        if len(found[id_]) < MAX_EVENTS:
            found[id_].append(event_to_chain(event))
    return found


def event_to_chain(event: CallEvent) -> EventToChain:
    return EventToChain(
        event_id=event.id,
        event=event.kind,
        position_ms=event.position_ms,
        at_ms=event.at_ms,
        actor=event.actor_staff_id,
        body_sha256=digest(canonical(event.body)),
    )


async def note_chained(session: AsyncSession, recording_id: str, event_ids: Sequence[str]) -> None:
    """Told again, nothing changes."""
    recording = await session.get(Recording, recording_id)
    if recording is None:
        return
    known = set(
        await session.scalars(
            select(ChainedEvent.event_id).where(ChainedEvent.recording_id == recording_id)
        )
    )
    there = set(
        await session.scalars(
            select(CallEvent.id).where(
                CallEvent.call_id == recording.call_id, CallEvent.id.in_(event_ids)
            )
        )
    )
    at_ms = await read_clock(session)
    session.add_all(
        ChainedEvent(
            recording_id=recording_id,
            event_id=event_id,
            county_id=recording.county_id,
            at_ms=at_ms,
        )
        for event_id in sorted(there - known)
    )


async def add_head(
    session: AsyncSession,
    recording: Recording,
    head: SignedHead,
    *,
    manifest_sha256: str | None = None,
) -> None:
    """Puts a head into the journal; one that is there already changes nothing."""
    known = await session.scalar(
        select(EvidenceHead.id).where(
            EvidenceHead.recording_id == recording.id, EvidenceHead.links == head.links
        )
    )
    if known is not None:
        return
    evidence: dict[str, JsonValue] = {
        "recording_id": recording.id,
        "links": head.links,
        "head": head.head,
        "at_ms": head.at_ms,
        "monotonic_us": head.monotonic_us,
        "signature": head.signature,
        "signed_by": head.signed_by,
        "public_key": head.public_key,
        "node_id": recording.node_id,
        "node_key": head.node_key,
    }
    if manifest_sha256 is not None:
        evidence["manifest_sha256"] = manifest_sha256
    entry_id = await add_entry(
        session,
        Act(
            what=_WHAT[head.kind],
            county_id=recording.county_id,
            home_organisation_id=recording.home_organisation_id,
            county_organisation_id=recording.county_organisation_id,
            actor_staff_id=None,
            call_id=recording.call_id,
            evidence=evidence,
        ),
    )
    session.add(
        EvidenceHead(
            id=new_id(),
            county_id=recording.county_id,
            recording_id=recording.id,
            kind=head.kind,
            links=head.links,
            head=head.head,
            statement=head_statement(
                recording.id, head.links, head.head, head.at_ms, head.monotonic_us
            ),
            signature=head.signature,
            signed_by=head.signed_by,
            public_key=head.public_key,
            entry_id=entry_id,
            at_ms=await read_clock(session),
        )
    )


async def fail(session: AsyncSession, recording: Recording) -> None:
    """Alarms: the recording is not proved, and somebody has to look at it."""
    logger.error("recording.not_proved", recording_id=recording.id, reason=recording.state_reason)
    await add_entry(
        session,
        Act(
            what="recording.failed",
            county_id=recording.county_id,
            home_organisation_id=recording.home_organisation_id,
            county_organisation_id=recording.county_organisation_id,
            actor_staff_id=None,
            call_id=recording.call_id,
            result="failed",
            evidence={"recording_id": recording.id},
        ),
    )
