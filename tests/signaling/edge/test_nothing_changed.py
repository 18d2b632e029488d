"""What is refused changes nothing: every row is compared before and after."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casework.database import read_clock
from casework.tables import Grant, Mandate, StaffRole
from casework.vocabulary import Role, Surface
from tests.casework.materials.files import pdf
from tests.rows import unchanged
from tests.signaling.edge.conftest import Edge, code_of, consent, draft, make_picture
from tests.signaling.edge.test_course import REFUSAL, ended
from tests.signaling.edge.test_mandates import (
    FAR_MS,
    accept,
    delegated,
    in_force,
    page,
    terms,
    told,
)
from tests.signaling.edge.test_pages import begin, upload


@pytest.fixture
def edge(light_edge: Edge) -> Edge:
    return light_edge


MANDATES: list[tuple[dict[str, Any], str]] = [
    ({"until_ms": 1}, "authority.mandate_ended"),
    ({"from_ms": FAR_MS - 1}, "authority.mandate_not_begun"),
    ({"state": "revoked"}, "authority.mandate_revoked"),
    ({"id_number_index": bytes(32)}, "authority.mandate_subject"),
    ({"powers": ["sign"]}, "authority.mandate_power"),
]


async def set_row(
    edge: Edge, table: type[Any], row_id: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Answers what stood there."""
    async with edge.context.database.transaction() as session:
        row = await session.get_one(table, row_id)
        before = {name: getattr(row, name) for name in values}
        await session.execute(update(table).where(table.id == row_id).values(**values))
    return before


async def test_no_mandate_that_does_not_fit(edge: Edge) -> None:
    """Expired, not begun, revoked, of another subject or helper, for something else, or used."""
    database = edge.context.database
    helper, agent, call_id, case_id, mandate_id = await in_force(edge)
    foreign = {"helper_staff_id": edge.county.staff["helper2"]}, "authority.mandate_helper"
    for values, code in (*MANDATES, foreign):
        before = await set_row(edge, Mandate, mandate_id, values)
        async with unchanged(database):
            assert await code_of(await accept(agent, call_id, case_id)) == (403, code)
        await set_row(edge, Mandate, mandate_id, before)
    await told(await accept(agent, call_id, case_id))
    await edge.county.end_call(call_id)
    second = await delegated(edge, helper)
    call_id = await edge.county.call(second)
    await told(await helper.post(f"cases/{second}/mandates/{mandate_id}/choose"))
    async with unchanged(database):
        answer = await accept(agent, call_id, second)
        assert await code_of(answer) == (403, "authority.mandate_used")


async def test_no_grant_that_is_suspended_or_ended_during_the_call(edge: Edge) -> None:
    _, agent, call_id, case_id, _ = await in_force(edge)
    grant_id = edge.county.grants["helper", "delegated"]
    home = await edge.sign_in("home_supervisor")
    await told(await home.post(f"grants/{grant_id}/suspend", {"reason": "核实"}))
    async with unchanged(edge.context.database):
        answer = await accept(agent, call_id, case_id)
        assert await code_of(answer) == (403, "authority.grant_suspended")
    await told(await home.post(f"grants/{grant_id}/lift", {"reason": "已核实"}))
    async with edge.context.database.reading() as session:
        now = await read_clock(session)
    await set_row(edge, Grant, grant_id, {"until_ms": now})
    async with unchanged(edge.context.database):
        answer = await accept(agent, call_id, case_id)
        assert await code_of(answer) == (403, "authority.grant_ended")


async def test_no_helper_of_another_village(edge: Edge) -> None:
    *_, case_id, mandate_id = await in_force(edge)
    foreign = await edge.sign_in("helper2")
    page_id = await page(edge, case_id)
    acts: list[tuple[str, object]] = [
        ("consent", consent()),
        ("steps", {"move": "withdraw", "text": "不办了"}),
        ("mandates", terms()),
        (f"mandates/{mandate_id}/choose", None),
        (f"mandates/{mandate_id}/pages", {"page_id": page_id, "kind": "mandate"}),
        ("materials/licence", {"material_id": page_id, "name": "身份证", "number": "4416"}),
        ("receipt", None),
        ("could-not", {"text": "材料退回三次"}),
    ]
    async with unchanged(edge.context.database):
        for path, body in acts:
            answer = await foreign.post(f"cases/{case_id}/{path}", body)
            assert await code_of(answer) == (404, "case.not_found"), path


async def test_no_agent_approves_the_own_refusal(edge: Edge) -> None:
    """Not even one who is a county supervisor as well."""
    _, _, case_id = await ended(edge, **REFUSAL)
    async with edge.context.database.transaction() as session:
        given = {"county_id": edge.county.county_id, "source": "demo", "granted_ms": 0}
        agent_id = edge.county.staff["agent"]
        session.add(StaffRole(staff_id=agent_id, role=Role.COUNTY_SUPERVISOR, **given))
    both = await edge.sign_in("agent", Surface.SUPERVISION)
    async with unchanged(edge.context.database):
        for move in ("confirm_refusal", "reject_refusal"):
            answer = await both.post(f"cases/{case_id}/steps", {"move": move, "text": "同意"})
            assert answer.status in (400, 403), move
        answer = await both.post(f"cases/{case_id}/steps", {"move": "confirm_refusal"})
        assert await code_of(answer) == (403, "authority.took_part")


