"""Supervision's routes over keeping: terms, holds, who watched, stills, and the store."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.journal.acts import add_entry
from casework.policy import may_supervise
from casework.tables import EvidenceHold
from casework.vocabulary import (
    RetentionClass,
    Role,
    StoragePlace,
    Surface,
    ViewKind,
)
from recording.archive import Archive
from recording.keeping.desk_views import (
    change_views,
    hold_views,
    problem_views,
    tombstone_views,
)
from recording.keeping.holds import lift_hold, place_hold
from recording.keeping.retention import (
    NewTerm,
    class_of_recording,
    decide_change,
    set_term,
    terms,
    years_after,
)
from recording.keeping.served import view_act
from recording.keeping.stores import StoreAddress
from recording.keeping.tables import RecordingHold
from recording.keeping.watched import listened_to, watched_calls
from recording.tables import Recording, RecordingView
from recording.viewing import viewed_stream
from signaling.edge.roles import ADMINISTRATORS, COUNTY_SUPERVISORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.tables import Call
from signaling.wire import keeping as wire
from signaling.wire.api import Empty

SECURITY = frozenset({Role.SECURITY_ADMINISTRATOR})
WAITING = (StoragePlace.LOCAL, StoragePlace.UPLOADING)

ARCHIVE: web.AppKey[Archive] = web.AppKey("archive", Archive)
STORE: web.AppKey[StoreAddress] = web.AppKey("store", StoreAddress)
"""Left out where there is none."""


async def show_retention(asked: Asked[None]) -> wire.RetentionView:
    """Years by class, and the proposals to shorten one."""
    async with asked.context.database.reading() as session:
        found = await terms(session, asked.person.county_id)
        return wire.RetentionView(
            terms=[wire.TermView(retention_class=name, years=found[name]) for name in found],
            changes=await change_views(session, asked.person.county_id),
        )


async def give_term(asked: Asked[wire.TermGiven]) -> wire.TermTaken:
    """A longer term counts at once; a shorter one is proposed."""
    given = asked.given
    new = NewTerm(given.retention_class, given.years, given.reason.strip())
    async with asked.context.database.transaction() as session:
        return wire.TermTaken(counts=await set_term(session, asked.person, new))


async def decide_term(asked: Asked[wire.ChangeDecided]) -> Empty:
    """The security administrator approves or rejects a shorter term."""
    async with asked.context.database.transaction() as session:
        await decide_change(
            session, asked.person, asked.id("change_id"), approved=asked.given.approved
        )
    return Empty()


async def list_holds(asked: Asked[None]) -> wire.HoldList:
    """Holds on calls of the person's line: those that stand first, then those lifted of late."""
    row = RecordingHold
    seen = may_supervise(asked.person, row.county_id, row.home_organisation_id)
    async with asked.context.database.reading() as session:
        return wire.HoldList(holds=await hold_views(session, asked.person, seen))


async def add_hold(asked: Asked[wire.HoldGiven]) -> wire.HoldView:
    """Nothing of the call is let go until the hold is lifted."""
    async with asked.context.database.transaction() as session:
        hold = await place_hold(
            session, asked.person, asked.id("call_id"), asked.given.reason.strip()
        )
        (view,) = await hold_views(session, asked.person, RecordingHold.id == hold.id)
    return view


async def end_hold(asked: Asked[wire.HoldGiven]) -> Empty:
    """By the line that placed it, for a reason."""
    async with asked.context.database.transaction() as session:
        await lift_hold(session, asked.person, asked.id("hold_id"), asked.given.reason.strip())
    return Empty()


async def show_keeping(asked: Asked[None]) -> wire.CallKeeping:
    """How long the call's recording is kept, what holds it, who watched it, what is left of it."""
    call_id = asked.id("call_id")
    async with asked.context.database.reading() as session:
        seen = await session.scalar(
            select(Call.id).where(
                Call.id == call_id,
                may_supervise(asked.person, Call.county_id, Call.home_organisation_id),
            )
        )
        if seen is None:
            raise NotFound("call.not_found")
        return await _keeping(session, asked, call_id)


