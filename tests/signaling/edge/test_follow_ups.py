"""Poor ratings: evidence held, both lines told, a clock, closed by somebody else."""

import asyncio

import pytest
from sqlalchemy import select, update

from casework.database import new_id
from casework.reviews.holds import is_held
from casework.tables import CaseEvent, EvidenceHold, FollowUp, JournalEntry
from casework.vocabulary import RatingGrade, Role
from tests.signaling.edge.conftest import Edge, code_of
from tests.signaling.edge.reviewing import add_person, rated_poorly, watch

CONTACT = {"channel": "phone", "reached": True, "note": "群众说等了一个小时"}
CLOSING = {"text": "已致歉并补办"}


async def test_a_poor_rating_holds_the_evidence_and_stands_on_both_desks(edge: Edge) -> None:
    follow_up = await rated_poorly(edge)
    async with edge.context.database.reading() as session:
        assert (await session.execute(select(is_held(follow_up.call_id)))).scalar_one()
        assert not (await session.execute(select(is_held(new_id())))).scalar_one()
    for username in ("home_supervisor", "county_supervisor", "chief_county_supervisor"):
        person = await edge.sign_in(username)
        listed = await (await person.get("follow-ups")).json()
        assert [one["id"] for one in listed["follow_ups"]] == [follow_up.id], username
        assert (await (await person.get("desk")).json())["follow_ups"] == 1
    south = await edge.sign_in("south_supervisor")
    assert (await (await south.get("follow-ups")).json())["total"] == 0
    hidden = await south.get(f"follow-ups/{follow_up.id}")
    absent = await south.get(f"follow-ups/{new_id()}")
    assert await code_of(hidden) == await code_of(absent) == (404, "follow_up.not_found")


@pytest.mark.parametrize("grade", [RatingGrade.FAIR, RatingGrade.VERY_SATISFIED])
async def test_other_grades_open_nothing(light_edge: Edge, grade: RatingGrade) -> None:
    with pytest.raises(Exception, match="No row"):
        await rated_poorly(light_edge, grade)
    async with light_edge.context.database.reading() as session:
        assert (await session.scalars(select(EvidenceHold))).all() == []


async def test_it_is_closed_once_after_the_resident_was_asked_again(edge: Edge) -> None:
    follow_up = await rated_poorly(edge)
    home, county = await edge.sign_in("home_supervisor"), await edge.sign_in("county_supervisor")
    address = f"follow-ups/{follow_up.id}"
    silent = await home.post(f"{address}/closing", CLOSING)
    assert await code_of(silent) == (403, "follow_up.no_contact")
    unsaid = await home.post(f"{address}/contacts", {**CONTACT, "note": " "})
    assert await code_of(unsaid) == (400, "contact.note")
    assert (await home.post(f"{address}/contacts", CONTACT)).status == 200
    shown = await (await home.post(f"{address}/phone")).json()
    assert shown == {"name": "陈秀英", "phone": "13800138000"}
    answers = await asyncio.gather(
        home.post(f"{address}/closing", CLOSING), county.post(f"{address}/closing", CLOSING)
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    late = await home.post(f"{address}/contacts", CONTACT)
    assert await code_of(late) == (409, "follow_up.closed")
    detail = await (await county.get(address)).json()
    assert [one["note"] for one in detail["contacts"]] == [CONTACT["note"]]
    async with edge.context.database.reading() as session:
        hold = (await session.scalars(select(EvidenceHold))).one()
        kinds = set(await session.scalars(select(JournalEntry.what)))
        leaves = "".join(await session.scalars(select(JournalEntry.leaf)))
    assert hold.lifted_ms is not None
    wanted = {"opened", "contacted", "closed"}
    assert {f"follow_up.{kind}" for kind in wanted} | {"subject.phone_shown"} <= kinds
    assert "13800138000" not in leaves
    assert str(CONTACT["note"]) not in leaves


async def test_who_was_rated_neither_sees_nor_closes_it(edge: Edge) -> None:
    """Somebody who helped in the call, and supervises now."""
    follow_up = await rated_poorly(edge)
    rated = await add_person(edge, "county_supervisor9", Role.COUNTY_SUPERVISOR, "county")
    async with edge.context.database.transaction() as session:
        await session.execute(
            update(CaseEvent)
            .where(CaseEvent.case_id == follow_up.case_id, CaseEvent.kind == "outcome.given")
            .values(actor_staff_id=rated)
        )
    person = await edge.sign_in("county_supervisor9")
    assert (await (await person.get("follow-ups")).json())["total"] == 0
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/contacts", CONTACT),
        ("POST", "/phone", None),
        ("POST", "/closing", CLOSING),
    ):
        answer = await person.request(method, f"follow-ups/{follow_up.id}{path}", json=body)
        assert await code_of(answer) == (404, "follow_up.not_found")


async def test_the_chief_is_told_once_when_the_clock_runs_out(edge: Edge) -> None:
    follow_up = await rated_poorly(edge)
    await watch(edge).look()
    async with edge.context.database.transaction() as session:
        await session.execute(update(FollowUp).values(due_ms=1))
    await asyncio.gather(*(watch(edge).look() for _ in range(3)))
    async with edge.context.database.reading() as session:
        told = select(JournalEntry).where(JournalEntry.what == "follow_up.overdue")
        assert len((await session.scalars(told)).all()) == 1
        row = await session.get_one(FollowUp, follow_up.id)
    assert row.overdue_told_ms is not None
    assert row.state == "open"
