"""A draw from the first commitment to the reviews it opens, on many nodes."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select, update

from casework.errors import Invalid
from casework.reviews.draw import commitment
from casework.reviews.periods import PERIOD_MS, REVEAL_MS, TreeHead, week_start_ms
from casework.tables import CaseEvent, DrawCase, JournalEntry, Review, ReviewDraw
from casework.vocabulary import AccountableLine
from shipinban.draw_files import examine_draw
from signaling.review_watch import ReviewWatch
from tests.signaling.edge.conftest import Edge, Person, code_of
from tests.signaling.edge.reviewing import handled_case, watch

ROOT = b"r" * 32
HOUR_MS = 3_600_000


def with_tree(edge: Edge) -> ReviewWatch:
    async def tree_at(*_: object) -> TreeHead:
        return TreeHead(100, ROOT)

    return ReviewWatch(edge.context.database, tree_at)


async def north(edge: Edge) -> ReviewDraw:
    async with edge.context.database.reading() as session:
        query = select(ReviewDraw).where(
            ReviewDraw.home_organisation_id == edge.county.organisations["north"]
        )
        return (await session.scalars(query)).one()


async def over(edge: Edge, draw: ReviewDraw, *, reveal_too: bool = False) -> None:
    """The period ended an hour ago: it is moved, with what happened in it."""
    back = draw.ends_ms - draw.created_ms + HOUR_MS + (REVEAL_MS if reveal_too else 0)
    async with edge.context.database.transaction() as session:
        row = ReviewDraw
        moved = {
            "starts_ms": row.starts_ms - back,
            "ends_ms": row.ends_ms - back,
            "reveal_until_ms": row.reveal_until_ms - back,
        }
        await session.execute(update(row).where(row.id == draw.id).values(moved))
        await session.execute(update(CaseEvent).values(at_ms=draw.starts_ms - back + 1))


async def commit(edge: Edge, draw: ReviewDraw) -> tuple[Person, Person, bytes, bytes]:
    county, home = await edge.sign_in("county_supervisor"), await edge.sign_in("home_supervisor")
    ours = secrets.token_bytes(32), secrets.token_bytes(32)
    for person, line, secret in (
        (county, AccountableLine.COUNTY, ours[0]),
        (home, AccountableLine.HOME, ours[1]),
    ):
        body = {"commitment": commitment(draw.id, line, secret)}
        answer = await person.post(f"draws/{draw.id}/commitment", body)
        assert answer.status == 200, await answer.text()
    return county, home, *ours


async def look_everywhere(watches: Sequence[ReviewWatch]) -> None:
    await asyncio.gather(*(each.look() for each in watches))


async def test_a_draw_goes_from_commitments_to_reviews(edge: Edge) -> None:
    cases = [await handled_case(edge, mode="assisted") for _ in range(3)]
    nodes = [with_tree(edge) for _ in range(3)]
    await look_everywhere(nodes)
    draw = await north(edge)
    county, home, county_secret, home_secret = await commit(edge, draw)
    early = await county.post(f"draws/{draw.id}/secret", {"secret": county_secret.hex()})
    assert await code_of(early) == (409, "draw.period_runs")
    await over(edge, draw)
    await look_everywhere(nodes)
    shown = (await (await home.get(f"draws/{draw.id}")).json())["draw"]
    assert (shown["state"], shown["cases"], shown["tree_root"]) == ("revealing", 3, ROOT.hex())
    wrong = await county.post(f"draws/{draw.id}/secret", {"secret": home_secret.hex()})
    assert await code_of(wrong) == (400, "draw.secret")
    first = await county.post(f"draws/{draw.id}/secret", {"secret": county_secret.hex()})
    assert first.status == 200
    await look_everywhere(nodes)
    seen = await (await home.get(f"draws/{draw.id}")).text()
    assert county_secret.hex() not in seen, "who shows it last must not know the other's"
    last = await home.post(f"draws/{draw.id}/secret", {"secret": home_secret.hex()})
    assert last.status == 200
    await look_everywhere(nodes)
    saved = await (await county.get(f"draws/{draw.id}")).read()
    detail = await (await county.get(f"draws/{draw.id}")).json()
    assert (detail["draw"]["state"], detail["draw"]["missing"], detail["faults"]) == (
        "drawn",
        [],
        [],
    )
    assert sorted(lot["case_id"] for lot in detail["lots"]) == sorted(cases)
    drawn = {lot["case_id"] for lot in detail["lots"] if lot["drawn"]}
    assert drawn
    async with edge.context.database.reading() as session:
        reviews = (await session.scalars(select(Review))).all()
    assert {one.case_id for one in reviews} == drawn
    assert {(tuple(one.reasons), one.draw_id) for one in reviews} == {(("sample",), draw.id)}
    assert examine_draw(saved, Console(quiet=True))
    forged = saved.replace(county_secret.hex().encode(), b"00" * 32)
    assert not examine_draw(forged, Console(quiet=True))
    with pytest.raises(Invalid):
        examine_draw(b"{}", Console(quiet=True))


async def test_a_line_commits_once_and_in_time_and_for_itself(edge: Edge) -> None:
    await watch(edge).look()
    draw = await north(edge)
    county, _, county_secret, _ = await commit(edge, draw)
    body = {"commitment": commitment(draw.id, AccountableLine.COUNTY, b"x" * 32)}
    again = await county.post(f"draws/{draw.id}/commitment", body)
    assert await code_of(again) == (409, "draw.committed")
    south = await edge.sign_in("south_supervisor")
    assert await code_of(await south.post(f"draws/{draw.id}/commitment", body)) == (
        404,
        "draw.not_found",
    )
    await over(edge, draw)
    late = await county.post(f"draws/{draw.id}/commitment", body)
    assert await code_of(late) == (410, "draw.period_over")
    assert county_secret.hex() not in await (await county.get("draws")).text()


@pytest.mark.parametrize(
    ("committed", "missing"),
    [
        (False, ["home.commitment", "county.commitment", "tree_root"]),
        (True, ["tree_root", "county.secret"]),
    ],
)
async def test_what_does_not_come_in_time_is_named_and_the_draw_goes_on(
    edge: Edge, committed: bool, missing: list[str]
) -> None:
    await handled_case(edge, mode="assisted")
    await watch(edge).look()
    draw = await north(edge)
    if committed:
        _, home, _, home_secret = await commit(edge, draw)
        await over(edge, draw)
        await watch(edge).look()
        shown = await home.post(f"draws/{draw.id}/secret", {"secret": home_secret.hex()})
        assert shown.status == 200
        await watch(edge).look()
        state = (await (await home.get(f"draws/{draw.id}")).json())["draw"]["state"]
        assert state == "revealing", "the county's secret may still come"
        async with edge.context.database.transaction() as session:
            await session.execute(
                update(ReviewDraw)
                .where(ReviewDraw.id == draw.id)
                .values(reveal_until_ms=ReviewDraw.ends_ms + 1)
            )
    else:
        await over(edge, draw, reveal_too=True)
        await watch(edge).look()
    await watch(edge).look()
    async with edge.context.database.reading() as session:
        done = (await session.scalars(select(ReviewDraw).where(ReviewDraw.id == draw.id))).one()
        noted = await session.scalars(
            select(JournalEntry.what).where(JournalEntry.what == "review_draw.secret_withheld")
        )
        assert len(noted.all()) == int(committed)
    assert (done.state, sorted(done.missing), done.drawn) == ("drawn", sorted(missing), 1)
    person: Any = await edge.sign_in("county_supervisor")
    assert (await (await person.get(f"draws/{draw.id}")).json())["faults"] == []


async def test_the_end_of_a_period_waits_for_the_journals_checkpoint(light_edge: Edge) -> None:
    await watch(light_edge).look()
    draw = await north(light_edge)
    async with light_edge.context.database.transaction() as session:
        now = update(ReviewDraw).where(ReviewDraw.id == draw.id)
        await session.execute(now.values(ends_ms=ReviewDraw.created_ms))
    await watch(light_edge).look()
    assert (await north(light_edge)).state == "committing"
    await with_tree(light_edge).look()
    assert (await north(light_edge)).tree_root == ROOT.hex()


async def test_risky_cases_get_their_chance_and_others_lines_are_left_out(edge: Edge) -> None:
    await handled_case(edge, mode="assisted")
    await watch(edge).look()
    draw = await north(edge)
    async with edge.context.database.transaction() as session:
        await session.execute(update(CaseEvent).values(at_ms=draw.starts_ms + 1))
    await over(edge, draw)
    await with_tree(edge).look()
    async with edge.context.database.reading() as session:
        (lot,) = (await session.scalars(select(DrawCase))).all()
    assert (lot.draw_id, lot.factors, lot.chance_permille) == (draw.id, [], 50)


def test_a_week_begins_on_the_countys_monday() -> None:
    monday = 1_764_518_400_000  # 2025-12-01 00:00 in China
    hour = 3_600_000
    assert week_start_ms(monday) == week_start_ms(monday + 100 * hour) == monday
    assert week_start_ms(monday - 1) == monday - PERIOD_MS
