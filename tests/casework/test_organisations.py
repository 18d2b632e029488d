from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.organisations import (
    COUNTY_TIME,
    OpeningHours,
    Organisation,
    OrganisationTree,
    Window,
    areas_of,
    hours_of,
    is_open_at,
    next_opening,
    tree_problems,
)
from casework.vocabulary import OrganisationKind, WindowKind

Kind = OrganisationKind


def organisation(id_: str, kind: Kind, parent: str | None) -> Organisation:
    return Organisation(id_, id_, id_, kind, parent)


COUNTY = organisation("441625", Kind.COUNTY, None)
DEPARTMENT = organisation("MZ", Kind.DEPARTMENT, "441625")
TOWN = organisation("XHL", Kind.TOWN, "441625")
OTHER_TOWN = organisation("XC", Kind.TOWN, "441625")
VILLAGE = organisation("XHL-DY", Kind.VILLAGE, "XHL")
ALL = [COUNTY, DEPARTMENT, TOWN, OTHER_TOWN, VILLAGE]
TREE = OrganisationTree(ALL)
OFFICE = [OpeningHours("441625", day, 8 * 60 + 30, 12 * 60) for day in range(1, 6)]


def window(holder: str, serves: str | None = None) -> Window:
    return Window("W", "窗口", "Window", holder, WindowKind.JOINT, "一楼", serves)


def test_a_county_with_its_branches_is_a_tree() -> None:
    assert tree_problems(ALL) == []
    assert [o.id for o in TREE.line("XHL-DY")] == ["XHL-DY", "XHL", "441625"]
    town = TREE.town_of("XHL-DY")
    assert town is not None
    assert town.id == "XHL"
    assert TREE.town_of("MZ") is None


@pytest.mark.parametrize(
    ("wrong", "en"),
    [
        (organisation("V", Kind.VILLAGE, "441625"), "cannot belong"),
        (organisation("V", Kind.VILLAGE, "V"), "cannot belong"),
        (organisation("T", Kind.TOWN, "NOBODY"), "does not exist"),
        (organisation("T", Kind.TOWN, None), "is missing"),
        (organisation("C", Kind.COUNTY, None), "one county only"),
        (organisation("C", Kind.COUNTY, "441625"), "cannot belong"),
    ],
)
def test_what_does_not_fit_the_tree_is_named(wrong: Organisation, en: str) -> None:
    problems = [p for p in tree_problems([*ALL, wrong]) if p.organisation is wrong]
    assert any(en in problem.en for problem in problems)


def test_without_a_county_there_is_no_tree() -> None:
    assert any(problem.organisation is None for problem in tree_problems([TOWN]))


def test_a_service_point_is_at_home_for_the_town_it_serves_too() -> None:
    assert areas_of(window("XHL-DY"), TREE) == {"XHL"}
    assert areas_of(window("XHL", serves="XC"), TREE) == {"XHL", "XC"}


def test_an_organisation_without_hours_keeps_those_of_the_next_above() -> None:
    town_hours = [OpeningHours("XHL", 6, 0, 60)]
    hours = {"441625": OFFICE, "XHL": town_hours}
    assert hours_of("XHL-DY", hours, TREE) == town_hours
    assert hours_of("XC", hours, TREE) == OFFICE
    assert hours_of("XC", {}, TREE) == []


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """The given day of the week that starts on Monday 5 January 2026, in county time."""
    return datetime(2026, 1, 4 + day, hour, minute, tzinfo=COUNTY_TIME)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(1, 8, 29), False),
        (at(1, 8, 30), True),
        (at(5, 11, 59), True),
        (at(5, 12), False),
        (at(6, 9), False),
        (at(1, 9).astimezone(UTC), True),
    ],
)
def test_open_from_the_first_minute_to_before_the_last(moment: datetime, is_open: bool) -> None:
    assert is_open_at(OFFICE, moment) is is_open


def test_the_next_opening_is_now_today_tomorrow_or_after_the_week_end() -> None:
    assert next_opening(OFFICE, at(1, 9)) == at(1, 9)
    assert next_opening(OFFICE, at(1, 8)) == at(1, 8, 30)
    assert next_opening(OFFICE, at(1, 12)) == at(2, 8, 30)
    assert next_opening(OFFICE, at(5, 12)) == at(8, 8, 30)
    assert next_opening(OFFICE[:1], at(1, 12)) == at(8, 8, 30)
    assert next_opening([], at(1, 9)) is None


@st.composite
def spans(draw: st.DrawFn) -> OpeningHours:
    opens = draw(st.integers(0, 1439))
    closes = draw(st.integers(opens + 1, 1440))
    return OpeningHours("441625", draw(st.integers(1, 7)), opens, closes)


@given(st.lists(spans(), min_size=1, max_size=6), st.integers(0, 7 * 24 * 60))
def test_at_the_next_opening_it_is_open_and_before_it_was_not(
    hours: list[OpeningHours], minutes: int
) -> None:
    moment = at(1, 0) + timedelta(minutes=minutes)
    opening = next_opening(hours, moment)
    assert opening is not None
    assert is_open_at(hours, opening)
    if opening != moment:
        assert not is_open_at(hours, opening - timedelta(minutes=1))
        assert not is_open_at(hours, moment)
