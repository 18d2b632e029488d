"""Use case: import the staff file in the caller's transaction."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import tables
from casework.database import new_id, now_ms
from casework.importing.columns import Numbered
from casework.importing.county import (
    CHANGED,
    CREATED,
    UNCHANGED,
    ImportResult,
    KnownCounty,
    check_known,
    load_county,
    the_only_county,
)
from casework.importing.problems import Report
from casework.importing.staff import STAFF, ParsedStaff
from casework.importing.staff_moves import (
    Place,
    check_nobody_moves,
    load_groups,
    load_waiting,
    note_move,
    place_of,
)
from casework.importing.staff_roles import (
    RoleSource,
    check_page_import,
    check_roles_stay,
    difference,
    load_held,
    propose_roles,
    set_roles,
    two_decide,
)
from casework.sign_in import SignedIn
from casework.staff import StaffMember, role_problems


async def import_staff(
    session: AsyncSession,
    parsed: ParsedStaff,
    *,
    county_id: str | None = None,
    importer: SignedIn | None = None,
    source: RoleSource = RoleSource.COMMAND_LINE,
) -> ImportResult:
    """Creates or updates people by username; idempotent. New people cannot sign in yet.

    Who is not in the file stays. A change of home, groups or window, and of roles once it is
    decided, ends the sign-ins made before it (``epoch``); a move stands in the journal.

    :param county_id: ``None`` when the installation has one county only.
    :param importer: who is signed in; ``None``: it is done at the machine (``source``).
    :raises ImportRefused: with every problem of the file; nothing was written.
    """
    known = await load_county(session, county_id or await the_only_county(session))
    stored = {
        row.username: row
        for row in await session.scalars(
            select(tables.StaffMember).where(tables.StaffMember.county_id == known.county_id)
        )
    }
    held = await load_held(session, known.county_id)
    groups = await load_groups(session, known.county_id)
    for row in parsed.members:
        _check_member(row, known, parsed.report)
    at_machine = importer is None and source is RoleSource.COMMAND_LINE
    by_two = importer is not None or (at_machine and await two_decide(session, known.county_id))
    if importer is not None:
        check_page_import(parsed, stored, held, known, parsed.report)
    elif by_two:
        check_roles_stay(parsed, stored, held, parsed.report)
    if by_two:
        bound = held.keys() | await load_waiting(session, known.county_id)
        check_nobody_moves(parsed, stored, groups, bound, known, parsed.report)
    parsed.report.raise_if_any()
    result = ImportResult()
    for row in parsed.members:
        known_as = stored.get(row.value.username)
        before = None if known_as is None else place_of(known_as, groups)
        person, done = await _save(session, row.value, known, known_as)
        await _note_move(session, person, row.value, known, before, importer)
        change = difference(held.get(person.id, {}), row.value.roles)
        if importer is not None:
            done += await propose_roles(session, importer, person, change)
        elif await set_roles(session, person, change, source) and done != CREATED:
            person.epoch += 1
            done = CHANGED
        result += done
    return result


async def _note_move(
    session: AsyncSession,
    person: tables.StaffMember,
    member: StaffMember,
    known: KnownCounty,
    before: Place | None,
    importer: SignedIn | None,
) -> None:
    groups = frozenset(known.groups[letters].id for letters in member.skill_groups)
    after = Place(person.organisation_id, person.window_id, groups)
    if before is not None and before != after:
        await note_move(session, person, before, after, importer)


def _check_member(row: Numbered[StaffMember], known: KnownCounty, report: Report) -> None:
    member = row.value
    place = (STAFF.key, row.row)
    check_known(report, (*place, "organisation"), member.organisation_id, known.organisations)
    check_known(report, (*place, "window"), member.window_id, known.windows)
    for letters in member.skill_groups:
        check_known(report, (*place, "skill_groups"), letters, known.groups)
    home = known.organisations.get(member.organisation_id)
    if home is not None:
        for zh, en in role_problems(member, home.kind):
            report.add(*place, "roles", zh, en)


async def _save(
    session: AsyncSession,
    member: StaffMember,
    known: KnownCounty,
    row: tables.StaffMember | None,
) -> tuple[tables.StaffMember, ImportResult]:
    """Everything but the roles."""
    values = {
        "organisation_id": known.organisations[member.organisation_id].id,
        "window_id": known.windows[member.window_id].id if member.window_id else None,
        "name": member.name,
        "name_en": member.name_en,
        "kind": member.kind.value,
    }
    groups = {known.groups[letters].id for letters in member.skill_groups}
    if row is None:
        row = tables.StaffMember(
            id=new_id(),
            county_id=known.county_id,
            username=member.username,
            created_ms=now_ms(),
            **values,
        )
        session.add(row)
        await session.flush()
        await _set_groups(session, row, groups)
        return row, CREATED
    renamed = _write(row, {key: values[key] for key in ("name", "name_en")})
    moved = _write(row, values)
    regrouped = await _set_groups(session, row, groups)
    if moved or regrouped:
        row.epoch += 1
    return row, CHANGED if renamed or moved or regrouped else UNCHANGED


def _write(row: tables.StaffMember, values: dict[str, str | None]) -> bool:
    differing = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in differing.items():
        setattr(row, key, value)
    return bool(differing)


async def _set_groups(
    session: AsyncSession, row: tables.StaffMember, wanted: Collection[str]
) -> bool:
    member = tables.SkillGroupMember
    held = set(
        await session.scalars(select(member.skill_group_id).where(member.staff_id == row.id))
    )
    if held == set(wanted):
        return False
    ended = held.difference(wanted)
    await session.execute(
        delete(member).where(member.staff_id == row.id, member.skill_group_id.in_(ended))
    )
    session.add_all(
        member(skill_group_id=group, staff_id=row.id, county_id=row.county_id)
        for group in sorted(set(wanted) - held)
    )
    return True
