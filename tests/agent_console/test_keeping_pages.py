"""Terms, holds, who watched, the store, masked numbers and the mark over every picture."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.agent_console import views
from tests.agent_console.fake_server import ORIGIN, FakeServer, now_ms
from tests.pages import Shot
from tests.village_client.views import an_id

pytestmark = pytest.mark.browser

CALL = f"/api/supervision/calls/{an_id(50)}"
KEEPING = f"{ORIGIN}/supervision#keeping"


def _call(server: FakeServer, role: str = "county_supervisor", **keeping: object) -> None:
    server.me = views.me("supervision", role)
    server.answers[CALL] = views.call_detail(server.case, now_ms=now_ms())
    evidence = f"/api/supervision/recordings/{an_id(500)}/evidence"
    server.answers[evidence] = views.evidence(now_ms=now_ms())
    server.answers[f"{CALL}/keeping"] = views.keeping(**keeping)
    server.answers[f"/api/supervision/recordings/{an_id(500)}/views"] = views.view(now_ms())


def test_a_shorter_term_is_proposed_and_says_so_beforehand(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    server.me = views.me("supervision", "county_supervisor")
    server.answers["/api/supervision/retention"] = views.retention(views.retention_change())
    server.answers["/api/supervision/retention/terms"] = {"counts": False}
    server.answers["/api/supervision/holds"] = {
        "holds": [views.hold(530), views.hold(531, line="home", mine=False)]
    }
    page.goto(KEEPING)
    expect(page.locator(".hold")).to_have_count(2)
    expect(page.locator(".hold button")).to_have_count(1)
    shot(page, "keeping")
    page.locator("tbody tr").nth(1).locator("button").click()
    page.locator("#term-years").fill("3")
    page.locator("#term-reason").fill("存储空间有限")
    expect(page.locator(".el-dialog .note.warn")).to_be_visible()
    shot(page, "shorter_term")
    page.locator(".el-dialog button[type=submit]").click()
    assert server.await_request(page, "/terms") == {
        "retention_class": "standard",
        "years": 3,
        "reason": "存储空间有限",
    }
    expect(page.locator(".el-dialog")).to_have_count(0)


def test_the_security_administrator_decides_and_sees_no_holds(
    server: FakeServer, page: Page
) -> None:
    server.me = views.me("supervision", "security_administrator")
    server.answers["/api/supervision/retention"] = views.retention(views.retention_change())
    page.goto(KEEPING)
    page.locator(".change .el-button--primary").click()
    assert server.await_request(page, f"/changes/{an_id(540)}") == {"approved": True}
    assert not any(path.endswith("/holds") for _, path, _ in server.asked)


def test_a_hold_is_placed_and_lifted_for_a_reason(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    seen: dict[str, Any] = {"watched": [views.watched()], "listened": [views.listened()]}
    _call(server, holds=[views.hold(530)], other_holds=1, **seen)
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    expect(page.locator(".listened")).to_contain_text("1:15")
    expect(page.locator(".listened")).to_contain_text(
        re.compile("旁听 → 对坐席密语|listened in → spoke")
    )
    page.locator(".place").click()
    page.locator(".el-dialog textarea").fill("群众投诉")
    page.locator(".el-dialog button[type=submit]").click()
    assert server.await_request(page, "/holds") == {"reason": "群众投诉"}
    expect(page.locator(".el-dialog")).to_have_count(0)
    shot(page, "call_keeping")
    page.locator(".hold button").click()
    page.locator(".el-dialog textarea").fill("已结案")
    page.locator(".el-dialog button[type=submit]").click()
    assert server.await_request(page, "/lift") == {"reason": "已结案"}


def test_what_is_left_of_a_recording_is_its_tombstone(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    stone = {
        "recording_id": an_id(500),
        "expired_ms": 1_790_000_000_000,
        "retention_class": "standard",
        "document": '{"kind":"recording_tombstone"}',
        "signature": "ab" * 64,
        "public_key": "cd" * 32,
    }
    _call(server, tombstones=[stone])
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    page.locator("summary", has_text="销毁凭证").or_(
        page.locator("summary", has_text="Tombstone")
    ).click()
    expect(page.locator("code", has_text="recording_tombstone")).to_be_visible()
    expect(page.locator(".place")).to_have_count(0)
    shot(page, "tombstone")


def test_a_number_is_shown_whole_for_a_reason_and_hidden_again(
    server: FakeServer, page: Page
) -> None:
    _call(server)
    path = f"/api/supervision/cases/{server.case['id']}/reveal"
    server.answers[path] = {"value": "441625194910010020"}
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    page.locator(".masked button").first.click()
    page.locator(".el-dialog textarea").fill("核对医保")
    page.locator(".el-dialog button[type=submit]").click()
    expect(page.locator(".masked .number").first).to_have_text("441625194910010020")
    assert server.await_request(page, "/reveal") == {"field": "id_number", "reason": "核对医保"}
    page.locator(".masked button").first.click()
    expect(page.locator(".masked .number").first).not_to_have_text("441625194910010020")


def test_every_picture_bears_the_viewers_name_and_leaving_ends_the_view(
    server: FakeServer, page: Page, shot: Shot
) -> None:
    _call(server)
    page.goto(f"{ORIGIN}/supervision#calls/{an_id(50)}")
    page.locator("#view-reason").fill("质检抽查")
    page.locator(".open").click()
    assert server.me is not None
    expect(page.locator(".viewer-mark .tiles span").first).to_contain_text(server.me["name"])
    shot(page, "watermark")
    page.locator(".back").click()
    server.await_request(page, "/end")


@pytest.mark.parametrize("failing", [False, True])
def test_the_store_tells_what_waits_and_why(
    server: FakeServer, page: Page, shot: Shot, failing: bool
) -> None:
    server.me = views.me("supervision", "system_administrator")
    problem = {
        "recording_id": an_id(500),
        "node_id": "a",
        "waiting_since_ms": 1_790_000_000_000,
        "problem": "Server returned non-2xx status code: 503 Service Unavailable",
    }
    problems = [problem] if failing else []
    server.answers["/api/supervision/storage"] = views.storage(problems=problems)
    page.goto(f"{ORIGIN}/supervision#storage")
    expect(page.locator(".note.bad" if failing else ".note.warn")).to_be_visible()
    expect(page.locator("td.problem")).to_have_count(len(problems))
    shot(page, "storage_failing" if failing else "storage")
