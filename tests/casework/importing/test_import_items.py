import pytest
from sqlalchemy import select

from casework.database import Database
from casework.importing.county import ImportResult
from casework.importing.files import ImportKind, import_file
from casework.importing.problems import ImportRefused
from casework.search_index import load_search_index
from casework.tables import ItemMaterial, ServiceItem
from tests.casework.importing.spreadsheets import (
    SMALL_COUNTY,
    SMALL_ITEMS,
    Cell,
    Sheets,
    csv_file,
    with_cell,
    with_row,
    xlsx_file,
)

SECOND_TABLE_ROW = 2 + len(SMALL_ITEMS["items"]) + 1
"""The number of the materials' header row in the CSV file."""


@pytest.fixture
async def county(database: Database) -> Database:
    await import_file(database, ImportKind.ORGANISATIONS, csv_file(SMALL_COUNTY))
    return database


async def imported(database: Database, sheets: Sheets) -> ImportResult:
    return await import_file(database, ImportKind.ITEMS, csv_file(sheets))


async def problems_of(database: Database, sheets: Sheets) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ImportRefused) as refused:
        await imported(database, sheets)
    return [(problem.table, problem.row, problem.column) for problem in refused.value.problems]


async def versions(database: Database, code: str) -> list[ServiceItem]:
    async with database.reading() as session:
        return list(
            await session.scalars(
                select(ServiceItem).where(ServiceItem.code == code).order_by(ServiceItem.version)
            )
        )


async def materials(database: Database, item: ServiceItem) -> list[tuple[str, str, int]]:
    async with database.reading() as session:
        rows = await session.scalars(
            select(ItemMaterial)
            .where(ItemMaterial.item_id == item.id)
            .order_by(ItemMaterial.position)
        )
        return [(row.name, row.requirement, row.copies) for row in rows]


async def test_items_come_with_guide_materials_and_what_the_search_needs(
    county: Database,
) -> None:
    assert await imported(county, SMALL_ITEMS) == ImportResult(created=2)
    birth, card = [(await versions(county, code))[0] for code in ("GA001", "GA002")]
    assert birth.receiving_levels == ["county", "village"]
    assert birth.modes == ["advice", "assisted"]
    assert (birth.immediate, birth.time_limit_days, birth.joint) == (True, None, True)
    assert birth.guide["steps"] == "提出\n办理"
    assert await materials(county, birth) == [
        ("出生医学证明", "required", 1),
        ("居民户口簿", "exempt", 1),
    ]
    assert (card.deciding_rule, card.deciding_organisation_id) == ("registered_town", None)
    async with county.reading() as session:
        index = await load_search_index(session, birth.county_id)
    assert [entry.key for entry in index.find("xse")] == [birth.id]


async def test_the_same_content_in_another_file_makes_no_new_version(county: Database) -> None:
    await imported(county, SMALL_ITEMS)
    reordered = with_cell(SMALL_ITEMS, "items", 2, "modes", "帮办、咨询")
    again = await import_file(county, ImportKind.ITEMS, xlsx_file(reordered))
    assert again == ImportResult(unchanged=2)
    assert len(await versions(county, "GA001")) == 1


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("items", "name", "新生儿落户"),
        ("items", "steps", "改了"),
        ("items", "skill_group", "K"),
        ("items", "joint", "no"),
        ("materials", "requirement", "may_follow"),
        ("materials", "note", "双面"),
        ("materials", "note_en", "both sides"),
    ],
)
async def test_a_change_makes_a_new_version_and_keeps_the_old_one(
    county: Database, table: str, column: str, cell: Cell
) -> None:
    await imported(county, SMALL_ITEMS)
    changed = await imported(county, with_cell(SMALL_ITEMS, table, 2, column, cell))
    assert changed == ImportResult(changed=1, unchanged=1)
    old, new = await versions(county, "GA001")
    assert (old.current, new.current, new.version) == (False, True, 2)
    assert await materials(county, old) == [
        ("出生医学证明", "required", 1),
        ("居民户口簿", "exempt", 1),
    ]
    async with county.reading() as session:
        index = await load_search_index(session, new.county_id)
    assert [entry.key for entry in index.find("GA001")] == [new.id]


async def test_a_part_of_the_catalogue_leaves_the_rest_as_it_is(county: Database) -> None:
    await imported(county, SMALL_ITEMS)
    part = {"items": SMALL_ITEMS["items"][:2]}
    assert await imported(county, part) == ImportResult(changed=1)
    assert (await versions(county, "GA002"))[0].current
    assert await materials(county, (await versions(county, "GA001"))[1]) == []


BROKEN: list[tuple[str, int, str, Cell]] = [
    ("items", 2, "code", "GA 01"),
    ("items", 3, "code", "GA001"),
    ("items", 2, "name", ""),
    ("items", 2, "department", "NOBODY"),
    ("items", 2, "department", "XHL"),
    ("items", 2, "skill_group", "Z"),
    ("items", 2, "skill_group", "lower"),
    ("items", 2, "receiving_levels", "moon"),
    ("items", 2, "video_level", "village"),
    ("items", 2, "deciding", "NOBODY"),
    ("items", 2, "modes", "advice;guess"),
    ("items", 2, "immediate", "perhaps"),
    ("items", 2, "time_limit_days", "soon"),
    ("items", 2, "time_limit_days", "5"),
    ("items", 3, "time_limit_days", ""),
    ("items", 3, "conditions", ""),
    ("materials", 2, "item", "GA999"),
    ("materials", 3, "name", "出生医学证明"),
    ("materials", 2, "requirement", "perhaps"),
    ("materials", 2, "copies", "many"),
]


async def test_each_broken_row_is_named_and_nothing_is_imported(county: Database) -> None:
    for table, row, column, cell in BROKEN:
        found = await problems_of(county, with_cell(SMALL_ITEMS, table, row, column, cell))
        number = row + (1 if table == "items" else SECOND_TABLE_ROW - 1)
        assert (table, number, column) in found, (table, row, column, found)
    async with county.reading() as session:
        assert await session.scalar(select(ServiceItem.id)) is None


async def test_one_broken_row_among_good_ones_keeps_all_out_after_an_earlier_import(
    county: Database,
) -> None:
    await imported(county, SMALL_ITEMS)
    half = with_cell(SMALL_ITEMS, "items", 2, "name", "改名")
    half = with_cell(half, "items", 3, "department", "NOBODY")
    half = with_cell(half, "materials", 4, "copies", "-1")
    assert await problems_of(county, half) == [
        ("items", 4, "department"),
        ("materials", SECOND_TABLE_ROW + 3, "copies"),
    ]
    assert [item.name for item in await versions(county, "GA001")] == ["新生儿出生登记"]


async def test_formula_text_in_a_name_is_kept_as_text(county: Database) -> None:
    await imported(county, with_cell(SMALL_ITEMS, "items", 2, "name", "=HYPERLINK(0)"))
    assert (await versions(county, "GA001"))[0].name == "=HYPERLINK(0)"


async def test_too_many_materials_are_refused(county: Database) -> None:
    crowded = SMALL_ITEMS
    for number in range(39):
        row = ["GA001", f"材料{number}", f"Paper {number}", "required", "1", ""]
        crowded = with_row(crowded, "materials", row)
    assert await problems_of(county, crowded) == [("materials", SECOND_TABLE_ROW + 42, "item")]