async def _keeping(session: AsyncSession, asked: Asked[None], call_id: str) -> wire.CallKeeping:
    row = (
        await session.execute(
            select(Recording, class_of_recording().label("of_class"))
            .where(Recording.call_id == call_id)
            .order_by(Recording.id.desc())
            .limit(1)
        )
    ).one_or_none()
    of_class = None if row is None else RetentionClass(row.of_class)
    until = None
    if row is not None and of_class is not None and row.Recording.closed_ms is not None:
        years = (await terms(session, asked.person.county_id))[of_class]
        until = None if years is None else years_after(row.Recording.closed_ms, years)
    others = await session.scalar(
        select(func.count()).where(
            EvidenceHold.call_id == call_id, EvidenceHold.lifted_ms.is_(None)
        )
    )
    return wire.CallKeeping(
        retention_class=of_class,
        kept_until_ms=until,
        place=None if row is None else StoragePlace(row.Recording.place),
        holds=await hold_views(session, asked.person, RecordingHold.call_id == call_id),
        other_holds=others or 0,
        watched=[
            wire.WatchedView(
                view_id=one.view_id,
                kind=ViewKind(one.kind),
                staff_name=one.staff_name,
                staff_name_en=one.staff_name_en,
                organisation_name=one.organisation_name,
                organisation_name_en=one.organisation_name_en,
                reason=one.reason,
                opened_ms=one.opened_ms,
                last_served_ms=one.last_served_ms,
                served_bytes=one.served_bytes,
            )
            for one in await watched_calls(session, [call_id])
        ],
        listened=[wire.ListenedView(**asdict(one)) for one in await listened_to(session, call_id)],
        tombstones=await tombstone_views(session, call_id),
    )


async def take_still(asked: Asked[wire.StillTaken]) -> Empty:
    """A picture leaves the player as a file: on record before it is written."""
    async with asked.context.database.transaction() as session:
        recording, stream = await viewed_stream(
            session, asked.person, asked.id("view_id"), asked.given.stream_id
        )
        view = await session.get_one(RecordingView, asked.id("view_id"))
        act = view_act(view, recording, "recording.still_taken")
        at = {**act.evidence, "stream_id": stream.id, "position_ms": asked.given.position_ms}
        await add_entry(session, replace(act, evidence=at))
    return Empty()


async def show_storage(asked: Asked[None]) -> wire.StorageView:
    """Where recordings are, and what keeps them from the store; names no call."""
    app, county_id = asked.request.app, asked.person.county_id
    store = app.get(STORE)
    async with asked.context.database.reading() as session:
        counted = await session.execute(
            select(Recording.place, func.count(), func.min(Recording.closed_ms))
            .where(Recording.county_id == county_id, Recording.closed_ms.is_not(None))
            .group_by(Recording.place)
        )
        places = {StoragePlace(place): (number, oldest) for place, number, oldest in counted}
        waiting = [places[place] for place in WAITING if place in places and store is not None]
        return wire.StorageView(
            store="" if store is None else store.shown,
            places={place: number for place, (number, _) in places.items()},
            waiting=sum(number for number, _ in waiting),
            oldest_waiting_ms=min(
                (oldest for _, oldest in waiting if oldest is not None), default=None
            ),
            problems=await problem_views(session, county_id),
            free_bytes=app[ARCHIVE].free_bytes() if ARCHIVE in app else 0,
        )


_supervision = partial(Route, surface=Surface.SUPERVISION)

ROUTES: Sequence[Route] = (
    _supervision(
        method="GET", path="/api/supervision/retention", roles=COUNTY_SUPERVISORS | SECURITY,
        handler=show_retention, answer=wire.RetentionView,
    ),
    _supervision(
        method="POST", path="/api/supervision/retention/terms", roles=COUNTY_SUPERVISORS,
        handler=give_term, request=wire.TermGiven, answer=wire.TermTaken,
    ),
    _supervision(
        method="POST", path="/api/supervision/retention/changes/{change_id}", roles=SECURITY,
        handler=decide_term, request=wire.ChangeDecided, answer=Empty,
    ),
    _supervision(
        method="GET", path="/api/supervision/holds", roles=SUPERVISORS,
        handler=list_holds, answer=wire.HoldList,
    ),
    _supervision(
        method="POST", path="/api/supervision/calls/{call_id}/holds", roles=SUPERVISORS,
        handler=add_hold, request=wire.HoldGiven, answer=wire.HoldView,
    ),
    _supervision(
        method="POST", path="/api/supervision/holds/{hold_id}/lift", roles=SUPERVISORS,
        handler=end_hold, request=wire.HoldGiven, answer=Empty,
    ),
    _supervision(
        method="GET", path="/api/supervision/calls/{call_id}/keeping", roles=SUPERVISORS,
        handler=show_keeping, answer=wire.CallKeeping,
    ),
    _supervision(
        method="POST", path="/api/supervision/views/{view_id}/stills", roles=SUPERVISORS,
        handler=take_still, request=wire.StillTaken, answer=Empty,
    ),
    _supervision(
        method="GET", path="/api/supervision/storage", roles=ADMINISTRATORS,
        handler=show_storage, answer=wire.StorageView,
    ),
)  # fmt: skip
"""To be added to the edge's table."""
