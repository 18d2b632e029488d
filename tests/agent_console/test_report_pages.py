"""Reports: figures with how they are counted, charts with a table behind, bulletins."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from casework.reports.figures import FIGURES
from tests.agent_console import views
from tests.agent_console.fake_server import ORIGIN, FakeServer
from tests.pages import Shot
from tests.village_client.views import JSON, an_id

pytestmark = pytest.mark.browser

PAGE = f"{ORIGIN}/supervision#reports"


def _values(**known: float) -> JSON:
    usual: dict[str, float | None] = {figure.key.value: 12.0 for figure in FIGURES}
    shares = {figure.key.value: 0.9341 for figure in FIGURES if figure.unit == "share"}
    return {**usual, **shares, "score": 9.87, "one_call": None, **known}


def _row(key: str, name: str, name_en: str, **known: float) -> JSON:
    return {"key": key, "name": name, "name_en": name_en, "values": _values(**known)}


def _guide(**changes: object) -> JSON:
    town, window = an_id(700), an_id(701)
    return {
        "figures": [
            {
                "key": figure.key, "group": figure.group, "unit": figure.unit,
                "name": figure.name.zh, "name_en": figure.name.en,
                "definition": figure.definition.zh, "definition_en": figure.definition.en,
            }
            for figure in FIGURES
        ],
        "today": "2026-11-28",
        "first_day": "2026-01-05",
        "whole_county": True,
        "towns": [
            {"id": town, "name": "义合镇", "name_en": "Yihe Town", "town_id": None},
            {"id": an_id(702), "name": "蓝口镇", "name_en": "Lankou Town", "town_id": None},
        ],
        "windows": [
            {"id": window, "name": "义合镇窗口", "name_en": "Yihe window", "town_id": town}
        ],
        "items": [{"id": "PENSION", "name": "养老认证", "name_en": "Pension", "town_id": None}],
        "agents": [{"id": an_id(703), "name": "李静", "name_en": "Li Jing", "town_id": None}],
        "one_way_minutes": 60,
        "may_set_travel_time": True,
        **changes,
    }  # fmt: skip


def _report(rows: list[JSON], **changes: object) -> JSON:
    return {
        "from_day": "2026-11-23", "to_day": "2026-11-28",
        "before_from_day": "2026-11-17", "before_to_day": "2026-11-22",
        "totals": _values(opened=128), "before": _values(opened=119), "rows": rows,
        "one_way_minutes": 60, "counted_ms": 1_795_800_000_000, **changes,
    }  # fmt: skip


DAYS = [
    _row(f"2026-11-{day}", f"2026-11-{day}", f"2026-11-{day}", opened=opened)
    for day, opened in ((23, 31), (24, 18), (25, 24), (26, 9), (27, 40), (28, 6))
]
ITEMS = [
    _row("A", "=1+1", "=1+1", opened=2),
    _row("B", "养老待遇资格认证", "Proof of life for the pension", opened=70),
    _row("C", "生育登记", "Birth registration", opened=51),
]


@pytest.fixture
def reports(server: FakeServer, page: Page) -> Page:
    server.me = views.me("supervision", "county_supervisor")
    server.answers["/api/supervision/reports/guide"] = _guide()
    server.answers["/api/supervision/reports"] = _report(DAYS)
    page.goto(PAGE)
    expect(page.locator(".card").first).to_contain_text("128")
    return page


def _asked(server: FakeServer) -> str:
    return next(path for _, path, _ in reversed(server.asked) if path.endswith("/reports"))


def test_each_figure_says_how_it_is_counted_and_nothing_is_no_nought(
    reports: Page, shot: Shot
) -> None:
    shot(reports, "reports")
    card = reports.locator(".card", has_text="一次办成率").or_(
        reports.locator(".card", has_text="Done in one call")
    )
    expect(card.locator(".value")).to_have_text("—")
    card.locator("summary").press("Enter")
    expect(card.locator("details p")).to_be_visible()
    reports.evaluate("document.body.style.zoom = 2")
    shot(reports, "reports_200_percent")


def test_behind_the_chart_is_a_table_that_sorts_and_is_taken_along_safely(
    server: FakeServer, reports: Page, shot: Shot, language: str, tmp_path: Path
) -> None:
    server.answers["/api/supervision/reports"] = _report(ITEMS)
    reports.get_by_role("button", name={"en": "Item"}.get(language, "事项"), exact=True).click()
    expect(reports.locator("figure .bar")).to_have_count(3)
    shot(reports, "reports_bars")
    reports.locator(".turn").press("Enter")
    heading = reports.locator("thead button").nth(1)
    heading.press("Enter")
    expect(reports.locator("thead th").nth(1)).to_have_attribute("aria-sort", "descending")
    expect(reports.locator("tbody tr").first.locator("td").first).to_have_text("70")
    heading.press("Enter")
    expect(reports.locator("tbody tr").first.locator("td").first).to_have_text("2")
    shot(reports, "reports_table")
    with reports.expect_download() as waiting:
        reports.locator(".csv").click()
    kept = tmp_path / "kept.csv"
    waiting.value.save_as(kept)
    rows = list(csv.reader(io.StringIO(kept.read_text("utf-8-sig"))))
    assert rows[1][0] == "'=1+1"
    assert len(rows[0]) == len(FIGURES) + 1


def test_filters_ask_for_what_they_say_and_an_empty_period_says_what_to_do(
    server: FakeServer, reports: Page, shot: Shot
) -> None:
    nothing: dict[str, Any] = {figure.key.value: None for figure in FIGURES}
    server.answers["/api/supervision/reports"] = _report([], totals=nothing, before=nothing)
    with reports.expect_request(lambda one: "window_id=" + an_id(701) in one.url) as asked:
        reports.locator("#report-window").select_option(an_id(701))
    assert "from_day=2026-11-23&to_day=2026-11-28&by=day" in asked.value.url
    expect(reports.locator(".note.info")).to_be_visible()
    shot(reports, "reports_nothing")
    with reports.expect_request(lambda one: "town_id=" + an_id(702) in one.url) as asked:
        reports.locator("#report-town").select_option(an_id(702))
    assert "window_id" not in asked.value.url, "a window of another town is no longer meant"


def test_a_bulletin_is_asked_for_and_the_travel_time_set(
    server: FakeServer, reports: Page, shot: Shot, language: str
) -> None:
    refusal = {"code": "reports.not_begun", "text": "没有内容", "details": {}}
    server.refusals["/api/supervision/reports/bulletins"] = (400, refusal)
    make = reports.locator("section", has=reports.locator("select.kind")).get_by_role("button")
    make.first.click()
    assert server.await_request(reports, "/bulletins") == {
        "kind": "weekly", "day": "2026-11-21", "format": "pdf", "language": language,
        "town_id": None,
    }  # fmt: skip
    expect(reports.locator(".el-message--error")).to_be_visible()
    reports.locator("#travel-minutes").fill("45")
    reports.locator(".travel button").click()
    assert server.await_request(reports, "/travel-time") == {"one_way_minutes": 45}
    shot(reports, "reports_bulletin")
