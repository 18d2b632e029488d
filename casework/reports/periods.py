"""Spans of county days, and the ones that bulletins are about. Standard library only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from casework.organisations import COUNTY_TIME
from casework.vocabulary import BulletinKind

DAY = timedelta(days=1)
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def from_ms(self) -> int:
        return midnight_ms(self.first)

    @property
    def to_ms(self) -> int:
        """The first moment after it."""
        return midnight_ms(self.last + DAY)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """As many days right before; of a whole month, the month before."""
        if self == month_of(self.first):
            return month_of(self.first - DAY)
        return Period(self.first - self.days * DAY, self.first - DAY)


def midnight_ms(day: date) -> int:
    """When the county's day begins."""
    begins = datetime(day.year, day.month, day.day, tzinfo=COUNTY_TIME)
    return (begins - _EPOCH) // timedelta(milliseconds=1)


def week_of(day: date) -> Period:
    monday = day - day.weekday() * DAY
    return Period(monday, monday + 6 * DAY)


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    after = (first + 31 * DAY).replace(day=1)
    return Period(first, after - DAY)


def bulletin_period(kind: BulletinKind, day: date) -> Period:
    """The week (Monday to Sunday) or the month that the day is in."""
    return week_of(day) if kind is BulletinKind.WEEKLY else month_of(day)
