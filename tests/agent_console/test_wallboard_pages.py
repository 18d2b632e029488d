"""The wallboard: figures with words, the whole screen, and what it says when the node is away."""

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.agent_console import views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.agent_console.wallboard_views import wallboard
from tests.pages import Shot

pytestmark = pytest.mark.browser

ASKED = "/api/supervision/wallboard"
STALE = {"zh-CN": "之后没有更新", "en": "stand still since"}


@pytest.fixture
def supervised(server: FakeServer) -> FakeServer:
    server.me = views.me("supervision", "county_supervisor")
    server.answers[ASKED] = wallboard()
    return server


def test_the_board_is_read_across_a_room_and_says_when_it_is_old(
    supervised: FakeServer, context: BrowserContext, page: Page, shot: Shot, language: str
) -> None:
    page.set_viewport_size(ViewportSize(width=1920, height=1080))
    page.goto(f"{ORIGIN}/supervision#wallboard/full")
    figures = page.locator(".figure")
    expect(figures).to_have_count(9)
    expect(page.locator("nav")).to_have_count(0)
    for level, count in (("alarm", 4), ("watch", 2), ("good", 3)):
        told = page.locator(f".figure.{level} .level")
        expect(told).to_have_count(count)
        assert all(len(word) > 2 for word in told.all_inner_texts()), "a word beside the colour"
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    smallest = min(
        page.evaluate("[...document.querySelectorAll('.value')].map(e => e.offsetHeight)")
    )
    assert smallest >= 60
    shot(page, "wallboard-full")

    supervised.answers[ASKED] = {**wallboard(), "at_ms": now_ms() - 30_000}
    board = page.locator(".board.stale")
    supervised.refusals[ASKED] = (503, {"code": "unavailable", "text": "请稍后", "details": {}})
    expect(board).to_be_visible(timeout=20_000)
    expect(page.get_by_role("alert")).to_contain_text(STALE[language])
    shot(page, "wallboard-stale")
    del supervised.refusals[ASKED]
    supervised.answers[ASKED] = wallboard()
    page.get_by_role("alert").get_by_role("button").click()
    expect(board).to_have_count(0)

    # 200 % of a screen of 1920 × 1080.
    page.set_viewport_size(ViewportSize(width=960, height=540))
    page.goto(f"{ORIGIN}/supervision#wallboard")
    expect(page.locator("nav").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 960
    shot(page, "wallboard-zoomed")
