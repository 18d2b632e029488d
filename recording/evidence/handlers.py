"""Supervision's routes over a recording's evidence: its facts, and its export by two people."""

import contextlib
from collections.abc import Sequence

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.sign_in import SignedIn
from casework.tables import StaffMember
from casework.vocabulary import (
    EvidenceSigner,
    ExportState,
    HeadKind,
    RecordingState,
    StreamKind,
)
from recording.evidence.exporting import Exporter, bundle_name
from recording.evidence.exports import (
    decide_export,
    request_export,
    supervised_recording,
    take_export,
    waiting_exports,
)
from recording.supervision import supervision_route
from recording.tables import ChainedEvent, EvidenceExport, EvidenceHead, Recording, Stream
from signaling.edge.route import Asked, Route
from signaling.pairing.numbers import label
from signaling.tables import CallParticipant
from signaling.wire import evidence as wire

EXPORTER: web.AppKey[Exporter] = web.AppKey("exporter", Exporter)


async def show_evidence(asked: Asked[None]) -> wire.EvidenceView:
    """What proves a recording, and who asked to take it out of the house."""
    async with asked.context.database.reading() as session:
        recording = await supervised_recording(session, asked.person, asked.id("recording_id"))
        heads = await session.scalar(
            select(func.count()).where(EvidenceHead.recording_id == recording.id)
        )
        events = await session.scalar(
            select(func.count()).where(ChainedEvent.recording_id == recording.id)
        )
        last = await session.scalar(
            select(EvidenceHead)
            .where(EvidenceHead.recording_id == recording.id)
            .order_by(EvidenceHead.links.desc())
            .limit(1)
        )
        return wire.EvidenceView(
            recording_id=recording.id,
            state=RecordingState(recording.state),
            state_reason=recording.state_reason,
            signed_by=None if recording.signed_by is None else EvidenceSigner(recording.signed_by),
            manifest_sha256=recording.manifest_sha256,
            verified_ms=recording.verified_ms,
            links=0 if last is None else last.links,
            head="" if last is None else last.head,
            head_kind=None if last is None else HeadKind(last.kind),
            head_ms=None if last is None else last.at_ms,
            heads=heads or 0,
            events=events or 0,
            files=await _files(session, recording),
            exports=await _exports(session, asked.person, recording.id),
        )


async def _files(session: AsyncSession, recording: Recording) -> list[wire.EvidenceFile]:
    rows = await session.execute(
        select(Stream, StaffMember.name)
        .join(CallParticipant, CallParticipant.id == Stream.participant_id)
        .outerjoin(StaffMember, StaffMember.id == CallParticipant.staff_id)
        .where(Stream.recording_id == recording.id)
        .order_by(CallParticipant.kind.desc(), Stream.kind)
    )
    return [
        wire.EvidenceFile(
            participant_name=name or "",
            kind=StreamKind(stream.kind),
            size_bytes=stream.size_bytes,
            sha256=stream.sha256,
            gaps=len(stream.gaps),
        )
        for stream, name in rows
    ]


async def _exports(
    session: AsyncSession, person: SignedIn, recording_id: str, export_id: str | None = None
) -> list[wire.ExportView]:
    asking, deciding = aliased(StaffMember), aliased(StaffMember)
    wanted = [EvidenceExport.recording_id == recording_id]
    if export_id is not None:
        wanted.append(EvidenceExport.id == export_id)
    rows = await session.execute(
        select(EvidenceExport, asking.name.label("asking"), deciding.name.label("deciding"))
        .join(asking, asking.id == EvidenceExport.requested_by_staff_id)
        .outerjoin(deciding, deciding.id == EvidenceExport.decided_by_staff_id)
        .where(*wanted)
        .order_by(EvidenceExport.id.desc())
        .limit(50)
    )
    return [_view(row[0], row.asking, row.deciding, person) for row in rows]


def _view(
    export: EvidenceExport, asking: str, deciding: str | None, person: SignedIn
) -> wire.ExportView:
    two = (export.requested_by_staff_id, export.decided_by_staff_id)
    return wire.ExportView(
        id=export.id,
        state=ExportState(export.state),
        requested_by=asking,
        reason=export.reason,
        requested_ms=export.requested_ms,
        decided_by=deciding or "",
        decided_ms=export.decided_ms,
        decision_note=export.decision_note,
        expires_ms=export.expires_ms,
        downloads=export.downloads,
        may_decide=export.state == ExportState.REQUESTED and person.staff_id != two[0],
        may_download=export.state == ExportState.APPROVED and person.staff_id in two,
    )


async def list_waiting(asked: Asked[None]) -> wire.ExportsWaiting:
    """Exports of the person's lines that others asked for and nobody decided yet."""
    async with asked.context.database.reading() as session:
        rows = await waiting_exports(session, asked.person)
    return wire.ExportsWaiting(
        exports=[
            wire.ExportWaiting(
                id=row.EvidenceExport.id,
                call_id=row.call_id,
                call_label=label(row.letters, row.number),
                requested_by=row.name,
                requested_by_en=row.name_en,
                reason=row.EvidenceExport.reason,
                requested_ms=row.EvidenceExport.requested_ms,
            )
            for row in rows
        ]
    )


async def ask_export(asked: Asked[wire.ExportAsked]) -> wire.ExportView:
    """Asks to take a recording's evidence out; somebody else has to agree."""
    async with asked.context.database.transaction() as session:
        export = await request_export(
            session, asked.person, asked.id("recording_id"), asked.given.reason.strip()
        )
        (view,) = await _exports(session, asked.person, export.recording_id, export.id)
        return view


async def decide(asked: Asked[wire.ExportDecision]) -> wire.ExportView:
    """The second person agrees or declines; an approval counts for a week."""
    async with asked.context.database.transaction() as session:
        export = await decide_export(
            session,
            asked.person,
            asked.id("export_id"),
            approve=asked.given.approve,
            note=asked.given.note.strip(),
        )
        (view,) = await _exports(session, asked.person, export.recording_id, export.id)
        return view


async def download(asked: Asked[None]) -> web.StreamResponse:
    """The bundle, for who asked and who agreed; each download is in the journal first."""
    exporter = asked.request.app[EXPORTER]
    async with asked.context.database.transaction() as session:
        export, recording = await take_export(session, asked.person, asked.id("export_id"))
        gathered = await exporter.gather(session, export, recording, asked.person.staff_id)
    response = web.StreamResponse()
    response.content_type = "application/zip"
    name = bundle_name(recording.call_id)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    await response.prepare(asked.request)
    async with contextlib.aclosing(exporter.stream(gathered)) as pieces:
        async for piece in pieces:
            await response.write(piece)
    await response.write_eof()
    return response


ROUTES: Sequence[Route] = (
    supervision_route("GET", "recordings/{recording_id}/evidence", show_evidence, answer=wire.EvidenceView),
    supervision_route(
        "POST", "recordings/{recording_id}/exports", ask_export,
        request=wire.ExportAsked, answer=wire.ExportView,
    ),
    supervision_route(
        "POST", "exports/{export_id}/decision", decide,
        request=wire.ExportDecision, answer=wire.ExportView,
    ),
    supervision_route("GET", "exports", list_waiting, answer=wire.ExportsWaiting),
    supervision_route("GET", "exports/{export_id}/bundle", download, answer="application/zip"),
)  # fmt: skip
"""To be added to the edge's table."""
