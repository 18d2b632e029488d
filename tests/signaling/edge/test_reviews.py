"""Reviews by both lines: who reviews, blind, and who ends a disagreement."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.database import new_id
from casework.reviews.assignment import assign
from casework.tables import (
    EvidenceHold,
    JournalEntry,
    Review,
    ReviewReassignment,
    ReviewVerdict,
    StaffMember,
)
from casework.vocabulary import AccountableLine, Role
from signaling.calls_of_cases import CALLS
from signaling.tables import CallCase, CallParticipant
from tests.signaling.edge.conftest import Edge, Person, code_of
from tests.signaling.edge.reviewing import (
    add_person,
    handled_case,
    opened_review,
    reviewer,
    sheet,
    watch,
)


async def two_of_each(edge: Edge) -> None:
    await add_person(edge, "home_supervisor2", Role.HOME_SUPERVISOR, "village")
    await add_person(edge, "county_supervisor2", Role.COUNTY_SUPERVISOR, "county")


async def both(edge: Edge, review: Review) -> tuple[Person, Person]:
    """The home line's reviewer, and the county's."""
    home = await edge.sign_in(await reviewer(edge, review.id, "home"))
    return home, await edge.sign_in(await reviewer(edge, review.id, "county"))


async def give(person: Person, review: Review, **filled: Any) -> None:  # noqa: ANN401
    answer = await person.post(f"reviews/{review.id}/verdict", sheet(**filled))
    assert answer.status == 200, await answer.text()


async def shown(person: Person, review: Review) -> dict[str, Any]:
    answer = await person.get(f"reviews/{review.id}")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


@pytest.mark.parametrize(
    ("mode", "state", "reasons"),
    [
        ("delegated", "accepted", ["delegated"]),
        ("assisted", "refused", ["refusal"]),
        ("delegated", "refused", ["refusal", "delegated"]),
        ("assisted", "accepted", None),
        ("delegated", "submitted", None),
    ],
)
async def test_refusals_and_delegated_cases_are_reviewed_without_a_lot(
    edge: Edge, mode: str, state: str, reasons: list[str] | None
) -> None:
    case_id = await handled_case(edge, mode=mode, state=state)
    await watch(edge).look()
    await watch(edge).look()
    async with edge.context.database.reading() as session:
        found = (await session.scalars(select(Review))).all()
        held = (await session.scalars(select(EvidenceHold))).all()
    if reasons is None:
        assert found == []
        return
    assert [(one.case_id, one.reasons) for one in found] == [(case_id, reasons)]
    assert [(one.call_id, one.lifted_ms) for one in held] == [(found[0].call_id, None)]


async def test_a_case_refused_again_after_its_review_is_reviewed_again(light_edge: Edge) -> None:
    case_id = await handled_case(light_edge, mode="assisted", state="refused")
    await watch(light_edge).look()
    async with light_edge.context.database.transaction() as session:
        await session.execute(update(Review).values(state="agreed", opened_ms=1))
    await watch(light_edge).look()
    async with light_edge.context.database.reading() as session:
        found = (await session.scalars(select(Review).order_by(Review.opened_ms))).all()
    assert [one.case_id for one in found] == [case_id, case_id]
    assert found[1].state == "open"


async def test_many_nodes_open_one_review_of_a_case(edge: Edge) -> None:
    await handled_case(edge)
    await asyncio.gather(*(watch(edge).look() for _ in range(4)))
    async with edge.context.database.reading() as session:
        assert len((await session.scalars(select(Review))).all()) == 1
        assert len((await session.scalars(select(ReviewVerdict))).all()) == 2


async def test_who_took_part_reviews_nothing_and_does_not_even_see_it(edge: Edge) -> None:
    await two_of_each(edge)
    case_id = await handled_case(edge)
    listener = edge.county.staff["county_supervisor"]
    async with edge.context.database.transaction() as session:
        call_id = (await session.scalars(select(CallCase.call_id))).one()
        session.add(
            CallParticipant(
                county_id=edge.county.county_id,
                call_id=call_id,
                kind="supervisor",
                staff_id=listener,
                joined_ms=1,
            )
        )
    await watch(edge).look()
    async with edge.context.database.reading() as session:
        review = (await session.scalars(select(Review))).one()
    assert review.case_id == case_id
    assert await reviewer(edge, review.id, "county") == "county_supervisor2"
    person = await edge.sign_in("county_supervisor")
    assert await code_of(await person.get(f"reviews/{review.id}")) == (404, "review.not_found")
    listed = await (await person.get("reviews", params={"queue": "open"})).json()
    assert listed["total"] == 0


async def test_the_chief_and_other_towns_never_review(edge: Edge) -> None:
    async with edge.context.database.transaction() as session:
        gone = StaffMember.id == edge.county.staff["county_supervisor"]
        await session.execute(update(StaffMember).where(gone).values(active=False))
        north = StaffMember.id == edge.county.staff["home_supervisor"]
        await session.execute(update(StaffMember).where(north).values(active=False))
    await opened_review(edge)
    async with edge.context.database.reading() as session:
        rows = (await session.scalars(select(ReviewVerdict))).all()
    assert [row.reviewer_staff_id for row in rows] == [None, None]
    chief = await edge.sign_in("chief_county_supervisor")
    (listed,) = (await (await chief.get("reviews", params={"queue": "open"})).json())["reviews"]
    assert sorted(listed["unassigned"]) == ["county", "home"]
    await two_of_each(edge)
    await watch(edge).look()
    assert await reviewer(edge, listed["id"], "home") == "home_supervisor2"
    assert await reviewer(edge, listed["id"], "county") == "county_supervisor2"


async def test_reviews_are_spread_evenly(light_edge: Edge) -> None:
    await two_of_each(light_edge)
    for _ in range(6):
        await handled_case(light_edge)
    await watch(light_edge).look()
    async with light_edge.context.database.reading() as session:
        rows = (await session.scalars(select(ReviewVerdict.reviewer_staff_id))).all()
    assert sorted(rows.count(one) for one in set(rows)) == [3, 3, 3, 3]


async def test_nothing_of_a_verdict_is_seen_before_both_are_in(edge: Edge) -> None:
    review = await opened_review(edge)
    home, county = await both(edge, review)
    chief = await edge.sign_in("chief_county_supervisor")
    word = "这句话不能提前看到"
    draft = {**sheet("flawed", word, rude=False), "verdict": "flawed"}
    assert (await home.post(f"reviews/{review.id}/draft", draft)).status == 200
    assert (await shown(home, review))["own"]["comment"] == word
    await give(home, review, verdict="flawed", comment=word, rude=False)
    for person in (county, chief):
        found = await shown(person, review)
        assert (found["verdicts"], found["differences"]) == ([], [])
        assert found["own"] is None or found["own"]["line"] == "county"
        for path in (f"reviews/{review.id}", "reviews?queue=open", "desk", "draws"):
            assert word not in await (await person.get(path)).text()
        span = {"from_ms": 0, "to_ms": 2**52}
        report = await (await person.get("review-agreement", params=span)).json()
        assert report == {"units": [], "helpers": []}
    async with edge.context.database.reading() as session:
        leaves = "".join(await session.scalars(select(JournalEntry.leaf)))
    assert "verdict_sha256" in leaves
    assert "flawed" not in leaves
    await give(county, review)
    found = await shown(county, review)
    assert [one["line"] for one in found["verdicts"]] == ["county", "home"]
    assert found["differences"] == ["verdict", "rude"]


async def test_two_equal_verdicts_agree_and_free_the_evidence(edge: Edge) -> None:
    review = await opened_review(edge)
    home, county = await both(edge, review)
    await give(home, review)
    await give(county, review, manner=10)
    found = await shown(home, review)
    assert (found["review"]["state"], found["differences"]) == ("agreed", [])
    assert [one["points"] for one in found["verdicts"]] == [90, 100]
    async with edge.context.database.reading() as session:
        assert (await session.scalars(select(EvidenceHold))).one().lifted_ms is not None
    report = await (
        await county.get("review-agreement", params={"from_ms": 0, "to_ms": 2**52})
    ).json()
    (unit,), (helper,) = report["units"], report["helpers"]
    assert (unit["compared"], unit["agreed"], unit["flawed"]) == (1, 1, 0)
    assert helper["id"] == edge.county.staff["helper"]


async def test_only_the_chief_ends_a_disagreement_and_with_a_reason(edge: Edge) -> None:
    review = await opened_review(edge)
    home, county = await both(edge, review)
    chief = await edge.sign_in("chief_county_supervisor")
    decision = {"decision": "flawed", "reason": "告知不完整"}
    early = await chief.post(f"reviews/{review.id}/decision", decision)
    assert await code_of(early) == (409, "review.no_disagreement")
    await give(home, review)
    await give(county, review, verdict="improper", comment="推诿", passing_off=False)
    for person in (home, county):
        answer = await person.post(f"reviews/{review.id}/decision", decision)
        assert await code_of(answer) == (403, "role")
    assert not (await shown(county, review))["may_decide"]
    assert (await shown(chief, review))["may_decide"]
    assert (await (await chief.get("desk")).json())["disagreements"] == 1
    silent = await chief.post(f"reviews/{review.id}/decision", {**decision, "reason": " "})
    assert await code_of(silent) == (400, "review.reason")
    answers = await asyncio.gather(
        *(chief.post(f"reviews/{review.id}/decision", decision) for _ in range(3))
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    found = await shown(home, review)
    assert (found["review"]["state"], found["decision"]) == ("resolved", "flawed")
    assert found["decided_by_name"] == "姓名chief_county_supervisor"


async def test_a_verdict_stands_and_is_the_reviewers_own(edge: Edge) -> None:
    review = await opened_review(edge)
    home, county = await both(edge, review)
    answers = await asyncio.gather(
        *(home.post(f"reviews/{review.id}/verdict", sheet()) for _ in range(3))
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    again = await home.post(f"reviews/{review.id}/draft", sheet("flawed", "改"))
    assert await code_of(again) == (409, "review.given")
    south = await edge.sign_in("south_supervisor")
    for person in (south, await edge.sign_in("chief_county_supervisor")):
        answer = await person.post(f"reviews/{review.id}/verdict", sheet())
        assert await code_of(answer) == (404, "review.not_found")
    absent = await south.get(f"reviews/{new_id()}")
    assert await code_of(absent) == await code_of(await south.get(f"reviews/{review.id}"))
    await give(county, review)


async def test_a_conflict_of_interest_gives_the_review_to_somebody_else(edge: Edge) -> None:
    await two_of_each(edge)
    review = await opened_review(edge)
    first = await reviewer(edge, review.id, "home")
    person = await edge.sign_in(first)
    await person.post(f"reviews/{review.id}/draft", sheet("flawed", "草稿"))
    gone = await person.post(f"reviews/{review.id}/stepping-back", {"reason": "系亲属"})
    assert gone.status == 200
    second = await reviewer(edge, review.id, "home")
    assert {first, second} == {"home_supervisor", "home_supervisor2"}
    other = await edge.sign_in(second)
    assert (await shown(other, review))["own"]["comment"] == ""
    answer = await person.post(f"reviews/{review.id}/verdict", sheet())
    assert await code_of(answer) == (404, "review.not_found")
    await other.post(f"reviews/{review.id}/stepping-back", {"reason": "也是亲属"})
    async with edge.context.database.transaction() as session:
        rows = (await session.scalars(select(ReviewReassignment))).all()
        kept = await session.get_one(Review, review.id)
        assert await assign(session, CALLS, kept, AccountableLine.HOME) is None
    assert len(rows) == 2


async def test_a_reviewer_who_left_is_replaced(light_edge: Edge) -> None:
    await two_of_each(light_edge)
    review = await opened_review(light_edge)
    first = await reviewer(light_edge, review.id, "county")
    async with light_edge.context.database.transaction() as session:
        left = StaffMember.username == first
        await session.execute(update(StaffMember).where(left).values(active=False))
    await watch(light_edge).look()
    assert await reviewer(light_edge, review.id, "county") != first


async def test_the_sheet_is_changed_by_the_chief_for_later_reviews(edge: Edge) -> None:
    review = await opened_review(edge)
    chief = await edge.sign_in("chief_county_supervisor")
    rules = await (await chief.get("review-rules")).json()
    assert rules["version"] == 1
    lines = [
        {"key": "late", "kind": "dont", "zh": "不准拖延", "en": "No delay", "points": 0},
        {"key": "word", "kind": "points", "zh": "用语", "en": "Words", "points": 10},
    ]
    new = {"version": 1, "lines": lines, "sample_permille": 200, "due_days": 3}
    answers = await asyncio.gather(*(chief.post("review-rules", new) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    supervisor = await edge.sign_in("county_supervisor")
    assert await code_of(await supervisor.post("review-rules", new)) == (403, "role")
    home, _ = await both(edge, review)
    assert len((await shown(home, review))["lines"]) == 14
    await give(home, review)
    await handled_case(edge)
    await watch(edge).look()
    async with edge.context.database.reading() as session:
        later = (await session.scalars(select(Review).order_by(Review.id.desc()))).first()
    assert later is not None
    home, _ = await both(edge, later)
    assert [line["key"] for line in (await shown(home, later))["lines"]] == ["late", "word"]
    old = await home.post(f"reviews/{later.id}/verdict", sheet())
    assert await code_of(old) == (400, "review.lines")
