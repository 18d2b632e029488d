"""The course of a case over HTTP: what each surface sees, and the steps it may take."""

from typing import Any

import pytest

from casework.vocabulary import Surface
from signaling.rooms.facts import read_call
from tests.signaling.edge.conftest import Edge, Person, code_of, consent

REFUSAL = {
    "outcome": "refusal_proposed",
    "text": "未满法定年龄",
    "legal_basis": "社会保险法第十六条",
}


async def called(edge: Edge, **given: object) -> tuple[Person, Person, str, str]:
    """Helper, agent, call and case."""
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id, **given)  # type: ignore[arg-type]
    return helper, agent, call_id, case_id


async def ended(edge: Edge, **outcome: object) -> tuple[Person, Person, str]:
    helper, agent, call_id, case_id = await called(edge)
    body = {"outcomes": [{"case_id": case_id, **outcome}]}
    answer = await agent.post(f"calls/{call_id}/outcomes", body)
    assert answer.status == 200, await answer.text()
    await edge.county.end_call(call_id)
    return helper, agent, case_id


async def course(person: Person, case_id: str) -> dict[str, Any]:
    answer = await person.get(f"cases/{case_id}/course")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def step(person: Person, case_id: str, move: str, **given: object) -> dict[str, Any]:
    answer = await person.post(f"cases/{case_id}/steps", {"move": move, **given})
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


def open_to(view: dict[str, Any]) -> set[str]:
    return {one["move"] for one in view["steps"] if one["allowed"]}


async def test_a_case_is_accepted_suspended_resumed_finished_and_its_result_sent(
    edge: Edge,
) -> None:
    helper, agent, case_id = await ended(edge, outcome="accepted")
    view = await course(agent, case_id)
    assert view["case"]["due_ms"] is not None
    assert view["owned"] is True
    assert open_to(view) == {"suspend", "finish", "propose_refusal"}
    assert open_to(await course(helper, case_id)) == {"withdraw"}
    view = await step(agent, case_id, "suspend", text="等待部门核查")
    assert (view["case"]["state"], view["case"]["due_ms"]) == ("suspended", None)
    view = await step(agent, case_id, "resume")
    assert view["case"]["state"] == "accepted"
    await step(agent, case_id, "finish", text="资格认证通过")
    refused = await agent.post(
        f"cases/{case_id}/steps", {"move": "hand_result", "way": "sent", "carrier": "邮政"}
    )
    assert await code_of(refused) == (400, "course.consignment_needed")
    view = await step(
        agent, case_id, "hand_result", way="sent", carrier="邮政", consignment_number="EM123"
    )
    assert view["case"]["state"] == "handed_over"
    assert view["result"]["consignment_number"] == "EM123"
    kinds = [event["kind"] for event in view["events"]]
    assert kinds[-4:] == [
        "case.suspended", "case.resumed", "case.finished", "case.result_handed",
    ]  # fmt: skip
    assert view["events"][-4]["text"] == "等待部门核查"


async def test_a_closed_step_says_why_in_the_readers_language(light_edge: Edge) -> None:
    helper, _, case_id = await ended(light_edge, outcome="received")
    view = await course(helper, case_id)
    accept = next(one for one in view["steps"] if one["move"] == "accept")
    assert accept["allowed"] is False
    assert accept["who"] == ["decider"]
    assert "负责人" in accept["text"]
    english = await helper.get(f"cases/{case_id}/course", headers={"Accept-Language": "en"})
    accept = next(one for one in (await english.json())["steps"] if one["move"] == "accept")
    assert "officer" in accept["text"]


