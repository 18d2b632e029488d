"""The roles of a staff file: proposed by who imports it, or given at the machine at the beginning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework import tables
from casework.authority.roles_by_two import SOURCE_FILE, propose_from_file
from casework.database import new_id, now_ms
from casework.importing.county import ImportResult, KnownCounty
from casework.importing.problems import Report
from casework.importing.staff import STAFF, ParsedStaff
from casework.sign_in import SignedIn
from casework.staff import SEPARATE_DUTIES, role_problems
from casework.vocabulary import Role, RoleChangeKind

Held = Mapping[Role, str]
"""The live roles of a person, and on whose word each was given."""
Stored = Mapping[str, tables.StaffMember]
"""By username."""


class RoleSource(StrEnum):
    """Whose file gave a role; written beside each of them."""

    IMPORT = SOURCE_FILE
    """A system administrator's who is signed in: roles are proposed, and a security administrator
    decides. Administrators and auditors are not made this way."""
    COMMAND_LINE = "command_line"
    """Somebody's at the machine itself, before two security administrators can sign in."""
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class RoleDifference:
    given: frozenset[Role]
    ended: frozenset[Role]


def difference(held: Held, wanted: Iterable[Role]) -> RoleDifference:
    """Roles given and ended by two people (``supervision``) are not a file's to end."""
    of_files = {role for role, source in held.items() if source in set(RoleSource)}
    return RoleDifference(frozenset(wanted) - held.keys(), frozenset(of_files - set(wanted)))


async def load_held(session: AsyncSession, county_id: str) -> dict[str, dict[Role, str]]:
    """By staff id."""
    role = tables.StaffRole
    found: dict[str, dict[Role, str]] = {}
    for row in await session.scalars(
        select(role).where(role.county_id == county_id, role.revoked_ms.is_(None))
    ):
        found.setdefault(row.staff_id, {})[Role(row.role)] = row.source
    return found


async def two_decide(session: AsyncSession, county_id: str) -> bool:
    """Whether two security administrators can sign in: from then on nobody gives roles alone."""
    role, person = tables.StaffRole, tables.StaffMember
    count = await session.scalar(
        select(func.count())
        .select_from(person)
        .join(role, role.staff_id == person.id)
        .where(
            person.county_id == county_id,
            person.active,
            person.password_hash.is_not(None),
            role.role == Role.SECURITY_ADMINISTRATOR,
            role.revoked_ms.is_(None),
        )
    )
    return (count or 0) > 1


def check_page_import(
    parsed: ParsedStaff,
    stored: Stored,
    held: Mapping[str, Held],
    known: KnownCounty,
    report: Report,
) -> None:
    """A signed-in importer neither proposes administrators and auditors nor changes any; and nobody
    moves to where a role that still counts is out of place.
    """
    for row in parsed.members:
        member, person = row.value, stored.get(row.value.username)
        roles = held.get(person.id, {}) if person else {}
        home = known.organisations.get(member.organisation_id)
        for role in sorted(SEPARATE_DUTIES.intersection(member.roles)):
            zh = f"角色 {role} 不能通过页面导入授予"
            report.add(
                STAFF.key, row.row, "roles", zh, f"The role {role} is not given by an import"
            )
        if SEPARATE_DUTIES.intersection(roles):
            zh, en = (
                "管理员和审计员不能通过页面导入更改",
                "An import does not change administrators",
            )
            report.add(STAFF.key, row.row, "username", zh, en)
        elif home is not None and difference(roles, member.roles).ended:
            for zh, en in role_problems(replace(member, roles=tuple(sorted(roles))), home.kind):
                first = "请先结束现有角色", "end the role that is held first"
                report.add(STAFF.key, row.row, "roles", f"{zh}：{first[0]}", f"{en}: {first[1]}")


def check_roles_stay(
    parsed: ParsedStaff, stored: Stored, held: Mapping[str, Held], report: Report
) -> None:
    """At the machine, too, nobody gives roles alone once two people can."""
    for row in parsed.members:
        person = stored.get(row.value.username)
        change = difference(held.get(person.id, {}) if person else {}, row.value.roles)
        if change.given or change.ended:
            zh, en = (
                "已有两位安全管理员：角色须在页面导入或“角色权限”中提出，由安全管理员确认",
                "Roles are proposed on the pages “Import” or “Roles” and confirmed by a second person",
            )
            report.add(STAFF.key, row.row, "roles", zh, en)


async def propose_roles(
    session: AsyncSession,
    importer: SignedIn,
    person: tables.StaffMember,
    change: RoleDifference,
) -> ImportResult:
    """For a security administrator to decide; until then the person's roles stay as they are."""
    kinds = {RoleChangeKind.GIVE: change.given, RoleChangeKind.END: change.ended}
    made = [
        await propose_from_file(session, importer, person, role, kind)
        for kind, roles in kinds.items()
        for role in sorted(roles)
    ]
    return ImportResult(proposed=sum(made))


async def set_roles(
    session: AsyncSession,
    person: tables.StaffMember,
    change: RoleDifference,
    source: RoleSource,
) -> bool:
    """Whether anything changed; it ends the sign-ins of who was there before."""
    role = tables.StaffRole
    if change.ended:
        await session.execute(
            update(role)
            .where(
                role.staff_id == person.id, role.role.in_(change.ended), role.revoked_ms.is_(None)
            )
            .values(revoked_ms=now_ms())
        )
    session.add_all(
        role(
            id=new_id(),
            county_id=person.county_id,
            staff_id=person.id,
            role=str(name),
            source=source.value,
            granted_ms=now_ms(),
        )
        for name in sorted(change.given)
    )
    return bool(change.given or change.ended)
