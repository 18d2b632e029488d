"""What an agent may make of a call."""

import asyncio

import pytest
from sqlalchemy import select, update

from casework.database import new_id
from casework.tables import CallBack, Case, CaseEvent, Consent, CouldNotReport
from signaling.pairing.topics import county_topic
from signaling.tables import Call
from tests.signaling.edge.conftest import Edge, Person, code_of


async def call(
    edge: Edge, *, recorded: bool = True, may_decide: bool = True
) -> tuple[Person, str, str]:
    """The agent, the call and its case."""
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id, recorded=recorded, may_decide=may_decide)
    return agent, call_id, case_id


def outcome(case_id: str, kind: str, **more: object) -> dict[str, object]:
    return {"outcomes": [{"case_id": case_id, "outcome": kind, **more}], "notes": "已核对"}


async def case_of(edge: Edge, case_id: str) -> Case:
    async with edge.context.database.reading() as session:
        return await session.get_one(Case, case_id)


async def test_accepting_gives_the_case_its_number_and_owner(edge: Edge) -> None:
    agent, call_id, case_id = await call(edge)
    answer = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "accepted"))
    assert answer.status == 200, await answer.text()
    case = await case_of(edge, case_id)
    assert case.state == "accepted"
    assert case.number is not None
    assert case.number.startswith("441625-20")
    assert case.number.endswith("-00001")
    assert case.owner_staff_id == edge.county.staff["agent"]
    async with edge.context.database.reading() as session:
        event = (
            await session.scalars(select(CaseEvent).where(CaseEvent.kind == "outcome.given"))
        ).one()
        kept = await session.get_one(Call, call_id)
    assert (event.outcome, event.call_id) == ("accepted", call_id)
    assert kept.notes == "已核对"


async def test_numbers_of_a_day_count_up_without_holes(edge: Edge) -> None:
    numbers = []
    for _ in range(3):
        agent, call_id, case_id = await call(edge)
        await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "received"))
        await edge.county.end_call(call_id)
        numbers.append((await case_of(edge, case_id)).number)
    assert [number and number[-5:] for number in numbers] == ["00001", "00002", "00003"]


@pytest.mark.parametrize(
    ("kind", "state", "numbered"),
    [
        ("advice_given", "closed", False),
        ("guided", "closed", False),
        ("received", "submitted", True),
    ],
)
async def test_outcomes_that_need_nothing_more(
    light_edge: Edge, kind: str, state: str, numbered: bool
) -> None:
    agent, call_id, case_id = await call(light_edge, may_decide=False)
    answer = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, kind))
    assert answer.status == 200
    case = await case_of(light_edge, case_id)
    assert (case.state, case.number is not None) == (state, numbered)


@pytest.mark.parametrize("kind", ["accepted_to_follow", "returned"])
async def test_what_is_missing_is_told_in_one_list(edge: Edge, kind: str) -> None:
    agent, call_id, case_id = await call(edge)
    none = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, kind))
    assert await code_of(none) == (400, "outcome.missing_needed")
    missing = [edge.county.materials["photo"]]
    given = outcome(case_id, kind, missing_material_ids=missing)
    assert (await agent.post(f"calls/{call_id}/outcomes", given)).status == 200
    case = await case_of(edge, case_id)
    assert case.state == kind
    assert (case.materials_due_ms is not None) == (kind == "accepted_to_follow")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"outcome": "accepted", "missing_material_ids": ["photo"]}, 400, "outcome.missing_given"),
        (
            {"outcome": "accepted_to_follow", "missing_material_ids": ["card"]},
            400,
            "outcome.material_required",
        ),
        ({"outcome": "returned", "missing_material_ids": ["foreign"]}, 400, "outcome.material"),
        ({"outcome": "could_not_be_done", "text": " "}, 400, "outcome.text_needed"),
        ({"outcome": "passed_on"}, 400, "outcome.group"),
        ({"outcome": "guided", "pass_to_skill_group_id": "K"}, 400, "outcome.group"),
        ({"outcome": "refused"}, 400, "request.invalid"),
        ({"outcome": "refusal_proposed", "text": "不符合条件"}, 400, "course.legal_basis_needed"),
        ({"outcome": "refusal_proposed", "legal_basis": "第三条"}, 400, "course.text_needed"),
    ],
)
async def test_outcomes_that_do_not_hold_together(
    light_edge: Edge, given: dict[str, object], status: int, code: str
) -> None:
    agent, call_id, case_id = await call(light_edge)
    county = light_edge.county
    names = {**county.materials, **county.groups, "foreign": new_id()}
    if "missing_material_ids" in given:
        listed = given["missing_material_ids"]
        assert isinstance(listed, list)
        given = {**given, "missing_material_ids": [names[name] for name in listed]}
    if "pass_to_skill_group_id" in given:
        given = {**given, "pass_to_skill_group_id": county.groups["K"]}
    body = {"outcomes": [{"case_id": case_id, **given}]}
    answer = await agent.post(f"calls/{call_id}/outcomes", body)
    assert await code_of(answer) == (status, code)
    assert (await case_of(light_edge, case_id)).state == "draft"


