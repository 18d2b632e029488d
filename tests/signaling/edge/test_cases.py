"""A case from the first word to consent, and who may see it."""

import pytest
from sqlalchemy import func, select

from casework.consents import call_terms, withdraw_consent
from casework.database import new_id
from casework.errors import Conflict
from casework.protected import Field
from casework.tables import Case, CaseEvent, Consent, CouldNotReport, ServiceItem, Subject
from tests.signaling.edge.conftest import Edge, code_of, consent, draft
from tests.signaling.edge.small_county import ID_NUMBER


@pytest.mark.parametrize("query", ["养老", "yldy", "yanglao", "PENSION"])
async def test_an_item_is_found_by_words_initials_and_code(light_edge: Edge, query: str) -> None:
    helper = await light_edge.sign_in("helper")
    found = await (await helper.get("items", params={"q": query})).json()
    assert [item["code"] for item in found["items"]] == ["PENSION"]
    item = await (await helper.get(f"items/{found['items'][0]['id']}")).json()
    assert [material["name"] for material in item["materials"]] == ["card", "photo"]


async def test_an_item_that_is_not_begun_in_villages_is_not_found_at_a_village_window(
    edge: Edge,
) -> None:
    helper = await edge.sign_in("helper")
    before = await (await helper.get("items")).json()
    async with edge.context.database.transaction() as session:
        item = await session.get_one(ServiceItem, edge.county.items["pension"])
        item.receiving_levels = ["county", "town"]
    found = await (await helper.get("items")).json()
    assert {item["code"] for item in before["items"]} == {
        "DELEGATED",
        "PENSION",
        "STRICT",
        "TOWN",
    }
    assert {item["code"] for item in found["items"]} == {"DELEGATED", "STRICT", "TOWN"}
    assert (before["total"], found["total"]) == (4, 3)
    refused = await helper.post("cases", draft(edge.county))
    assert await code_of(refused) == (403, "case.not_at_this_window")


async def test_the_towns_of_the_county_are_offered_for_registration(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    towns = await (await helper.get("towns")).json()
    assert {town["name"] for town in towns["organisations"]} == {"north", "south"}


async def test_a_draft_shows_masked_numbers_and_keeps_them_encrypted(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    answer = await helper.post("cases", draft(edge.county))
    case = await answer.json()
    assert case["subject_id_number"] == ID_NUMBER[:3] + "*" * 11 + ID_NUMBER[-4:]
    assert case["subject_phone"] == "138****8000"
    assert (case["state"], case["number"], case["consent"]) == ("draft", None, None)
    assert case["deciding_organisation_name"] == "department"
    async with edge.context.database.reading() as session:
        subject = (await session.scalars(select(Subject))).one()
        event = (await session.scalars(select(CaseEvent))).one()
    assert ID_NUMBER.encode() not in subject.id_number_sealed
    protected = edge.context.protected
    opened = protected.open(subject.id_number_sealed, Field.ID_NUMBER, subject.id)
    assert opened == ID_NUMBER
    assert subject.id_number_index == protected.index(ID_NUMBER, Field.ID_NUMBER)
    assert event.home_organisation_id == edge.county.organisations["village"]
    assert event.county_organisation_id == edge.county.organisations["county"]


WRONG_DIGIT = ID_NUMBER[:-1] + ("1" if ID_NUMBER[-1] != "1" else "2")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"subject_id_number": WRONG_DIGIT}, 400, "id_number.check_character"),
        ({"subject_id_number": "441625190002301234"}, 400, "id_number.birth"),
        ({"subject_phone": "12345"}, 400, "phone.number"),
        ({"subject_name": "  \u202e "}, 400, "case.name"),
        ({"mode": "delegated"}, 400, "case.mode"),
        ({"item_id": new_id()}, 404, "item.not_found"),
        ({"registered_organisation_id": new_id()}, 400, "case.registered_town"),
        ({"present_relation": "neighbour"}, 400, "request.invalid"),
    ],
)
async def test_a_draft_with_an_error_keeps_nothing(
    edge: Edge, changes: dict[str, object], status: int, code: str
) -> None:
    helper = await edge.sign_in("helper")
    answer = await helper.post("cases", draft(edge.county, **changes))
    assert await code_of(answer) == (status, code)
    async with edge.context.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Subject)) == 0
        assert await session.scalar(select(func.count()).select_from(Case)) == 0


