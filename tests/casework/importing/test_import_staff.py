import pytest
from sqlalchemy import select

from casework.authority.roles_by_two import decide_role_change
from casework.database import Database, new_id
from casework.errors import Forbidden
from casework.importing.county import ImportResult
from casework.importing.files import ImportKind, import_file
from casework.importing.problems import ImportRefused
from casework.sign_in import SignedIn
from casework.tables import (
    JournalEntry,
    Organisation,
    RoleChange,
    SkillGroup,
    SkillGroupMember,
    StaffMember,
    StaffRole,
)
from casework.vocabulary import HelperKind, Role, Surface
from tests.casework.importing.spreadsheets import (
    SMALL_COUNTY,
    SMALL_STAFF,
    Sheets,
    csv_file,
    with_cell,
    with_row,
    xlsx_file,
)
from tests.rows import everything

AUDITOR = ["auditor", "邵正平", "441600", "auditor", "", "", ""]


@pytest.fixture
async def county(database: Database) -> Database:
    await import_file(database, ImportKind.ORGANISATIONS, csv_file(SMALL_COUNTY))
    return database


@pytest.fixture
async def two_windows(county: Database) -> Database:
    """And a third skill group."""
    sheets = with_row(
        SMALL_COUNTY, "windows", ["W2", "镇窗口", "Town", "XHL", "joint", "镇政府", ""]
    )
    sheets = with_row(sheets, "skill_groups", ["tax", "税务组", "Tax", "441600", "G", ""])
    await import_file(county, ImportKind.ORGANISATIONS, csv_file(sheets))
    return county


async def imported(
    database: Database, sheets: Sheets, importer: SignedIn | None = None
) -> ImportResult:
    return await import_file(database, ImportKind.STAFF, csv_file(sheets), importer=importer)


async def signed_in(database: Database, username: str) -> SignedIn:
    """An administrator made at the machine."""
    role = "security_administrator" if username.startswith("security") else "system_administrator"
    row = [username, "邵正平", "441600", role, "", "", ""]
    await imported(database, with_row({"staff": SMALL_STAFF["staff"][:1]}, "staff", row))
    async with database.transaction() as session:
        staff = await session.scalar(select(StaffMember).where(StaffMember.username == username))
        assert staff is not None
        staff.password_hash = "argon2id"  # noqa: S105 - never asked
        return SignedIn(
            sign_in_id=new_id(), staff_id=staff.id, county_id=staff.county_id,
            organisation_id=staff.organisation_id, roles=frozenset({Role(role)}),
            surface=Surface.SUPERVISION, window_id=None, name=staff.name,
        )  # fmt: skip


async def problems_of(
    database: Database, sheets: Sheets, importer: SignedIn | None = None
) -> list[tuple[int | None, str]]:
    with pytest.raises(ImportRefused) as refused:
        await imported(database, sheets, importer)
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
    assert await live_roles(county, "helper") == {"helper": "command_line"}
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
        "coordinator": "command_line",
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
    importer = await signed_in(county, "system")
    with_auditor = with_row(SMALL_STAFF, "staff", AUDITOR)
    assert await problems_of(county, with_auditor, importer) == [(5, "roles")]
    await imported(county, with_auditor)
    unmade = with_row(SMALL_STAFF, "staff", [*AUDITOR[:3], "coordinator", "", "", ""])
    assert await problems_of(county, unmade, importer) == [(5, "username")]
    assert await live_roles(county, "auditor") == {"auditor": "command_line"}


async def decide(database: Database, by: SignedIn, *, approved: bool) -> int:
    """Every change of roles that waits; how many there were."""
    async with database.transaction() as session:
        waiting = (
            await session.scalars(select(RoleChange).where(RoleChange.state == "proposed"))
        ).all()
        for change in waiting:
            await decide_role_change(session, by, change.id, approved=approved, reason="核对")
        return len(waiting)


async def test_roles_of_an_imported_file_wait_for_a_security_administrator(
    county: Database,
) -> None:
    importer = await signed_in(county, "system")
    security = await signed_in(county, "security")
    done = await imported(county, SMALL_STAFF, importer)
    assert done == ImportResult(created=2, proposed=2)
    assert await live_roles(county, "agent") == {}
    assert await imported(county, SMALL_STAFF, importer) == ImportResult(unchanged=2)
    async with county.transaction() as session:
        change = (await session.scalars(select(RoleChange).limit(1))).one()
        with pytest.raises(Forbidden):
            await decide_role_change(session, importer, change.id, approved=True)
    assert await decide(county, security, approved=True) == 2
    assert await live_roles(county, "agent") == {"agent": "import"}
    entries = ["role.proposed"] * 2 + ["role.approved"] * 2
    async with county.reading() as session:
        written = await session.scalars(select(JournalEntry.what))
        assert sorted(written) == sorted(entries)


