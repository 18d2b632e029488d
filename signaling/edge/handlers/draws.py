"""Supervision's draws: commit while the period runs, reveal after it, follow the result."""

from collections.abc import Sequence
from functools import partial

from casework.reviews.commitments import commit, reveal
from casework.vocabulary import Surface
from signaling.draw_views import draw_detail, draw_list
from signaling.edge.roles import SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wire.api import Empty
from signaling.wire.reviews import Committed, DrawDetail, DrawFilter, DrawList, Revealed


async def list_draws(asked: Asked[DrawFilter]) -> DrawList:
    """The draws of the person's line, the latest period first."""
    async with asked.context.database.reading() as session:
        return await draw_list(session, asked.person, asked.given.page)


async def show_draw(asked: Asked[None]) -> DrawDetail:
    """One draw; once it is done, everything that it takes to draw again."""
    async with asked.context.database.reading() as session:
        return await draw_detail(session, asked.person, asked.id("draw_id"))


async def keep_commitment(asked: Asked[Committed]) -> Empty:
    """The line commits to a secret that its page made; it stands for good."""
    async with asked.context.database.transaction() as session:
        await commit(session, asked.person, asked.id("draw_id"), asked.given.commitment)
    return Empty()


async def show_secret(asked: Asked[Revealed]) -> Empty:
    """The line shows the secret that it committed to."""
    async with asked.context.database.transaction() as session:
        await reveal(session, asked.person, asked.id("draw_id"), asked.given.secret)
    return Empty()


_route = partial(Route, surface=Surface.SUPERVISION, roles=SUPERVISORS)
_ONE = "/api/supervision/draws/{draw_id}"

ROUTES: Sequence[Route] = (
    _route(
        method="GET", path="/api/supervision/draws",
        handler=list_draws, query=DrawFilter, answer=DrawList,
    ),
    _route(method="GET", path=_ONE, handler=show_draw, answer=DrawDetail),
    _route(
        method="POST", path=f"{_ONE}/commitment",
        handler=keep_commitment, request=Committed, answer=Empty,
    ),
    _route(
        method="POST", path=f"{_ONE}/secret",
        handler=show_secret, request=Revealed, answer=Empty,
    ),
)  # fmt: skip
