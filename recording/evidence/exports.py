"""Evidence leaves the house only when a second supervisor of the two lines agrees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict, Expired, Forbidden, NotFound
from casework.journal.acts import Act, add_entry
from casework.journal.checkpoints import EXPORT_REQUESTED
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import StaffMember
from casework.vocabulary import ExportState, ViewKind
from recording.keeping.served import view_act
from recording.tables import EvidenceExport, Recording, RecordingView, Stream
from signaling.tables import Call, Ticket

MOST_WAITING = 100
APPROVAL_LIFETIME_MS = 7 * 24 * 3_600_000


async def supervised_recording(
    session: AsyncSession, person: SignedIn, recording_id: str
) -> Recording:
    """Raises ``NotFound`` for what is absent or of another line."""
    recording = await session.scalar(
        select(Recording).where(Recording.id == recording_id, _mine(person))
    )
    if recording is None:
        raise NotFound("recording.not_found")
    return recording


def _mine(person: SignedIn) -> ColumnElement[bool]:
    return may_supervise(person, Recording.county_id, Recording.home_organisation_id)


async def request_export(
    session: AsyncSession, person: SignedIn, recording_id: str, reason: str
) -> EvidenceExport:
    """Raises ``NotFound``, ``Conflict`` while nothing is verified, or its content is gone."""
    recording = await supervised_recording(session, person, recording_id)
    if recording.verified_ms is None or recording.wrapped_key is None:
        raise Conflict("evidence.not_verified")
    export = EvidenceExport(
        id=new_id(),
        county_id=recording.county_id,
        recording_id=recording.id,
        home_organisation_id=recording.home_organisation_id,
        county_organisation_id=recording.county_organisation_id,
        state=ExportState.REQUESTED,
        requested_by_staff_id=person.staff_id,
        reason=reason,
        requested_ms=await read_clock(session),
        downloads=0,
    )
    session.add(export)
    await _note(session, export, recording, person, EXPORT_REQUESTED, reason=reason)
    await session.flush()
    return export


async def decide_export(
    session: AsyncSession, person: SignedIn, export_id: str, *, approve: bool, note: str
) -> EvidenceExport:
    """Raises ``Forbidden`` for who asked, ``Conflict`` when somebody decided before."""
    export, recording = await _find(session, person, export_id)
    if export.requested_by_staff_id == person.staff_id:
        raise Forbidden("evidence.second_person")
    at_ms = await read_clock(session)
    state = ExportState.APPROVED if approve else ExportState.DECLINED
    changed = await session.scalar(
        update(EvidenceExport)
        .where(EvidenceExport.id == export_id, EvidenceExport.state == ExportState.REQUESTED)
        .values(
            state=state,
            decided_by_staff_id=person.staff_id,
            decided_ms=at_ms,
            decision_note=note,
            expires_ms=at_ms + APPROVAL_LIFETIME_MS if approve else None,
        )
        .returning(EvidenceExport.id)
    )
    if changed is None:
        raise Conflict("evidence.export_decided")
    await _note(session, export, recording, person, f"evidence.export_{state}", note=note)
    await session.refresh(export)
    return export


async def take_export(
    session: AsyncSession, person: SignedIn, export_id: str
) -> tuple[EvidenceExport, Recording]:
    """Notes a download, before the first byte of it.

    Raises ``NotFound``, ``Forbidden`` for who neither asked nor agreed, ``Conflict`` while nobody
    agreed, ``Expired``.
    """
    export, recording = await _find(session, person, export_id)
    if person.staff_id not in (export.requested_by_staff_id, export.decided_by_staff_id):
        raise Forbidden("evidence.not_yours")
    await check_approved(session, export, recording)
    await note_download(session, export, recording, Taker(person.staff_id))
    return export, recording


async def check_approved(
    session: AsyncSession, export: EvidenceExport, recording: Recording
) -> None:
    """Raises ``Conflict``, ``Expired``."""
    if export.state != ExportState.APPROVED:
        raise Conflict("evidence.not_approved")
    if export.expires_ms is None or export.expires_ms < await read_clock(session):
        raise Expired("evidence.approval_expired")
    if recording.wrapped_key is None:
        raise Conflict("evidence.not_verified")


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes a bundle."""

    staff_id: str | None = None
    """``None``: by command on the server, in the name of who asked."""
    machine_user: str = ""
    """Of the command: whose shell it was."""


