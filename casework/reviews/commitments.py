"""Each line's part in a draw: a commitment while the period runs, the secret after it."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, now_ms, read_clock
from casework.errors import Conflict, Expired, Forbidden, Invalid, NotFound
from casework.policy import COUNTY_LINE, may_supervise
from casework.reviews.draw import commitment as commitment_of
from casework.reviews.periods import note_draw
from casework.sign_in import SignedIn
from casework.tables import DrawSecret, ReviewDraw
from casework.vocabulary import AccountableLine, DrawState, Role


def line_of(person: SignedIn, draw: ReviewDraw) -> AccountableLine:
    """For which line the person speaks in this draw.

    :raises Forbidden: for neither.
    """
    if person.roles & COUNTY_LINE:
        return AccountableLine.COUNTY
    head = person.organisation_id == draw.home_organisation_id
    if Role.HOME_SUPERVISOR in person.roles and head:
        return AccountableLine.HOME
    raise Forbidden("draw.line")


async def _draw(session: AsyncSession, person: SignedIn, draw_id: str) -> ReviewDraw:
    draw = await session.scalar(
        select(ReviewDraw)
        .where(
            ReviewDraw.id == draw_id,
            may_supervise(person, ReviewDraw.county_id, ReviewDraw.home_organisation_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if draw is None:
        raise NotFound("draw.not_found")
    return draw


async def commit(session: AsyncSession, person: SignedIn, draw_id: str, commitment: str) -> None:
    """Keeps the line's commitment; it stands for good.

    :param commitment: hex, as :func:`casework.reviews.draw.commitment` makes it.
    :raises NotFound: no such draw of the person's line.
    :raises Expired: the period is over.
    :raises Conflict: the line has committed itself already.
    """
    draw = await _draw(session, person, draw_id)
    line = line_of(person, draw)
    over = draw.ends_ms <= await read_clock(session)
    if draw.state != DrawState.COMMITTING or over:
        raise Expired("draw.period_over")
    row = DrawSecret
    kept = await session.execute(
        insert_for(session, row)
        .values(
            draw_id=draw.id,
            line=line,
            county_id=draw.county_id,
            commitment=commitment,
            committed_by_staff_id=person.staff_id,
            committed_ms=now_ms(),
        )
        .on_conflict_do_nothing(index_elements=[row.draw_id, row.line])
        .returning(row.line)
    )
    if kept.scalar_one_or_none() is None:
        raise Conflict("draw.committed")
    await note_draw(
        session, draw, "committed", person.staff_id, line=str(line), commitment=commitment
    )


async def reveal(session: AsyncSession, person: SignedIn, draw_id: str, secret: str) -> None:
    """Shows the line's secret; whoever has it may, for the line that committed to it.

    :param secret: 32 bytes, hex.
    :raises NotFound: no such draw of the person's line.
    :raises Conflict: the period is not over yet, or the secret has been shown.
    :raises Expired: it comes too late.
    :raises Invalid: it is not the one that the line committed to.
    """
    draw = await _draw(session, person, draw_id)
    line = line_of(person, draw)
    if draw.state == DrawState.COMMITTING:
        raise Conflict("draw.period_runs")
    late = draw.reveal_until_ms <= await read_clock(session)
    if draw.state == DrawState.DRAWN or late:
        raise Expired("draw.too_late")
    row = DrawSecret
    part = await session.get(row, (draw.id, line), populate_existing=True)
    if part is None:
        raise Conflict("draw.not_committed")
    if commitment_of(draw.id, line, bytes.fromhex(secret)) != part.commitment:
        raise Invalid("draw.secret")
    shown = await session.execute(
        update(row)
        .where(row.draw_id == draw.id, row.line == line, row.secret.is_(None))
        .values(secret=secret, revealed_by_staff_id=person.staff_id, revealed_ms=now_ms())
        .returning(row.line)
    )
    if shown.scalar_one_or_none() is None:
        raise Conflict("draw.revealed")
    await note_draw(session, draw, "revealed", person.staff_id, line=str(line))
