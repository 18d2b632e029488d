"""A draw's life: committing while the period runs, revealing after it, drawn.

Every step is one transaction that judges by the database's clock and changes the state only from
the expected one, so any number of nodes may try it side by side.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.counties import county_organisation
from casework.county_time import county_moment, day_start_ms
from casework.database import insert_for, new_id, now_ms, read_clock
from casework.journal.acts import Act, add_entry
from casework.participants import Calls
from casework.reviews.draw import Lot, at_risk, drawn, population_sha256, seed
from casework.reviews.population import candidates
from casework.reviews.reviews import open_review
from casework.reviews.sheets import current_rules
from casework.tables import (
    Case,
    DrawCase,
    DrawSecret,
    JournalCheckpoint,
    Organisation,
    ReviewDraw,
)
from casework.vocabulary import AccountableLine, DrawState, OrganisationKind, ReviewReason

_log = structlog.get_logger(__name__)

WEEK = timedelta(weeks=1)
PERIOD_MS = WEEK // timedelta(milliseconds=1)
REVEAL_MS = 2 * 24 * 3_600_000
TREE_PATIENCE_MS = 15 * 60_000
"""So long the end of a period waits for a checkpoint of the journal that covers it."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    size: int
    root: bytes


TreeAt = Callable[[AsyncSession, str, int], Awaitable[TreeHead | None]]
"""County id and a moment → the first checkpoint of the journal that was made after it."""


def week_start_ms(at_ms: int) -> int:
    """Monday 00:00 of the county's clock."""
    monday = county_moment(at_ms).weekday()
    return day_start_ms(at_ms) - monday * 24 * 3_600_000


async def heads_without_draw(session: AsyncSession, limit: int) -> list[str]:
    """Heads of home lines that have no draw of the present week yet."""
    starts = week_start_ms(await read_clock(session))
    parent = aliased(Organisation)
    kinds = (OrganisationKind.TOWN, OrganisationKind.PARTNER)
    rows = await session.scalars(
        select(Organisation.id)
        .join(parent, parent.id == Organisation.parent_id)
        .where(
            Organisation.active,
            Organisation.kind.in_(kinds),
            parent.kind == OrganisationKind.COUNTY,
            ~exists().where(
                ReviewDraw.home_organisation_id == Organisation.id, ReviewDraw.starts_ms == starts
            ),
        )
        .limit(limit)
    )
    return list(rows)


async def open_draw(session: AsyncSession, head_id: str) -> bool:
    """The draw of the present week; whether it was this call that opened it."""
    head = await session.get_one(Organisation, head_id)
    county = await county_organisation(session, head.county_id)
    starts = week_start_ms(await read_clock(session))
    row = ReviewDraw
    opened = await session.execute(
        insert_for(session, row)
        .values(
            id=new_id(),
            county_id=head.county_id,
            home_organisation_id=head.id,
            county_organisation_id=county.id,
            state=DrawState.COMMITTING,
            starts_ms=starts,
            ends_ms=starts + PERIOD_MS,
            reveal_until_ms=starts + PERIOD_MS + REVEAL_MS,
            missing=[],
            created_ms=now_ms(),
        )
        .on_conflict_do_nothing(index_elements=[row.home_organisation_id, row.starts_ms])
        .returning(row.id)
    )
    return opened.scalar_one_or_none() is not None


async def draws_over(session: AsyncSession, limit: int) -> list[str]:
    """Draws whose period has ended and whose cases are not fixed yet."""
    rows = await session.scalars(
        select(ReviewDraw.id)
        .where(ReviewDraw.state == DrawState.COMMITTING, ReviewDraw.ends_ms <= now_ms())
        .order_by(ReviewDraw.ends_ms)
        .limit(limit)
    )
    return list(rows)


async def close_period(session: AsyncSession, calls: Calls, tree_at: TreeAt, draw_id: str) -> bool:
    """Fixes the cases, their chances and the tree's root, before any secret may be shown.

    ``False`` while the journal has no checkpoint of after the end; after a while it goes on without.
    """
    draw = await _locked(session, draw_id, DrawState.COMMITTING)
    if draw is None:
        return False
    head = await tree_at(session, draw.county_id, draw.ends_ms)
    if head is None and await read_clock(session) < draw.ends_ms + TREE_PATIENCE_MS:
        return False
    permille = (await current_rules(session, draw.county_id)).sample_permille
    found = await candidates(session, calls, draw, permille)
    session.add_all(
        DrawCase(
            draw_id=draw.id,
            case_id=one.lot.case_id,
            county_id=draw.county_id,
            chance_permille=one.lot.chance_permille,
            factors=[str(factor) for factor in one.factors],
        )
        for one in found
    )
    committed = await _lines(session, draw.id, revealed=False)
    missing = [f"{line}.commitment" for line in AccountableLine if line not in committed]
    draw.state = DrawState.REVEALING
    draw.missing = [*missing, *(["tree_root"] if head is None else [])]
    draw.tree_size = None if head is None else head.size
    draw.tree_root = None if head is None else head.root.hex()
    draw.sample_permille = permille
    draw.population_sha256 = population_sha256([one.lot for one in found])
    draw.cases = len(found)
    draw.closed_ms = await read_clock(session)
    await session.flush()
    await note_draw(session, draw, "closed", None)
    return True


