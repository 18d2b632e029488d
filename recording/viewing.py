"""Who watched: a row at opening with the reason, and every range of bytes that was served."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict, Expired, NotFound
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.vocabulary import RecordingState
from recording.tables import Recording, RecordingView, Stream

VIEW_LIFETIME_MS = 12 * 3_600_000
"""A reason given in the morning does not open a recording the next day."""
PLAYABLE = frozenset({RecordingState.SEALED, RecordingState.VERIFIED, RecordingState.INTERRUPTED})


async def open_view(
    session: AsyncSession, person: SignedIn, recording_id: str, reason: str
) -> RecordingView:
    """Committed before the first byte is served.

    Raises ``NotFound`` for what is absent or of another line, ``Conflict`` for what is not ready.
    """
    recording = await session.scalar(
        select(Recording).where(
            Recording.id == recording_id,
            may_supervise(person, Recording.county_id, Recording.home_organisation_id),
        )
    )
    if recording is None:
        raise NotFound("recording.not_found")
    if recording.state in PLAYABLE and recording.wrapped_key is None:
        raise Expired("recording.expired")
    if recording.state not in PLAYABLE:
        raise Conflict("recording.not_ready", state=recording.state)
    view = RecordingView(
        id=new_id(),
        county_id=recording.county_id,
        recording_id=recording.id,
        staff_id=person.staff_id,
        home_organisation_id=recording.home_organisation_id,
        county_organisation_id=recording.county_organisation_id,
        reason=reason,
        opened_ms=now_ms(),
        served={},
    )
    session.add(view)
    await session.flush()
    await session.refresh(view)
    return view


async def viewed_stream(
    session: AsyncSession, person: SignedIn, view_id: str, stream_id: str
) -> tuple[Recording, Stream]:
    """What an opened view may read. Policy is asked again: a role may have ended since.

    Raises ``NotFound``, also for somebody else's view, and ``Expired`` for an old one.
    """
    row = (
        await session.execute(
            select(RecordingView, Recording, Stream)
            .join(Recording, Recording.id == RecordingView.recording_id)
            .join(Stream, Stream.recording_id == Recording.id)
            .where(
                RecordingView.id == view_id,
                RecordingView.staff_id == person.staff_id,
                Stream.id == stream_id,
                may_supervise(person, Recording.county_id, Recording.home_organisation_id),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound("recording.not_found")
    view, recording, stream = row
    if view.opened_ms + VIEW_LIFETIME_MS < await read_clock(session):
        raise Expired("view.expired")
    return recording, stream


async def note_served(
    session: AsyncSession, view_id: str, stream_id: str, start: int, end: int
) -> None:
    """Adds plaintext bytes ``[start, end)`` of a stream to what the view was served."""
    view = await session.get(RecordingView, view_id, with_for_update=True)
    if view is None or end <= start:
        return
    ranges = [*view.served.get(stream_id, []), [start, end]]
    view.served = {**view.served, stream_id: merged(ranges)}
    view.last_served_ms = await read_clock(session)


def merged(ranges: Iterable[list[int]]) -> list[list[int]]:
    """Overlapping and touching ranges as one, in order."""
    result: list[list[int]] = []
    for start, end in sorted(map(tuple, ranges)):
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return result
