"""Draws as they are published: before the draw commitments only, after it everything."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.errors import Forbidden, NotFound
from casework.policy import may_supervise
from casework.reviews.commitments import line_of
from casework.reviews.draw import DrawRecord, Lot, faults
from casework.sign_in import SignedIn
from casework.tables import Case, DrawCase, DrawSecret, Organisation, ReviewDraw
from casework.vocabulary import AccountableLine, DrawState
from signaling.matters import PAGE_SIZE, names
from signaling.wire.reviews import DrawDetail, DrawList, DrawLot, DrawPart, DrawView


def _visible(person: SignedIn) -> ColumnElement[bool]:
    return may_supervise(person, ReviewDraw.county_id, ReviewDraw.home_organisation_id)


def owed(person: SignedIn, line: AccountableLine) -> ColumnElement[bool]:
    """Draws in which the line still has to commit, or to show its secret."""
    secret = DrawSecret
    part = exists().where(secret.draw_id == ReviewDraw.id, secret.line == line)
    unshown = exists().where(
        secret.draw_id == ReviewDraw.id, secret.line == line, secret.secret.is_(None)
    )
    to_commit = (ReviewDraw.state == DrawState.COMMITTING) & (ReviewDraw.ends_ms > now_ms()) & ~part
    to_show = (ReviewDraw.state == DrawState.REVEALING) & unshown
    return _visible(person) & or_(to_commit, to_show)


async def draw_list(session: AsyncSession, person: SignedIn, page: int) -> DrawList:
    """The latest period first."""
    wanted = _visible(person)
    total = await session.scalar(select(func.count()).select_from(ReviewDraw).where(wanted))
    rows = await session.execute(
        select(ReviewDraw, Organisation)
        .join(Organisation, Organisation.id == ReviewDraw.home_organisation_id)
        .where(wanted)
        .order_by(ReviewDraw.starts_ms.desc(), Organisation.code)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    draws = [await _view(session, person, draw, of) for draw, of in rows.all()]
    return DrawList(draws=draws, total=total or 0, page=page, page_size=PAGE_SIZE)


async def _parts(session: AsyncSession, draw_id: str) -> Mapping[str, DrawSecret]:
    rows = await session.scalars(
        select(DrawSecret)
        .where(DrawSecret.draw_id == draw_id)
        .execution_options(populate_existing=True)
    )
    return {row.line: row for row in rows}


def _part(row: DrawSecret | None, known: Mapping[str, str], *, shown: bool) -> DrawPart | None:
    if row is None:
        return None
    return DrawPart(
        commitment=row.commitment,
        committed_by_name=known.get(row.committed_by_staff_id, ""),
        committed_ms=row.committed_ms,
        revealed_ms=row.revealed_ms,
        secret=row.secret if shown else None,
    )


async def _view(
    session: AsyncSession, person: SignedIn, draw: ReviewDraw, of: Organisation
) -> DrawView:
    parts = await _parts(session, draw.id)
    known = await names(session, [one.committed_by_staff_id for one in parts.values()])
    done = draw.state == DrawState.DRAWN
    return DrawView(
        id=draw.id,
        organisation_name=of.name,
        organisation_name_en=of.name_en,
        state=DrawState(draw.state),
        starts_ms=draw.starts_ms,
        ends_ms=draw.ends_ms,
        reveal_until_ms=draw.reveal_until_ms,
        county=_part(parts.get(AccountableLine.COUNTY), known, shown=done),
        home=_part(parts.get(AccountableLine.HOME), known, shown=done),
        line=_line(person, draw),
        tree_size=draw.tree_size,
        tree_root=draw.tree_root,
        sample_permille=draw.sample_permille,
        population_sha256=draw.population_sha256,
        cases=draw.cases,
        drawn=draw.drawn,
        missing=list(draw.missing),
        drawn_ms=draw.drawn_ms,
    )


def _line(person: SignedIn, draw: ReviewDraw) -> AccountableLine | None:
    try:
        return line_of(person, draw)
    except Forbidden:
        return None


async def draw_detail(session: AsyncSession, person: SignedIn, draw_id: str) -> DrawDetail:
    """:raises NotFound: absent, or of another line."""
    row = (
        await session.execute(
            select(ReviewDraw, Organisation)
            .join(Organisation, Organisation.id == ReviewDraw.home_organisation_id)
            .where(ReviewDraw.id == draw_id, _visible(person))
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("draw.not_found")
    draw, of = row
    view = await _view(session, person, draw, of)
    if draw.state != DrawState.DRAWN:
        return DrawDetail(draw=view, lots=[], faults=[])
    lots = await _lots(session, draw.id)
    return DrawDetail(draw=view, lots=list(lots), faults=faults(record_of(view, lots)))


async def _lots(session: AsyncSession, draw_id: str) -> Sequence[DrawLot]:
    rows = await session.execute(
        select(DrawCase, Case.number)
        .join(Case, Case.id == DrawCase.case_id)
        .where(DrawCase.draw_id == draw_id)
        .order_by(DrawCase.case_id)
    )
    return [
        DrawLot(
            case_id=lot.case_id,
            case_number=number,
            chance_permille=lot.chance_permille,
            factors=list(lot.factors),
            drawn=lot.drawn,
        )
        for lot, number in rows
    ]


def record_of(view: DrawView, lots: Sequence[DrawLot]) -> DrawRecord:
    """The published draw as :func:`casework.reviews.draw.faults` takes it."""
    return DrawRecord(
        draw_id=view.id,
        county_commitment=None if view.county is None else view.county.commitment,
        county_secret=None if view.county is None else view.county.secret,
        home_commitment=None if view.home is None else view.home.commitment,
        home_secret=None if view.home is None else view.home.secret,
        sample_permille=view.sample_permille or 0,
        tree_root=view.tree_root,
        population_sha256=view.population_sha256 or "",
        lots=tuple(Lot(lot.case_id, lot.chance_permille) for lot in lots),
        drawn=frozenset(lot.case_id for lot in lots if lot.drawn),
    )
