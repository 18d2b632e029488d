"""Working days as China counts them: weekdays, less holidays, plus days worked to make up.

Standard library only. The State Council arranges the holidays of a year in the autumn before it;
until then only the days of the regulation on holidays are known (全国年节及纪念日放假办法, State Council
decree 795 of 2024), and a Saturday or Sunday that will be worked is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from casework.vocabulary import DayKind

_ONE = timedelta(days=1)
_SATURDAY = 5


class YearKnowledge(StrEnum):
    """How well the days of a year are known."""

    ARRANGED = "arranged"
    STATUTORY = "statutory"
    """The regulation's days only: dates may still move."""
    MISSING = "missing"
    """Weekdays are all there is to go by."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """What is known of days that are not what their weekday says."""

    days: Mapping[date, DayKind]

    def knows(self, year: int) -> YearKnowledge:
        kinds = {kind for day, kind in self.days.items() if day.year == year}
        if DayKind.HOLIDAY in kinds:
            return YearKnowledge.ARRANGED
        return YearKnowledge.STATUTORY if kinds else YearKnowledge.MISSING

    def is_working(self, day: date) -> bool:
        kind = self.days.get(day)
        if kind is not None:
            return kind is DayKind.WORKDAY
        return day.weekday() < _SATURDAY

    def add(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start``, which is not counted itself.

        ``count`` 0: ``start``, or the next working day when that is none.
        """
        if count == 0:
            return start if self.is_working(start) else self.add(start, 1)
        day = start
        for _ in range(count):
            day += _ONE
            while not self.is_working(day):
                day += _ONE
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days come after ``start``, up to and with ``end``; 0 when it is past."""
        span = range((end - start).days)
        return sum(self.is_working(start + _ONE * (1 + step)) for step in span)
