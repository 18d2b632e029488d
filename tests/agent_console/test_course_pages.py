"""The course of cases on console and supervision: lists, one case, the second person, the calendar."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.agent_console import views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.pages import Shot
from tests.village_client import views as window_views
from tests.village_client.views import JSON, an_id

pytestmark = pytest.mark.browser

CASE = an_id(900)


@pytest.fixture
def whole_page() -> bool:
    return True


def brief(state: str = "accepted", **more: object) -> JSON:
    return {
        "id": CASE,
        "number": "441625-20261122-00017",
        "state": state,
        "mode": "assisted",
        "item_name": "城乡居民养老待遇资格认证",
        "item_name_en": "Pension qualification check",
        "subject_name": "陈秀英",
        "window_name": "曹屋村联办窗口",
        "window_name_en": "Caowu village window",
        "home_organisation_name": "曹屋村",
        "home_organisation_name_en": "Caowu",
        "deciding_organisation_name": "县人社局",
        "deciding_organisation_name_en": "Human resources bureau",
        "owner_name": "王坐席",
        "owner_name_en": "Agent Wang",
        "due_ms": now_ms() + 3 * 86_400_000,
        "materials_due_ms": None,
        "overdue": False,
        "created_ms": now_ms() - 86_400_000,
        "changed_ms": now_ms(),
        **more,
    }


def refusal(state: str = "proposed") -> JSON:
    decided = state == "confirmed"
    return {
        "id": an_id(910),
        "state": state,
        "reason": "申请人未满法定年龄。",
        "legal_basis": "《社会保险法》第十六条",
        "proposed_by_name": "王坐席",
        "proposed_by_name_en": "Agent Wang",
        "proposed_ms": now_ms() - 3_600_000,
        "decided_by_name": "李主管" if decided else None,
        "decided_by_name_en": "Supervisor Li" if decided else None,
        "decided_ms": now_ms() if decided else None,
        "answer": "",
    }


def step(move: str, target: str, *, allowed: bool = True) -> JSON:
    return {
        "move": move,
        "target": target,
        "who": ["officer"],
        "allowed": allowed,
        "code": "" if allowed else "authority.not_officer",
        "text": "" if allowed else "这一步由办件负责人办理",
    }


def course(of: JSON, *steps: JSON, **more: object) -> JSON:
    event = {"outcome": None, "source": None, "target": None, "text": "", "actor_name_en": ""}
    return {
        "case": of,
        "days_left": None,
        "promised_days": 5,
        "calendar": "statutory",
        "steps": list(steps),
        "events": [
            {
                **event,
                "kind": "case.opened",
                "actor_name": "陈帮办",
                "at_ms": now_ms() - 86_400_000,
            },
            {**event, "kind": "case.overdue", "actor_name": None, "at_ms": now_ms()},
        ],
        "refusals": [],
        "appeals": [],
        "hand_overs": [],
        "result": None,
        "owned": True,
        **more,
    }


NOTICE: JSON = {
    "case_number": "441625-20261122-00017",
    "county_name": "东源县",
    "county_name_en": "Dongyuan",
    "subject_name": "陈秀英",
    "item_name": "城乡居民养老待遇资格认证",
    "item_name_en": "Pension qualification check",
    "window_name": "曹屋村联办窗口",
    "window_name_en": "Caowu village window",
    "deciding_organisation_name": "县人社局",
    "deciding_organisation_name_en": "Human resources bureau",
    "reason": "申请人未满法定年龄。",
    "legal_basis": "《社会保险法》第十六条",
    "decided_ms": 1_795_000_000_000,
    "appeal_until_ms": 1_800_000_000_000,
    "appeal_days": 60,
}


def test_own_cases_and_the_next_step_at_the_console(
    server: FakeServer, context: BrowserContext, shot: Shot
) -> None:
    server.agent = views.agent("available", now_ms=now_ms())
    late = brief("accepted_to_follow", overdue=True, materials_due_ms=now_ms() - 86_400_000)
    listed = {"total": 1, "page": 1, "page_size": 50, "overdue": 1}
    hand_over = {
        "id": an_id(920), "state": "offered", "from_name": "李坐席", "from_name_en": "Agent Li",
        "to_name": "王坐席", "to_name_en": "Agent Wang", "reason": "休假", "answer": "",
        "offered_ms": now_ms(), "answered_ms": None, "mine": True,
    }  # fmt: skip
    server.answers |= {
        "/api/console/cases": {"cases": [late], **listed},
        "/api/console/hand-overs": {"offers": [{"hand_over": hand_over, "case": brief()}]},
        f"/api/console/cases/{CASE}": window_views.case(consent="yes"),
        f"/api/console/cases/{CASE}/course": course(
            late,
            step("suspend", "suspended"),
            step("propose_refusal", "refusal_proposed"),
            step("hand_result", "handed_over"),
            step("withdraw", "withdrawn", allowed=False),
        ),
    }
    server.answers[f"/api/console/cases/{CASE}/steps"] = course(
        brief("suspended", due_ms=None), step("resume", "accepted"), days_left=3
    )
    page = context.new_page()
    page.goto(f"{ORIGIN}/console#cases")
    expect(page.get_by_role("link", name="441625").or_(page.get_by_role("table"))).to_be_visible()
    shot(page, "own-cases")
    page.get_by_role("table").get_by_role("link").click()
    expect(page.locator("details summary").first).to_be_visible()
    page.locator("section.panel button").nth(0).click()
    form = page.locator("form.step")
    form.locator("button[type=submit]").click()
    expect(form.get_by_role("status")).to_be_visible()
    form.locator("textarea").fill("等待部门核查")
    shot(page, "own-case")
    form.locator("button[type=submit]").click()
    sent = server.await_request(page, "/steps")
    assert (sent["move"], sent["text"]) == ("suspend", "等待部门核查")
    expect(page.locator(".next")).to_contain_text("中止" if _chinese(page) else "Suspended")


def test_the_second_person_decides_on_a_refusal_and_prints_the_notice(
    server: FakeServer, context: BrowserContext, shot: Shot
) -> None:
    server.me = views.me("supervision", "county_supervisor")
    proposed = brief("refusal_proposed")
    appeal = {
        "id": an_id(930), "state": "open", "text": "户口本可以证明年龄。",
        "opened_by_name": "陈帮办", "opened_by_name_en": "Helper Chen", "opened_ms": now_ms(),
        "due_ms": now_ms() + 5 * 86_400_000, "decided_by_name": None, "decided_by_name_en": None,
        "decided_ms": None, "answer": "",
    }  # fmt: skip
    waiting = {"case": brief("appealed"), "appeal": appeal, "refusal": refusal("confirmed")}
    server.answers |= {
        "/api/supervision/refusals": {"refusals": [{"case": proposed, "refusal": refusal()}]},
        "/api/supervision/appeals": {"appeals": [waiting]},
        f"/api/supervision/cases/{CASE}/course": course(
            proposed,
            step("confirm_refusal", "refused"),
            step("send_back", "submitted"),
            refusals=[refusal()],
            owned=False,
        ),
        f"/api/supervision/cases/{CASE}/steps": course(
            brief("refused", due_ms=None), refusals=[refusal("confirmed")], owned=False
        ),
        f"/api/supervision/cases/{CASE}/refusal-notice": NOTICE,
    }
    page = context.new_page()
    page.goto(f"{ORIGIN}/supervision#refusals")
    expect(page.get_by_text("申请人未满法定年龄。").first).to_be_visible()
    shot(page, "refusals")
    page.get_by_role("link", name="陈秀英").first.click()
    page.locator("section.panel button").nth(0).click()
    shot(page, "refusal-case")
    page.locator("form.step button[type=submit]").click()
    assert server.await_request(page, "/steps")["move"] == "confirm_refusal"
    page.locator("section.panel header button").click()
    expect(page.get_by_role("dialog")).to_contain_text("不予受理通知书")
    shot(page, "refusal-notice")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_cases_are_searched_and_the_calendar_is_kept(
    server: FakeServer, context: BrowserContext, shot: Shot
) -> None:
    server.me = views.me("supervision", "county_supervisor", "system_administrator")
    listed = {"total": 1, "page": 1, "page_size": 50, "overdue": 0}
    days = [
        {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"},
        {"day": "2026-10-10", "kind": "workday", "name": "国庆节调休上班"},
    ]
    years = [
        {"year": 2026, "known": "arranged", "imported_ms": None, "days": days},
        {"year": 2027, "known": "statutory", "imported_ms": now_ms(), "days": []},
    ]
    server.answers |= {
        "/api/supervision/cases": {"cases": [brief()], **listed},
        "/api/supervision/items": {"items": [], "total": 0},
        "/api/supervision/calendar": {"years": years, "wanting": [2027]},
    }
    page = context.new_page()
    page.goto(f"{ORIGIN}/supervision#cases")
    expect(page.get_by_role("table")).to_contain_text("陈秀英")
    shot(page, "case-search")
    page.goto(f"{ORIGIN}/supervision#calendar")
    expect(page.get_by_text("10-10")).to_be_visible()
    shot(page, "calendar")


def _chinese(page: Page) -> bool:
    found: bool = page.evaluate("document.documentElement.lang.startsWith('zh')")
    return found


def test_each_list_of_supervision_shows_what_its_section_says(
    server: FakeServer, context: BrowserContext, language: str
) -> None:
    """The lists are kept while another is looked at; none may stand in another's place."""
    server.me = views.me("supervision", "county_supervisor")
    listed = {"total": 1, "page": 1, "page_size": 50, "overdue": 0}
    server.answers["/api/supervision/calls"] = views.call_list()
    server.answers["/api/supervision/items"] = {"items": [], "total": 0}
    server.answers["/api/supervision/cases"] = {"cases": [brief()], **listed}
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(f"{ORIGIN}/supervision#calls")
    said = "通话记录" if language == "zh-CN" else "Calls"
    calls = page.get_by_role("heading", name=said, exact=True)
    cases = page.get_by_role("cell", name="陈秀英")
    expect(calls).to_be_visible()
    for _ in range(2):
        page.locator("nav.groups a[href='#cases']").click()
        expect(cases).to_be_visible()
        expect(calls).to_have_count(0)
        expect(page.locator("nav.sections a[aria-current=page]")).to_have_attribute(
            "href", "#cases"
        )
        page.locator("nav.groups a[href='#calls']").click()
        expect(calls).to_be_visible()
        expect(cases).to_have_count(0)
    assert failures == []
