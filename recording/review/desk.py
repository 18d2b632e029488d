"""Supervision's routes of the review desk."""

from collections.abc import Sequence
from functools import partial

from casework.errors import Expired
from casework.sign_in import SignedIn
from casework.vocabulary import AccountableLine, Surface
from recording.keeping.files import stored_file
from recording.keys import file_name
from recording.review.frames import frames_around
from recording.review.levels import LEVELS
from recording.review.loudness import curve, quiet_stretches
from recording.review.marks import AuthoredMark, make_mark, marks_of, withdraw_mark
from recording.review.moments import call_moments
from recording.review.voices import read_levels, voices_of
from recording.supervision import OPENER
from recording.viewing import opened_recording, viewed_stream
from signaling.edge.roles import SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wire import review_desk as wire
from signaling.wire.api import Empty


async def show_moments(asked: Asked[None]) -> wire.CallMoments:
    """Form versions and signatures at the moment of the call at which they happened."""
    context = asked.context
    async with context.database.reading() as session:
        return await call_moments(session, context.protected, asked.person, asked.id("call_id"))


async def show_loudness(asked: Asked[wire.LoudnessAsked]) -> wire.LoudnessView:
    """How loud each voice was over an opened recording, and where nobody spoke."""
    opener = asked.request.app[OPENER]
    async with asked.context.database.reading() as session:
        recording = await opened_recording(session, asked.person, asked.id("view_id"))
        if recording.wrapped_key is None:
            raise Expired("recording.expired")
        people = await voices_of(session, recording.call_id)
        name = file_name(opener.key_of(recording), recording.id, LEVELS)
        levels = await read_levels(session, opener, recording, name)
    total_ms = recording.duration_ms or 0
    return wire.LoudnessView(
        duration_ms=total_ms,
        voices=[
            wire.VoiceView(
                participant_kind=people[who].kind,
                participant_name=people[who].name,
                loudness=curve(bins, total_ms, asked.given.points),
            )
            for who, bins in levels.voices.items()
            if who in people
        ],
        quiet=quiet_stretches(levels, total_ms),
    )


async def show_frames(asked: Asked[wire.FramesAsked]) -> wire.FramesView:
    """When the pictures of an opened stream are, around a moment, on the call's clock; none where
    the file can't be read there."""
    view_id, stream_id = asked.id("view_id"), asked.id("stream_id")
    async with asked.context.database.reading() as session:
        recording, stream = await viewed_stream(session, asked.person, view_id, stream_id)
        in_store = await stored_file(session, recording, stream.file_name)
    offset_ms = stream.start_offset_ms
    look = partial(frames_around, at_ms=max(0, asked.given.at_ms - offset_ms))
    async with await asked.request.app[OPENER].open(recording, stream, in_store) as playback:
        try:
            frames = await playback.ask(look)
        except ValueError:
            # The player steps by time then; that a file is damaged is told by its recording's state.
            frames = []
    return wire.FramesView(frames_ms=[at_ms + offset_ms for at_ms in frames])


async def list_marks(asked: Asked[None]) -> wire.MarkList:
    """Marks of a recording that the person may see, by position."""
    async with asked.context.database.reading() as session:
        blind, rows = await marks_of(session, asked.person, asked.id("recording_id"))
    marks = [_view(asked.person, one) for one in rows]
    return wire.MarkList(marks=marks, blind=blind)


async def add_mark(asked: Asked[wire.MarkMade]) -> wire.MarkView:
    """Marks a moment of a recording that the person has opened."""
    person, given = asked.person, asked.given
    async with asked.context.database.transaction() as session:
        mark = await make_mark(
            session, person, asked.id("view_id"), given.position_ms, given.text.strip()
        )
        return _view(person, mark)


async def end_mark(asked: Asked[None]) -> Empty:
    """Withdraws an own mark, which stays to be read as withdrawn."""
    async with asked.context.database.transaction() as session:
        await withdraw_mark(session, asked.person, asked.id("mark_id"))
    return Empty()


def _view(person: SignedIn, made: AuthoredMark) -> wire.MarkView:
    mark = made.mark
    return wire.MarkView(
        id=mark.id,
        position_ms=mark.position_ms,
        text=mark.text,
        line=AccountableLine(mark.line),
        author_name=made.author_name,
        author_name_en=made.author_name_en,
        own=mark.author_staff_id == person.staff_id,
        made_ms=mark.made_ms,
        withdrawn_ms=mark.withdrawn_ms,
    )


_route = partial(Route, surface=Surface.SUPERVISION, roles=SUPERVISORS)

ROUTES: Sequence[Route] = (
    _route(
        method="GET", path="/api/supervision/calls/{call_id}/moments",
        handler=show_moments, answer=wire.CallMoments,
    ),
    _route(
        method="GET", path="/api/supervision/recordings/{recording_id}/marks",
        handler=list_marks, answer=wire.MarkList,
    ),
    _route(
        method="POST", path="/api/supervision/views/{view_id}/marks",
        handler=add_mark, request=wire.MarkMade, answer=wire.MarkView,
    ),
    _route(
        method="GET", path="/api/supervision/views/{view_id}/loudness",
        handler=show_loudness, query=wire.LoudnessAsked, answer=wire.LoudnessView,
    ),
    _route(
        method="GET", path="/api/supervision/views/{view_id}/streams/{stream_id}/frames",
        handler=show_frames, query=wire.FramesAsked, answer=wire.FramesView,
    ),
    _route(
        method="POST", path="/api/supervision/marks/{mark_id}/withdrawal",
        handler=end_mark, answer=Empty,
    ),
)  # fmt: skip
"""To be added to the edge's table."""
