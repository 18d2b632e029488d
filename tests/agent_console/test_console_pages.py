"""Every state of the console and of supervision: reached, readable, clean for axe."""

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from signaling.edge.openapi import openapi_document
from signaling.edge.routes import ROUTES
from tests.agent_console import views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.pages import Shot
from tests.village_client import views as window_views
from tests.village_client.views import an_id

pytestmark = pytest.mark.browser

EVIDENCE = f"/api/supervision/recordings/{an_id(500)}/evidence"


def _on_duty(server: FakeServer, page: Page, state: str = "available", **more: object) -> None:
    server.agent = views.agent(state, now_ms=now_ms(), **more)
    page.goto(f"{ORIGIN}/console")
    expect(page.locator(".state")).to_be_visible()


def _in_call(server: FakeServer, page: Page, **change: object) -> None:
    server.call = {**window_views.call(now_ms=now_ms()), **change}
    _on_duty(server, page, "in_call")
    server.await_room(page)
    expect(page.locator(".side dl")).to_be_visible()


def test_a_whisper_is_shown_at_the_console(server: FakeServer, page: Page, shot: Shot) -> None:
    _in_call(server, page)
    present = [window_views.listener("whisper", now_ms=now_ms())]
    server.tell(server.room, {"type": "listeners.changed", "listeners": present})
    expect(page.locator(".listener")).to_contain_text(
        re.compile("窗口听不到|the window does not hear it")
    )
    shot(page, "whispered_to")


def test_a_supervisor_listens_in_with_a_reason(server: FakeServer, page: Page, shot: Shot) -> None:
    server.me = views.me("supervision", "county_supervisor")
    one = views.live_call(now_ms=now_ms())
    server.answers["/api/supervision/live-calls"] = {"total": 1, "calls": [one], "level": "good"}
    room = {"path": "/nodes/a/room", "token": "t" * 43, "node_id": "a"}
    listening = f"/api/supervision/calls/{one['id']}/listening"
    server.answers[listening] = {"listener_id": an_id(60), "room": room}
    page.goto(f"{ORIGIN}/supervision#live")
    page.locator("tbody button").first.click()
    page.fill("#listening-reason", "质检巡查")
    shot(page, "live_reason")
    page.locator("button.begin").click()
    assert server.await_request(page, "/listening") == {"reason": "质检巡查"}
    server.await_room(page)
    own = window_views.listener("whisper", now_ms=now_ms(), participant_id=an_id(60))
    server.await_command(page, "hello")
    server.tell(server.room, {"type": "listeners.changed", "listeners": [own]})
    expect(page.locator(".modes")).to_be_visible()
    expect(page.locator(".listener")).to_contain_text(re.compile("镇级主管|Town Supervisor"))
    shot(page, "listening")


def test_a_wrong_password_is_told_in_words(server: FakeServer, page: Page, shot: Shot) -> None:
    server.me = None
    wrong = {"code": "sign_in.wrong", "text": "用户名或密码不对", "details": {}}
    server.refusals["/api/console/sign-in"] = (401, wrong)
    page.goto(f"{ORIGIN}/console")
    page.locator("#username").fill("agent")
    page.locator("#password").fill("wrong horse")
    page.locator("button[type=submit]").click()
    expect(page.locator(".note.bad")).to_contain_text("用户名或密码不对")
    shot(page, "sign_in")


def test_going_on_duty_is_a_click_of_ones_own(server: FakeServer, page: Page, shot: Shot) -> None:
    page.goto(f"{ORIGIN}/console")
    expect(page.locator(".note.info")).to_be_visible()
    shot(page, "off_duty")
    page.locator(".status .el-button--primary").click()
    server.await_command(page, "agent.on_duty")


def test_the_queue_tells_how_long_in_words(server: FakeServer, page: Page, shot: Shot) -> None:
    server.queue = views.queue(now_ms())
    server.call_backs = [window_views.call_back(due_ms=now_ms() - 60_000)]
    _on_duty(server, page)
    expect(page.locator("td.wait .badge")).to_have_count(3)
    words = page.locator("td.wait .badge").all_inner_texts()
    assert len(set(words)) == 3
    shot(page, "desk")
    page.locator("tbody button").first.click()
    assert server.await_command(page, "ticket.pick")["ticket_id"] == an_id(200)
    server.call = window_views.call(now_ms=now_ms())
    picked = {**views.offer(now_ms=now_ms()), "ticket_id": an_id(200)}
    server.tell(server.duty, {"type": "offer.ringing", "offer": picked})
    assert server.await_command(page, "offer.accept")["offer_id"] == an_id(300)
    expect(page.locator(".ringing")).to_have_count(0)


