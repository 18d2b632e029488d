"""Who may act for the county, and who said so: readable and usable at twice the size, too."""

from copy import deepcopy

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.agent_console import views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.pages import Shot
from tests.village_client.views import JSON, an_id

pytestmark = pytest.mark.browser

WINDOW: JSON = {"id": an_id(700), "name": "康禾镇联办窗口", "name_en": "Kanghe Town window"}
TOWN: JSON = {"id": an_id(701), "name": "康禾镇", "name_en": "Kanghe Town"}
HELPER: JSON = {"id": an_id(702), "name": "唐德华", "name_en": "Tang Dehua"}
SIGNER: JSON = {"id": an_id(703), "name": "程雅琴", "name_en": "Cheng Yaqin"}
TWICE = ViewportSize(width=640, height=400)
"""What is left of a small laptop's page when it is shown at twice the size."""


def _signed() -> JSON:
    return {"person": SIGNER, "at_ms": now_ms() - 86_400_000}


def _grant(number: int, condition: str, may: list[str], **changes: object) -> JSON:
    return {
        "id": an_id(number), "appointment_id": an_id(720), "person": HELPER, "window": WINDOW,
        "organisation": TOWN, "item_code": None, "item_set_id": an_id(721),
        "name": "县镇村联办事项", "name_en": "Jointly handled items",
        "from_ms": now_ms() - 86_400_000, "until_ms": now_ms() + 300 * 86_400_000,
        "document_number": "东政数〔2026〕1号", "state": condition, "condition": condition,
        "home_signed": _signed(), "county_signed": None if condition == "proposed" else _signed(),
        "suspensions": [], "ended": None, "reason": "", "may": may, **changes,
    }  # fmt: skip


def _answers() -> dict[str, JSON]:
    suspension = {"line": "county", "suspended": _signed(), "reason": "窗口整改期间"}
    grants = [
        _grant(710, "proposed", ["sign", "decline"]),
        _grant(711, "suspended", ["lift", "revoke"], suspensions=[suspension]),
        _grant(712, "in_force", ["suspend", "revoke"]),
    ]
    appointment = {
        "id": an_id(720), "person": HELPER, "kind": "cadre", "window": WINDOW,
        "organisation": TOWN, "state": "nominated", "nominated": _signed(), "decided": None,
        "ended": None, "reason": "", "may": ["approve", "decline"],
    }  # fmt: skip
    item_set = {
        "id": an_id(721), "name": "县镇村联办事项", "name_en": "Jointly handled items",
        "item_codes": ["BIRTH"], "made": _signed(),
    }  # fmt: skip
    helper = {"person": HELPER, "kind": "cadre", "organisation": TOWN, "window": WINDOW}
    change = {
        "id": an_id(730), "person": HELPER, "role": "agent", "kind": "give", "state": "proposed",
        "reason": "轮岗到县综合窗口", "proposed": _signed(), "decided": None, "decision_reason": "",
        "may_decide": True,
    }  # fmt: skip
    known: dict[str, JSON] = {
        "helpers": {"helpers": [helper], "windows": [WINDOW]},
        "grants": {"grants": grants, "more": False},
        "appointments": {"appointments": [appointment], "more": False},
        "item-sets": {"item_sets": [item_set]},
        "items": {"items": []},
        "role-changes": {"role_changes": [change]},
    }
    return {f"/api/supervision/{path}": deepcopy(answer) for path, answer in known.items()}


def _fits(page: Page) -> None:
    """Nothing is beyond the right side, and nothing has to be dragged sideways to be reached."""
    wide = (
        "[...document.querySelectorAll('main, main *')].filter(e => e.scrollWidth > e.clientWidth"
    )
    kept = " + 1 && getComputedStyle(e).overflowX === 'auto').map(e => e.className)"
    assert page.evaluate(wide + kept) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_grants_are_signed_and_suspended_at_twice_the_size(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    server.me = views.me("supervision", "county_supervisor")
    server.answers |= _answers()
    page.goto(f"{ORIGIN}/supervision#authority")
    expect(page.locator("tbody tr")).to_have_count(3)
    shot(page, "authority_grants")
    page.set_viewport_size(TWICE)
    _fits(page)
    shot(page, "authority_grants_200")
    page.locator("tbody tr").nth(2).locator("button").first.click()
    dialog = page.locator(".el-dialog")
    expect(dialog.locator("button[type=submit]")).to_be_disabled()
    dialog.locator("textarea").fill("窗口整改")
    dialog.locator("button[type=submit]").scroll_into_view_if_needed()
    expect(dialog.locator("button[type=submit]")).to_be_in_viewport()
    shot(page, "authority_reason_200")
    dialog.locator("button[type=submit]").click()
    assert server.await_request(page, "/suspend") == {"reason": "窗口整改"}
    expect(dialog).to_have_count(0)
    page.locator("tbody tr").first.locator("button").first.click()
    server.await_request(page, "/sign")
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    _fits(page)
    shot(page, "authority_appointments_200")
    page.locator("tbody button").first.click()
    server.await_request(page, "/approve")
    page.get_by_role("tab").nth(2).click()
    page.locator("details summary").first.click()
    shot(page, "authority_item_sets_200")


def test_a_role_is_decided_by_the_second_administrator_at_twice_the_size(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    server.me = views.me("supervision", "security_administrator")
    server.answers |= _answers()
    page.set_viewport_size(TWICE)
    page.goto(f"{ORIGIN}/supervision#roles")
    expect(page.locator("tbody tr")).to_have_count(1)
    _fits(page)
    shot(page, "roles_200")
    page.locator("main header .el-button").click()
    shot(page, "role_change_200")
    page.keyboard.press("Escape")
    page.locator("tbody button").first.click()
    server.await_request(page, "/approve")
