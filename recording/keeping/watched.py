"""Who was served bytes of a recording: for the resident's receipt, and for whoever asks."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Organisation, StaffMember
from casework.vocabulary import ViewKind
from recording.tables import Recording, RecordingView
from signaling.tables import CallCase


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
