"""Who watched: a row and an entry of the journal at opening, with the reason."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict, Expired, NotFound
from casework.journal.acts import add_entry
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.vocabulary import RecordingState, ViewKind
from recording.keeping.served import view_act
from recording.tables import Recording, RecordingView, Stream

VIEW_LIFETIME_MS = 12 * 3_600_000
"""A reason given in the morning does not open a recording the next day."""
PLAYABLE = frozenset({RecordingState.SEALED, RecordingState.VERIFIED, RecordingState.INTERRUPTED})


async def open_view(
    session: AsyncSession,
    person: SignedIn,
    recording_id: str,
    reason: str,
    kind: ViewKind = ViewKind.WATCHED,
) -> RecordingView:
    """Committed, with its entry in the journal, before the first byte is served.

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
        kind=kind,
        reason=reason,
        opened_ms=now_ms(),
        served={},
    )
    session.add(view)
    await session.flush()
    await session.refresh(view)
    await add_entry(session, view_act(view, recording, "recording.viewed"))
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


async def opened_recording(session: AsyncSession, person: SignedIn, view_id: str) -> Recording:
    """The recording of an own view. Raises as :func:`viewed_stream`."""
    row = (
        await session.execute(
            select(RecordingView, Recording)
            .join(Recording, Recording.id == RecordingView.recording_id)
            .where(
                RecordingView.id == view_id,
                RecordingView.staff_id == person.staff_id,
                may_supervise(person, Recording.county_id, Recording.home_organisation_id),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound("recording.not_found")
    if row.RecordingView.opened_ms + VIEW_LIFETIME_MS < await read_clock(session):
        raise Expired("view.expired")
    recording: Recording = row.Recording
    return recording


async def own_view(session: AsyncSession, person: SignedIn, view_id: str) -> None:
    """Raises ``NotFound`` for what is absent, and for somebody else's."""
    found = await session.scalar(
        select(RecordingView.id).where(
            RecordingView.id == view_id,
            RecordingView.staff_id == person.staff_id,
            RecordingView.county_id == person.county_id,
        )
    )
    if found is None:
        raise NotFound("recording.not_found")