async def draws_to_draw(session: AsyncSession, limit: int) -> list[str]:
    """Draws with every promised secret shown, or whose time for showing them is over."""
    secret = DrawSecret
    waited_for = exists().where(secret.draw_id == ReviewDraw.id, secret.secret.is_(None))
    rows = await session.scalars(
        select(ReviewDraw.id)
        .where(
            ReviewDraw.state == DrawState.REVEALING,
            or_(~waited_for, ReviewDraw.reveal_until_ms <= now_ms()),
        )
        .limit(limit)
    )
    return list(rows)


async def draw_now(session: AsyncSession, calls: Calls, draw_id: str) -> bool:
    """Draws with what is there, says what was missing, and opens the reviews.

    Where a line withheld the secret that it had promised, every case with a mark of risk is
    reviewed, and both lines find the incident in the draw and in the journal.
    """
    draw = await _locked(session, draw_id, DrawState.REVEALING)
    if draw is None:
        return False
    shown = await _lines(session, draw.id, revealed=True)
    promised = await _lines(session, draw.id, revealed=False)
    late = draw.reveal_until_ms <= await read_clock(session)
    if set(promised) - set(shown) and not late:
        return False
    root = None if draw.tree_root is None else bytes.fromhex(draw.tree_root)
    parts = [
        bytes.fromhex(shown[line]) if line in shown else None
        for line in (AccountableLine.COUNTY, AccountableLine.HOME)
    ]
    rows = (await session.scalars(select(DrawCase).where(DrawCase.draw_id == draw.id))).all()
    lots = [Lot(row.case_id, row.chance_permille) for row in rows]
    withheld = [line for line in promised if line not in shown]
    found = drawn(seed(parts[0], parts[1], root), lots)
    if withheld:
        found |= at_risk(lots, draw.sample_permille or 0)
    for row in rows:
        row.drawn = row.case_id in found
    draw.missing = [*draw.missing, *(f"{line}.secret" for line in withheld)]
    draw.state = DrawState.DRAWN
    draw.drawn = len(found)
    draw.drawn_ms = await read_clock(session)
    await session.flush()
    for line in withheld:
        _log.error("review_draw.secret_withheld", draw_id=draw.id, line=str(line))
        await note_draw(session, draw, "secret_withheld", None, line=str(line))
    await note_draw(session, draw, "drawn", None)
    await _open_reviews(session, calls, draw, found)
    return True


async def _open_reviews(
    session: AsyncSession, calls: Calls, draw: ReviewDraw, found: Collection[str]
) -> None:
    cases = await session.scalars(select(Case).where(Case.id.in_(found)).order_by(Case.id))
    for case in cases.all():
        await open_review(session, calls, case, [ReviewReason.SAMPLE], draw.id)


async def _locked(session: AsyncSession, draw_id: str, expected: DrawState) -> ReviewDraw | None:
    """The draw, nobody else moving it; ``None`` when somebody has already, or it is not time."""
    return await session.scalar(
        select(ReviewDraw)
        .where(
            ReviewDraw.id == draw_id, ReviewDraw.state == expected, ReviewDraw.ends_ms <= now_ms()
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _lines(
    session: AsyncSession, draw_id: str, *, revealed: bool
) -> dict[AccountableLine, str]:
    """Line → commitment, or of those that were revealed the secret."""
    query = select(DrawSecret).where(DrawSecret.draw_id == draw_id).order_by(DrawSecret.line)
    if revealed:
        query = query.where(DrawSecret.secret.is_not(None))
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return {
        AccountableLine(row.line): (row.secret or "") if revealed else row.commitment
        for row in rows
    }


async def note_draw(
    session: AsyncSession, draw: ReviewDraw, kind: str, actor_staff_id: str | None, **more: str
) -> None:
    await add_entry(
        session,
        Act(
            what=f"review_draw.{kind}",
            county_id=draw.county_id,
            home_organisation_id=draw.home_organisation_id,
            county_organisation_id=draw.county_organisation_id,
            actor_staff_id=actor_staff_id,
            evidence={
                "draw_id": draw.id,
                "population_sha256": draw.population_sha256,
                "tree_root": draw.tree_root,
                "missing": list(draw.missing),
                **more,
            },
        ),
    )


async def first_checkpoint_after(
    session: AsyncSession, county_id: str, at_ms: int
) -> TreeHead | None:
    """Of the county's journal; the :data:`TreeAt` of a running node."""
    row = JournalCheckpoint
    found = await session.scalar(
        select(row)
        .where(row.county_id == county_id, row.created_ms >= at_ms)
        .order_by(row.number)
        .limit(1)
    )
    return None if found is None else TreeHead(found.size, found.root)
