"""The checklist over HTTP: met, judged, told; and what is refused with nothing changed."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from casework.county_time import county_moment
from casework.database import read_clock
from casework.id_number import check_character
from casework.tables import Case, CaseMaterial, CasePage, JournalEntry
from signaling.tables import CallEvent
from tests.casework.materials.files import pdf
from tests.signaling.edge.conftest import Edge, Person, code_of
from tests.signaling.edge.test_pages import begin, upload

OTHER_NUMBER = "44162519500101002" + check_character("44162519500101002")
Checklist = dict[str, Any]


async def seen(person: Person, case_id: str) -> Checklist:
    answer = await person.get(f"cases/{case_id}/materials")
    assert answer.status == 200, await answer.text()
    view: Checklist = await answer.json()
    return view


def states(view: Checklist) -> list[str]:
    return [line["state"] for line in view["lines"]]


async def given_page(edge: Edge, helper: Person, case_id: str, content: bytes) -> str:
    """A page for the first line; the id of what was given."""
    page_id = await begin(
        helper, case_id, content, material_id=edge.county.materials["card"], faults=["glare"]
    )
    answer = await upload(helper, page_id, content)
    assert answer.status == 200, await answer.text()
    given_id: str = (await seen(helper, case_id))["lines"][0]["given"][0]["id"]
    return given_id


async def day_from_now(edge: Edge, days: int) -> str:
    async with edge.context.database.reading() as session:
        today = county_moment(await read_clock(session)).date()
    return (today + timedelta(days=days)).isoformat()


async def test_a_page_meets_its_line_and_the_agent_sends_it_back_until_it_is_good(
    edge: Edge, picture: bytes
) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id)
    assert states(await seen(helper, case_id)) == ["missing", "missing"]
    given_id = await given_page(edge, helper, case_id, picture)
    line = (await seen(agent, case_id))["lines"][0]
    assert (line["state"], line["given"][0]["faults"]) == ("given", ["glare"])
    verdict = {"reason": "glare", "text": "请避开灯光"}
    back = await agent.post(f"cases/{case_id}/materials/{given_id}/judge", verdict)
    assert states(await back.json()) == ["sent_back", "missing"]
    second = await given_page(edge, helper, case_id, picture)
    assert second != given_id
    done = await agent.post(f"cases/{case_id}/materials/{second}/judge", {})
    assert states(await done.json()) == ["accepted", "missing"]
    late = await agent.post(f"cases/{case_id}/materials/{given_id}/judge", {})
    assert await code_of(late) == (409, "material.replaced")
    async with edge.context.database.reading() as session:
        kinds = await session.scalars(select(CallEvent.kind).where(CallEvent.call_id == call_id))
        assert set(kinds) == {"material.sent_back", "material.accepted"}
        entries = await session.scalars(
            select(JournalEntry.what).where(JournalEntry.what.like("material.%"))
        )
        assert sorted(entries) == sorted(
            ["material.given", "material.sent_back", "material.given", "material.accepted"]
        )


async def test_a_pdf_is_kept_whole_and_shown_sheet_by_sheet(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    content = pdf(sheets=3)
    given = {
        "media_type": "application/pdf",
        "uploaded": True,
        "material_id": edge.county.materials["card"],
    }
    page_id = await begin(helper, case_id, content, **given)
    page = await (await upload(helper, page_id, content)).json()
    assert (page["state"], page["sheets"], page["uploaded"]) == ("ready", 3, True)
    line = (await seen(helper, case_id))["lines"][0]
    assert (line["given"][0]["source"], line["given"][0]["sheets"]) == ("upload", 3)
    shown = [
        await helper.get(f"pages/{page_id}/rendition", params={"sheet": str(sheet)})
        for sheet in (1, 2, 3, 4)
    ]
    assert [answer.status for answer in shown] == [200, 200, 200, 404]
    assert {answer.headers["Content-Type"] for answer in shown[:3]} == {"image/webp"}
    whole = b"".join([await answer.read() for answer in shown[:3]])
    async with edge.context.database.reading() as session:
        entry = await session.scalar(
            select(JournalEntry.leaf).where(JournalEntry.what == "material.given")
        )
    text = str(entry)
    assert hashlib.sha256(content).hexdigest() in text
    assert hashlib.sha256(whole).hexdigest() in text


async def test_a_pdf_is_no_page_of_the_camera(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper)
    body = {
        "kind": "original",
        "sha256": "0" * 64,
        "total_bytes": 100,
        "media_type": "application/pdf",
    }
    assert await code_of(await helper.post(f"cases/{case_id}/pages", body)) == (400, "page.format")


async def test_fifty_megabytes_are_refused_before_a_byte_is_sent(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper)
    body = {
        "kind": "original",
        "sha256": "0" * 64,
        "total_bytes": 50_000_000,
        "media_type": "application/pdf",
        "uploaded": True,
    }
    answer = await helper.post(f"cases/{case_id}/pages", body)
    assert answer.status == 400
    view = await (await helper.get(f"cases/{case_id}")).json()
    assert view["pages"] == []


async def test_licence_and_promise_meet_lines_and_stay_sealed(edge: Edge) -> None:
    helper, materials = await edge.sign_in("helper"), edge.county.materials
    case_id = await edge.agreed_case(helper)
    licence = {"material_id": materials["card"], "name": "居民身份证", "number": "44162500012345"}
    answer = await helper.post(f"cases/{case_id}/materials/licence", licence)
    assert states(await answer.json()) == ["given", "missing"]
    promise = {
        "material_id": materials["photo"],
        "due_day": await day_from_now(edge, 5),
        "pick_up_code": "A-17",
        "consignment_number": "SF1234567890",
    }
    answer = await helper.post(f"cases/{case_id}/materials/promise", promise)
    view = await answer.json()
    assert states(view) == ["given", "promised"]
    told = view["lines"][1]["given"][0]
    assert (told["pick_up_code"], told["consignment_number"]) == ("A-17", "SF1234567890")
    async with edge.context.database.reading() as session:
        sealed = await session.scalars(select(CaseMaterial.details_sealed))
        assert all(value and b"SF123" not in value and b"4416" not in value for value in sealed)


@pytest.mark.parametrize(
    ("line", "days", "code"),
    [
        ("card", 5, "material.may_not_follow"),
        ("photo", -1, "material.due_day"),
        ("photo", 400, "material.due_day"),
    ],
)
async def test_a_promise_that_cannot_be_is_refused(
    light_edge: Edge, line: str, days: int, code: str
) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.agreed_case(helper)
    promise = {
        "material_id": light_edge.county.materials[line],
        "due_day": await day_from_now(light_edge, days),
    }
    answer = await helper.post(f"cases/{case_id}/materials/promise", promise)
    assert await code_of(answer) == (400, code)
    assert states(await seen(helper, case_id)) == ["missing", "missing"]


async def test_what_was_accepted_before_is_given_again_and_seen_by_the_new_agent_alone(
    edge: Edge, picture: bytes
) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    card = edge.county.materials["card"]
    first = await edge.agreed_case(helper)
    call_id = await edge.county.call(first)
    given_id = await given_page(edge, helper, first, picture)
    await agent.post(f"cases/{first}/materials/{given_id}/judge", {})
    await edge.county.end_call(call_id)
    second = await edge.agreed_case(helper)
    earlier = await (await helper.get(f"cases/{second}/materials/{card}/earlier")).json()
    assert [one["id"] for one in earlier["earlier"]] == [given_id]
    again = {"material_id": card, "earlier_id": given_id}
    answer = await helper.post(f"cases/{second}/materials/earlier", again)
    page_id = (await answer.json())["lines"][0]["given"][0]["page_id"]
    other = await edge.sign_in("agent2")
    assert (await other.get(f"pages/{page_id}/rendition")).status == 404
    await edge.county.call(second, "agent2")
    assert (await other.get(f"pages/{page_id}/rendition")).status == 200


async def test_another_person_s_material_is_never_offered(edge: Edge, picture: bytes) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    card = edge.county.materials["card"]
    first = await edge.agreed_case(helper)
    await edge.county.call(first)
    given_id = await given_page(edge, helper, first, picture)
    await agent.post(f"cases/{first}/materials/{given_id}/judge", {})
    second = await edge.agreed_case(helper, subject_id_number=OTHER_NUMBER)
    earlier = await (await helper.get(f"cases/{second}/materials/{card}/earlier")).json()
    assert earlier == {"earlier": []}
    again = {"material_id": card, "earlier_id": given_id}
    answer = await helper.post(f"cases/{second}/materials/earlier", again)
    assert await code_of(answer) == (404, "material.earlier")


async def test_a_page_that_was_let_go_is_not_offered_again(edge: Edge, picture: bytes) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    card = edge.county.materials["card"]
    first = await edge.agreed_case(helper)
    call_id = await edge.county.call(first)
    given_id = await given_page(edge, helper, first, picture)
    await agent.post(f"cases/{first}/materials/{given_id}/judge", {})
    await edge.county.end_call(call_id)
    async with edge.context.database.transaction() as session:
        await session.execute(update(CasePage).values(file_name=""))
    second = await edge.agreed_case(helper)
    earlier = await (await helper.get(f"cases/{second}/materials/{card}/earlier")).json()
    assert earlier == {"earlier": []}
    again = {"material_id": card, "earlier_id": given_id}
    answer = await helper.post(f"cases/{second}/materials/earlier", again)
    assert await code_of(answer) == (404, "material.earlier")


async def test_a_slip_is_taken_back_until_the_agent_has_judged_it(
    edge: Edge, picture: bytes
) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    await edge.county.call(case_id)
    given_id = await given_page(edge, helper, case_id, picture)
    answer = await helper.post(f"cases/{case_id}/materials/{given_id}/take-back")
    assert states(await answer.json()) == ["missing", "missing"]
    given_id = await given_page(edge, helper, case_id, picture)
    await agent.post(f"cases/{case_id}/materials/{given_id}/judge", {})
    late = await helper.post(f"cases/{case_id}/materials/{given_id}/take-back")
    assert await code_of(late) == (409, "material.judged")


async def test_one_notice_tells_everything_missing_and_stays_as_it_was_told(
    edge: Edge, picture: bytes
) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    await edge.county.call(case_id)
    given_id = await given_page(edge, helper, case_id, picture)
    verdict = {"reason": "other", "text": "=1+1 请重拍"}
    await agent.post(f"cases/{case_id}/materials/{given_id}/judge", verdict)
    notice = (await (await agent.post(f"cases/{case_id}/notice")).json())["notice"]
    assert [(line["name"], line["state"]) for line in notice["lines"]] == [
        ("card", "sent_back"),
        ("photo", "missing"),
    ]
    assert notice["lines"][0]["reason_text"] == "=1+1 请重拍"
    await given_page(edge, helper, case_id, picture)
    assert (await seen(helper, case_id))["notice"] == notice


async def test_nothing_missing_is_no_notice(edge: Edge) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    await edge.county.call(case_id)
    for material_id in edge.county.materials.values():
        licence = {"material_id": material_id, "name": "电子证照", "number": "A12345"}
        await helper.post(f"cases/{case_id}/materials/licence", licence)
    answer = await agent.post(f"cases/{case_id}/notice")
    assert await code_of(answer) == (409, "notice.nothing_missing")


async def test_a_case_that_is_over_takes_nothing_more(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    async with edge.context.database.transaction() as session:
        await session.execute(update(Case).values(state="closed"))
    licence = {
        "material_id": edge.county.materials["card"], "name": "身份证", "number": "4416250001"
    }  # fmt: skip
    answer = await helper.post(f"cases/{case_id}/materials/licence", licence)
    assert await code_of(answer) == (409, "case.state")
    async with edge.context.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(CaseMaterial)) == 0


async def test_absent_and_foreign_cases_answer_alike(light_edge: Edge) -> None:
    helper, foreign = await light_edge.sign_in("helper"), await light_edge.sign_in("helper2")
    case_id = await light_edge.agreed_case(helper)
    for path in (f"cases/{case_id}/materials", f"cases/{case_id}/form", f"cases/{case_id}/forms"):
        assert await code_of(await foreign.get(path)) == (404, "case.not_found")
