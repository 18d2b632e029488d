from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.course.calendar import alarms, bundled_days
from casework.course.working_days import WorkingCalendar, YearKnowledge

CALENDAR = WorkingCalendar({day.day: day.kind for day in bundled_days()})
days = st.dates(date(2025, 12, 1), date(2028, 2, 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 4), True),  # a Sunday that is worked
        (date(2026, 2, 14), True),  # the Saturday before the Spring Festival
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 11, 28), False),
        (date(2027, 2, 8), False),
    ],
)
def test_days_of_the_arrangement(day: date, working: bool) -> None:
    assert CALENDAR.is_working(day) is working


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 4, 30), 5, date(2026, 5, 11)),  # 6, 7, 8, 9 (made up), 11
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 11, 27), 0, date(2026, 11, 27)),
        (date(2026, 11, 28), 0, date(2026, 11, 30)),
    ],
)
def test_known_deadlines(start: date, count: int, end: date) -> None:
    assert CALENDAR.add(start, count) == end


@given(days, st.integers(1, 60))
def test_a_deadline_is_a_working_day_with_so_many_working_days_up_to_it(
    start: date, count: int
) -> None:
    end = CALENDAR.add(start, count)
    assert CALENDAR.is_working(end)
    counted = sum(
        CALENDAR.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)
    )
    assert counted == count == CALENDAR.between(start, end)


@given(days, st.integers(0, 40), st.integers(1, 40))
def test_days_add_up(start: date, first: int, second: int) -> None:
    whole = CALENDAR.add(start, first + second)
    if first:
        assert CALENDAR.add(CALENDAR.add(start, first), second) == whole


@given(days, days)
def test_nothing_is_between_a_day_and_one_before_it(start: date, end: date) -> None:
    assert (CALENDAR.between(start, end) == 0) or end > start


def test_what_is_known_of_the_years_is_told() -> None:
    assert CALENDAR.knows(2026) is YearKnowledge.ARRANGED
    assert CALENDAR.knows(2027) is YearKnowledge.STATUTORY
    assert CALENDAR.knows(2028) is YearKnowledge.MISSING
    assert alarms(CALENDAR, date(2026, 9, 30)) == {}
    assert alarms(CALENDAR, date(2026, 10, 1)) == {2027: YearKnowledge.STATUTORY}
    assert alarms(CALENDAR, date(2028, 1, 1)) == {2028: YearKnowledge.MISSING}
