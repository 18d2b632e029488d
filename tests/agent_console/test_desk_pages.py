"""The review desk's player: by keyboard, with all that came at a moment beside it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.agent_console import desk_views, views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.pages import Shot
from tests.village_client.views import JSON, an_id

pytestmark = pytest.mark.browser
RECORDING = f"/api/supervision/recordings/{an_id(500)}"


def _detail(server: FakeServer) -> JSON:
    detail = views.call_detail(server.case, now_ms=now_ms())
    poor = {"lost_fraction": 0.12, "round_trip_ms": 400.0, "concealed_fraction": 0.0}
    material = server.case["item"]["materials"][0]["id"]
    detail["pages"] = [views.page(0, position_ms=12_000, material_id=material)]
    detail["events"].insert(
        3, {"kind": "quality", "position_ms": 30_000, "actor_name": None,
            "body": {"connections": [poor]}},
    )  # fmt: skip
    return detail


def _open(server: FakeServer, page: Page) -> None:
    server.me = views.me("supervision", "county_supervisor")
    server.answers |= {
        f"/api/supervision/calls/{an_id(50)}": _detail(server),
        f"/api/supervision/calls/{an_id(50)}/moments": desk_views.moments(),
        f"{RECORDING}/views": views.view(now_ms()),
        f"/api/supervision/views/{an_id(600)}/loudness": desk_views.loudness(),
        f"{RECORDING}/evidence": views.evidence(now_ms=now_ms()),
        f"{RECORDING}/marks": desk_views.marks(
            desk_views.mark(0, 12_500, "证件反光，未重拍。"),
            desk_views.mark(1, 30_000, "", own=False, line="home", withdrawn_ms=now_ms()),
            blind=True,
        ),
    }
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    page.locator("#view-reason").fill("质检抽查")
    page.keyboard.press("Enter")
    expect(page.locator(".player")).to_be_focused()


def _timer(page: Page) -> Locator:
    return page.locator(".player [role=timer]")


def test_the_desk_is_led_by_keys_and_shows_what_came_when(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _open(server, page)
    page.locator(".evidence h2").click()  # far from the player: keys act all the same
    for key, told in (
        ("l", "0:10"), ("ArrowRight", "0:15"), ("Shift+ArrowRight", "0:16"), ("j", "0:06"),
        ("ArrowLeft", "0:01"), ("Shift+ArrowLeft", "0:00"), (".", "0:00"), ("l", "0:10"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(_timer(page)).to_contain_text(f"{told} / 1:00")
    cards = page.locator("li.page, li.form, li.signature")
    expect(cards).to_have_count(4)
    expect(page.locator("li.current")).to_have_count(0)
    cards.first.locator(".go").click()
    expect(_timer(page)).to_contain_text("0:12")
    expect(cards.first).to_have_attribute("aria-current", "true")
    expect(page.locator(".timed[aria-current]")).to_contain_text("0:12")
    for _ in range(3):
        page.keyboard.press("l")
    expect(cards.nth(2)).to_have_class(re.compile("current"))
    expect(page.locator(".loudness .quiet")).to_have_count(1)
    page.locator(".skip").check()
    page.locator(".player").focus()
    shot(page, "desk")
    page.keyboard.press("v")
    expect(page.locator(".layout")).to_have_value("resident")
    page.keyboard.press("v")
    shot(page, "desk_side_by_side")
    page.keyboard.press("Shift+?")
    expect(page.locator("kbd")).to_have_count(15)
    shot(page, "desk_keys")
    page.keyboard.press("Escape")
    cards.nth(2).locator(".enlarge").click()
    expect(page.locator(".el-dialog dd")).to_have_count(4)
    shot(page, "desk_form")
    page.keyboard.press("Escape")
    expect(page.locator(".link.poor")).to_have_count(1)
    page.locator("#tab-bands").click()
    expect(page.locator("#panel-bands .timed")).to_have_count(2)
    page.locator("#panel-bands .timed").first.click()
    expect(_timer(page)).to_contain_text("0:00")


def test_a_moment_is_marked_without_the_mouse(server: FakeServer, page: Page, shot: Shot) -> None:
    _open(server, page)
    page.keyboard.press("l")
    page.keyboard.press("m")
    expect(page.locator("#mark-text")).to_be_focused()
    page.keyboard.type("身份证在此出示 1 2")
    expect(_timer(page)).to_contain_text("0:10")
    page.keyboard.press("Control+Enter")
    made = server.await_request(page, f"views/{an_id(600)}/marks")
    assert made == {"position_ms": 10_700, "text": "身份证在此出示 1 2"}
    expect(page.locator("#panel-marks .note")).to_be_visible()
    shot(page, "desk_marks")
    page.locator("#panel-marks .timed").first.click()
    expect(_timer(page)).to_contain_text("0:12")
    page.locator("#panel-marks .who button").click()
    page.locator(".el-message-box .el-button--primary").click()
    server.await_request(page, f"marks/{an_id(580)}/withdrawal")


def test_the_desk_fits_a_page_that_is_enlarged_twice(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    page.set_viewport_size({"width": 683, "height": 384})
    _open(server, page)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)
    shot(page, "desk_200")