async def test_a_refusal_is_decided_at_the_county_and_told_in_writing(edge: Edge) -> None:
    helper, agent, case_id = await ended(edge, **REFUSAL)
    county = await edge.sign_in("county_supervisor")
    home = await edge.sign_in("home_supervisor")
    assert (await home.get("refusals")).status == 403
    waiting = (await (await county.get("refusals")).json())["refusals"]
    assert [one["case"]["id"] for one in waiting] == [case_id]
    assert waiting[0]["refusal"]["legal_basis"] == REFUSAL["legal_basis"]
    assert (await helper.get(f"cases/{case_id}/refusal-notice")).status == 404
    blocked = await agent.post(f"cases/{case_id}/steps", {"move": "confirm_refusal"})
    assert blocked.status == 403
    view = await step(county, case_id, "confirm_refusal")
    assert view["case"]["state"] == "refused"
    for person in (helper, agent, county, home):
        notice = await (await person.get(f"cases/{case_id}/refusal-notice")).json()
        assert notice["reason"] == REFUSAL["text"]
        assert notice["appeal_days"] == 60
    assert (await (await county.get("refusals")).json())["refusals"] == []
    view = await step(helper, case_id, "appeal", text="户口本可证明年龄")
    assert view["appeals"][0]["state"] == "open"
    assert (await (await county.get("appeals")).json())["appeals"] == []
    chief = await edge.sign_in("chief_county_supervisor")
    appeals = (await (await chief.get("appeals")).json())["appeals"]
    assert [one["case"]["id"] for one in appeals] == [case_id]
    view = await step(chief, case_id, "reopen", text="经查属实")
    assert view["case"]["state"] == "submitted"


async def test_who_took_part_is_shown_no_proposal(light_edge: Edge) -> None:
    _, _, case_id = await ended(light_edge, **REFUSAL)
    county = await light_edge.sign_in("county_supervisor")
    async with light_edge.context.database.transaction() as session:
        from casework.case_events import add_event
        from casework.tables import Case

        case = await session.get_one(Case, case_id)
        staff_id = light_edge.county.staff["county_supervisor"]
        add_event(session, case, "page.judged", actor_staff_id=staff_id)
    assert (await (await county.get("refusals")).json())["refusals"] == []
    confirm = next(
        one for one in (await course(county, case_id))["steps"] if one["move"] == "confirm_refusal"
    )
    assert (confirm["allowed"], confirm["code"]) == (False, "authority.took_part")


async def test_a_colleague_sees_an_offered_case_and_becomes_its_owner(edge: Edge) -> None:
    _, agent, case_id = await ended(edge, outcome="accepted")
    second = await edge.sign_in("agent2")
    assert (await second.get(f"cases/{case_id}/course")).status == 404
    to = {"to_staff_id": edge.county.staff["agent2"], "reason": "休假"}
    assert (await agent.post(f"cases/{case_id}/hand-over", to)).status == 200
    assert (await course(second, case_id))["owned"] is False
    (offer,) = (await (await second.get("hand-overs")).json())["offers"]
    path = f"hand-overs/{offer['hand_over']['id']}/answer"
    assert (await agent.post(path, {"accept": True})).status == 404
    assert (await second.post(path, {"accept": True})).status == 200
    assert (await course(second, case_id))["owned"] is True
    assert open_to(await course(agent, case_id)) == set()


async def test_lists_are_scoped_and_filtered(light_edge: Edge) -> None:
    helper, agent, case_id = await ended(light_edge, outcome="accepted")
    number = (await course(agent, case_id))["case"]["number"]
    north = await light_edge.sign_in("home_supervisor")
    south = await light_edge.sign_in("south_supervisor", Surface.SUPERVISION)
    other = await light_edge.sign_in("helper2")

    async def found(person: Person, **query: str) -> list[str]:
        listed = await (await person.get("cases", params=query)).json()
        return [one["id"] for one in listed["cases"]]

    for person in (helper, agent, north):
        assert await found(person) == [case_id]
    for person in (south, other, await light_edge.sign_in("agent2")):
        assert await found(person) == []
    for query in (
        {"text": number[-5:]},
        {"text": "陈秀英"},
        {"text": "养老"},
        {"state": "accepted"},
        {"open": "true"},
        {"organisation_id": light_edge.county.organisations["north"]},
        {"owner_staff_id": light_edge.county.staff["agent"]},
        {"window_id": light_edge.county.windows["village"], "overdue": "false"},
    ):
        assert await found(north, **query) == [case_id], query
    for query in (
        {"text": "%"},
        {"state": "refused"},
        {"open": "false"},
        {"overdue": "true"},
        {"organisation_id": light_edge.county.organisations["south"]},
    ):
        assert await found(north, **query) == [], query


