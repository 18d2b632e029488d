"""Every state of the window and of the resident's screen: reached, readable, clean for axe."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from casework.journal.receipts import ReceiptContent, Watched
from casework.tables import Case
from signaling.edge.texts.verify_page import VERIFY_TEXTS
from signaling.edge.verify_page import STYLE, Shown, show_receipt
from tests.pages import SIZE, Shot
from tests.village_client import views
from tests.village_client.fake_server import ORIGIN, FakeServer, now_ms, shown

pytestmark = pytest.mark.browser


def at(page: Page, stage: str) -> None:
    expect(page.locator(f".at-{stage}")).to_be_visible()


def test_sign_in(server: FakeServer, page: Page, shot: Shot) -> None:
    server.signed_in = False
    page.goto(f"{ORIGIN}/window")
    at(page, "sign_in")
    shot(page, "sign_in")
    page.locator("#username").fill("helper")
    page.locator("#password").fill("wrong horse")
    page.keyboard.press("Enter")
    at(page, "item")


def test_device_check(server: FakeServer, page: Page, shot: Shot) -> None:
    page.add_init_script("localStorage.removeItem('shipinban.window.checked')")
    page.goto(f"{ORIGIN}/window")
    at(page, "check")
    expect(page.locator("video")).to_have_count(2)
    shown(page, "[...document.querySelectorAll('video')].every(video => video.videoWidth > 0)")
    shot(page, "check")


def test_the_test_camera_s_clock_runs_in_a_worker_of_our_own(
    server: FakeServer, page: Page
) -> None:
    page.add_init_script("localStorage.removeItem('shipinban.window.checked')")
    page.goto(f"{ORIGIN}/window")
    at(page, "check")
    page.locator("select").first.select_option("test:camera")
    # The picture is taken away and put back when another camera is chosen.
    frames = "document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames"
    moving = f"{frames} > 30"
    shown(page, moving)
    refused = """() => {
      try { new Worker("/static/village_client/other.js"); } catch (error) { return error.name; }
      return "started";
    }"""
    assert page.evaluate(refused) == "TypeError"
    assert (
        page.evaluate(refused.replace("new Worker(", "document.body.innerHTML = (")) == "TypeError"
    )


def test_items_and_people(server: FakeServer, page: Page, shot: Shot) -> None:
    page.goto(f"{ORIGIN}/window")
    at(page, "item")
    expect(page.locator(".item")).to_have_count(len(views.ITEMS))
    shot(page, "items")
    page.locator(".item").first.click()
    expect(page.locator("article")).to_be_visible()
    shot(page, "item")
    page.locator("article .button.primary").click()
    at(page, "people")
    shot(page, "people")
    page.locator("input").first.fill("李桂香")
    page.locator("input").nth(1).fill("44162519580312123X")
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    shot(page, "people_wrong")


def test_a_right_form_becomes_a_case(server: FakeServer, page: Page) -> None:
    page.goto(f"{ORIGIN}/window")
    page.locator(".item").first.click()
    page.locator("article .button.primary").click()
    fields = page.locator("main input:not([type=radio]):not([type=checkbox])")
    for index, text in enumerate(("李桂香", "441625195803120029", "13800000000")):
        fields.nth(index).fill(text)
    page.locator("button[type=submit]").click()
    at(page, "consent")
    method, path, draft = next(one for one in server.asked if one[0] == "POST")
    assert (method, path) == ("POST", "/api/window/cases")
    assert draft["subject_id_number"] == "441625195803120029"
    assert draft["elderly"] is True
    assert (draft["present_relation"], draft["present_name"]) == ("self", "李桂香")


def test_consent_leads_to_the_queue(server: FakeServer, page: Page, shot: Shot) -> None:
    _open_with_draft(server, page)
    at(page, "consent")
    shot(page, "consent")
    server.taken = {"ticket": views.ticket("waiting", now_ms=now_ms())}
    page.locator(".answers .button").first.click()
    at(page, "queue")
    shot(page, "queue")
    server.ticket = views.ticket("offered", now_ms=now_ms())
    server.tell(server.duty, {"type": "ticket.changed", "ticket": server.ticket})
    expect(page.locator(".calling")).to_be_visible()
    shot(page, "ringing")


def test_a_no_leads_to_advice_only(server: FakeServer, page: Page, shot: Shot) -> None:
    _open_with_draft(server, page)
    page.locator(".answers .button").nth(1).click()
    expect(page.locator(".notice.warn")).to_be_visible()
    shot(page, "consent_no")


def test_nobody_on_duty_is_a_promise(server: FakeServer, page: Page, shot: Shot) -> None:
    _open_with_draft(server, page)
    server.taken = {"call_back": views.call_back(due_ms=1_795_316_400_000)}
    page.locator(".answers .button").first.click()
    at(page, "promised")
    shot(page, "promised")
    server.tell(
        server.duty,
        {
            "type": "call_back.ringing",
            "ticket": views.ticket("offered", now_ms=now_ms()),
            "call_back": views.call_back(due_ms=0, state="started"),
            "agent_name": "王坐席",
        },
    )
    expect(page.locator("dialog")).to_be_visible()
    shot(page, "call_back")
    page.locator("dialog .primary").click()
    expect(page.locator("dialog")).to_have_count(0)
    assert server.commands[-1]["type"] == "call_back.answer"
    assert server.commands[-1]["accept"] is True


def test_a_promise_outlives_a_reload(server: FakeServer, page: Page, shot: Shot) -> None:
    server.call_backs = [views.call_back(due_ms=1_795_316_400_000)]
    page.goto(f"{ORIGIN}/window")
    at(page, "item")
    promise = page.locator("details li")
    expect(promise).to_contain_text(str(server.call_backs[0]["subject_name"]))
    expect(promise.locator(".due")).to_be_visible()
    shot(page, "items_promised")


def test_call(server: FakeServer, page: Page, shot: Shot) -> None:
    _open_in_call(server, page)
    at(page, "call")
    expect(page.locator(".mark.recording")).to_be_visible()
    shot(page, "call")
    server.tell(server.room, {"type": "prompt.shown", "text": "请把身份证正面朝上放在高拍仪下"})
    server.tell(server.room, {"type": "hold.changed", "on": True, "by": "agent"})
    expect(page.locator(".prompt")).to_be_visible()
    expect(page.locator(".notice.warn")).to_be_visible()
    shot(page, "call_held")
    present = [views.listener("listen", now_ms=now_ms())]
    server.tell(server.room, {"type": "listeners.changed", "listeners": present})
    expect(page.locator(".listener")).to_contain_text(
        re.compile("镇级主管.*旁听本次通话|Town Supervisor .* listening in")
    )
    shot(page, "call_listened_to")


def test_page_is_taken_at_the_agents_wish(server: FakeServer, page: Page, shot: Shot) -> None:
    _open_in_call(server, page)
    server.case = {**server.case, "state": "submitted"}
    wish = {"request": views.an_id(80), "case_id": views.an_id(20), "material_id": None}
    shown(page, "[...document.querySelectorAll('video')].some(video => video.videoWidth > 640)")
    server.tell(server.room, {"type": "page.requested", **wish})
    shown(page, "document.querySelector('aside img')?.naturalWidth > 0")
    started = server.await_request(page, "/pages")
    assert started["request"] == wish["request"]
    assert re.fullmatch("[0-9a-f]{64}", started["sha256"])
    shot(page, "call_pages")


def test_a_lost_agent_is_told_with_the_time_left(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _open_in_call(server, page)
    server.tell(
        server.room,
        {
            "type": "participant.connection",
            "participant_id": views.an_id(61),
            "state": "lost",
            "until_ms": now_ms() + 60_000,
        },
    )
    expect(page.locator(".notice.bad")).to_contain_text(re.compile(r"\d+"))
    shot(page, "call_peer_lost")


def test_a_report_can_be_made_at_any_moment(server: FakeServer, page: Page, shot: Shot) -> None:
    _open_in_call(server, page)
    page.locator("header .report").click()
    page.locator("dialog textarea").fill("系统打不开，来了三次")
    shot(page, "report_in_call")
    page.locator("dialog .primary").click()
    expect(page.locator("dialog .notice.well")).to_contain_text("B20261127-0003")
    assert server.await_request(page, "/could-not") == {"text": "系统打不开，来了三次"}
    page.locator("dialog .button").click()
    expect(page.locator("dialog")).to_have_count(0)


def test_the_end_tells_what_came_of_it_also_after_a_reload(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _open_in_call(server, page)
    assert server.call is not None
    ended = {"type": "call.over", "call_id": server.call["id"], "reason": "finished"}
    server.ticket, server.call, server.last_call = None, None, views.last_call()
    served = {"type": "ticket.changed", "ticket": views.ticket("served", now_ms=now_ms())}
    server.tell(server.duty, served)
    server.tell(server.duty, ended)
    at(page, "end")
    shot(page, "end_waiting")
    server.case = {**views.case(consent="yes"), "called": True}
    page.reload()
    at(page, "end")
    expect(page.locator(".outcome")).to_have_count(0)
    server.case = views.case(consent="yes", state="accepted_to_follow")
    server.case["outcome"] = "accepted_to_follow"
    told = {"type": "last_call.changed", "last_call": views.last_call(settled=True, rated=True)}
    server.tell(server.duty, told)
    expect(page.locator(".outcome")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text(re.compile("已经评价|has rated"))
    shot(page, "end")
    page.locator(".row.spread .button").first.click()
    shot(page, "could_not")
    page.locator(".row.spread .primary").click()
    at(page, "item")


def test_a_case_passed_on_says_when_the_next_agent_calls(server: FakeServer, page: Page) -> None:
    server.case = views.case(consent="withdrawn", state="draft")
    server.case["outcome"] = "passed_on"
    server.call_backs = [views.call_back(due_ms=1_795_316_400_000)]
    page.add_init_script(f"sessionStorage.setItem('shipinban.window.case', '{views.an_id(20)}')")
    page.goto(f"{ORIGIN}/window")
    at(page, "end")
    expect(page.locator(".outcome")).to_be_visible()
    expect(page.locator(".outcome + p")).to_contain_text(re.compile(r"\d\d:\d\d"))


@pytest.mark.parametrize(
    ("button", "command"),
    [(".last", "call.end"), (".bar .button:nth-child(4)", "consent.withdraw")],
)
def test_ending_and_withdrawing_are_asked_twice(
    server: FakeServer, page: Page, button: str, command: str
) -> None:
    _open_in_call(server, page)
    page.locator(button).click()
    assert server.commands[-1]["type"] not in ("call.end", "consent.withdraw")
    page.locator(".bar .solid").click()
    server.await_command(page, command)


def test_a_reload_in_a_call_comes_back_to_it(server: FakeServer, page: Page, language: str) -> None:
    _open_in_call(server, page)
    page.reload()
    at(page, "call")
    expect(page.locator(".checklist")).to_contain_text(
        views.MATERIALS[0][4 if language == "en" else 3]
    )


@pytest.mark.parametrize("text", ["normal", "largest"])
def test_nothing_is_cut_off_at_double_size(server: FakeServer, page: Page, text: str) -> None:
    """A page zoomed to 200 % has half the pixels (WCAG 1.4.4, 1.4.10)."""
    page.set_viewport_size(ViewportSize(width=SIZE["width"] // 2, height=SIZE["height"] // 2))
    page.add_init_script(f"localStorage.setItem('shipinban.text_size', '{text}')")
    _open_with_draft(server, page)
    assert _overflow(page) <= 0
    server.ticket = views.ticket("waiting", now_ms=now_ms())
    server.show()
    at(page, "queue")
    assert _overflow(page) <= 0
    _begin_call(server)
    at(page, "call")
    assert _overflow(page) <= 0
    expect(page.locator(".last")).to_be_visible()


def test_targets_are_large_enough(server: FakeServer, page: Page) -> None:
    _open_in_call(server, page)
    sizes: list[tuple[float, float]] = page.evaluate(
        "[...document.querySelectorAll('button')].filter(one => one.getClientRects().length > 0)"
        ".map(one => one.getBoundingClientRect())"
        ".map(box => [box.width, box.height])"
    )
    assert len(sizes) > 5
    assert min(min(size) for size in sizes) >= 60


def test_another_page_took_over(server: FakeServer, page: Page, shot: Shot) -> None:
    page.goto(f"{ORIGIN}/window")
    at(page, "item")
    assert server.duty is not None
    server.duty.close(code=4409)
    at(page, "stopped")
    shot(page, "stopped")


def test_resident_screen(
    server: FakeServer, context: BrowserContext, page: Page, shot: Shot
) -> None:
    _open_with_draft(server, page)
    with context.expect_page() as opening:
        page.locator("header .button.plain").first.click()
    resident = opening.value
    expect(resident.locator(".at-consent")).to_be_visible()
    resident.set_viewport_size({"width": 1280, "height": 720})
    shot(resident, "resident_consent")
    resident.locator("p.to-report button").click()
    resident.locator(".reason input").nth(0).check()
    resident.locator(".report .primary").click()
    asked = server.await_request(resident, "/by-resident")
    assert asked["case_id"] is not None
    resident.locator(".report .primary").click()
    server.ticket = views.ticket("waiting", now_ms=now_ms())
    server.show()
    expect(resident.locator(".at-wait")).to_be_visible()
    shot(resident, "resident_wait")
    _begin_call(server)
    expect(resident.locator(".at-call")).to_be_visible()
    server.await_resident(resident)
    server.tell(server.resident, {"type": "prompt.shown", "text": "请把身份证放在高拍仪下"})
    expect(resident.locator(".prompt")).to_be_visible()
    shot(resident, "resident_call")
    present = [views.listener("join", now_ms=now_ms())]
    server.tell(server.resident, {"type": "listeners.changed", "listeners": present})
    expect(resident.locator(".listener")).to_contain_text(
        re.compile("镇级主管.*已加入通话|Town Supervisor .* has joined the call")
    )
    shot(resident, "resident_listened_to")
    server.tell(server.resident, {"type": "report.allowed", "token": "c" * 43})
    resident.locator("p.to-report button").click()
    resident.locator(".reason input").nth(0).check()
    resident.locator(".reason input").nth(4).check()
    shot(resident, "resident_report")
    resident.locator(".report .primary").click()
    expect(resident.locator(".notice.well")).to_contain_text("B20261127-0003")
    shot(resident, "resident_report_sent")
    resident.locator(".report .primary").click()
    report = next(body for _, path, body in server.asked if path == "/api/could-not")
    assert (report["token"], len(re.split("；|; ", report["text"]))) == ("c" * 43, 2)
    expect(resident.locator("p.to-report")).to_have_count(0)
    ended = {"type": "call.ended", "reason": "finished"}
    server.tell(server.resident, {**ended, "rating_token": "t" * 43})
    server.tell(server.room, {**ended, "rating_token": None})
    assert server.call is not None
    server.tell(
        server.duty, {"type": "call.over", "call_id": server.call["id"], "reason": "finished"}
    )
    expect(resident.locator(".grade")).to_have_count(5)
    shot(resident, "resident_rating")
    resident.locator(".grade").first.click()
    expect(resident.locator(".at-end .big")).to_be_visible()
    rating = next(body for _, path, body in server.asked if path == "/api/rating")
    assert rating == {"token": "t" * 43, "grade": "very_satisfied"}
    shot(resident, "resident_thanks")


def _overflow(page: Page) -> int:
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


def _open_with_draft(server: FakeServer, page: Page) -> None:
    page.add_init_script(f"sessionStorage.setItem('shipinban.window.case', '{views.an_id(20)}')")
    page.goto(f"{ORIGIN}/window")
    at(page, "consent")


def _open_in_call(server: FakeServer, page: Page) -> None:
    server.case = views.case(consent="yes")
    server.ticket = views.ticket("serving", now_ms=now_ms())
    server.call = views.call(now_ms=now_ms())
    page.goto(f"{ORIGIN}/window")
    at(page, "call")
    server.await_room(page)


def _begin_call(server: FakeServer) -> None:
    server.ticket = views.ticket("serving", now_ms=now_ms())
    server.call = views.call(now_ms=now_ms())
    server.show()


def test_a_material_that_was_sent_back_says_why_and_how_to_give_it_again(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _open_in_call(server, page)
    server.tell(server.room, {"type": "materials.changed", "materials": views.materials_view()})
    line = page.locator(".lines > li").first
    expect(line.locator(".why")).to_contain_text("请避开灯光")
    line.get_by_role("button", name=re.compile("补充或更换|Add or replace")).click()
    line.get_by_role("button", name=re.compile("电子证照|E-licence")).click()
    shot(page, "material_back")
    line.locator("input").nth(0).fill("居民身份证")
    line.locator("input").nth(1).fill("4416250001")
    line.locator("form .primary").click()
    given = server.await_request(page, "/materials/licence")
    assert given["number"] == "4416250001"


def test_a_mandate_on_paper_is_drafted_and_its_pages_are_asked_for(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    server.case = {**views.case(consent="yes", relation="helper"), "mode": "delegated"}
    path = f"/api/window/cases/{views.an_id(20)}"
    server.answers[f"{path}/authority"] = views.authority_view()
    server.ticket = views.ticket("serving", now_ms=now_ms())
    server.call = views.call(now_ms=now_ms())
    page.goto(f"{ORIGIN}/window")
    at(page, "call")
    begin = page.get_by_role("button", name=re.compile("登记书面委托|Add a mandate on paper"))
    begin.click()
    expect(page.locator("form fieldset").first).to_be_in_viewport()
    shot(page, "mandate")
    server.answers[f"{path}/mandates"] = views.mandate()
    server.answers[f"{path}/authority"] = views.authority_view(views.mandate())
    page.locator("form:has(fieldset) .primary").click()
    drafted = server.await_request(page, "/mandates")
    assert (drafted["form"], drafted["powers"]) == ("paper", ["hand_in", "sign"])
    expect(page.locator(".takes .button")).to_have_count(2)
    shot(page, "mandate_pages")
    server.answers[f"{path}/authority"] = views.authority_view(views.mandate("in_force"))
    server.await_room(page)
    server.tell(server.room, {"type": "authority.changed", "case_id": views.an_id(20)})
    expect(page.locator(".takes")).to_have_count(0)
    expect(page.locator(".mandate .tag.green")).to_be_visible()


def test_the_form_is_confirmed_and_signed_as_it_was_shown(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _open_in_call(server, page)
    server.tell(server.room, {"type": "form.changed", "form": views.form_view("draft")})
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("=SUM(A1) 申请认证")
    expect(sheet.locator(".primary")).to_have_count(0)
    server.tell(server.room, {"type": "form.changed", "form": views.form_view("shown", 2)})
    shot(page, "form_shown")
    sheet.locator(".primary").click()
    said = server.await_request(page, "/form/confirm")
    assert said == {"form_id": views.an_id(90), "sha256": "ab" * 32}
    server.tell(server.room, {"type": "form.changed", "form": views.form_view("confirmed", 2)})
    pad = sheet.locator(".field")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + step * 14, box["y"] + 20 + (step % 3) * 20)
    page.mouse.up()
    line = pad.locator("path").bounding_box()
    assert line is not None
    assert line["width"] > 100, "the signer sees what is drawn"
    shot(page, "form_signing")
    sheet.locator(".pad .primary").click()
    signed = server.await_request(page, "/form/sign")
    assert signed["sha256"] == "ab" * 32
    assert len(signed["strokes"][0]) > 5
    server.tell(server.room, {"type": "form.changed", "form": views.form_view("signed", 2)})
    expect(sheet.locator(".pad")).to_have_count(0)


def test_a_receipt_s_page_tells_on_a_phone_who_watched_and_who_listened_in(
    page: Page, language: str, shot: Shot
) -> None:
    english = language == "en"
    seen = [
        Watched("Z**" if english else "刁**", "Xinhuilong", now_ms(), listened=True),
        Watched("F**" if english else "方**", "Dongyuan County", now_ms()),
        Watched("F**" if english else "方**", "Dongyuan County", now_ms(), exported=True),
    ]
    case = Case(id=views.an_id(20), number="441625-20261128-00001")
    content = ReceiptContent(case, "李**", "Dongyuan Village", "Dongyuan County", [], {})
    receipt = Shown(
        code="K7QX-4M2P", content=content, item_name="Pension", issued_ms=now_ms(),
        timezone="Asia/Shanghai", entry_hash="ab" * 32, checkpoint_number=7, paper_matches=True,
        watched=seen,
    )  # fmt: skip
    page.set_viewport_size({"width": 360, "height": 740})
    page.set_content(show_receipt(language, receipt))
    page.add_style_tag(content=STYLE)
    told = page.locator("ul li").all_inner_texts()
    texts = VERIFY_TEXTS[language]
    expected = [texts["listened"], seen[1].name, texts["exported"]]
    assert len(told) == 3
    for line, word in zip(told, expected, strict=True):
        assert word in line
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    shot(page, "receipt_on_a_phone")
