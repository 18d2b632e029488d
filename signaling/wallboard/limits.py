"""From where on a figure of the wallboard counts as one to watch, or as an alarm."""

from collections.abc import Iterable

from casework.vocabulary import BoardLevel, CallQuality
from signaling.wire.live import BoardLimits

LIMITS = BoardLimits(
    waiting_watch=3,
    waiting_alarm=8,
    wait_watch_s=60,
    wait_alarm_s=180,
    in_time_s=60,
    in_time_watch=0.9,
    in_time_alarm=0.8,
    abandoned_watch=0.05,
    abandoned_alarm=0.1,
)
"""Answered within a minute is what Zhuhai's 视频办 promises in public; the rest is ours."""


def rising(value: float, watch: float, alarm: float) -> BoardLevel:
    """The more the worse: from ``watch`` on, from ``alarm`` on."""
    if value >= alarm:
        return BoardLevel.ALARM
    return BoardLevel.WATCH if value >= watch else BoardLevel.GOOD


def of_share_in_time(share: float | None) -> BoardLevel:
    if share is None or share >= LIMITS.in_time_watch:
        return BoardLevel.GOOD
    return BoardLevel.WATCH if share >= LIMITS.in_time_alarm else BoardLevel.ALARM


def of_abandoned(abandoned: int, tickets: int) -> BoardLevel:
    if abandoned == 0:
        return BoardLevel.GOOD
    return rising(abandoned / tickets, LIMITS.abandoned_watch, LIMITS.abandoned_alarm)


def of_agents(available: int, on_duty: int) -> BoardLevel:
    """Nobody there is an alarm; nobody free is a reason to look."""
    if on_duty == 0:
        return BoardLevel.ALARM
    return BoardLevel.GOOD if available else BoardLevel.WATCH


def of_calls(qualities: Iterable[CallQuality]) -> BoardLevel:
    """As the worst of them."""
    found = set(qualities)
    if CallQuality.POOR in found:
        return BoardLevel.ALARM
    return BoardLevel.WATCH if CallQuality.FAIR in found else BoardLevel.GOOD


def of_problems(alarming: int, noticed: int) -> BoardLevel:
    if alarming:
        return BoardLevel.ALARM
    return BoardLevel.WATCH if noticed else BoardLevel.GOOD
