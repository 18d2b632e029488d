import pytest
from sqlalchemy import func, select

from casework.database import Database, new_id
from casework.importing.county import ImportResult
from casework.importing.files import ImportKind, import_file
from casework.importing.problems import ImportRefused
from casework.sign_in import SignedIn
from casework.tables import County, JournalEntry, OpeningHours, Organisation, SkillGroup, Window
from casework.vocabulary import Role, Surface
from tests.casework.importing.spreadsheets import (
    SMALL_COUNTY,
    Sheets,
    csv_file,
    with_cell,
    with_row,
    xlsx_file,
)
from tests.rows import everything


async def imported(
    database: Database, sheets: Sheets, county_id: str | None = None
) -> ImportResult:
    return await import_file(
        database, ImportKind.ORGANISATIONS, csv_file(sheets), county_id=county_id
    )


async def problems_of(
    database: Database, sheets: Sheets, county_id: str | None = None
) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ImportRefused) as refused:
        await imported(database, sheets, county_id)
    assert all(problem.zh and problem.en for problem in refused.value.problems)
    return [(problem.table, problem.row, problem.column) for problem in refused.value.problems]


async def test_csv_and_xlsx_make_the_county_once_and_change_nothing_again(
    database: Database,
) -> None:
    assert await imported(database, SMALL_COUNTY) == ImportResult(created=8)
    before = await everything(database)
    again = await import_file(database, ImportKind.ORGANISATIONS, xlsx_file(SMALL_COUNTY))
    assert again == ImportResult(unchanged=8)
    assert await everything(database) == before
    async with database.reading() as session:
        assert await session.scalar(select(County.code)) == "441600"
        village = await session.scalar(select(Organisation).where(Organisation.code == "XHL-DY"))
        window = await session.scalar(select(Window))
        assert village is not None
        assert window is not None
        assert window.organisation_id == village.id
        assert await session.scalar(select(func.count()).select_from(OpeningHours)) == 5
        general = await session.scalar(select(SkillGroup).where(SkillGroup.general))
        assert general is not None
        assert general.letters == "K"


async def test_a_part_of_the_county_can_be_changed_later(database: Database) -> None:
    await imported(database, SMALL_COUNTY)
    part: Sheets = {
        "organisations": [
            SMALL_COUNTY["organisations"][0],
            ["XC", "锡场镇", "Xichang", "town", "441600"],
            ["XHL-DY", "洞源村委会", "Dongyuan", "village", "XC"],
        ],
        "opening_hours": [
            SMALL_COUNTY["opening_hours"][0],
            ["441600", "6", "09:00", "10:00"],
            ["XC", "1", "09:00", "10:00"],
        ],
    }
    assert await imported(database, part) == ImportResult(created=2, changed=2)
    async with database.reading() as session:
        village = await session.scalar(select(Organisation).where(Organisation.code == "XHL-DY"))
        town = await session.scalar(select(Organisation).where(Organisation.code == "XC"))
        assert village is not None
        assert town is not None
        assert (village.name, village.parent_id) == ("洞源村委会", town.id)
        days = await session.scalars(select(OpeningHours.weekday).order_by(OpeningHours.weekday))
        assert list(days) == [1, 6]


async def test_the_general_group_can_move(database: Database) -> None:
    await imported(database, SMALL_COUNTY)
    moved = with_cell(SMALL_COUNTY, "skill_groups", 2, "general", "no")
    moved = with_cell(moved, "skill_groups", 3, "general", "yes")
    assert (await imported(database, moved)).changed == 2


BROKEN = [
    ("organisations", ["X", "某村", "Village", "village", "NOBODY"], "parent"),
    ("organisations", ["X", "某村", "Village", "village", "441600"], "parent"),
    ("organisations", ["X", "某村", "Village", "hamlet", "XHL"], "kind"),
    ("organisations", ["GA", "又一个", "Again", "department", "441600"], "code"),
    ("organisations", ["441601", "又一县", "County", "county", ""], "parent"),
    ("organisations", ["X", "", "Nameless", "town", "441600"], "name"),
    ("organisations", ["坏 编码", "某镇", "Town", "town", "441600"], "code"),
    ("windows", ["W2", "窗口", "Window", "GA", "joint", "一楼", ""], "organisation"),
    ("windows", ["W2", "窗口", "Window", "NOBODY", "joint", "一楼", ""], "organisation"),
    ("windows", ["W2", "窗口", "Window", "XHL", "joint", "一楼", "GA"], "serves"),
    ("windows", ["W2", "窗口", "Window", "XHL", "joint", "一楼", "NOBODY"], "serves"),
    ("windows", ["W1", "窗口", "Window", "XHL", "joint", "一楼", ""], "code"),
    ("windows", ["W2", "窗口", "Window", "XHL", "balcony", "一楼", ""], "kind"),
    ("skill_groups", ["other", "组", "Group", "441600", "H", ""], "letters"),
    ("skill_groups", ["other", "组", "Group", "441600", "abc", ""], "letters"),
    ("skill_groups", ["other", "组", "Group", "NOBODY", "O", ""], "organisation"),
    ("skill_groups", ["other", "组", "Group", "441600", "O", "yes"], "general"),
    ("opening_hours", ["441600", "8", "08:30", "12:00"], "weekdays"),
    ("opening_hours", ["441600", "1", "11:00", "13:00"], "opens"),
    ("opening_hours", ["441600", "6", "12:00", "09:00"], "closes"),
    ("opening_hours", ["441600", "6", "noon", "13:00"], "opens"),
    ("opening_hours", ["NOBODY", "6", "09:00", "13:00"], "organisation"),
]