async def note_download(
    session: AsyncSession, export: EvidenceExport, recording: Recording, taker: Taker
) -> None:
    """A view of the whole recording, as the receipt shows it; with its entry, before the first byte.

    How much of it arrived is not known: it counts as all.
    """
    await session.execute(
        update(EvidenceExport)
        .where(EvidenceExport.id == export.id)
        .values(downloads=EvidenceExport.downloads + 1)
    )
    streams = await session.execute(
        select(Stream.id, Stream.size_bytes).where(Stream.recording_id == recording.id)
    )
    at_ms = await read_clock(session)
    view = RecordingView(
        id=new_id(),
        county_id=recording.county_id,
        recording_id=recording.id,
        staff_id=taker.staff_id or export.requested_by_staff_id,
        home_organisation_id=recording.home_organisation_id,
        county_organisation_id=recording.county_organisation_id,
        kind=ViewKind.EXPORTED,
        reason=export.reason,
        opened_ms=at_ms,
        last_served_ms=at_ms,
        ended_ms=at_ms,
        served={row.id: [[0, row.size_bytes]] for row in streams},
    )
    session.add(view)
    act = view_act(view, recording, "evidence.exported")
    by_command = {} if taker.staff_id else {"by_command": True}
    personal = {"machine_user": taker.machine_user} if taker.machine_user else {}
    await add_entry(
        session,
        replace(
            act,
            actor_staff_id=taker.staff_id,
            evidence={**act.evidence, "export_id": export.id, **by_command},
            personal={**act.personal, **personal},
        ),
    )


async def waiting_exports(
    session: AsyncSession, person: SignedIn
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What the person may decide, the oldest first, with the call and who asks."""
    rows = await session.execute(
        select(
            EvidenceExport,
            Recording.call_id,
            Ticket.letters,
            Ticket.number,
            StaffMember.name,
            StaffMember.name_en,
        )
        .join(Recording, Recording.id == EvidenceExport.recording_id)
        .join(Call, Call.id == Recording.call_id)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .join(StaffMember, StaffMember.id == EvidenceExport.requested_by_staff_id)
        .where(
            EvidenceExport.state == ExportState.REQUESTED,
            EvidenceExport.requested_by_staff_id != person.staff_id,
            _mine(person),
        )
        .order_by(EvidenceExport.id)
        .limit(MOST_WAITING)
    )
    return rows.all()


async def approved_export(session: AsyncSession, call_id: str) -> tuple[EvidenceExport, Recording]:
    """The newest export of a call that two people stand for. Raises ``NotFound``."""
    row = (
        await session.execute(
            select(EvidenceExport, Recording)
            .join(Recording, Recording.id == EvidenceExport.recording_id)
            .where(
                and_(
                    Recording.call_id == call_id,
                    EvidenceExport.state == ExportState.APPROVED,
                    EvidenceExport.expires_ms >= now_ms(),
                )
            )
            .order_by(EvidenceExport.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("evidence.not_approved")
    return row[0], row[1]


async def _find(
    session: AsyncSession, person: SignedIn, export_id: str
) -> tuple[EvidenceExport, Recording]:
    row = (
        await session.execute(
            select(EvidenceExport, Recording)
            .join(Recording, Recording.id == EvidenceExport.recording_id)
            .where(EvidenceExport.id == export_id, _mine(person))
        )
    ).one_or_none()
    if row is None:
        raise NotFound("evidence.export_not_found")
    return row[0], row[1]


async def _note(
    session: AsyncSession,
    export: EvidenceExport,
    recording: Recording,
    person: SignedIn,
    what: str,
    **personal: str,
) -> None:
    told = {name: text for name, text in personal.items() if text}
    await _write(session, export, recording, person.staff_id, what, told)


async def _write(
    session: AsyncSession,
    export: EvidenceExport,
    recording: Recording,
    staff_id: str,
    what: str,
    personal: dict[str, str],
) -> None:
    await add_entry(
        session,
        Act(
            what=what,
            county_id=export.county_id,
            home_organisation_id=export.home_organisation_id,
            county_organisation_id=export.county_organisation_id,
            actor_staff_id=staff_id,
            call_id=recording.call_id,
            evidence={"recording_id": recording.id, "export_id": export.id},
            personal=personal,
        ),
    )
