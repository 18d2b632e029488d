import asyncio

import pytest
from sqlalchemy import select

from casework.course.hand_overs import answer_hand_over, offer_hand_over, take_back
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.tables import Case, CaseEvent, HandOver
from casework.vocabulary import CaseState, HandOverState
from tests.casework.course.county import CourseCounty


async def offer(county: CourseCounty, case_id: str, to: str = "agent2", by: str = "agent") -> str:
    async with county.database.transaction() as session:
        case = await session.get_one(Case, case_id, with_for_update={"key_share": True})
        hand_over = await offer_hand_over(
            session, case, county.people[by], to_staff_id=county.staff[to], reason="休假"
        )
        return hand_over.id


async def answer(county: CourseCounty, hand_over_id: str, who: str, *, accept: bool) -> None:
    async with county.database.transaction() as session:
        await answer_hand_over(session, hand_over_id, county.people[who], accept=accept)


async def owner(county: CourseCounty, case_id: str) -> str | None:
    return (await county.row(case_id)).owner_staff_id


async def test_the_owner_changes_when_the_colleague_accepts(county: CourseCounty) -> None:
    case_id = await county.case(CaseState.ACCEPTED)
    hand_over_id = await offer(county, case_id)
    assert await owner(county, case_id) == county.staff["agent"]
    await answer(county, hand_over_id, "agent2", accept=True)
    assert await owner(county, case_id) == county.staff["agent2"]
    async with county.database.reading() as session:
        kinds = await session.scalars(select(CaseEvent.kind).order_by(CaseEvent.id))
        assert kinds.all() == ["hand_over.offered", "hand_over.accepted"]


async def test_a_declined_case_stays_where_it_is(light_county: CourseCounty) -> None:
    case_id = await light_county.case(CaseState.ACCEPTED)
    hand_over_id = await offer(light_county, case_id)
    await answer(light_county, hand_over_id, "agent2", accept=False)
    assert await owner(light_county, case_id) == light_county.staff["agent"]
    with pytest.raises(Conflict):
        await answer(light_county, hand_over_id, "agent2", accept=True)
    await offer(light_county, case_id)  # and may be offered again


async def test_one_offer_at_a_time_by_the_owner_to_an_agent(county: CourseCounty) -> None:
    case_id = await county.case(CaseState.ACCEPTED)
    with pytest.raises(Forbidden):
        await offer(county, case_id, to="agent", by="agent2")
    for nobody in ("agent", "helper", "county_supervisor"):
        with pytest.raises(Invalid):
            await offer(county, case_id, to=nobody)
    hand_over_id = await offer(county, case_id)
    with pytest.raises(Conflict):
        await offer(county, case_id)
    with pytest.raises(NotFound):
        await answer(county, hand_over_id, "agent", accept=True)


async def test_taking_back_and_accepting_at_once_has_one_end(county: CourseCounty) -> None:
    case_id = await county.case(CaseState.ACCEPTED)
    hand_over_id = await offer(county, case_id)

    async def back() -> None:
        async with county.database.transaction() as session:
            await take_back(session, hand_over_id, county.people["agent"])

    done = await asyncio.gather(
        back(), answer(county, hand_over_id, "agent2", accept=True), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "NoneType"]
    async with county.database.reading() as session:
        row = (await session.scalars(select(HandOver))).one()
    kept = row.state == HandOverState.TAKEN_BACK
    assert await owner(county, case_id) == county.staff["agent" if kept else "agent2"]


async def test_a_case_that_is_over_is_not_taken_over(light_county: CourseCounty) -> None:
    case_id = await light_county.case(CaseState.ACCEPTED)
    hand_over_id = await offer(light_county, case_id)
    await light_county.set(case_id, state=CaseState.WITHDRAWN)
    with pytest.raises(Conflict):
        await answer(light_county, hand_over_id, "agent2", accept=True)
    assert await owner(light_county, case_id) == light_county.staff["agent"]