async def test_each_broken_row_is_named_and_nothing_is_imported(database: Database) -> None:
    empty = await everything(database)
    for table, row, column in BROKEN:
        broken = with_row(SMALL_COUNTY, table, row)
        number = len(broken[table]) + _first_row(broken, table) - 1
        found = await problems_of(database, broken)
        assert (table, number, column) in found, (table, row, found)
        assert len({place[:2] for place in found}) == 1, found
    assert await everything(database) == empty


def _first_row(sheets: Sheets, table: str) -> int:
    """The number of a table's header row in the CSV file."""
    number = 1
    for name, rows in sheets.items():
        if name == table:
            break
        number += len(rows) + 1
    return number + 1


async def test_all_broken_rows_are_named_at_once(database: Database) -> None:
    broken = SMALL_COUNTY
    for table, row, _ in BROKEN[:5] + BROKEN[7:12] + BROKEN[17:20]:
        broken = with_row(broken, table, row)
    found = await problems_of(database, broken)
    assert len({(table, row) for table, row, _ in found}) == 13


async def test_a_bad_parent_is_named_once_and_its_children_are_not(database: Database) -> None:
    broken = with_cell(SMALL_COUNTY, "organisations", 4, "kind", "burgh")
    assert await problems_of(database, broken) == [("organisations", 5, "kind")]


async def test_a_file_without_a_county_makes_none(database: Database) -> None:
    rows = SMALL_COUNTY["organisations"]
    headless = {**SMALL_COUNTY, "organisations": [rows[0], *rows[2:]]}
    assert ("organisations", None, "kind") in await problems_of(database, headless)
    unnumbered = with_cell(SMALL_COUNTY, "organisations", 2, "code", "DY")
    assert ("organisations", 3, "code") in await problems_of(database, unnumbered)


async def test_what_is_registered_keeps_its_kind_letters_and_county(database: Database) -> None:
    await imported(database, SMALL_COUNTY)
    before = await everything(database)
    async with database.reading() as session:
        county_id = await session.scalar(select(County.id))
    other_kind = with_cell(SMALL_COUNTY, "organisations", 3, "kind", "town")
    assert await problems_of(database, other_kind) == [("organisations", 4, "kind")]
    other_letters = with_cell(SMALL_COUNTY, "skill_groups", 3, "letters", "Z")
    assert await problems_of(database, other_letters) == [("skill_groups", 13, "letters")]
    foreign: Sheets = {
        "organisations": [
            SMALL_COUNTY["organisations"][0],
            ["441700", "邻县", "Neighbour", "county", ""],
        ]
    }
    assert await problems_of(database, foreign, county_id) == [("organisations", 3, "parent")]
    assert await everything(database) == before


async def test_an_unknown_table_is_named(database: Database) -> None:
    stray = {**SMALL_COUNTY, "holidays": [["day"], ["2026-01-01"]]}
    assert await problems_of(database, stray) == [("holidays", 18, "")]


TOWN = ["DJ", "灯塔镇", "Dengta", "town", "441600"]
MOVES = [
    ("organisations", 5, "parent", "DJ", "organisation.moved"),
    ("windows", 2, "organisation", "DJ", "window.moved"),
    ("skill_groups", 3, "organisation", "DJ", None),
    ("skill_groups", 3, "general", "yes", None),
]


@pytest.mark.parametrize(("table", "row", "column", "cell", "what"), MOVES)
async def test_who_is_accountable_does_not_change_on_the_page(
    database: Database, table: str, row: int, column: str, cell: str, what: str | None
) -> None:
    first = with_row(SMALL_COUNTY, "organisations", TOWN)
    await imported(database, first)
    before = await everything(database)
    moved = with_cell(first, table, row, column, cell)
    if column == "general":
        moved = with_cell(moved, table, 2, "general", "")
    async with database.reading() as session:
        county = (await session.scalars(select(County))).one()
    system = SignedIn(
        sign_in_id=new_id(), staff_id=new_id(), county_id=county.id, organisation_id="",
        roles=frozenset({Role.SYSTEM_ADMINISTRATOR}), surface=Surface.SUPERVISION,
    )  # fmt: skip
    with pytest.raises(ImportRefused) as refused:
        await import_file(
            database, ImportKind.ORGANISATIONS, csv_file(moved), county_id=county.id,
            importer=system,
        )  # fmt: skip
    found = [(problem.table, problem.column) for problem in refused.value.problems]
    assert found == [(table, column)]
    assert await everything(database) == before
    await imported(database, moved)
    async with database.reading() as session:
        entries = (await session.scalars(select(JournalEntry))).all()
        homes = {entry.home_organisation_id for entry in entries}
        of_homes = select(Organisation.code).where(Organisation.id.in_(homes))
        codes = set(await session.scalars(of_homes))
        told = {entry.what: codes for entry in entries}
    old = "XHL" if table == "organisations" else "XHL-DY"
    assert told == ({} if what is None else {what: {old, "DJ"}})
