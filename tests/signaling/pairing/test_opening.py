from casework.organisations import OpeningHours
from signaling.pairing.numbers import county_day, label
from signaling.pairing.opening import Opening
from tests.signaling.pairing.county import MONDAY_NINE

HOUR = 3_600_000
WEEK = tuple(
    OpeningHours("c", weekday, opens * 60, closes * 60)
    for weekday in range(1, 6)
    for opens, closes in ((9, 12), (14, 17))
)


def test_a_call_back_is_due_within_opening_hours() -> None:
    opening = Opening(WEEK)
    assert opening.due_ms(MONDAY_NINE, HOUR) == MONDAY_NINE + HOUR
    over_noon = opening.due_ms(MONDAY_NINE + 5 * HOUR // 2, HOUR)
    assert over_noon == MONDAY_NINE + 6 * HOUR, "an hour after two o'clock"
    saturday = MONDAY_NINE + 5 * 24 * HOUR
    assert opening.due_ms(saturday, HOUR) == MONDAY_NINE + 7 * 24 * HOUR + HOUR


def test_without_hours_on_record_it_never_closes() -> None:
    assert Opening(()).is_open(MONDAY_NINE - 9 * HOUR)
    assert Opening(()).due_ms(MONDAY_NINE, HOUR) == MONDAY_NINE + HOUR


def test_the_county_day_begins_at_midnight_in_shanghai() -> None:
    assert county_day(MONDAY_NINE - 9 * HOUR) == 20251117
    assert county_day(MONDAY_NINE - 9 * HOUR - 1) == 20251116
    assert (label("K", 17), label("AB", 1234)) == ("K017", "AB1234")
