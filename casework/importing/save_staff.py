"""Use case: import the staff file in the caller's transaction."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import delete, select, update
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
from casework.staff import SEPARATE_DUTIES, StaffMember, role_problems


class RoleSource(StrEnum):
    """On whose word the roles of a file are given; written beside each of them."""

    IMPORT = "import"
    """Somebody who is signed in: administrators and auditors are not made this way."""
    COMMAND_LINE = "command_line"
    """Somebody at the machine itself."""
    DEMO = "demo"


async def import_staff(
    session: AsyncSession,
    parsed: ParsedStaff,
    *,
    county_id: str | None = None,
    source: RoleSource = RoleSource.IMPORT,
) -> ImportResult:
    """Creates or updates people by username; idempotent. New people cannot sign in yet.

    Who is not in the file stays. A change of roles, home, groups or window ends the sign-ins made
    before it (``epoch``).

    :param county_id: ``None`` when the installation has one county only.
    :raises ImportRefused: with every problem of the file; nothing was written.
    """
    known = await load_county(session, county_id or await the_only_county(session))
    stored = {
        row.username: row
        for row in await session.scalars(
            select(tables.StaffMember).where(tables.StaffMember.county_id == known.county_id)
        )
    }
    for row in parsed.members:
        _check_member(row, known, parsed.report)
    if source is RoleSource.IMPORT:
        _check_no_administrators(parsed, await _administrators(session, known), parsed.report)
    parsed.report.raise_if_any()
    result = ImportResult()
    for row in parsed.members:
        result += await _save(session, row.value, known, stored.get(row.value.username), source)
    return result


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


async def _administrators(session: AsyncSession, known: KnownCounty) -> set[str]:
    role, person = tables.StaffRole, tables.StaffMember
    return set(
        await session.scalars(
            select(person.username)
            .join(role, role.staff_id == person.id)
            .where(
                person.county_id == known.county_id,
                role.role.in_([str(duty) for duty in SEPARATE_DUTIES]),
                role.revoked_ms.is_(None),
            )
        )
    )


def _check_no_administrators(
    parsed: ParsedStaff, administrators: Collection[str], report: Report
) -> None:
    """A signed-in importer neither makes administrators and auditors nor changes or unmakes any."""
    for row in parsed.members:
        for role in sorted(SEPARATE_DUTIES.intersection(row.value.roles)):
            zh = f"角色 {role} 不能通过页面导入授予"
            report.add(
                STAFF.key, row.row, "roles", zh, f"The role {role} is not given by an import"
            )
        if row.value.username in administrators:
            zh, en = (
                "管理员和审计员不能通过页面导入更改",
                "An import does not change administrators",
            )
            report.add(STAFF.key, row.row, "username", zh, en)


async def _save(
    session: AsyncSession,
    member: StaffMember,
    known: KnownCounty,
    row: tables.StaffMember | None,
    source: RoleSource,
) -> ImportResult:
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
        await _set_roles(session, row, member.roles, source)
        return CREATED
    renamed = _write(row, {key: values[key] for key in ("name", "name_en")})
    moved = _write(row, values)
    regrouped = await _set_groups(session, row, groups)
    regranted = await _set_roles(session, row, member.roles, source)
    if moved or regrouped or regranted:
        row.epoch += 1
    return CHANGED if renamed or moved or regrouped or regranted else UNCHANGED


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


async def _set_roles(
    session: AsyncSession, row: tables.StaffMember, wanted: Collection[str], source: RoleSource
) -> bool:
    """Roles given and ended by two people (``supervision``) are none of a file's business."""
    role = tables.StaffRole
    live = {
        held.role: held.source
        for held in await session.scalars(
            select(role).where(role.staff_id == row.id, role.revoked_ms.is_(None))
        )
    }
    ended = {name for name, given in live.items() if given in set(RoleSource)} - set(wanted)
    given = set(wanted) - live.keys()
    if ended:
        await session.execute(
            update(role)
            .where(role.staff_id == row.id, role.role.in_(ended), role.revoked_ms.is_(None))
            .values(revoked_ms=now_ms())
        )
    session.add_all(
        role(
            id=new_id(),
            county_id=row.county_id,
            staff_id=row.id,
            role=str(name),
            source=source.value,
            granted_ms=now_ms(),
        )
        for name in sorted(given)
    )
    return bool(ended or given)
