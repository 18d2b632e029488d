"""The demo county has the published figures, and everything in it hangs together."""

from collections import Counter
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from casework.catalogue import ServiceItem, may_begin_at
from casework.database import Database
from casework.forms.schema import parse_form
from casework.importing.items import ParsedItems
from casework.importing.organisations import ParsedOrganisations
from casework.importing.staff import ParsedStaff
from casework.organisations import OrganisationTree
from casework.passwords import Passwords
from casework.search import SearchEntry, SearchIndex
from casework.staff import StaffMember
from casework.tables import ServiceItem as ItemRow
from casework.tables import StaffMember as StaffRow
from casework.vocabulary import (
    DecidingRule,
    Level,
    OrganisationKind,
    Role,
)
from shipinban.demo.load import DEMO_ACCOUNTS, load_demo, parse_demo

Parsed = tuple[ParsedOrganisations, ParsedStaff, ParsedItems]


@pytest.fixture(scope="module")
def demo() -> Parsed:
    return parse_demo()


@pytest.fixture(scope="module")
def organisations(demo: Parsed) -> ParsedOrganisations:
    return demo[0]


@pytest.fixture(scope="module")
def staff(demo: Parsed) -> list[StaffMember]:
    return [row.value for row in demo[1].members]


@pytest.fixture(scope="module")
def items(demo: Parsed) -> list[ServiceItem]:
    return [row.value for row in demo[2].items]


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    opened = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield opened
    opened.close()


def test_the_files_are_sound(demo: Parsed) -> None:
    assert [list(parsed.report) for parsed in demo] == [[], [], []]


def test_one_county_36_departments_3_towns_4_villages(organisations: ParsedOrganisations) -> None:
    kinds = Counter(row.value.kind for row in organisations.organisations)
    assert kinds == {
        OrganisationKind.COUNTY: 1,
        OrganisationKind.DEPARTMENT: 36,
        OrganisationKind.TOWN: 3,
        OrganisationKind.VILLAGE: 4,
    }
    towns = {row.value.name for row in organisations.organisations if row.value.kind == "town"}
    assert towns == {"新回龙镇", "锡场镇", "半江镇"}


def test_244_county_and_27_town_items_by_video(items: list[ServiceItem]) -> None:
    assert Counter(item.video_level for item in items) == {
        Level.COUNTY: 244,
        Level.TOWN: 27,
        None: 20,
    }


def test_flags_over_the_items_by_video(items: list[ServiceItem]) -> None:
    by_video = [item for item in items if item.video_level]
    assert sum(item.joint for item in by_video) == 49
    assert sum(item.delegated for item in by_video) == 19
    assert sum(item.cross_area for item in by_video) == 12
    assert not any(item.joint or item.delegated or item.cross_area for item in items[271:])


def test_four_and_sixteen_village_certificates_not_by_video(items: list[ServiceItem]) -> None:
    certificates = [item for item in items if item.video_level is None]
    assert Counter(item.code[:3] for item in certificates) == {"CZ1": 4, "CZ2": 16}
    assert all(item.receiving_levels == ("village",) for item in certificates)


def test_every_department_has_items_that_it_decides(
    organisations: ParsedOrganisations, items: list[ServiceItem]
) -> None:
    deciding = Counter(item.deciding_organisation_id for item in items)
    for row in organisations.organisations:
        if row.value.kind == OrganisationKind.DEPARTMENT:
            assert deciding[row.value.id] >= 1, row.value.name


def test_every_item_is_complete_in_both_languages(items: list[ServiceItem]) -> None:
    for item in items:
        assert item.name_en.isascii() or "é" in item.name_en, item.name_en
        assert item.materials, item.name
        assert all(material.name_en.isascii() for material in item.materials), item.name
        assert item.guide.conditions.endswith("。")
        assert item.guide.steps.count("\n") >= 2
        assert item.authority_source.startswith("《")
    assert len({item.name for item in items}) == len({item.name_en for item in items}) == 291


def test_common_items_bring_a_form_of_their_own_in_both_languages(
    items: list[ServiceItem],
) -> None:
    forms = {item.code: parse_form(item.form) for item in items if item.form is not None}
    assert {"RS001", "RS002", "RS003", "YB001", "ZB001", "ZB006", "CZ216"} <= forms.keys()
    assert len({form.title for form in forms.values()}) == len(forms)
    for form in forms.values():
        assert form.required
        for question in form.properties.values():
            assert question.title_en.isascii()
            assert not question.title.isascii()


def test_towns_and_villages_have_a_window_a_helper_and_a_home_supervisor(
    organisations: ParsedOrganisations, staff: list[StaffMember]
) -> None:
    windows = {row.value.id: row.value for row in organisations.windows}
    for row in organisations.organisations:
        if row.value.kind not in (OrganisationKind.TOWN, OrganisationKind.VILLAGE):
            continue
        own = {w.id for w in windows.values() if w.organisation_id == row.value.id}
        at_home = [person for person in staff if person.organisation_id == row.value.id]
        assert own, row.value.name
        assert any(p.window_id in own and Role.HELPER in p.roles for p in at_home), row.value.name
        assert any(Role.HOME_SUPERVISOR in p.roles for p in at_home), row.value.name