async def test_no_home_supervisor_reads_another_town(edge: Edge) -> None:
    *_, call_id, case_id, _ = await in_force(edge)
    page_id = await page(edge, case_id)
    other = await edge.sign_in("south_supervisor")
    async with unchanged(edge.context.database):
        for path in (f"cases/{case_id}/course", f"cases/{case_id}/materials", f"calls/{call_id}",
                     f"cases/{case_id}/forms", f"pages/{page_id}/rendition"):  # fmt: skip
            assert (await other.get(path)).status == 404, path
        asked = {"field": "id_number", "reason": "核实身份"}
        assert (await other.post(f"cases/{case_id}/reveal", asked)).status == 404
        assert case_id not in await (await other.get("cases")).text()
        assert call_id not in await (await other.get("calls")).text()


def bomb() -> bytes:
    """A PNG that says it is 30,000 × 30,000."""
    png = make_picture("PNG", (64, 64))
    side = (30_000).to_bytes(4, "big")
    return png[:16] + side * 2 + png[24:]


HOSTILE = {
    "page.pixels": (bomb, "image/png"),
    "page.polyglot": (
        lambda: make_picture("JPEG", (64, 64)) + b"PK\x05\x06" + bytes(18),
        "image/jpeg",
    ),
    "page.format": (pdf, "image/jpeg"),
}


async def test_no_hostile_file_and_none_of_its_bytes_is_kept(edge: Edge, tmp_path: Path) -> None:
    """The row of the page that was begun says that it failed, and nothing else is different."""
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    for code, (make, media_type) in HOSTILE.items():
        content = make()
        page_id = await begin(
            helper, case_id, content, media_type=media_type,
            material_id=edge.county.materials["card"],
        )  # fmt: skip
        async with unchanged(edge.context.database, "case_pages"):
            assert await code_of(await upload(helper, page_id, content)) == (400, code)
        shown = await (await helper.get(f"pages/{page_id}")).json()
        assert shown["state"] == "failed"
    assert [
        path for path in tmp_path.rglob("*") if path.is_file() and "archive" in path.parts
    ] == []


async def test_no_file_of_fifty_megabytes(edge: Edge, picture: bytes) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    page_id = await begin(helper, case_id, picture)
    system = await edge.sign_in("system_administrator")
    large = bytes(50_000_000)
    begun = {"kind": "original", "sha256": "0" * 64, "total_bytes": len(large),
             "media_type": "image/jpeg"}  # fmt: skip
    async with unchanged(edge.context.database):
        answer = await helper.post(f"cases/{case_id}/pages", begun)
        assert await code_of(answer) == (400, "request.invalid")
        for person, method, path in (
            (helper, "PUT", f"pages/{page_id}/bytes?offset=0"),
            (system, "POST", "import/staff"),
        ):
            answer = await person.request(method, path, data=io.BytesIO(large))
            assert await code_of(answer) == (413, "body.too_large")


async def test_no_request_that_is_none(edge: Edge) -> None:
    """Broken, too large, of unknown fields or types, with a wrong check digit, or from elsewhere."""
    helper = await edge.sign_in("helper")
    good = draft(edge.county)
    number = str(good["subject_id_number"])
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    bodies = {
        b"{": 400,
        b"\xff": 400,
        b"[" * 60_000: 400,
        b" " * 10_000_000: 413,
        json.dumps({**good, "type": "case.opened"}).encode(): 400,
        json.dumps({**good, "mode": "unheard-of"}).encode(): 400,
        json.dumps({**good, "elderly": "maybe"}).encode(): 400,
        json.dumps({**good, "subject_id_number": wrong}).encode(): 400,
    }
    async with unchanged(edge.context.database):
        for body, status in bodies.items():
            answer = await helper.request(
                "POST", "cases", data=io.BytesIO(body),
                headers={"Content-Type": "application/json"},
            )  # fmt: skip
            assert answer.status == status, body[:80]
            assert (await answer.json())["text"]
        for origin in (None, "null", "http://localhost:8081", "http://localhost:8080.example"):
            helper.origin = origin
            assert (await helper.post("cases", good)).status == 403, origin


async def test_no_spreadsheet_with_a_broken_row(edge: Edge) -> None:
    system = await edge.sign_in("system_administrator")
    sheet = (
        "[staff]\nusername,name,organisation,roles,skill_groups,window,kind\n"
        "li.mei,李梅,county,agent,K,,\nwu.qiang,吴强,nowhere,agent,K,,\n"
    )
    async with unchanged(edge.context.database):
        answer = await system.request("POST", "import/staff", data=sheet.encode())
        body = await answer.json()
        assert (answer.status, body["code"]) == (400, "import.refused")
    assert [(one["row"], one["column"]) for one in body["details"]["problems"]] == [
        (4, "organisation")
    ]


async def test_formula_text_in_names_stays_the_text_that_was_entered(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    for name in ("=HYPERLINK(1)", "＝1+1", "@SUM(A1)", "+1", "-1"):
        case_id = await edge.case(helper, subject_name=name, present_name=name)
        shown = await (await helper.get(f"cases/{case_id}")).json()
        assert name in json.dumps(shown, ensure_ascii=False)