async def test_the_registered_town_decides_its_item(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    town = {"item_id": edge.county.items["town"]}
    none = await helper.post("cases", draft(edge.county, **town, registered_organisation_id=None))
    assert await code_of(none) == (400, "case.registered_town_missing")
    south = {"registered_organisation_id": edge.county.organisations["south"]}
    case = await (await helper.post("cases", draft(edge.county, **town, **south))).json()
    assert case["deciding_organisation_name"] == "south"


async def test_consent_is_asked_of_who_is_there(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    present = await edge.case(helper)
    absent = await edge.case(helper, present_relation="helper", present_name="李帮办")
    for case_id, answered_by, status in (
        (present, "helper", 400),
        (present, "present_person", 200),
        (absent, "present_person", 400),
        (absent, "helper", 200),
    ):
        given = consent(answered_by=answered_by)
        answer = await helper.post(f"cases/{case_id}/consent", given)
        assert answer.status == status, (case_id == present, answered_by)
    async with edge.context.database.reading() as session:
        kept = await session.scalars(select(Consent.answered_by).order_by(Consent.id))
        assert list(kept) == ["present_person", "helper"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text_version": "0"}, "consent.text"),
        ({"answer": "withdrawn"}, "consent.withdrawal"),
        ({"language": "fr"}, "request.invalid"),
    ],
)
async def test_consent_to_something_else_is_refused(
    light_edge: Edge, changes: dict[str, object], code: str
) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper)
    answer = await helper.post(f"cases/{case_id}/consent", consent(**changes))
    assert await code_of(answer) == (400, code)


async def test_the_latest_answer_and_the_items_policy_say_how_a_call_begins(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    advice = await edge.case(helper)
    strict = await edge.case(helper, item_id=edge.county.items["strict"])

    async def terms(case_id: str) -> bool | str:
        async with edge.context.database.reading() as session:
            try:
                return (await call_terms(session, await session.get_one(Case, case_id))).recorded
            except Conflict as error:
                return error.code

    assert await terms(advice) == "consent.not_asked"
    for answer, of_advice, of_strict in (
        ("no", False, "consent.needed"),
        ("yes", True, True),
        ("no", False, "consent.needed"),
    ):
        for case_id in (advice, strict):
            await helper.post(f"cases/{case_id}/consent", consent(answer=answer))
        assert (await terms(advice), await terms(strict)) == (of_advice, of_strict)


async def test_a_withdrawn_consent_leaves_advice(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    staff_id = edge.county.staff["helper"]
    async with edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        await withdraw_consent(session, case, asked_by=staff_id, call_id=new_id())
        assert not (await call_terms(session, case)).recorded
        with pytest.raises(Conflict, match=r"consent\.none"):
            await withdraw_consent(session, case, asked_by=staff_id, call_id=new_id())
    shown = await (await helper.get(f"cases/{case_id}")).json()
    assert shown["consent"] == "withdrawn"


async def test_what_could_not_be_done_goes_to_a_coordinator_with_a_clock(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    assert (await helper.post(f"cases/{case_id}/could-not", {"text": "无人受理"})).status == 200
    async with edge.context.database.reading() as session:
        report = (await session.scalars(select(CouldNotReport))).one()
    assert report.owner_staff_id == edge.county.staff["coordinator"]
    assert report.due_ms > report.created_ms
    assert report.home_organisation_id == edge.county.organisations["village"]


async def test_a_case_of_another_window_is_answered_like_an_absent_one(edge: Edge) -> None:
    helper, other = await edge.sign_in("helper"), await edge.sign_in("helper2")
    case_id = await edge.case(helper)
    for path, body in (
        ("", None),
        ("/consent", consent()),
        ("/could-not", {"text": "x"}),
    ):
        for asked in (case_id, new_id()):
            method = "GET" if body is None else "POST"
            answer = await other.request(method, f"cases/{asked}{path}", json=body)
            assert await code_of(answer) == (404, "case.not_found")


async def test_an_agent_sees_the_cases_of_the_own_calls_only(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    agent, other = await edge.sign_in("agent"), await edge.sign_in("agent2")
    case_id = await edge.agreed_case(helper)
    assert (await agent.get(f"cases/{case_id}")).status == 404
    await edge.county.call(case_id)
    assert (await agent.get(f"cases/{case_id}")).status == 200
    assert (await other.get(f"cases/{case_id}")).status == 404
