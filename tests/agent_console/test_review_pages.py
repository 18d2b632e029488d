"""The review desk, draws, follow-ups and could-not reports: reached, readable, clean for axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from casework.reviews.draw import commitment
from casework.reviews.sheets import DEFAULT_LINES
from casework.vocabulary import AccountableLine
from tests.agent_console import review_views, views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.pages import Shot
from tests.village_client.views import JSON, an_id

pytestmark = pytest.mark.browser

COUNTS = {"reviews": 2, "disagreements": 1, "follow_ups": 1, "could_not": 1, "draws": 3}


def _open(server: FakeServer, page: Page, role: str, place: str, answers: dict[str, JSON]) -> None:
    server.me = views.me("supervision", role)
    detail = views.call_detail(server.case, now_ms=now_ms())
    known = {"desk": COUNTS, f"calls/{an_id(50)}": detail, **answers}
    server.answers |= {f"/api/supervision/{path}": answer for path, answer in known.items()}
    page.goto(f"{ORIGIN}/supervision#{place}")
    expect(page.locator("nav a[aria-current=page]")).to_be_visible()


def test_a_reviewer_judges_beside_the_evidence_and_goes_on_by_key(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    now = now_ms()
    first = f"reviews/{an_id(801)}"
    waiting = [review_views.review(now), review_views.review(now, id=an_id(802))]
    _open(
        server, page, "county_supervisor", "reviews",
        {
            "reviews": review_views.review_list(*waiting),
            first: review_views.review_detail(server.case, now),
            f"reviews/{an_id(802)}": review_views.review_detail(
                server.case, now, review=waiting[1]
            ),
        },
    )  # fmt: skip
    expect(page.locator("nav.sections .count").first).to_have_text("3")
    expect(page.locator("tbody tr")).to_have_count(2)
    shot(page, "reviews")
    page.locator("td a").first.click()
    give = page.locator(".sheet .give")
    expect(give).to_be_disabled()
    page.locator(".dont input[type=radio]").first.focus()
    page.keyboard.type("12")
    expect(page.locator(".dont input[type=radio]").nth(4)).to_be_focused()
    page.locator(".sheet .row.spread button").click()
    page.locator(".points input").first.focus()
    page.keyboard.type("1515151515")
    expect(page.locator("input[name=verdict]").first).to_be_focused()
    page.keyboard.type("1")
    expect(give).to_be_disabled()
    shot(page, "review_sheet")
    page.locator("input[name=verdict]").nth(1).check()
    page.locator("#verdict-comment").fill("来回跑了两次")
    page.keyboard.press("Escape")
    page.locator(".sheet h2").click()
    page.keyboard.press("Alt+s")
    draft = server.await_request(page, "/draft")
    assert draft["scores"][DEFAULT_LINES[1].key] is False
    give.click()
    page.locator(".el-message-box .el-button--primary").click()
    given = server.await_request(page, "/verdict")
    assert (given["verdict"], given["scores"]["manner"]) == ("flawed", 15)
    expect(page.locator(".el-message-box")).to_be_hidden()
    page.locator("h2").first.click()
    page.keyboard.press("Alt+n")
    expect(page).to_have_url(re.compile(an_id(802)))


def test_one_key_leads_on_and_loses_no_score(server: FakeServer, page: Page) -> None:
    now = now_ms()
    waiting = [review_views.review(now), review_views.review(now, id=an_id(802))]
    first = f"reviews/{an_id(801)}"
    _open(
        server, page, "county_supervisor", first,
        {
            "reviews": review_views.review_list(*waiting),
            first: review_views.review_detail(server.case, now),
            f"reviews/{an_id(802)}": review_views.review_detail(
                server.case, now, review=waiting[1]
            ),
        },
    )  # fmt: skip
    draft = f"/api/supervision/{first}/draft"
    server.refusals[draft] = (503, {"code": "unavailable", "text": "稍后再试", "details": {}})
    page.locator(".points input").first.focus()
    page.keyboard.type("12")
    page.keyboard.press("n")
    expect(page.locator(".el-message--error")).to_be_visible()
    expect(page).to_have_url(re.compile(an_id(801)))
    del server.refusals[draft]
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(an_id(802)))
    assert server.await_request(page, f"{first}/draft")["scores"] == {"identity": 12}


def test_the_chief_compares_and_decides(server: FakeServer, page: Page, shot: Shot) -> None:
    detail = review_views.apart(server.case, now_ms())
    answers = {f"reviews/{an_id(801)}": detail}
    _open(server, page, "chief_county_supervisor", f"reviews/{an_id(801)}", answers)
    expect(page.locator(".verdict-card")).to_have_count(2)
    expect(page.locator(".verdict-card td .badge.red")).to_have_count(2)
    shot(page, "review_apart")
    expect(page.locator(".decide")).to_be_disabled()
    page.locator("input[name=decision]").nth(1).check()
    page.locator("#decision-reason").fill("录像可见分次告知")
    page.locator(".decide").click()
    page.locator(".el-message-box .el-button--primary").click()
    body = server.await_request(page, "/decision")
    assert body == {"decision": "flawed", "reason": "录像可见分次告知"}


def test_agreement_and_the_sheet_of_the_chief(server: FakeServer, page: Page, shot: Shot) -> None:
    answers = {
        "reviews": review_views.review_list(),
        "review-agreement": review_views.agreement(),
        "review-rules": review_views.rules(),
    }
    _open(server, page, "chief_county_supervisor", "reviews", answers)
    page.locator(".queue").nth(4).click()
    expect(page.locator("tbody b").first).to_have_text("85 %")
    shot(page, "review_agreement")
    page.locator(".queue").nth(5).click()
    expect(page.locator(".rules tbody tr")).to_have_count(14)
    page.locator(".rules tbody button").first.click()
    page.locator("#rules-share").fill("12.5")
    shot(page, "review_rules")
    page.locator(".save").click()
    # The page reads the rules before and after it sends them.
    kept = [("POST", "/api/supervision/review-rules")]
    server.wait(page, lambda: any([one[:2]] == kept for one in server.asked))
    body = next(sent for method, path, sent in server.asked if [(method, path)] == kept)
    assert (body["version"], body["sample_permille"], len(body["lines"])) == (1, 125, 13)


def test_a_secret_is_made_in_the_page_and_shown_after_the_period(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    now, place = now_ms(), f"draws/{an_id(850)}"
    listed = {"draws": [review_views.draw(now)], "total": 1, "page": 1, "page_size": 50}
    before = {"draw": review_views.draw(now), "lots": [], "faults": []}
    _open(server, page, "county_supervisor", "draws", {"draws": listed, place: before})
    shot(page, "draws")
    page.locator("td a").click()
    with page.expect_download():
        page.locator(".commit").click()
    told = server.await_request(page, "/commitment")["commitment"]
    part = {"commitment": told, "committed_by_name": "程雅琴", "committed_ms": now}
    shown = review_views.draw(
        now, state="revealing", cases=5, county={**part, "revealed_ms": None, "secret": None}
    )
    server.answers[f"/api/supervision/{place}"] = {**before, "draw": shown}
    page.reload()
    shot(page, "draw_secret")
    page.locator(".show").click()
    secret = server.await_request(page, "/secret")["secret"]
    assert commitment(an_id(850), AccountableLine.COUNTY, bytes.fromhex(secret)) == told


def test_a_draw_is_drawn_again_in_the_browser(server: FakeServer, page: Page, shot: Shot) -> None:
    place, done = f"draws/{an_id(850)}", review_views.done_draw(now_ms())
    _open(server, page, "home_supervisor", place, {place: done})
    page.locator(".again").click()
    expect(page.locator(".note.well")).to_be_visible()
    shot(page, "draw_done")
    done["lots"][0]["drawn"] = not done["lots"][0]["drawn"]
    page.reload()
    page.locator(".again").click()
    expect(page.locator(".note.bad")).to_have_count(1)


def test_a_poor_rating_is_followed_up(server: FakeServer, page: Page, shot: Shot) -> None:
    now, place = now_ms(), f"follow-ups/{an_id(820)}"
    listed = {"follow_ups": [review_views.follow_up(now)], "total": 1, "page": 1, "page_size": 50}
    detail = review_views.follow_up_detail(server.case, now)
    phone = {"name": "李桂香", "phone": "13800138000"}
    answers = {"follow-ups": listed, place: detail, f"{place}/phone": phone}
    _open(server, page, "home_supervisor", "follow_ups", answers)
    expect(page.locator(".badge.red")).to_have_count(2)
    shot(page, "follow_ups")
    page.locator("td a").click()
    page.locator(".phone").click()
    expect(page.locator("a[href='tel:13800138000']")).to_be_visible()
    page.locator("#contact-note").fill("再次致歉")
    page.locator(".keep").click()
    contact = server.await_request(page, "/contacts")
    assert contact == {"channel": "phone", "reached": True, "note": "再次致歉"}
    shot(page, "follow_up")
    page.locator("#closing-text").fill("已补办并致歉")
    page.locator("form .close").click()
    page.locator(".el-message-box .el-button--primary").click()
    assert server.await_request(page, "/closing") == {"text": "已补办并致歉"}


def test_a_coordinator_sees_the_reports_alone(server: FakeServer, page: Page, shot: Shot) -> None:
    now, place = now_ms(), f"could-not/{an_id(830)}"
    listed = {"reports": [review_views.report(now)], "total": 1, "page": 1, "page_size": 50}
    detail = review_views.report_detail(server.case, now)
    answers = {"could-not": listed, place: detail}
    _open(server, page, "coordinator", "could_not", answers)
    shot(page, "reports")
    page.locator("td a").click()
    page.locator(".take").click()
    server.await_request(page, "/taking")
    shot(page, "report")
    page.set_viewport_size({"width": 683, "height": 768})
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0, "at 200 % nothing is cut off"
