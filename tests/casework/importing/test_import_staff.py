import pytest
from sqlalchemy import select

from casework.database import Database
from casework.importing.county import ImportResult
from casework.importing.files import ImportKind, import_file
from casework.importing.problems import ImportRefused
from casework.importing.save_staff import RoleSource
from casework.tables import SkillGroup, SkillGroupMember, StaffMember, StaffRole
from casework.vocabulary import HelperKind, Role
from tests.casework.importing.spreadsheets import (
    SMALL_COUNTY,
    SMALL_STAFF,
    Sheets,
    csv_file,
    with_cell,
    with_row,
    xlsx_file,
)

AUDITOR = ["auditor", "邵正平", "441600", "auditor", "", "", ""]


@pytest.fixture
async def county(database: Database) -> Database:
    await import_file(database, ImportKind.ORGANISATIONS, csv_file(SMALL_COUNTY))
    return database


async def imported(
    database: Database, sheets: Sheets, source: RoleSource = RoleSource.IMPORT
) -> ImportResult:
    return await import_file(database, ImportKind.STAFF, csv_file(sheets), source=source)


async def problems_of(database: Database, sheets: Sheets) -> list[tuple[int | None, str]]:
    with pytest.raises(ImportRefused) as refused:
        await imported(database, sheets)
    return [(problem.row, problem.column) for problem in refused.value.problems]


async def person(database: Database, username: str) -> StaffMember:
    async with database.reading() as session:
        found = await session.scalar(select(StaffMember).where(StaffMember.username == username))
        assert found is not None
        return found


async def live_roles(database: Database, username: str) -> dict[str, str]:
    async with database.reading() as session:
        rows = await session.execute(
            select(StaffRole.role, StaffRole.source)
            .join(StaffMember, StaffMember.id == StaffRole.staff_id)
            .where(StaffMember.username == username, StaffRole.revoked_ms.is_(None))
        )
        return {row.role: row.source for row in rows}


async def letters(database: Database, username: str) -> set[str]:
    async with database.reading() as session:
        return set(
            await session.scalars(
                select(SkillGroup.letters)
                .join(SkillGroupMember, SkillGroupMember.skill_group_id == SkillGroup.id)
                .join(StaffMember, StaffMember.id == SkillGroupMember.staff_id)
                .where(StaffMember.username == username)
            )
        )


async def test_people_come_with_home_roles_groups_and_window_but_no_password(
    county: Database,
) -> None:
    assert await imported(county, SMALL_STAFF) == ImportResult(created=2)
    helper = await person(county, "helper")
    assert helper.window_id is not None
    assert (helper.kind, helper.name_en) == (HelperKind.CADRE, "Li Chunhua")
    assert helper.password_hash is None
    assert await live_roles(county, "helper") == {"helper": "import"}
    assert await letters(county, "agent") == {"K", "H"}


async def test_the_same_file_again_changes_nothing_and_ends_no_sign_in(county: Database) -> None:
    await imported(county, SMALL_STAFF)
    again = await import_file(county, ImportKind.STAFF, xlsx_file({"Sheet1": SMALL_STAFF["staff"]}))
    assert again == ImportResult(unchanged=2)
    assert (await person(county, "agent")).epoch == 1


@pytest.mark.parametrize(
    ("column", "cell", "epoch"),
    [("name", "陈美丽", 1), ("roles", "coordinator", 2), ("skill_groups", "H", 2)],
)
async def test_a_change_of_rights_ends_sign_ins_and_a_change_of_name_does_not(
    county: Database, column: str, cell: str, epoch: int
) -> None:
    await imported(county, SMALL_STAFF)
    changed = await imported(county, with_cell(SMALL_STAFF, "staff", 3, column, cell))
    assert changed == ImportResult(changed=1, unchanged=1)
    assert (await person(county, "agent")).epoch == epoch


async def test_a_role_that_the_file_drops_ends_unless_two_people_gave_it(county: Database) -> None:
    await imported(county, SMALL_STAFF)
    async with county.transaction() as session:
        agent = await person(county, "agent")
        session.add(
            StaffRole(
                county_id=agent.county_id,
                staff_id=agent.id,
                role=Role.COUNTY_SUPERVISOR.value,
                source="supervision",
                granted_ms=1,
            )
        )
    await imported(county, with_cell(SMALL_STAFF, "staff", 3, "roles", "coordinator"))
    assert await live_roles(county, "agent") == {
        "coordinator": "import",
        "county_supervisor": "supervision",
    }


BROKEN = [
    (["Agent2", "林建国", "441600", "agent", "K", "", ""], "username"),
    (["agent", "林建国", "441600", "agent", "K", "", ""], "username"),
    (["lin", "", "441600", "agent", "K", "", ""], "name"),
    (["lin", "林建国", "NOBODY", "agent", "K", "", ""], "organisation"),
    (["lin", "林建国", "441600", "boss", "", "", ""], "roles"),
    (["lin", "林建国", "441600", "", "", "", ""], "roles"),
    (["lin", "林建国", "441600", "helper", "", "W1", ""], "roles"),
    (["lin", "林建国", "441600", "agent", "", "", ""], "roles"),
    (["lin", "林建国", "441600", "agent", "Z", "", ""], "skill_groups"),
    (["lin", "林建国", "441600", "agent", "综合", "", ""], "skill_groups"),
    (["lin", "林建国", "XHL-DY", "helper", "", "W9", ""], "window"),
    (["lin", "林建国", "XHL-DY", "helper", "", "", ""], "roles"),
    (["lin", "林建国", "XHL-DY", "helper", "", "W1", "robot"], "kind"),
]


async def test_each_broken_row_is_named_and_nobody_is_imported(county: Database) -> None:
    for row, column in BROKEN:
        found = await problems_of(county, with_row(SMALL_STAFF, "staff", row))
        assert (5, column) in found, (row, found)
        assert {number for number, _ in found} == {5}
    async with county.reading() as session:
        assert await session.scalar(select(StaffMember.id)) is None


async def test_an_import_by_a_signed_in_person_touches_no_administrator(county: Database) -> None:
    with_auditor = with_row(SMALL_STAFF, "staff", AUDITOR)
    assert await problems_of(county, with_auditor) == [(5, "roles")]
    await imported(county, with_auditor, RoleSource.COMMAND_LINE)
    unmade = with_row(SMALL_STAFF, "staff", [*AUDITOR[:3], "coordinator", "", "", ""])
    assert await problems_of(county, unmade) == [(5, "username")]
    assert await live_roles(county, "auditor") == {"auditor": "command_line"}


async def test_staff_before_organisations_are_told_what_to_import_first(
    database: Database,
) -> None:
    assert await problems_of(database, SMALL_STAFF) == [(None, "")]