def test_at_200_percent_nothing_of_the_queue_is_cut_off(server: FakeServer, page: Page) -> None:
    server.queue = views.queue(now_ms())
    _on_duty(server, page)
    page.set_viewport_size({"width": 683, "height": 768})
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0, "at 200 % nothing is cut off"


def test_ringing_is_answered_by_key(server: FakeServer, page: Page, shot: Shot) -> None:
    _on_duty(server, page)
    server.call = window_views.call(now_ms=now_ms())
    server.tell(server.duty, {"type": "offer.ringing", "offer": views.offer(now_ms=now_ms())})
    expect(page.locator(".ringing")).to_be_visible()
    assert "K017" in page.title()
    shot(page, "ringing")
    page.keyboard.press("Alt+a")
    assert server.await_command(page, "offer.accept")["offer_id"] == an_id(300)
    expect(page.locator(".ringing")).to_have_count(0)
    server.await_room(page)


def test_an_offer_that_is_over_stops_ringing(server: FakeServer, page: Page) -> None:
    _on_duty(server, page)
    server.tell(server.duty, {"type": "offer.ringing", "offer": views.offer(now_ms=now_ms())})
    expect(page.locator(".ringing")).to_be_visible()
    over = {"type": "offer.over", "offer_id": an_id(300), "reason": "expired"}
    server.tell(server.duty, over)
    expect(page.locator(".ringing")).to_have_count(0)
    assert "K017" not in page.title()


def test_a_call_with_pages_and_trouble(server: FakeServer, page: Page, shot: Shot) -> None:
    _in_call(server, page)
    page.keyboard.press("Alt+p")
    assert server.await_command(page, "page.request")["case_id"] == an_id(20)
    readable = views.page(1, kind="readable", material_id=an_id(100))
    changed = {"type": "page.changed", "request": an_id(700), "fraction": 1, "problem": ""}
    server.tell(server.room, {**changed, "page": readable})
    expect(page.locator("button.page")).to_have_count(1)
    expect(page.locator(".strip .badge.amber")).to_have_count(1)
    shot(page, "call")
    lost = {"type": "participant.connection", "participant_id": an_id(61), "state": "lost"}
    server.tell(server.room, {**lost, "until_ms": now_ms() + 55_000})
    server.tell(server.room, {"type": "hold.changed", "on": True, "by": "window"})
    server.tell(server.room, {"type": "recording.changed", "state": "failed", "reason": "disk"})
    expect(page.locator(".left .note")).to_have_count(3)
    shot(page, "call_trouble")


def test_checklist_prompt_and_notes_reach_the_room(server: FakeServer, page: Page) -> None:
    _in_call(server, page)
    page.locator(".side .el-checkbox").nth(1).click()
    assert server.await_command(page, "checklist.mark")["checked"] is True
    page.locator("#tab-prompt").click()
    page.locator(".canned button").first.click()
    assert server.await_command(page, "prompt.show")["text"]
    page.keyboard.press("Alt+n")
    page.keyboard.type("齐全 a x m")
    assert server.await_command(page, "notes.save")["text"] == "齐全 a x m"


