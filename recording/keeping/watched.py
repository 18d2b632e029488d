"""Who was served bytes of a recording, and who was in the call while it went on: for the resident's receipt, and for whoever asks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Organisation, StaffMember
from casework.vocabulary import ListeningMode, ViewKind
from recording.tables import Recording, RecordingView
from signaling.tables import CallCase, CallEvent, CallListener

_MODES = ("listening.begun", "listening.changed")


@dataclass(frozen=True, slots=True)
class Watched:
    """One opening of one recording. ``served_bytes`` counts every byte once, however often."""

    view_id: str
    call_id: str
    kind: ViewKind
    staff_name: str
    staff_name_en: str
    organisation_name: str
    organisation_name_en: str
    reason: str
    opened_ms: int
    last_served_ms: int | None
    served_bytes: int


async def watched(session: AsyncSession, case_ids: Collection[str]) -> list[Watched]:
    """Every opening of every recording of the cases' calls, the earliest first. Who may ask is
    the caller's to decide: a resident sees those of the own case."""
    calls = await session.scalars(
        select(CallCase.call_id).where(CallCase.case_id.in_(case_ids)).distinct()
    )
    return await watched_calls(session, calls.all())


async def watched_calls(session: AsyncSession, call_ids: Collection[str]) -> list[Watched]:
    """The same of calls."""
    rows = await session.execute(
        select(RecordingView, Recording.call_id, StaffMember, Organisation)
        .join(Recording, Recording.id == RecordingView.recording_id)
        .join(StaffMember, StaffMember.id == RecordingView.staff_id)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .where(Recording.call_id.in_(call_ids))
        .order_by(RecordingView.opened_ms, RecordingView.id)
    )
    return [
        Watched(
            view_id=view.id,
            call_id=call_id,
            kind=ViewKind(view.kind),
            staff_name=staff.name,
            staff_name_en=staff.name_en,
            organisation_name=organisation.name,
            organisation_name_en=organisation.name_en,
            reason=view.reason,
            opened_ms=view.opened_ms,
            last_served_ms=view.last_served_ms,
            served_bytes=sum(
                end - start for ranges in view.served.values() for start, end in ranges
            ),
        )
        for view, call_id, staff, organisation in rows
    ]


@dataclass(frozen=True, slots=True)
class Listened:
    """A supervisor in a running call."""

    id: str
    staff_name: str
    staff_name_en: str
    organisation_name: str
    organisation_name_en: str
    modes: list[ListeningMode]
    reason: str
    joined_ms: int
    ended_ms: int | None


async def listened_to(session: AsyncSession, call_id: str) -> list[Listened]:
    """Who came, the earliest first; who gave a reason and never came is left out."""
    rows = await session.execute(
        select(CallListener, CallListener.joined_ms, StaffMember, Organisation)
        .join(StaffMember, StaffMember.id == CallListener.staff_id)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .where(CallListener.call_id == call_id, CallListener.joined_ms.is_not(None))
        .order_by(CallListener.joined_ms, CallListener.id)
    )
    modes = await _modes(session, call_id)
    return [
        Listened(
            id=one.id,
            staff_name=staff.name,
            staff_name_en=staff.name_en,
            organisation_name=organisation.name,
            organisation_name_en=organisation.name_en,
            modes=modes.get(one.id, [ListeningMode(one.mode)]),
            reason=one.reason,
            joined_ms=joined_ms or 0,
            ended_ms=one.ended_ms,
        )
        for one, joined_ms, staff, organisation in rows
    ]


async def _modes(session: AsyncSession, call_id: str) -> Mapping[str, list[ListeningMode]]:
    """By listener, as the call's events tell."""
    events = await session.scalars(
        select(CallEvent.body)
        .where(CallEvent.call_id == call_id, CallEvent.kind.in_(_MODES))
        .order_by(CallEvent.position_ms, CallEvent.id)
    )
    found: dict[str, list[ListeningMode]] = {}
    for body in events:
        modes = found.setdefault(str(body["participant_id"]), [])
        mode = ListeningMode(body["mode"])
        if modes[-1:] != [mode]:
            modes.append(mode)
    return found
