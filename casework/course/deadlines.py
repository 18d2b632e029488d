"""When a case is due: promised working days, counted from the acceptance, standing while suspended.

Standard library only. A deadline is the end of a county day. The clock of a case is kept as its
start and its working days, so that a calendar that changes moves the deadline and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from casework.county_time import county_moment
from casework.course.working_days import WorkingCalendar
from casework.organisations import COUNTY_TIME
from casework.vocabulary import CaseMove

ACCEPTANCE_DAYS = 5
"""Whether an application is taken is told within five days (行政许可法 第三十二条)."""
FOLLOW_DAYS = 10
"""Materials that may follow are due after ten working days."""
APPEAL_DAYS = 60
"""Calendar days after the refusal (行政复议法 第二十条)."""
APPEAL_ANSWER_DAYS = 5
"""Working days for the county to answer an appeal."""

_EPOCH = datetime.fromtimestamp(0, UTC)


def day_of(at_ms: int) -> date:
    """The county day of a moment."""
    return county_moment(at_ms).date()


def end_of_day_ms(day: date) -> int:
    """The last millisecond of a county day."""
    next_day = datetime.combine(day + timedelta(days=1), time(), COUNTY_TIME)
    return (next_day - _EPOCH) // timedelta(milliseconds=1) - 1


def due_ms(calendar: WorkingCalendar, from_ms: int, days: int) -> int:
    """The end of the ``days``-th working day after the day of ``from_ms``."""
    return end_of_day_ms(calendar.add(day_of(from_ms), days))


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock columns of a case."""

    clock_from_ms: int | None
    clock_days: int | None
    due_ms: int | None
    materials_days: int | None
    materials_due_ms: int | None


STOPPED = Clock(None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Now:
    """What a deadline is reckoned with."""

    calendar: WorkingCalendar
    at_ms: int
    item_days: int
    """Promised working days of the item; 0 for one that is done at once."""

    def started(self, days: int, materials_days: int | None = None) -> Clock:
        materials = materials_days
        return Clock(
            clock_from_ms=self.at_ms,
            clock_days=days,
            due_ms=due_ms(self.calendar, self.at_ms, days),
            materials_days=materials,
            materials_due_ms=None if materials is None else self._due(materials),
        )

    def _due(self, days: int) -> int:
        return due_ms(self.calendar, self.at_ms, days)

    def suspended(self, clock: Clock) -> Clock:
        """Keeps how many working days are left; overdue leaves none."""
        return Clock(
            clock_from_ms=None,
            clock_days=self._left(clock.due_ms),
            due_ms=None,
            materials_days=self._left(clock.materials_due_ms),
            materials_due_ms=None,
        )

    def _left(self, due: int | None) -> int | None:
        if due is None:
            return None
        return self.calendar.between(day_of(self.at_ms), day_of(due))

    def resumed(self, clock: Clock) -> Clock:
        """Goes on with what was left."""
        if clock.clock_days is None:
            return STOPPED
        return self.started(clock.clock_days, clock.materials_days)

    def reckoned(self, clock: Clock) -> Clock:
        """The same clock by this calendar: the calendar has changed since it was started."""
        if clock.clock_from_ms is None or clock.clock_days is None:
            return clock
        then = Now(self.calendar, clock.clock_from_ms, self.item_days)
        return then.started(clock.clock_days, clock.materials_days)


def after(move: CaseMove, clock: Clock, now: Now) -> Clock:
    """The clock of a case after a step."""
    match move:
        case CaseMove.RECEIVE | CaseMove.RESUBMIT | CaseMove.REOPEN:
            return now.started(ACCEPTANCE_DAYS)
        case CaseMove.ACCEPT:
            return now.started(now.item_days)
        case CaseMove.ACCEPT_TO_FOLLOW:
            return now.started(now.item_days, FOLLOW_DAYS)
        case CaseMove.COMPLETE:
            return Clock(clock.clock_from_ms, clock.clock_days, clock.due_ms, None, None)
        case CaseMove.SUSPEND:
            return now.suspended(clock)
        case CaseMove.RESUME:
            return now.resumed(clock)
        case CaseMove.PROPOSE_REFUSAL if clock.clock_days is None:
            return now.started(ACCEPTANCE_DAYS)
    return STOPPED if move in _STOPPING else clock


_STOPPING: Mapping[CaseMove, None] = dict.fromkeys(
    (
        CaseMove.RETURN,
        CaseMove.CONFIRM_REFUSAL,
        CaseMove.WITHDRAW,
        CaseMove.FINISH,
        CaseMove.UPHOLD,
        CaseMove.CLOSE,
    )
)
