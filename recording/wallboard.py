"""Supervision's wallboard: what is live, and which recordings are not well."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms, read_clock
from casework.policy import COUNTY_LINE, may_supervise
from casework.sign_in import SignedIn
from casework.tables import Organisation
from casework.vocabulary import OrganisationKind, RecordingState, Surface
from recording.supervision import recording_states
from recording.tables import Recording
from signaling.edge.roles import SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wallboard import limits
from signaling.wallboard.cache import Scope
from signaling.wallboard.calls import calls_board
from signaling.wallboard.figures import (
    agents_board,
    cases_board,
    day_board,
    queue_board,
    windows_board,
)
from signaling.wallboard.limits import LIMITS
from signaling.wire.live import RecordingsBoard, Wallboard

DAYS = 7
"""A recording that failed on Friday evening is still to be seen on Monday."""


async def show_wallboard(asked: Asked[None]) -> Wallboard:
    """What goes on in the person's line now; at most two seconds old."""
    person = asked.person

    async def read() -> Wallboard:
        async with asked.context.database.reading() as session:
            return await wallboard(session, person)

    return await asked.context.boards.board(_scope(person), read)


def _scope(person: SignedIn) -> Scope:
    whole = bool(person.roles & COUNTY_LINE)
    return person.county_id, None if whole else person.organisation_id


async def wallboard(session: AsyncSession, person: SignedIn) -> Wallboard:
    at_ms = await read_clock(session)
    place = await _place(session, person)
    return Wallboard(
        at_ms=at_ms,
        scope_name=place.name,
        scope_name_en=place.name_en,
        limits=LIMITS,
        queue=await queue_board(session, person, at_ms),
        day=await day_board(session, person, at_ms),
        agents=await agents_board(session, person),
        calls=await calls_board(session, person, recording_states),
        recordings=await recordings_board(session, person),
        windows=await windows_board(session, person, at_ms),
        cases=await cases_board(session, person),
    )


async def _place(session: AsyncSession, person: SignedIn) -> Organisation:
    """Whose line is shown."""
    county_id, organisation_id = _scope(person)
    wanted = (
        Organisation.kind == OrganisationKind.COUNTY
        if organisation_id is None
        else Organisation.id == organisation_id
    )
    return (
        await session.scalars(
            select(Organisation).where(Organisation.county_id == county_id, wanted).limit(1)
        )
    ).one()


async def recordings_board(session: AsyncSession, person: SignedIn) -> RecordingsBoard:
    """Failed, cut short, or not taken by the store."""
    failed, interrupted, not_stored = (
        await session.execute(
            select(
                func.sum(case((Recording.state == RecordingState.FAILED, 1), else_=0)),
                func.sum(case((Recording.state == RecordingState.INTERRUPTED, 1), else_=0)),
                func.sum(case((Recording.store_problem != "", 1), else_=0)),
            ).where(
                may_supervise(person, Recording.county_id, Recording.home_organisation_id),
                Recording.started_ms > now_ms() - DAYS * 86_400_000,
            )
        )
    ).one()
    return RecordingsBoard(
        days=DAYS,
        failed=failed or 0,
        interrupted=interrupted or 0,
        not_stored=not_stored or 0,
        level=limits.of_problems((failed or 0) + (not_stored or 0), interrupted or 0),
    )


ROUTES: Sequence[Route] = (
    Route(
        method="GET", path="/api/supervision/wallboard", handler=show_wallboard,
        surface=Surface.SUPERVISION, roles=SUPERVISORS, answer=Wallboard,
    ),
)  # fmt: skip
"""To be added to the edge's table."""
