"""Supervision's routes over calls and recordings: find, look at, play back."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import Invalid, NotFound, Unavailable
from casework.master_key import MasterKey
from casework.policy import may_supervise
from casework.tables import CasePage, StaffMember
from casework.vocabulary import RecordingState, StreamKind, Surface
from recording import tables
from recording.archive import stream_label
from recording.call_search import conditions
from recording.keeping.files import stored_file
from recording.keeping.served import ServedLedger
from recording.keeping.stores import StoreAway
from recording.keys import unwrap_data_key
from recording.playback import InStore, Playback, Player
from recording.viewing import open_view, own_view, viewed_stream
from signaling.call_views import call_list
from signaling.case_views import case_views, views_of_pages
from signaling.edge.roles import SUPERVISORS
from signaling.edge.route import Asked, Handler, Route
from signaling.tables import Call, CallCase, CallEvent, CallParticipant
from signaling.wire import api
from signaling.wire.views import PageView

WRITE_DEADLINE_S = 30.0
"""A viewer who takes no bytes for so long is let go."""


async def recording_states(
    session: AsyncSession, call_ids: Sequence[str]
) -> Mapping[str, RecordingState]:
    """The latest recording's state by call; calls without one are left out."""
    rows = await session.execute(
        select(tables.Recording.call_id, tables.Recording.state)
        .where(tables.Recording.call_id.in_(call_ids))
        .order_by(tables.Recording.id)
    )
    return {row.call_id: RecordingState(row.state) for row in rows}


async def list_calls(asked: Asked[api.CallFilter]) -> api.CallList:
    """The calls of the person's line that meet the filters, the latest first."""
    wanted = conditions(asked.person, asked.given, asked.context.protected)
    async with asked.context.database.reading() as session:
        return await call_list(
            session, wanted, recording_states=recording_states, page=asked.given.page
        )


async def show_call(asked: Asked[None]) -> api.CallDetail:
    """One call with its cases, events, pages, recording, and who watched before."""
    async with asked.context.database.reading() as session:
        call = await session.scalar(
            select(Call).where(
                Call.id == asked.id("call_id"),
                may_supervise(asked.person, Call.county_id, Call.home_organisation_id),
            )
        )
        if call is None:
            raise NotFound("call.not_found")
        (brief,) = (
            await call_list(session, [Call.id == call.id], recording_states=recording_states)
        ).calls
        case_ids = list(
            await session.scalars(select(CallCase.case_id).where(CallCase.call_id == call.id))
        )
        recording = await session.scalar(
            select(tables.Recording)
            .where(tables.Recording.call_id == call.id)
            .order_by(tables.Recording.id.desc())
            .limit(1)
        )
        return api.CallDetail(
            call=brief,
            cases=await case_views(session, asked.context.protected, case_ids),
            notes=call.notes,
            events=await _events(session, call.id),
            pages=await _pages(session, call.id),
            recording=None if recording is None else await _recording(session, recording),
            views=[] if recording is None else await _views(session, recording.id),
        )


async def _events(session: AsyncSession, call_id: str) -> list[api.CallEventView]:
    rows = await session.execute(
        select(CallEvent, StaffMember.name, StaffMember.name_en)
        .outerjoin(StaffMember, StaffMember.id == CallEvent.actor_staff_id)
        .where(CallEvent.call_id == call_id)
        .order_by(CallEvent.position_ms, CallEvent.id)
    )
    return [
        api.CallEventView(
            kind=event.kind,
            position_ms=event.position_ms,
            actor_name=name,
            actor_name_en=name_en,
            body=event.body,
        )
        for event, name, name_en in rows
    ]


async def _pages(session: AsyncSession, call_id: str) -> list[PageView]:
    rows = await session.scalars(
        select(CasePage).where(CasePage.call_id == call_id).order_by(CasePage.created_ms)
    )
    return await views_of_pages(session, rows.all())


async def _recording(session: AsyncSession, recording: tables.Recording) -> api.RecordingView:
    rows = await session.execute(
        select(tables.Stream, CallParticipant.kind, StaffMember.name, StaffMember.name_en)
        .join(CallParticipant, CallParticipant.id == tables.Stream.participant_id)
        .outerjoin(StaffMember, StaffMember.id == CallParticipant.staff_id)
        .where(tables.Stream.recording_id == recording.id)
        .order_by(CallParticipant.kind.desc(), tables.Stream.kind)
    )
    return api.RecordingView(
        id=recording.id,
        state=RecordingState(recording.state),
        state_reason=recording.state_reason,
        duration_ms=recording.duration_ms,
        streams=[
            api.StreamView(
                id=stream.id,
                participant_kind=kind,
                participant_name=name or "",
                participant_name_en=name_en or "",
                kind=StreamKind(stream.kind),
                media_type=stream.media_type,
                start_offset_ms=stream.start_offset_ms,
                duration_ms=stream.duration_ms,
                size_bytes=stream.size_bytes,
                gaps=stream.gaps,
            )
            for stream, kind, name, name_en in rows
        ],
    )


async def _views(session: AsyncSession, recording_id: str) -> list[api.ViewView]:
    rows = await session.execute(
        select(tables.RecordingView, StaffMember.name)
        .join(StaffMember, StaffMember.id == tables.RecordingView.staff_id)
        .where(tables.RecordingView.recording_id == recording_id)
        .order_by(tables.RecordingView.opened_ms)
    )
    return [_view(view, name) for view, name in rows]