def test_a_page_is_accepted_or_sent_back_with_a_reason(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _in_call(server, page)
    view = window_views.materials_view()
    given = view["lines"][0]["given"][0]
    given |= {"state": "given", "reason": None, "reason_text": ""}
    view["lines"][0]["state"] = "given"
    server.tell(server.room, {"type": "materials.changed", "materials": view})
    buttons = page.locator(".given button")
    buttons.last.click()
    page.locator(".given select").select_option("glare")
    page.locator(".given input").fill("避开灯光")
    shot(page, "send_back")
    page.keyboard.press("Enter")
    assert server.await_request(page, "/judge") == {"reason": "glare", "text": "避开灯光"}
    expect(page.locator(".given form")).to_have_count(0)
    server.asked.clear()
    buttons.first.click()
    assert server.await_request(page, "/judge") == {"reason": None, "text": ""}
    given["state"] = "accepted"
    view["lines"][0]["state"] = "accepted"
    server.tell(server.room, {"type": "materials.changed", "materials": view})
    expect(page.locator(".given .badge.green")).to_be_visible()
    expect(buttons).to_have_count(1)


def test_outcomes_say_why_they_are_not_possible(server: FakeServer, page: Page, shot: Shot) -> None:
    _in_call(server, page, may_decide=False)
    page.keyboard.press("Alt+o")
    expect(page.locator(".outcome-form .why")).to_have_count(3)
    page.locator(".outcome-form .el-radio").nth(5).click()
    shot(page, "outcome")
    page.locator(".outcome-form .submit").click()
    given = server.await_request(page, "/outcomes")["outcomes"]
    assert [one["outcome"] for one in given] == ["returned"]
    assert given[0]["missing_material_ids"] == [an_id(101)]
    expect(page.locator(".outcome-form .note.well")).to_be_visible()


def test_a_call_ends_in_wrap_up(server: FakeServer, page: Page, shot: Shot) -> None:
    _in_call(server, page)
    page.keyboard.press("Alt+q")
    page.locator(".el-message-box .el-button--primary").click()
    server.await_command(page, "call.end")
    wrap_up = views.agent("wrap_up", now_ms=now_ms(), until_ms=now_ms() + 90_000)
    server.tell(server.duty, {"type": "agent.changed", "agent": wrap_up})
    server.tell(server.duty, {"type": "call.over", "call_id": an_id(50), "reason": "finished"})
    expect(page.locator(".wrap-up .note.warn")).to_be_visible()
    expect(page.locator(".el-message-box")).to_be_hidden()
    shot(page, "wrap_up")
    page.locator(".wrap-up .leave").click()
    server.await_command(page, "agent.available")
    expect(page.locator(".wrap-up")).to_have_count(0)


def test_the_newest_tab_wins(server: FakeServer, page: Page, shot: Shot) -> None:
    _on_duty(server, page)
    assert server.duty is not None
    server.duty.close(code=4409)
    expect(page.locator(".rest button")).to_be_visible()
    shot(page, "taken_over")
    page.locator(".rest button").click()
    expect(page.locator(".state")).to_be_visible()


def test_without_devices_the_console_listens(
    context: BrowserContext, server: FakeServer, page: Page, shot: Shot
) -> None:
    context.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => "
        "Promise.reject(new DOMException('', 'NotFoundError'));"
        "navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);"
    )
    server.answers["/api/config"] = window_views.config(demo=False)
    _in_call(server, page)
    expect(page.locator(".left .note.bad b")).to_be_visible()
    expect(page.locator(".toolbar button[disabled]")).to_have_count(2)
    shot(page, "listen_only")


def test_calls_and_a_recording_after_a_reason(server: FakeServer, page: Page, shot: Shot) -> None:
    server.me = views.me("supervision", "county_supervisor")
    server.answers["/api/supervision/calls"] = views.call_list(views.call_brief(now_ms=now_ms()))
    detail = views.call_detail(server.case, now_ms=now_ms())
    server.answers[f"/api/supervision/calls/{an_id(50)}"] = detail
    server.answers[f"/api/supervision/recordings/{an_id(500)}/views"] = views.view(now_ms())
    server.answers[EVIDENCE] = views.evidence(now_ms=now_ms())
    page.goto(f"{ORIGIN}/supervision")
    expect(page.locator("td a")).to_have_count(1)
    shot(page, "calls")
    page.locator("td a").click()
    expect(page.locator(".open")).to_be_disabled()
    shot(page, "reason")
    page.locator("#view-reason").fill("质检抽查")
    page.locator(".open").click()
    assert server.await_request(page, "/views") == {"reason": "质检抽查"}
    expect(page.locator(".player video")).to_have_count(2)
    expect(page.locator(".gap")).to_have_count(1)
    shot(page, "player")


