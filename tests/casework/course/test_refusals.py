import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import literal, select

from casework.course.appeals import decide_appeal, open_appeal
from casework.course.refusals import confirm_refusal, latest_refusal, propose_refusal, send_back
from casework.errors import Conflict, Forbidden, Invalid
from casework.tables import Appeal, Case, CaseEvent, Refusal
from casework.vocabulary import AppealState, CaseMove, CaseState, RefusalState
from signaling.calls_of_cases import CALLS
from tests.casework.course.county import CourseCounty


async def locked(county: CourseCounty, session: object, case_id: str) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    case: Case = (await session.scalars(query)).one()  # type: ignore[attr-defined]
    return case


async def proposed(county: CourseCounty, state: CaseState = CaseState.SUBMITTED) -> str:
    case_id = await county.case(state)
    async with county.database.transaction() as session:
        await propose_refusal(
            session,
            await locked(county, session, case_id),
            county.people["agent"],
            reason="未满法定年龄",
            legal_basis="社会保险法 第十六条",
            call=county.serving(),
        )
    return case_id


async def decide(county: CourseCounty, case_id: str, who: str, answer: str | None = None) -> None:
    async with county.database.transaction() as session:
        case = await locked(county, session, case_id)
        if answer is None:
            await confirm_refusal(session, case, county.people[who], CALLS)
        else:
            await send_back(session, case, county.people[who], CALLS, answer=answer)


async def test_a_refusal_needs_a_second_person_at_the_county(county: CourseCounty) -> None:
    case_id = await proposed(county)
    for stranger in ("agent", "helper", "home_supervisor", "system_administrator", "auditor"):
        with pytest.raises(Forbidden):
            await decide(county, case_id, stranger)
    assert (await county.row(case_id)).state == CaseState.REFUSAL_PROPOSED
    await decide(county, case_id, "county_supervisor")
    async with county.database.reading() as session:
        refusal = await latest_refusal(session, case_id)
    assert refusal is not None
    assert refusal.decided_by_staff_id == county.staff["county_supervisor"]
    assert (await county.row(case_id)).state == CaseState.REFUSED


@pytest.mark.parametrize("part", ["opened", "owned", "acted", "in_call"])
async def test_who_took_part_does_not_decide(county: CourseCounty, part: str) -> None:
    case_id = await proposed(county)
    who = county.staff["county_supervisor"]
    calls = CALLS
    match part:
        case "opened":
            await county.set(case_id, opened_by_staff_id=who)
        case "owned":
            await county.set(case_id, owner_staff_id=who)
        case "acted":
            await county.note(case_id, "page.judged", who)
        case "in_call":
            calls = replace(CALLS, parts=[select(Case.id, literal(who))])
    async with county.database.transaction() as session:
        case = await locked(county, session, case_id)
        with pytest.raises(Forbidden) as refused:
            await confirm_refusal(session, case, county.people["county_supervisor"], calls)
    assert refused.value.code == "authority.took_part"
    assert (await county.row(case_id)).state == CaseState.REFUSAL_PROPOSED


async def test_two_approvers_at_once_decide_once(county: CourseCounty) -> None:
    case_id = await proposed(county)
    done = await asyncio.gather(
        decide(county, case_id, "county_supervisor"),
        decide(county, case_id, "chief_county_supervisor", "请先补正"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "NoneType"]
    async with county.database.reading() as session:
        refusal = (await session.scalars(select(Refusal))).one()
        told = await session.scalars(
            select(CaseEvent.kind).where(
                CaseEvent.kind.in_(("case.refused", "case.refusal_sent_back"))
            )
        )
        assert len(told.all()) == 1
    state = (await county.row(case_id)).state
    expected = {RefusalState.CONFIRMED: "refused", RefusalState.SENT_BACK: "submitted"}
    assert state == expected[RefusalState(refusal.state)]


async def test_a_proposal_that_was_sent_back_may_be_made_and_decided_anew(
    light_county: CourseCounty,
) -> None:
    case_id = await proposed(light_county)
    with pytest.raises(Invalid):
        await decide(light_county, case_id, "county_supervisor", "  ")
    await decide(light_county, case_id, "county_supervisor", "请先要求补正")
    assert (await light_county.row(case_id)).state == CaseState.SUBMITTED
    await light_county.move(case_id, CaseMove.RETURN, "agent", call=light_county.serving())
    async with light_county.database.transaction() as session:
        await propose_refusal(
            session,
            await locked(light_county, session, case_id),
            light_county.people["agent"],
            reason="逾期未补正",
            legal_basis="第十条",
            call=light_county.serving(),
        )
    await decide(light_county, case_id, "county_supervisor")
    assert (await light_county.row(case_id)).state == CaseState.REFUSED


async def test_nobody_withdraws_a_case_past_the_second_person(light_county: CourseCounty) -> None:
    case_id = await proposed(light_county)
    with pytest.raises(Conflict):
        await light_county.move(case_id, CaseMove.WITHDRAW, "helper")


@pytest.mark.parametrize("reopen", [True, False])
async def test_an_appeal_reopens_the_case_or_upholds_the_refusal(
    county: CourseCounty, reopen: bool
) -> None:
    case_id = await proposed(county)
    await decide(county, case_id, "county_supervisor")
    async with county.database.transaction() as session:
        case = await locked(county, session, case_id)
        appeal = await open_appeal(session, case, county.people["helper"], text="户口本可证明年龄")
    assert appeal.due_ms > 0
    async with county.database.transaction() as session:
        case = await locked(county, session, case_id)
        with pytest.raises(Forbidden):
            await decide_appeal(
                session, case, county.people["county_supervisor"], CALLS, reopen=reopen, answer="是"
            )
    async with county.database.transaction() as session:
        await decide_appeal(
            session,
            await locked(county, session, case_id),
            county.people["chief_county_supervisor"],
            CALLS,
            reopen=reopen,
            answer="经查属实" if reopen else "材料不足以证明",
        )
    async with county.database.reading() as session:
        row = (await session.scalars(select(Appeal))).one()
    assert row.state == (AppealState.REOPENED if reopen else AppealState.UPHELD)
    case = await county.row(case_id)
    assert case.state == (CaseState.SUBMITTED if reopen else CaseState.UPHELD)
    assert (case.due_ms is not None) == reopen


async def test_an_appeal_comes_in_time_from_the_own_window_and_once(
    light_county: CourseCounty,
) -> None:
    case_id = await proposed(light_county)
    await decide(light_county, case_id, "county_supervisor")
    with pytest.raises(Forbidden) as late:
        await light_county.move(case_id, CaseMove.APPEAL, "helper", refused_ms=0)
    assert late.value.code == "course.appeal_too_late"
    with pytest.raises(Forbidden):
        await light_county.move(case_id, CaseMove.APPEAL, "helper2")
    await light_county.move(case_id, CaseMove.APPEAL, "helper")
    with pytest.raises(Conflict):
        await light_county.move(case_id, CaseMove.APPEAL, "helper")