def test_whoever_may_be_given_the_review_of_the_demo_helpers_cases_can_sign_in(
    staff: list[StaffMember], organisations: ParsedOrganisations
) -> None:
    (helper,) = [person for person in staff if person.username == "helper"]
    (home,) = [
        row.value for row in organisations.organisations if row.value.id == helper.organisation_id
    ]
    reviewers = {
        person.username
        for person in staff
        if (
            Role.HOME_SUPERVISOR in person.roles
            and person.organisation_id in {home.id, home.parent_id}
        )
        or Role.COUNTY_SUPERVISOR in person.roles
    }
    assert {"home-supervisor", "county-supervisor"} < reviewers
    assert reviewers <= {username for username, _, _ in DEMO_ACCOUNTS}


def test_the_service_point_in_the_north_serves_all_three_towns(
    organisations: ParsedOrganisations, items: list[ServiceItem]
) -> None:
    tree = OrganisationTree(row.value for row in organisations.organisations)
    north = [row.value for row in organisations.windows if "市区北部" in row.value.place]
    town_items = [item for item in items if item.video_level == Level.TOWN]
    for town in ("XHL", "XC", "BJ"):
        for item in town_items:
            assert any(may_begin_at(item, window, town, tree) for window in north)


def test_every_group_has_agents_who_are_not_only_the_demos_own(
    organisations: ParsedOrganisations, staff: list[StaffMember]
) -> None:
    agents = [person for person in staff if Role.AGENT in person.roles]
    levels = {row.value.id: row.value.organisation_id for row in organisations.skill_groups}
    for row in organisations.skill_groups:
        members = [person for person in agents if row.value.letters in person.skill_groups]
        assert len(members) >= 2, row.value.name
        assert {person.organisation_id for person in members} == {levels[row.value.id]}
    assert sum(row.value.general for row in organisations.skill_groups) == 1


def test_towns_decide_town_items_and_a_county_group_knows_every_item(
    organisations: ParsedOrganisations, items: list[ServiceItem]
) -> None:
    county_groups = {
        row.value.letters
        for row in organisations.skill_groups
        if row.value.organisation_id == "441625"
    }
    assert {item.skill_group_id for item in items} == county_groups
    for item in items:
        town = item.deciding_rule == DecidingRule.REGISTERED_TOWN
        assert town == (item.video_level != Level.COUNTY)


async def test_loading_gives_passwords_once_and_changes_nothing_again(
    database: Database, passwords: Passwords
) -> None:
    async with database.transaction() as session:
        first = await load_demo(session, passwords)
    async with database.transaction() as session:
        second = await load_demo(session, passwords)
    assert [c.username for c in first] == [username for username, _, _ in DEMO_ACCOUNTS]
    assert len({c.password for c in first if c.password}) == len(DEMO_ACCOUNTS)
    assert [c.password for c in second] == [None] * len(DEMO_ACCOUNTS)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ItemRow)) == 291
        people = {row.username: row for row in await session.scalars(select(StaffRow))}
    assert len(people) == 56
    for credential in first:
        assert credential.password is not None
        stored = people[credential.username].password_hash
        assert await passwords.verify(stored, credential.password)
    others = people.keys() - {credential.username for credential in first}
    assert all(people[username].password_hash is None for username in others)


async def test_new_passwords_on_request_end_the_old_ones(
    database: Database, passwords: Passwords
) -> None:
    async with database.transaction() as session:
        first = await load_demo(session, passwords)
    async with database.transaction() as session:
        second = await load_demo(session, passwords, new_passwords=True)
    async with database.reading() as session:
        helper = await session.scalar(select(StaffRow).where(StaffRow.username == "helper"))
    assert helper is not None
    assert first[0].password is not None
    assert second[0].password is not None
    assert not await passwords.verify(helper.password_hash, first[0].password)
    assert await passwords.verify(helper.password_hash, second[0].password)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("xsecs", "新生儿出生登记"),
        ("养老认证", "城乡居民养老保险待遇领取资格认证"),
        ("dibao", "低保边缘家庭认定申请"),
        ("zuidishenghuo", "最低生活保障申请"),
        ("zdshbz", "最低生活保障申请"),
        ("identity lost", "居民身份证丢失补领"),
    ],
)
def test_villagers_words_find_the_item(items: list[ServiceItem], query: str, name: str) -> None:
    index = SearchIndex(
        SearchEntry(item.code, item.code, item.name, item.name_en, item.pinyin) for item in items
    )
    assert name in [entry.name for entry in index.find(query, limit=3)]