def _view(view: tables.RecordingView, name: str) -> api.ViewView:
    return api.ViewView(id=view.id, staff_name=name, reason=view.reason, opened_ms=view.opened_ms)


async def start_view(asked: Asked[api.ViewOpened]) -> api.ViewView:
    """Opens a recording for a reason, which is kept with the name before anything is served."""
    async with asked.context.database.transaction() as session:
        view = await open_view(
            session, asked.person, asked.id("recording_id"), asked.given.reason.strip()
        )
        return _view(view, asked.person.name)


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    partial: bool


def asked_span(request: web.Request, size: int) -> Span:
    """The one byte range of the request (RFC 9110, 14.2), or the whole file.

    Raises ``Invalid`` for a header that is none; a range that begins behind the file is empty.
    """
    try:
        asked = request.http_range
    except ValueError:
        raise Invalid("range.malformed") from None
    if asked.start is None and asked.stop is None:
        return Span(0, size, partial=False)
    start, end, _ = asked.indices(size)
    return Span(start, end, partial=True)


@dataclass(frozen=True)
class Opener:
    """Opens stream files; the application has one under :data:`OPENER`."""

    player: Player
    master: MasterKey
    served: ServedLedger

    async def open(
        self, recording: tables.Recording, stream: tables.Stream, in_store: InStore | None
    ) -> Playback:
        """Raises ``NotFound`` when the file is gone, ``Unavailable`` while the store is away."""
        label = stream_label(stream.participant_id, StreamKind(stream.kind))
        return await self.open_file(recording, label, stream.file_name, in_store)

    async def open_file(
        self, recording: tables.Recording, label: str, name: str, in_store: InStore | None
    ) -> Playback:
        """The file of that stream name; raises as :meth:`open`."""
        try:
            return await self.player.open(
                recording.folder, name, self.key_of(recording), recording.id, label, in_store
            )
        except FileNotFoundError:
            raise NotFound("recording.file_missing") from None
        except StoreAway:
            raise Unavailable("recording.store_away") from None

    def key_of(self, recording: tables.Recording) -> bytes:
        assert recording.wrapped_key is not None  # noqa: S101 - open_view asked
        return unwrap_data_key(self.master, recording.id, recording.wrapped_key)


OPENER: web.AppKey[Opener] = web.AppKey("opener", Opener)


async def serve_stream(asked: Asked[None]) -> web.StreamResponse:
    """The stream's file, or the byte range that was asked for; what was sent is written down."""
    view_id, stream_id = asked.id("view_id"), asked.id("stream_id")
    async with asked.context.database.reading() as session:
        recording, stream = await viewed_stream(session, asked.person, view_id, stream_id)
        in_store = await stored_file(session, recording, stream.file_name)
    async with await asked.request.app[OPENER].open(recording, stream, in_store) as playback:
        span = asked_span(asked.request, playback.size)
        if span.start >= span.end:
            return _not_satisfiable(playback.size)
        response = _head(stream, span, playback.size)
        await response.prepare(asked.request)
        sent_to = await _send(response, playback, span)
    asked.request.app[OPENER].served.note(view_id, stream_id, span.start, sent_to)
    return response


async def end_view(asked: Asked[None]) -> api.Empty:
    """The viewer has left: what was served goes into the journal now and not after a while."""
    view_id = asked.id("view_id")
    async with asked.context.database.reading() as session:
        await own_view(session, asked.person, view_id)
    await asked.request.app[OPENER].served.end(view_id)
    return api.Empty()


def _head(stream: tables.Stream, span: Span, size: int) -> web.StreamResponse:
    response = web.StreamResponse(status=206 if span.partial else 200)
    response.content_type = stream.media_type
    response.content_length = span.end - span.start
    response.headers["Accept-Ranges"] = "bytes"
    if span.partial:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    return response


def _not_satisfiable(size: int) -> web.Response:
    return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})


async def _send(response: web.StreamResponse, playback: Playback, span: Span) -> int:
    """Where in the file it ended: a player drops its connection whenever it seeks."""
    at = span.start
    with contextlib.suppress(ConnectionError, TimeoutError):
        async for piece in playback.pieces(span.start, span.end):
            async with asyncio.timeout(WRITE_DEADLINE_S):
                await response.write(piece)
            at += len(piece)
        await response.write_eof()
    return at


def supervision_route(method: str, path: str, handler: Handler, **more: Any) -> Route:  # noqa: ANN401
    """Of a supervisor of either line; ``path`` below ``/api/supervision/``."""
    return Route(
        method=method,
        path=f"/api/supervision/{path}",
        handler=handler,
        surface=Surface.SUPERVISION,
        roles=SUPERVISORS,
        **more,
    )


ROUTES: Sequence[Route] = (
    supervision_route("GET", "calls", list_calls, query=api.CallFilter, answer=api.CallList),
    supervision_route("GET", "calls/{call_id}", show_call, answer=api.CallDetail),
    supervision_route(
        "POST", "recordings/{recording_id}/views", start_view,
        request=api.ViewOpened, answer=api.ViewView,
    ),
    supervision_route("POST", "views/{view_id}/end", end_view, answer=api.Empty),
    supervision_route("GET", "views/{view_id}/streams/{stream_id}", serve_stream, answer="video/webm"),
)  # fmt: skip
"""To be added to the edge's table."""