async def test_another_matter_joins_the_call_with_a_consent_and_an_outcome_of_its_own(
    edge: Edge,
) -> None:
    helper, agent, call_id, case_id = await called(edge)
    county = edge.county
    added = await agent.post(
        f"calls/{call_id}/cases", {"item_id": county.items["town"], "consent": consent()}
    )
    assert added.status == 200, await added.text()
    view = await added.json()
    assert (view["subject_name"], view["consent"], view["state"]) == ("陈秀英", "yes", "draft")
    async with edge.context.database.reading() as session:
        facts = await read_call(session, call_id)
    assert set(facts.case_ids) == {case_id, view["id"]}
    outcomes = [
        {"case_id": case_id, "outcome": "accepted"},
        # The county does not decide for a town, whatever the call was about.
        {"case_id": view["id"], "outcome": "accepted"},
    ]
    refused = await agent.post(f"calls/{call_id}/outcomes", {"outcomes": outcomes})
    assert await code_of(refused) == (403, "authority.not_deciding")
    outcomes[1]["outcome"] = "advice_given"
    assert (await agent.post(f"calls/{call_id}/outcomes", {"outcomes": outcomes})).status == 200
    assert (await course(agent, case_id))["case"]["state"] == "accepted"
    assert (await course(agent, view["id"]))["case"]["state"] == "closed"
    assert (await course(helper, view["id"]))["case"]["state"] == "closed"


async def test_a_matter_is_not_added_to_a_recorded_call_without_consent(light_edge: Edge) -> None:
    helper, agent, call_id, _ = await called(light_edge)
    items = light_edge.county.items
    no = {"item_id": items["strict"], "consent": consent(answer="no")}
    answer = await helper.post(f"calls/{call_id}/cases", no)
    assert await code_of(answer) == (403, "course.consent_for_matter")
    same = {"item_id": items["pension"], "consent": consent()}
    answer = await helper.post(f"calls/{call_id}/cases", same)
    assert await code_of(answer) == (409, "course.same_matter")
    other = await light_edge.sign_in("helper2")
    answer = await other.post(f"calls/{call_id}/cases", {**no, "consent": consent()})
    assert answer.status == 404
    await light_edge.county.end_call(call_id)
    answer = await helper.post(f"calls/{call_id}/cases", {**no, "consent": consent()})
    assert await code_of(answer) == (409, "call.over")
    found = await agent.get(f"calls/{call_id}/items", params={"q": "社保"})
    assert (await found.json())["items"][0]["id"] == items["strict"]


@pytest.mark.parametrize(("item", "everywhere"), [("pension", True), ("town", True)])
async def test_the_window_is_told_whose_residents_an_item_is_open_to(
    light_edge: Edge, item: str, everywhere: bool
) -> None:
    helper = await light_edge.sign_in("helper")
    answer = await helper.get(f"items/{light_edge.county.items[item]}/towns")
    assert await answer.json() == {"everywhere": everywhere, "town_ids": []}


async def test_a_towns_own_item_is_open_to_its_own_residents(light_edge: Edge) -> None:
    from sqlalchemy import update

    from casework.tables import ServiceItem

    county = light_edge.county
    async with light_edge.context.database.transaction() as session:
        await session.execute(
            update(ServiceItem)
            .where(ServiceItem.id == county.items["town"])
            .values(cross_area=False)
        )
    helper = await light_edge.sign_in("helper")
    answer = await helper.get(f"items/{county.items['town']}/towns")
    assert await answer.json() == {
        "everywhere": False,
        "town_ids": [county.organisations["north"]],
    }


async def test_the_calendar_is_seen_by_supervisors_and_changed_by_the_administrator(
    light_edge: Edge,
) -> None:
    county = await light_edge.sign_in("county_supervisor")
    admin = await light_edge.sign_in("system_administrator")
    known = await (await county.get("calendar")).json()
    years = {year["year"]: year["known"] for year in known["years"]}
    assert years == {2026: "arranged", 2027: "statutory"}
    content = "day,kind,name\n2027-02-05,holiday,春节\n2027-02-14,workday,春节\n".encode()
    assert (await county.request("POST", "calendar", data=content)).status == 403
    answer = await admin.request("POST", "calendar", data=content)
    assert await answer.json() == {"years": [2027], "days": 2, "moved": 0}
    known = await (await admin.get("calendar")).json()
    (year,) = [year for year in known["years"] if year["year"] == 2027]
    assert (year["known"], len(year["days"])) == ("arranged", 2)
    bad = await admin.request("POST", "calendar", data=b"day,kind\nx,y\n")
    assert await code_of(bad) == (400, "import.refused")
