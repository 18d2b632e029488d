"""Items bring their forms: each bad one is named with its row, and a changed one is a version."""

import copy
import json
from typing import Any

import pytest
from sqlalchemy import select

from casework.database import Database
from casework.forms.general import GENERAL_FORM, form_of
from casework.forms.schema import parse_form
from casework.importing.county import ImportResult
from casework.importing.files import ImportKind, import_file
from casework.importing.problems import ImportRefused, Problem
from casework.tables import ServiceItem
from tests.casework.forms.sample import FORM
from tests.casework.importing.spreadsheets import (
    SMALL_COUNTY,
    SMALL_ITEMS,
    Sheets,
    csv_file,
    with_row,
    xlsx_file,
)

HEADER_ROW = 6 + sum(len(rows) for rows in SMALL_ITEMS.values()) - 2
"""The number of the forms' header in the CSV file: three lines with names stand before it."""


def items_with(*forms: tuple[str, object]) -> Sheets:
    """The small catalogue with a table of forms; what is not text is written as JSON."""
    rows = [
        [item, form if isinstance(form, str) else json.dumps(form, ensure_ascii=False, indent=1)]
        for item, form in forms
    ]
    return {**SMALL_ITEMS, "forms": [["item", "schema"], *rows]}


def changed(key: str, **question: object) -> dict[str, Any]:
    form = copy.deepcopy(FORM)
    form["properties"][key] |= question
    return form


@pytest.fixture
async def county(database: Database) -> Database:
    await import_file(database, ImportKind.ORGANISATIONS, csv_file(SMALL_COUNTY))
    return database


async def imported(database: Database, sheets: Sheets) -> ImportResult:
    return await import_file(database, ImportKind.ITEMS, csv_file(sheets))


async def refused(database: Database, sheets: Sheets) -> list[Problem]:
    with pytest.raises(ImportRefused) as raised:
        await imported(database, sheets)
    return list(raised.value.problems)


async def versions(database: Database, code: str) -> list[ServiceItem]:
    async with database.reading() as session:
        chosen = select(ServiceItem).where(ServiceItem.code == code)
        return list(await session.scalars(chosen.order_by(ServiceItem.version)))


async def test_an_item_is_asked_by_its_own_form_and_another_by_the_general_one(
    county: Database,
) -> None:
    assert await imported(county, items_with(("GA001", FORM))) == ImportResult(created=2)
    [birth], [card] = [await versions(county, code) for code in ("GA001", "GA002")]
    assert form_of(birth) == parse_form(FORM)
    assert list(form_of(birth).properties) == list(FORM["properties"])
    assert card.form is None
    assert form_of(card) is GENERAL_FORM


async def test_chinese_names_and_a_spreadsheet_do_as_well(county: Database) -> None:
    forms = items_with(("GA001", FORM))["forms"]
    sheets = {**SMALL_ITEMS, "申请表": [["事项编码", "内容"], *forms[1:]]}
    await import_file(county, ImportKind.ITEMS, xlsx_file(sheets))
    assert (await versions(county, "GA001"))[0].form is not None
    assert await imported(county, items_with(("GA001", FORM))) == ImportResult(unchanged=2)


async def test_the_same_form_written_differently_is_no_new_version(county: Database) -> None:
    await imported(county, items_with(("GA001", FORM)))
    compact = json.dumps(FORM, separators=(",", ":"))
    assert await imported(county, items_with(("GA001", compact))) == ImportResult(unchanged=2)


@pytest.mark.parametrize(
    "other",
    [
        changed("name", title="全名"),
        FORM | {"required": ["name", "kind"]},
        FORM | {"properties": dict(reversed(FORM["properties"].items()))},
    ],
    ids=["a title", "what is required", "the order of the questions"],
)
async def test_a_changed_form_makes_a_new_version_and_keeps_the_old_one(
    county: Database, other: dict[str, Any]
) -> None:
    await imported(county, items_with(("GA001", FORM)))
    result = await imported(county, items_with(("GA001", other)))
    assert result == ImportResult(changed=1, unchanged=1)
    old, new = await versions(county, "GA001")
    assert (old.current, new.current) == (False, True)
    assert form_of(old) == parse_form(FORM)
    assert list(form_of(new).properties) == list(other["properties"])


async def test_an_item_that_comes_without_its_form_goes_back_to_the_general_one(
    county: Database,
) -> None:
    await imported(county, items_with(("GA001", FORM)))
    assert await imported(county, SMALL_ITEMS) == ImportResult(changed=1, unchanged=1)
    assert [row.form is None for row in await versions(county, "GA001")] == [False, True]


BROKEN: list[tuple[str, object, str, str, str]] = [
    ("GA001", "{", "schema", "不是JSON", "not JSON"),
    ("GA001", "", "schema", "不能为空", "Must not be empty"),
    ("GA001", '{"title": "a", "title": "b"}', "schema", "“title”出现多次", "more than once"),
    ("GA001", changed("name", maxLength=9999), "schema", "maxLength”数值过大", "maxLength"),
    ("GA001", changed("name", pattern="(a+)+$"), "schema", "pattern”不支持", "pattern"),
    ("GA001", changed("name", title=""), "schema", "title”不能为空", "title"),
    ("GA001", changed("kind", enum_en=["A"]), "schema", "kind.choice.enum_en”数量过少", "enum_en"),
    ("GA001", changed("kind", enum=["甲", "甲"]), "schema", "前后不一致", "without repetition"),
    ("GA001", changed("name", type="object"), "schema", "题型（type）不支持", "properties.name"),
    ("GA001", FORM | {"required": ["absent"]}, "schema", "前后不一致", "not asked"),
    ("GA001", "[1, 2]", "schema", "申请表", "not valid"),
    ("GA001", "{}", "schema", "“title”缺少", "title"),
    ("GA999", FORM, "item", "“GA999”不在本文件中", "not in this file"),
    ("GA 01", FORM, "item", "不符合要求", "not valid"),
]


async def test_each_bad_form_is_named_with_its_row_and_reason_and_nothing_is_imported(
    county: Database,
) -> None:
    """All at once, below a good one."""
    sheets = items_with(("GA002", FORM), *((item, form) for item, form, *_ in BROKEN))
    found = {problem.row: problem for problem in await refused(county, sheets)}
    assert list(found) == [HEADER_ROW + 2 + place for place in range(len(BROKEN))]
    for problem, (_, _, column, zh, en) in zip(found.values(), BROKEN, strict=True):
        assert (problem.table, problem.column) == ("forms", column)
        assert zh in problem.zh
        assert en in problem.en
    async with county.reading() as session:
        assert await session.scalar(select(ServiceItem.id)) is None


async def test_a_second_form_of_one_item_is_refused(county: Database) -> None:
    sheets = with_row(items_with(("GA001", FORM)), "forms", ["GA001", json.dumps(FORM)])
    [problem] = await refused(county, sheets)
    assert (problem.table, problem.row, problem.column) == ("forms", HEADER_ROW + 2, "item")


async def test_a_bad_form_keeps_the_earlier_import_as_it_was(county: Database) -> None:
    await imported(county, items_with(("GA001", FORM)))
    bad = FORM | {"allOf": []}
    await refused(county, items_with(("GA001", changed("name", title="改")), ("GA002", bad)))
    [birth] = await versions(county, "GA001")
    assert form_of(birth) == parse_form(FORM)
