"""The window's cases: where each stands, what happens next, and what may be done here."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.agent_console.test_course_pages import CASE, NOTICE, brief, course, refusal, step
from tests.village_client.fake_server import ORIGIN, FakeServer
from tests.village_client.views import JSON

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZE = ViewportSize(width=1366, height=768)
Shot = Callable[[Page, str], None]


@pytest.fixture(params=["zh-CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


@pytest.fixture
def context(chromium: Browser, language: str) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport=SIZE, locale=language)
    opened.add_init_script(f"localStorage.setItem('shipinban.locale', '{language}')")
    opened.add_init_script(
        "if (!sessionStorage.getItem('check')) "
        "localStorage.setItem('shipinban.window.checked', String(Date.now()))"
    )
    yield opened
    opened.close()


@pytest.fixture
def server(context: BrowserContext) -> FakeServer:
    fake = FakeServer()
    fake.attach(context)
    return fake


@pytest.fixture
def shot(screenshots: Path, axe: str, language: str) -> Shot:
    """Keeps a picture of the page and asks axe about it."""

    def take(page: Page, name: str) -> None:
        page.screenshot(path=screenshots / f"{name}.{language}.png")
        if not page.evaluate("typeof axe !== 'undefined'"):
            page.evaluate(axe)
        found: list[dict[str, Any]] = page.evaluate(
            "rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES
        )
        problems = [
            (one["id"], [node["target"] for node in one["nodes"]], one["help"]) for one in found
        ]
        assert problems == [], name

    return take


@pytest.fixture
def page(context: BrowserContext, server: FakeServer) -> Iterator[Page]:
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []


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