@pytest.mark.parametrize("kind", ["accepted", "accepted_to_follow"])
async def test_who_may_not_decide_does_not_accept(light_edge: Edge, kind: str) -> None:
    agent, call_id, case_id = await call(light_edge, may_decide=False)
    missing = [light_edge.county.materials["photo"]] if kind == "accepted_to_follow" else []
    given = outcome(case_id, kind, missing_material_ids=missing)
    answer = await agent.post(f"calls/{call_id}/outcomes", given)
    assert await code_of(answer) == (403, "authority.not_deciding")


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_without_standing_consent_nothing_is_taken_in(edge: Edge, withdrawn: bool) -> None:
    agent, call_id, case_id = await call(edge, recorded=withdrawn)
    if withdrawn:
        async with edge.context.database.transaction() as session:
            await session.execute(update(Consent).values(answer="withdrawn"))
    for kind in ("received", "accepted"):
        answer = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, kind))
        assert await code_of(answer) == (403, "authority.not_recorded")
    advice = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "advice_given"))
    assert advice.status == 200


async def test_a_case_for_advice_is_not_accepted(light_edge: Edge) -> None:
    helper, agent = await light_edge.sign_in("helper"), await light_edge.sign_in("agent")
    case_id = await light_edge.agreed_case(helper, mode="advice")
    call_id = await light_edge.county.call(case_id)
    answer = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "accepted"))
    assert await code_of(answer) == (403, "authority.mode")


async def test_a_second_outcome_of_one_call_is_refused(edge: Edge) -> None:
    agent, call_id, case_id = await call(edge)
    first = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "received"))
    assert first.status == 200
    again = await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "guided"))
    assert await code_of(again) == (409, "outcome.given")
    twice = outcome(case_id, "guided")
    twice["outcomes"] = [*twice["outcomes"]] * 2  # type: ignore[misc]
    assert await code_of(await agent.post(f"calls/{call_id}/outcomes", twice)) == (
        400,
        "outcome.twice",
    )


async def test_a_matter_under_way_is_not_closed_by_advice(edge: Edge) -> None:
    agent, call_id, case_id = await call(edge)
    await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "received"))
    await edge.county.end_call(call_id)
    second = await edge.county.call(case_id)
    answer = await agent.post(f"calls/{second}/outcomes", outcome(case_id, "advice_given"))
    assert answer.status == 200
    assert (await case_of(edge, case_id)).state == "submitted"


async def test_what_could_not_be_done_opens_a_report(edge: Edge) -> None:
    agent, call_id, case_id = await call(edge)
    given = outcome(case_id, "could_not_be_done", text="系统故障")
    assert (await agent.post(f"calls/{call_id}/outcomes", given)).status == 200
    async with edge.context.database.reading() as session:
        report = (await session.scalars(select(CouldNotReport))).one()
    assert (report.call_id, report.text) == (call_id, "系统故障")
    assert report.owner_staff_id == edge.county.staff["coordinator"]


async def test_a_case_that_is_passed_on_is_promised_a_call_back(edge: Edge) -> None:
    agent, call_id, case_id = await call(edge)
    given = outcome(case_id, "passed_on", pass_to_skill_group_id=edge.county.groups["G"])
    woken = edge.context.bus.subscribe(county_topic(edge.county.county_id))
    with woken:
        assert (await agent.post(f"calls/{call_id}/outcomes", given)).status == 200
        async with asyncio.timeout(5):
            await woken.wait(5)
    async with edge.context.database.reading() as session:
        promised = (await session.scalars(select(CallBack))).one()
    assert (promised.skill_group_id, promised.reason) == (edge.county.groups["G"], "passed_on")
    assert (await case_of(edge, case_id)).state == "draft"
    await edge.county.end_call(call_id)
    second = await edge.county.call(case_id)
    again = await agent.post(f"calls/{second}/outcomes", given)
    assert await code_of(again) == (409, "call_back.exists")


async def test_nobody_gives_outcomes_of_anothers_call_or_case(edge: Edge) -> None:
    _, call_id, case_id = await call(edge)
    other = await edge.sign_in("agent2")
    foreign = await other.post(f"calls/{call_id}/outcomes", outcome(case_id, "guided"))
    absent = await other.post(f"calls/{new_id()}/outcomes", outcome(case_id, "guided"))
    assert await code_of(foreign) == await code_of(absent) == (404, "call.not_found")
    agent, helper = await edge.sign_in("agent"), await edge.sign_in("helper")
    elsewhere = await edge.case(helper)
    answer = await agent.post(f"calls/{call_id}/outcomes", outcome(elsewhere, "guided"))
    assert await code_of(answer) == (404, "case.not_found")


async def test_the_days_own_calls_are_listed_with_their_outcome(edge: Edge) -> None:
    agent, call_id, case_id = await call(edge)
    await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "received"))
    listed = await (await agent.get("calls")).json()
    assert listed["total"] == 1
    assert listed["calls"][0]["id"] == call_id
    assert listed["calls"][0]["outcome"] == "received"
    other = await edge.sign_in("agent2")
    assert (await (await other.get("calls")).json())["calls"] == []


async def test_colleagues_are_the_other_agents(light_edge: Edge) -> None:
    agent = await light_edge.sign_in("agent")
    listed = await (await agent.get("colleagues")).json()
    assert [one["staff_id"] for one in listed["colleagues"]] == [light_edge.county.staff["agent2"]]
    assert [group["letters"] for group in listed["skill_groups"]] == ["G", "K"]
    of_group = await agent.get("colleagues", params={"group": light_edge.county.groups["K"]})
    assert (await of_group.json())["colleagues"] == []
