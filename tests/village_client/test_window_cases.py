"""The window's cases: where each stands, what happens next, and what may be done here."""

import pytest
from playwright.sync_api import Page, expect

from tests.agent_console.test_course_pages import CASE, NOTICE, brief, course, refusal, step
from tests.pages import Shot
from tests.village_client.fake_server import ORIGIN, FakeServer
from tests.village_client.views import JSON

pytestmark = pytest.mark.browser


def at(page: Page, stage: str) -> None:
    expect(page.locator(f".at-{stage}")).to_be_visible()


MISSING: JSON = {
    "id": "01900000-0000-7000-8000-000000000950",
    "issued_by_name": "王坐席",
    "issued_by_name_en": "Agent Wang",
    "sha256": "0" * 64,
    "lines": [
        {
            "material_id": "01900000-0000-7000-8000-000000000951",
            "name": "户口本",
            "name_en": "Household register",
            "note": "",
            "note_en": "",
            "copies": 1,
            "requirement": "required",
            "state": "missing",
            "reason": None,
            "reason_text": "",
            "due_ms": 1_800_000_000_000,
        }
    ],
    "created_ms": 1_795_000_000_000,
}


def test_a_refused_case_is_printed_and_appealed_at_the_window(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    refused = brief("refused", due_ms=None)
    late = brief("returned", id="01900000-0000-7000-8000-000000000901", due_ms=None, overdue=True)
    server.answers |= {
        "/api/window/cases": {
            "cases": [refused, late], "total": 2, "page": 1, "page_size": 50, "overdue": 1,
        },
        f"/api/window/cases/{CASE}/course": course(
            refused, step("appeal", "appealed"), refusals=[refusal("confirmed")], owned=False
        ),
        f"/api/window/cases/{CASE}/materials": {"case_id": CASE, "lines": [], "notice": MISSING},
        f"/api/window/cases/{CASE}/steps": course(brief("appealed", due_ms=None), owned=False),
        f"/api/window/cases/{CASE}/refusal-notice": NOTICE,
    }  # fmt: skip
    page.goto(f"{ORIGIN}/window")
    at(page, "item")
    page.locator("main .button.plain").first.click()
    expect(page.locator(".case")).to_have_count(2)
    shot(page, "cases")
    page.locator(".case").first.click()
    shot(page, "case")
    actions = page.locator("section.card .button")
    actions.first.click()
    expect(page.get_by_role("dialog")).to_contain_text("申请人未满法定年龄。")
    page.keyboard.press("Escape")
    actions.nth(1).click()
    expect(page.get_by_role("dialog")).to_contain_text("户口本")
    shot(page, "missing_notice")
    page.keyboard.press("Escape")
    actions.nth(2).click()
    page.locator("textarea").fill("户口本可以证明年龄")
    shot(page, "appeal")
    page.locator("form .button.primary").click()
    sent = server.await_request(page, "/steps")
    assert (sent["move"], sent["text"]) == ("appeal", "户口本可以证明年龄")


def test_somebody_registered_elsewhere_is_told_before_the_form_is_filled(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    towns: list[JSON] = [
        {"id": f"01900000-0000-7000-8000-00000000080{number}", "parent_id": None, "kind": "town",
         "code": name, "name": name, "name_en": name, "windows": []}
        for number, name in enumerate(("锡场镇", "新回龙镇"))
    ]  # fmt: skip
    server.answers["/api/window/towns"] = {"organisations": towns}
    server.towns = {"everywhere": False, "town_ids": [towns[0]["id"]]}
    page.goto(f"{ORIGIN}/window")
    page.locator(".item").first.click()
    page.locator("article .button.primary").click()
    at(page, "people")
    page.locator("select").first.select_option(towns[1]["id"])
    expect(page.get_by_role("alert")).to_contain_text("新回龙镇")
    shot(page, "registered_elsewhere")
    page.locator("select").first.select_option(towns[0]["id"])
    expect(page.get_by_role("alert")).to_have_count(0)
