"""What the edge does for a recording's chain: events into it, its heads into the journal."""

from collections.abc import Mapping, Sequence

import structlog
from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, read_clock
from casework.journal.acts import Act, add_entry
from casework.vocabulary import HeadKind, RecordingState
from recording.control import MAX_EVENTS, EventToChain, SignedHead
from recording.evidence.call_events import call_events, to_chain
from recording.evidence.links import head_statement
from recording.tables import ChainedEvent, EvidenceHead, Recording

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
    recordings = await session.scalars(select(Recording).where(*wanted))
    found: dict[str, Sequence[EventToChain]] = {}
    for recording in list(recordings):
        chained = select(ChainedEvent.event_id).where(ChainedEvent.recording_id == recording.id)
        events = await call_events(session, recording, chained)
        if events:
            found[recording.id] = [to_chain(event) for event in events[:MAX_EVENTS]]
    return found


async def note_chained(session: AsyncSession, recording_id: str, event_ids: Sequence[str]) -> None:
    """Told again, nothing changes."""
    recording = await session.get(Recording, recording_id)
    if recording is None:
        return
    chained = select(ChainedEvent.event_id).where(ChainedEvent.recording_id == recording_id)
    told = set(event_ids)
    at_ms = await read_clock(session)
    session.add_all(
        ChainedEvent(
            recording_id=recording_id,
            event_id=event.event_id,
            county_id=recording.county_id,
            at_ms=at_ms,
        )
        for event in await call_events(session, recording, chained)
        if event.event_id in told
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
