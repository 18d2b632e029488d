"""Reports over HTTP: whose figures who sees, what is said of nothing, the county's travel time."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from pypdfium2 import PdfDocument
from python_calamine import CalamineWorkbook

from casework.database import new_id
from casework.organisations import COUNTY_TIME
from casework.tables import ServiceItem
from tests.signaling.edge.conftest import Edge, Person, code_of
from tests.village_client.views import JSON

TODAY = datetime.now(UTC).astimezone(COUNTY_TIME).date()


async def report(person: Person, by: str = "day", **asked: str) -> JSON:
    days = {"from_day": TODAY.isoformat(), "to_day": TODAY.isoformat()}
    answer = await person.get("reports", params={"by": by, **days, **asked})
    assert answer.status == 200, await answer.text()
    found: JSON = await answer.json()
    return found


async def cases(edge: Edge) -> None:
    """Two at the village of the north, one at the hamlet of the south."""
    helper, other = await edge.sign_in("helper"), await edge.sign_in("helper2")
    await edge.case(helper)
    await edge.case(helper, item_id=edge.county.items["delegated"])
    await edge.case(other, registered_organisation_id=edge.county.organisations["south"])


async def test_a_home_line_sees_its_own_figures_and_the_county_all(edge: Edge) -> None:
    await cases(edge)
    home, other = await edge.sign_in("home_supervisor"), await edge.sign_in("south_supervisor")
    county = await edge.sign_in("county_supervisor")
    for person, opened in ((home, 2), (other, 1), (county, 3)):
        for by in ("day", "hour", "town", "window", "item"):
            found = await report(person, by)
            assert found["totals"]["opened"] == opened
            assert sum(row["values"]["opened"] for row in found["rows"]) == opened
    towns = (await report(county, "town"))["rows"]
    assert [(row["name"], row["values"]["opened"]) for row in towns] == [("north", 2), ("south", 1)]
    north = edge.county.organisations["north"]
    assert (await report(county, "item", town_id=north))["totals"]["opened"] == 2
    assert (await report(county, "window", item_code="PENSION"))["totals"]["opened"] == 2


async def test_what_is_not_there_and_what_is_not_for_one_are_told_alike(light_edge: Edge) -> None:
    await cases(light_edge)
    home = await light_edge.sign_in("home_supervisor")
    county = light_edge.county
    days = {"from_day": TODAY.isoformat(), "to_day": TODAY.isoformat(), "by": "day"}
    for asked in (
        {"window_id": county.windows["hamlet"]},
        {"window_id": new_id()},
        {"town_id": county.organisations["south"]},
        {"town_id": new_id()},
        {"item_code": "NONE"},
        {"agent_staff_id": county.staff["helper"]},
    ):
        answer = await home.get("reports", params={**days, **asked})
        assert await code_of(answer) == (404, "reports.not_found")


async def test_nothing_to_count_from_is_no_nought(light_edge: Edge) -> None:
    county = await light_edge.sign_in("county_supervisor")
    empty = await report(county)
    assert set(empty["totals"].values()) == {None}
    assert empty["rows"] == []
    await cases(light_edge)
    found = await report(county)
    assert found["totals"]["returned"] == 0
    assert found["totals"]["one_call"] is None
    assert set(found["before"].values()) == {None}
    agents = await report(county, agent_staff_id=light_edge.county.staff["agent"])
    assert agents["totals"]["opened"] is None, "no agent begins a case"
    assert agents["totals"]["accepted"] == 0


@pytest.mark.parametrize(
    ("first", "last", "by", "code"),
    [
        ("2026-02-30", "2026-03-01", "item", "reports.day"),
        ("2026-03-02", "2026-03-01", "item", "reports.period"),
        ("2001-01-01", "2026-03-01", "item", "reports.period"),
        ("2024-01-01", "2026-03-01", "day", "reports.too_many_days"),
    ],
)
async def test_a_period_that_cannot_be_is_refused(
    light_edge: Edge, first: str, last: str, by: str, code: str
) -> None:
    county = await light_edge.sign_in("county_supervisor")
    asked = {"from_day": first, "to_day": last, "by": by}
    assert await code_of(await county.get("reports", params=asked)) == (400, code)


async def test_the_travel_time_is_the_countys_and_is_journaled(light_edge: Edge) -> None:
    county = await light_edge.sign_in("county_supervisor")
    home = await light_edge.sign_in("home_supervisor")
    assert (await (await county.get("reports/guide")).json())["one_way_minutes"] == 60
    assert (await home.post("reports/travel-time", {"one_way_minutes": 5})).status == 403
    assert (await county.post("reports/travel-time", {"one_way_minutes": 45})).status == 200
    guide = await (await home.get("reports/guide")).json()
    assert guide["one_way_minutes"] == 45
    assert not guide["may_set_travel_time"]
    assert not guide["whole_county"]
    assert [place["name_en"] for place in guide["windows"]] == ["village window"]
    entries = (await (await county.get("journal/entries")).json())["entries"]
    assert "reports.travel_time_set" in [entry["what"] for entry in entries]


async def test_every_figure_has_its_words_in_both_languages(light_edge: Edge) -> None:
    home = await light_edge.sign_in("home_supervisor")
    guide = await (await home.get("reports/guide")).json()
    figures = guide["figures"]
    assert {figure["key"] for figure in figures} == set((await report(home))["totals"])
    for figure in figures:
        assert all(figure[name] for name in ("name", "name_en", "definition", "definition_en"))
    assert timedelta(0) <= TODAY - datetime.fromisoformat(guide["today"]).date() <= timedelta(1)


async def bulletin(person: Person, **asked: str) -> tuple[str, bytes]:
    """The name and the file."""
    given = {"kind": "weekly", "day": TODAY.isoformat(), "format": "pdf", "language": "en"}
    answer = await person.post("reports/bulletins", {**given, **asked})
    assert answer.status == 200, await answer.text()
    encoded = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2]
    return unquote(encoded), await answer.read()


async def rename_item(edge: Edge, name: str) -> None:
    async with edge.context.database.transaction() as session:
        item = await session.get_one(ServiceItem, edge.county.items["pension"])
        item.name = item.name_en = name


async def test_a_bulletin_is_a_pdf_with_figures_tables_and_who_made_it(light_edge: Edge) -> None:
    await cases(light_edge)
    county = await light_edge.sign_in("county_supervisor")
    name, content = await bulletin(county)
    week = TODAY - timedelta(days=TODAY.weekday())
    last = week + timedelta(days=6)
    assert name == f"Weekly report on video windows-County-{week}-{last}.pdf"
    text = "".join(page.get_textpage().get_text_bounded() for page in PdfDocument(content))
    for expected in (
        "Matters begun",
        "North",
        "pension item",
        "姓名county_supervisor",
        "60 minutes",
    ):
        assert expected in text
    _, chinese = await bulletin(county, kind="monthly", language="zh-CN")
    text = "".join(page.get_textpage().get_text_bounded() for page in PdfDocument(chinese))
    assert "视频办月通报" in text
    assert "一次办成率" in text
    entries = (await (await county.get("journal/entries")).json())["entries"]
    assert [entry["what"] for entry in entries].count("reports.bulletin_made") == 2


async def test_a_bulletin_is_a_workbook_in_which_names_stay_names(light_edge: Edge) -> None:
    await cases(light_edge)
    await rename_item(light_edge, "=1+1")
    home = await light_edge.sign_in("home_supervisor")
    name, content = await bulletin(home, format="xlsx", language="zh-CN")
    assert name.startswith("视频办周报-north-")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["视频办周报", "分镇", "分窗口", "分坐席", "分事项"]
    items = {row[0]: row[1] for row in book.get_sheet_by_name("分事项").to_python()}
    assert items["=1+1"] == 1
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet5.xml")
    figures = {row[0]: row[1:3] for row in book.get_sheet_by_name("视频办周报").to_python()}
    assert figures["新办件"][0] == 2, "the own line alone"
    assert figures["一次办成率"][0] == "—"


async def test_there_is_no_bulletin_of_what_is_not_ones_own_or_has_not_begun(
    light_edge: Edge,
) -> None:
    await cases(light_edge)
    home = await light_edge.sign_in("home_supervisor")
    given = {"kind": "weekly", "day": TODAY.isoformat(), "format": "pdf", "language": "en"}
    for town in (light_edge.county.organisations["south"], new_id()):
        answer = await home.post("reports/bulletins", {**given, "town_id": town})
        assert await code_of(answer) == (404, "reports.not_found")
    early = {**given, "day": (TODAY - timedelta(days=60)).isoformat()}
    assert await code_of(await home.post("reports/bulletins", early)) == (
        400, "reports.not_begun",
    )  # fmt: skip
