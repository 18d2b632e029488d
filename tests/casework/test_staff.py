import pytest

from casework.staff import USERNAME, StaffMember, role_problems
from casework.vocabulary import OrganisationKind, Role

Kind = OrganisationKind


def problems(home: Kind, *roles: Role, groups: str = "", window: str | None = None) -> list[str]:
    member = StaffMember("x", "名", "Name", "O", roles, tuple(groups), window)
    return [en for _, en in role_problems(member, home)]


@pytest.mark.parametrize(
    ("home", "role"),
    [
        (Kind.VILLAGE, Role.HOME_SUPERVISOR),
        (Kind.COUNTY, Role.CHIEF_COUNTY_SUPERVISOR),
        (Kind.COUNTY, Role.AUDITOR),
        (Kind.TOWN, Role.COORDINATOR),
    ],
)
def test_a_role_at_its_own_level_is_fine(home: Kind, role: Role) -> None:
    assert problems(home, role) == []


@pytest.mark.parametrize(
    ("home", "role"),
    [
        (Kind.VILLAGE, Role.COUNTY_SUPERVISOR),
        (Kind.TOWN, Role.SYSTEM_ADMINISTRATOR),
        (Kind.DEPARTMENT, Role.HOME_SUPERVISOR),
    ],
)
def test_a_role_at_another_level_is_named(home: Kind, role: Role) -> None:
    assert any("cannot belong" in en for en in problems(home, role))


@pytest.mark.parametrize(
    "roles",
    [
        (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR),
        (Role.AUDITOR, Role.COUNTY_SUPERVISOR),
    ],
)
def test_nobody_runs_permits_and_checks_the_same_thing(roles: tuple[Role, ...]) -> None:
    assert any("held together" in en for en in problems(Kind.COUNTY, *roles))


def test_helper_and_agent_exclude_each_other() -> None:
    both = problems(Kind.TOWN, Role.HELPER, Role.AGENT, groups="S", window="W")
    assert both == ["Nobody is both a helper and an agent"]


def test_a_helper_needs_a_window_and_an_agent_a_group() -> None:
    assert problems(Kind.VILLAGE, Role.HELPER) == ["A helper needs a window"]
    assert problems(Kind.VILLAGE, Role.HELPER, window="W") == []
    assert problems(Kind.COUNTY, Role.AGENT) == ["An agent needs a skill group"]
    assert problems(Kind.COUNTY, Role.AGENT, groups="S") == []


@pytest.mark.parametrize("name", ["ab", "Agent", "-agent", "agent-", "a b c", "代办员", "a" * 41])
def test_usernames_that_are_refused(name: str) -> None:
    assert not USERNAME.fullmatch(name)


@pytest.mark.parametrize("name", ["abc", "chen.mei-ling_2", "a" * 40])
def test_usernames_that_are_accepted(name: str) -> None:
    assert USERNAME.fullmatch(name)