@pytest.mark.parametrize("state", ["recording", "failed"])
def test_a_recording_that_cannot_be_watched_says_so(
    server: FakeServer, page: Page, state: str
) -> None:
    server.me = views.me("supervision", "home_supervisor")
    detail = views.call_detail(server.case, now_ms=now_ms(), recording=state)
    server.answers[f"/api/supervision/calls/{an_id(50)}"] = detail
    server.answers[EVIDENCE] = views.evidence(
        now_ms=now_ms(), state=state, verified_ms=None, signed_by=None, exports=[], files=[],
        state_reason="stream: aa/document, bytes 8192–70311" if state == "failed" else "",
    )  # fmt: skip
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    expect(page.locator(".note.warn")).to_be_visible()
    expect(page.locator("#view-reason")).to_have_count(0)
    expect(page.locator("#export-reason")).to_have_count(0)
    told = "8192–70311" if state == "failed" else re.compile("十秒|ten seconds")
    expect(page.locator(".evidence")).to_contain_text(told)


def test_evidence_leaves_by_two_people(server: FakeServer, page: Page, shot: Shot) -> None:
    server.me = views.me("supervision", "county_supervisor")
    detail = views.call_detail(server.case, now_ms=now_ms())
    server.answers[f"/api/supervision/calls/{an_id(50)}"] = detail
    server.answers[EVIDENCE] = found = views.evidence(now_ms=now_ms())
    server.answers[f"/api/supervision/exports/{an_id(700)}/decision"] = found["exports"][1]
    server.answers[f"/api/supervision/recordings/{an_id(500)}/exports"] = found["exports"][0]
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    panel = page.locator(".evidence")
    expect(panel).to_contain_text("84")
    expect(panel.locator("a.download")).to_have_attribute(
        "href", f"/api/supervision/exports/{an_id(701)}/bundle"
    )
    panel.locator("summary").click()
    expect(panel.locator("code").first).to_contain_text("a" * 64)
    shot(page, "evidence")
    panel.locator("#export-reason").fill("行政复议举证")
    panel.locator("form button").click()
    assert server.await_request(page, "/exports") == {"reason": "行政复议举证"}
    panel.locator(".approve").click()
    shot(page, "evidence_approve")
    page.locator(".el-message-box__btns .el-button--primary").click()
    assert server.await_request(page, "/decision") == {"approve": True, "note": ""}


def test_an_administrator_sees_no_calls_and_every_bad_row(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    server.me = views.me("supervision", "system_administrator")
    problems = [{"table": "items", "row": 7, "column": "code", "zh": "代码重复", "en": "twice"}]
    refused = {"code": "import.refused", "text": "文件有错误", "details": {"problems": problems}}
    server.refusals["/api/supervision/import/organisations"] = (400, refused)
    page.goto(f"{ORIGIN}/supervision#calls")
    expect(page.locator("nav a")).to_have_count(6)
    page.locator("nav a[href='#import']").click()
    file = FilePayload(name="rows.csv", mimeType="text/csv", buffer=b"code\n1\n")
    page.locator("#import-file").set_input_files(files=file)
    page.locator(".send").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("items · 7")
    shot(page, "import")


def test_a_sign_in_that_ended_leads_back_to_signing_in(server: FakeServer, page: Page) -> None:
    server.me = views.me("supervision", "county_supervisor")
    ended = {"code": "signed_out", "text": "登录已失效", "details": {}}
    server.refusals["/api/supervision/calls"] = (401, ended)
    page.goto(f"{ORIGIN}/supervision")
    expect(page.locator("#username")).to_be_visible()
    expect(page.locator(".note.warn")).to_be_visible()


def test_the_reference_reads_the_api_offline(server: FakeServer, page: Page, shot: Shot) -> None:
    document = openapi_document(ROUTES, "1.0")
    server.answers["/api/openapi.json"] = document
    page.goto(f"{ORIGIN}/api/docs")
    operations = sum(len(methods) for methods in document["paths"].values())
    expect(page.locator("article.route")).to_have_count(operations)
    links = page.locator("main a[href^='#schema-']")
    targets = {link.get_attribute("href") for link in links.all()[:40]}
    for target in targets:
        assert page.locator(str(target)).count() == 1
    shot(page, "reference")
