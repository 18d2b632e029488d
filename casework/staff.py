"""Who works here: roles, kinds of helper, and which roles go together. Standard library only."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework.vocabulary import HelperKind, OrganisationKind, Role

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,38})[a-z0-9]")
"""Three to forty characters; small letters only, so that two people never differ by case."""


_LOCAL = frozenset({OrganisationKind.TOWN, OrganisationKind.VILLAGE})
_COUNTY = frozenset({OrganisationKind.COUNTY})

ROLE_HOMES: Mapping[Role, frozenset[OrganisationKind]] = {
    Role.HELPER: _LOCAL | {OrganisationKind.PARTNER},
    Role.AGENT: _COUNTY | {OrganisationKind.DEPARTMENT, OrganisationKind.TOWN},
    Role.HOME_SUPERVISOR: _LOCAL | {OrganisationKind.PARTNER},
    Role.COUNTY_SUPERVISOR: _COUNTY,
    Role.CHIEF_COUNTY_SUPERVISOR: _COUNTY,
    Role.COORDINATOR: _COUNTY | {OrganisationKind.TOWN},
    Role.SYSTEM_ADMINISTRATOR: _COUNTY,
    Role.SECURITY_ADMINISTRATOR: _COUNTY,
    Role.AUDITOR: _COUNTY,
}
"""Where somebody with the role may be at home."""

SEPARATE_DUTIES = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
"""三员分立: each of these stands alone, so that nobody runs, permits and checks the same thing."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    username: str
    name: str
    name_en: str
    organisation_id: str
    roles: tuple[Role, ...]
    skill_groups: tuple[str, ...] = ()
    """Letters of the groups, for agents."""
    window_id: str | None = None
    """Where a helper works."""
    kind: HelperKind = HelperKind.STAFF


def role_problems(member: StaffMember, home: str) -> Iterable[tuple[str, str]]:
    """What is wrong with the member's roles, as (Chinese, English); nothing when all is well."""
    roles = frozenset(member.roles)
    for role in sorted(roles):
        if home not in ROLE_HOMES[role]:
            yield (
                f"角色 {role} 不能属于类型为 {home} 的机构",
                f"The role {role} cannot belong to an organisation of kind {home}",
            )
    if len(roles) > 1 and (alone := sorted(roles & SEPARATE_DUTIES)):
        yield (
            f"角色 {alone[0]} 不能与其他角色由同一人担任",
            f"The role {alone[0]} cannot be held together with another one",
        )
    if {Role.HELPER, Role.AGENT} <= roles:
        yield ("同一人不能既是帮办员又是坐席", "Nobody is both a helper and an agent")
    if Role.HELPER in roles and member.window_id is None:
        yield ("帮办员缺少所在窗口", "A helper needs a window")
    if Role.AGENT in roles and not member.skill_groups:
        yield ("坐席缺少技能组", "An agent needs a skill group")
