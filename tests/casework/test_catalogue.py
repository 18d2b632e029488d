from dataclasses import replace

import pytest

from casework.catalogue import (
    Guide,
    ServiceItem,
    UnknownRegisteredTown,
    deciding_organisation,
    is_offered_at,
    item_problems,
    may_begin_at,
    may_decide,
)
from casework.organisations import Organisation, OrganisationTree, Window
from casework.vocabulary import (
    CaseMode,
    DecidingRule,
    Level,
    OrganisationKind,
    WindowKind,
)

Kind = OrganisationKind
TREE = OrganisationTree(
    Organisation(id_, id_, id_, kind, parent)
    for id_, kind, parent in [
        ("441625", Kind.COUNTY, None),
        ("MZ", Kind.DEPARTMENT, "441625"),
        ("GA", Kind.DEPARTMENT, "441625"),
        ("XHL", Kind.TOWN, "441625"),
        ("XC", Kind.TOWN, "441625"),
        ("XHL-DY", Kind.VILLAGE, "XHL"),
    ]
)
COUNTY_ITEM = ServiceItem(
    code="GA001",
    name="新生儿出生登记",
    name_en="Birth registration",
    department_id="GA",
    skill_group_id="H",
    receiving_levels=("county", "town", "village"),
    video_level=Level.COUNTY,
    deciding_rule=DecidingRule.FIXED,
    deciding_organisation_id="GA",
    authority_source="条例",
    authority_document="1958",
    modes=(CaseMode.ADVICE,),
    immediate=True,
    time_limit_days=None,
    joint=False,
    delegated=False,
    cross_area=False,
    guide=Guide("条件", "流程"),
    materials=(),
    pinyin="",
    initials="",
)
TOWN_ITEM = replace(
    COUNTY_ITEM,
    video_level=Level.TOWN,
    deciding_rule=DecidingRule.REGISTERED_TOWN,
    deciding_organisation_id=None,
    receiving_levels=("town", "village"),
)


def window(holder: str, serves: str | None = None) -> Window:
    return Window("W", "窗口", "Window", holder, WindowKind.JOINT, "一楼", serves)


def test_a_fixed_item_is_decided_by_its_organisation_wherever_one_is_registered() -> None:
    assert deciding_organisation(COUNTY_ITEM, None) == "GA"
    assert deciding_organisation(COUNTY_ITEM, "XC") == "GA"


def test_a_towns_item_is_decided_by_the_registered_town() -> None:
    assert deciding_organisation(TOWN_ITEM, "XC") == "XC"
    with pytest.raises(UnknownRegisteredTown):
        deciding_organisation(TOWN_ITEM, None)


def test_a_county_item_begins_at_every_window_of_a_receiving_level() -> None:
    assert may_begin_at(COUNTY_ITEM, window("XHL-DY"), None, TREE)
    not_in_villages = replace(COUNTY_ITEM, receiving_levels=("county", "town"))
    assert not may_begin_at(not_in_villages, window("XHL-DY"), None, TREE)
    assert may_begin_at(not_in_villages, window("XHL"), None, TREE)


def test_a_towns_item_begins_at_home_at_its_service_point_or_when_open_across_areas() -> None:
    assert may_begin_at(TOWN_ITEM, window("XHL-DY"), "XHL", TREE)
    assert not may_begin_at(TOWN_ITEM, window("XHL-DY"), "XC", TREE)
    assert not may_begin_at(TOWN_ITEM, window("XHL-DY"), None, TREE)
    assert may_begin_at(TOWN_ITEM, window("XHL", serves="XC"), "XC", TREE)
    across = replace(TOWN_ITEM, cross_area=True)
    assert may_begin_at(across, window("XHL-DY"), "XC", TREE)


def test_a_window_offers_what_can_be_begun_there_for_somebody() -> None:
    assert is_offered_at(COUNTY_ITEM, window("XHL-DY"), TREE)
    assert is_offered_at(TOWN_ITEM, window("XHL-DY"), TREE)
    assert not is_offered_at(replace(TOWN_ITEM, receiving_levels=("town",)), window("XHL-DY"), TREE)


def test_a_counter_outside_every_town_offers_only_what_is_open_across_areas() -> None:
    counter = window("BANK")
    tree = OrganisationTree([*TREE, Organisation("BANK", "", "", Kind.PARTNER, "441625")])
    assert not is_offered_at(TOWN_ITEM, counter, tree)
    assert is_offered_at(replace(TOWN_ITEM, cross_area=True), counter, tree)
    assert is_offered_at(TOWN_ITEM, window("BANK", serves="XC"), tree)


def test_the_county_decides_for_its_departments_and_never_for_a_town() -> None:
    assert may_decide("441625", "GA", TREE)
    assert may_decide("GA", "GA", TREE)
    assert may_decide("XC", "XC", TREE)
    assert not may_decide("441625", "XC", TREE)
    assert not may_decide("MZ", "GA", TREE)
    assert not may_decide("XHL", "XC", TREE)
    assert not may_decide("XHL", "GA", TREE)


def test_sound_items_have_no_problems() -> None:
    assert item_problems(COUNTY_ITEM) == []
    assert item_problems(TOWN_ITEM) == []


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (replace(COUNTY_ITEM, time_limit_days=5), "time_limit_days"),
        (replace(COUNTY_ITEM, immediate=False), "time_limit_days"),
        (replace(COUNTY_ITEM, delegated=True), "modes"),
        (replace(COUNTY_ITEM, modes=(CaseMode.DELEGATED,)), "modes"),
        (replace(COUNTY_ITEM, deciding_organisation_id=None), "deciding"),
        (replace(COUNTY_ITEM, cross_area=True), "cross_area"),
        (replace(COUNTY_ITEM, video_level=None), "modes"),
        (replace(COUNTY_ITEM, modes=()), "modes"),
        (replace(COUNTY_ITEM, video_level=Level.TOWN), "video_level"),
    ],
)
def test_each_contradiction_names_its_column(wrong: ServiceItem, column: str) -> None:
    assert [place for place, _, _ in item_problems(wrong)] == [column]