async def test_a_role_that_an_imported_file_drops_ends_when_the_second_person_says_so(
    county: Database,
) -> None:
    importer = await signed_in(county, "system")
    security = await signed_in(county, "security")
    await imported(county, SMALL_STAFF, importer)
    await decide(county, security, approved=True)
    changed = with_cell(SMALL_STAFF, "staff", 3, "roles", "coordinator")
    assert await imported(county, changed, importer) == ImportResult(unchanged=2, proposed=2)
    assert await live_roles(county, "agent") == {"agent": "import"}
    await decide(county, security, approved=True)
    assert await live_roles(county, "agent") == {"coordinator": "import"}


async def test_nobody_moves_to_where_a_held_role_is_out_of_place(county: Database) -> None:
    importer = await signed_in(county, "system")
    await imported(county, SMALL_STAFF)
    moved = with_cell(SMALL_STAFF, "staff", 3, "roles", "home_supervisor")
    moved = with_cell(moved, "staff", 3, "organisation", "XHL-DY")
    assert await problems_of(county, moved, importer) == [(4, "roles"), (4, "organisation")]


MOVES = [(3, "organisation", "XHL"), (3, "window", "W2"), (4, "skill_groups", "K;H;G")]


@pytest.mark.parametrize("waiting", [False, True])
async def test_nobody_who_holds_a_role_or_waits_for_one_is_moved_by_one_person(
    two_windows: Database, waiting: bool
) -> None:
    importer = await signed_in(two_windows, "system")
    security = await signed_in(two_windows, "security")
    await imported(two_windows, SMALL_STAFF, importer)
    if not waiting:
        await decide(two_windows, security, approved=True)
    await signed_in(two_windows, "security2")
    before = await everything(two_windows)
    for row, column, cell in MOVES:
        moved = with_cell(SMALL_STAFF, "staff", row - 1, column, cell)
        for by in (importer, None):  # on the page, and at the machine
            assert (row, column) in await problems_of(two_windows, moved, by)
    assert await everything(two_windows) == before


async def test_who_was_ended_by_two_is_moved_and_the_journal_names_both_homes(
    two_windows: Database,
) -> None:
    importer = await signed_in(two_windows, "system")
    security = await signed_in(two_windows, "security")
    await imported(two_windows, SMALL_STAFF, importer)
    await decide(two_windows, security, approved=False)
    moved = with_cell(SMALL_STAFF, "staff", 2, "organisation", "XHL")
    moved = with_cell(moved, "staff", 2, "window", "W2")
    done = await imported(two_windows, moved, importer)
    assert done == ImportResult(changed=1, unchanged=1, proposed=2)
    assert await live_roles(two_windows, "helper") == {}, "given anew by the second person"
    async with two_windows.reading() as session:
        of_moves = select(JournalEntry).where(JournalEntry.what == "staff.moved")
        entries = (await session.scalars(of_moves)).all()
        homes = await session.scalars(
            select(Organisation.code).where(
                Organisation.id.in_([entry.home_organisation_id for entry in entries])
            )
        )
        assert set(homes) == {"XHL", "XHL-DY"}
    assert {entry.actor_staff_id for entry in entries} == {importer.staff_id}


async def test_an_importer_does_not_move_oneself(two_windows: Database) -> None:
    importer = await signed_in(two_windows, "system")
    own = ["system", "邵正平", "XHL", "system_administrator", "", "", ""]
    before = await everything(two_windows)
    found = await problems_of(two_windows, with_row(SMALL_STAFF, "staff", own), importer)
    assert (5, "username") in found
    assert await everything(two_windows) == before


async def test_at_the_machine_nobody_gives_roles_once_two_security_administrators_can_sign_in(
    county: Database,
) -> None:
    await signed_in(county, "security")
    await imported(county, SMALL_STAFF)
    await signed_in(county, "security2")
    assert await imported(county, SMALL_STAFF) == ImportResult(unchanged=2)
    more = with_cell(SMALL_STAFF, "staff", 3, "roles", "agent;coordinator")
    assert await problems_of(county, more) == [(4, "roles")]
    new = ["lin", "林建国", "441600", "agent", "K", "", ""]
    assert await problems_of(county, with_row(SMALL_STAFF, "staff", new)) == [(5, "roles")]


async def test_staff_before_organisations_are_told_what_to_import_first(
    database: Database,
) -> None:
    assert await problems_of(database, SMALL_STAFF) == [(None, "")]
