from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.course.calendar import bundled_days, load_calendar
from casework.course.deadlines import STOPPED, Now, after, day_of, due_ms, end_of_day_ms
from casework.course.working_days import WorkingCalendar
from casework.importing.calendar import import_calendar, parse_calendar
from casework.importing.problems import ImportRefused
from casework.organisations import COUNTY_TIME
from casework.vocabulary import CaseMove, CaseState
from tests.casework.course.county import CourseCounty

CALENDAR = WorkingCalendar({day.day: day.kind for day in bundled_days()})


def at(day: date, hour: int = 10) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=COUNTY_TIME).timestamp() * 1000)


moments = st.builds(
    at,
    st.dates(date(2026, 1, 1), date(2027, 6, 1)),
    st.integers(0, 23),
)


def test_a_case_is_due_at_the_end_of_a_county_day() -> None:
    # Accepted on the Friday before the Spring Festival: Saturday is worked, nine days are not.
    due = due_ms(CALENDAR, at(date(2026, 2, 13), 17), 3)
    assert day_of(due) == date(2026, 2, 25)
    assert day_of(due + 1) == date(2026, 2, 26)
    assert due == end_of_day_ms(date(2026, 2, 25))


def test_what_is_done_at_once_is_due_today_or_on_the_next_working_day() -> None:
    assert day_of(due_ms(CALENDAR, at(date(2026, 11, 27)), 0)) == date(2026, 11, 27)
    assert day_of(due_ms(CALENDAR, at(date(2026, 11, 28)), 0)) == date(2026, 11, 30)


@given(moments, st.integers(1, 30), st.integers(0, 40), st.integers(0, 40))
def test_suspended_days_do_not_count(
    start_ms: int, promised: int, run_days: int, suspended_days: int
) -> None:
    """As many working days pass outside of the suspension as were promised."""
    day_ms = 24 * 3_600_000
    accepted = after(CaseMove.ACCEPT, STOPPED, Now(CALENDAR, start_ms, promised))
    suspend_ms = start_ms + run_days * day_ms
    resume_ms = suspend_ms + suspended_days * day_ms
    suspended = after(CaseMove.SUSPEND, accepted, Now(CALENDAR, suspend_ms, promised))
    assert suspended.due_ms is None
    resumed = after(CaseMove.RESUME, suspended, Now(CALENDAR, resume_ms, promised))
    assert accepted.due_ms is not None
    assert resumed.due_ms is not None
    if suspend_ms > accepted.due_ms:  # was overdue: nothing is left
        assert suspended.clock_days == 0
        return
    before = CALENDAR.between(day_of(start_ms), day_of(suspend_ms))
    left = CALENDAR.between(day_of(resume_ms), day_of(resumed.due_ms))
    assert suspended.clock_days == promised - before
    if suspended.clock_days:
        assert before + left == promised
    if suspended_days == 0 and suspended.clock_days:
        assert resumed.due_ms == accepted.due_ms


@given(moments, st.integers(0, 30))
def test_the_same_calendar_reckons_the_same(start_ms: int, promised: int) -> None:
    now = Now(CALENDAR, start_ms, promised)
    clock = now.started(promised, 10)
    assert Now(CALENDAR, start_ms + 10**9, promised).reckoned(clock) == clock


@pytest.mark.parametrize(
    "move",
    [CaseMove.RETURN, CaseMove.CONFIRM_REFUSAL, CaseMove.WITHDRAW, CaseMove.FINISH],
)
def test_an_end_stops_the_clock(move: CaseMove) -> None:
    now = Now(CALENDAR, at(date(2026, 11, 27)), 5)
    assert after(move, now.started(5, 10), now) == STOPPED


async def test_an_imported_year_takes_the_place_of_what_was_known_and_moves_deadlines(
    county: CourseCounty,
) -> None:
    case_id = await county.case(CaseState.ACCEPTED)
    async with county.database.reading() as session:
        calendar = await load_calendar(session, county.county_id)
    start = at(date(2027, 2, 4))
    clock = Now(calendar, start, 3).started(3)
    assert clock.due_ms is not None
    assert day_of(clock.due_ms) == date(2027, 2, 11)  # 5 to 8 February are statutory days
    await county.set(case_id, **asdict(clock))
    admin = county.people["system_administrator"]
    days = [date(2027, 2, 5) + timedelta(days=n) for n in range(8)]
    rows = "".join(f"{day},放假,春节\n" for day in days)
    content = f"日期,类别,名称\n{rows}2027-02-14,上班,春节调休\n".encode()
    years, count, moved = await import_calendar(county.database, admin, content)
    assert (years, count, moved) == ([2027], 9, 1)
    row = await county.row(case_id)
    assert row.due_ms is not None
    assert day_of(row.due_ms) == date(2027, 2, 16)  # 14 (a Sunday that is worked), 15, 16
    async with county.database.reading() as session:
        calendar = await load_calendar(session, county.county_id)
    assert not calendar.is_working(date(2027, 2, 12))
    assert calendar.is_working(date(2027, 10, 1))  # the file named no such day
    assert not calendar.is_working(date(2026, 10, 1))
    again = await import_calendar(county.database, admin, content)
    assert again == ([2027], 9, 0)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("day,kind\n2027-02-30,holiday\n", "must be a date"),
        ("day,kind\n2027-02-05,feast\n", "is not one of"),
        ("day,kind\n2027-02-05,holiday\n2027-02-05,workday\n", "is in row"),
        ("day,kind\n2027-02-08,workday\n", "a Saturday or a Sunday"),
        ("day,kind\n1999-02-08,holiday\n", "plausible"),
        ("day,kind\n", "has no days"),
    ],
)
def test_a_bad_row_refuses_the_whole_calendar(content: str, problem: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        parse_calendar(content.encode())
    assert problem in " ".join(one.en for one in refused.value.problems)
