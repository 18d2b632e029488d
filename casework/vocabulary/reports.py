"""Figures, reports and bulletins."""

from enum import StrEnum


class ReportGrain(StrEnum):
    """How finely figures are kept: one row an hour for a whole county and for every combination,
    one row a day for each town, window, item or agent alone, and for a town, whose supervisors see
    nothing else, with each of these and by the hour."""

    COUNTY = "county"
    ORGANISATION = "organisation"
    WINDOW = "window"
    ITEM = "item"
    AGENT = "agent"
    HOME_HOUR = "home_hour"
    HOME_WINDOW = "home_window"
    HOME_ITEM = "home_item"
    HOME_AGENT = "home_agent"
    FULL = "full"


class ReportBy(StrEnum):
    """What the figures of a period are told apart by."""

    DAY = "day"
    HOUR = "hour"
    """Of the day: when the counters are busy."""
    TOWN = "town"
    WINDOW = "window"
    ITEM = "item"
    AGENT = "agent"


class FigureKey(StrEnum):
    """What a report says of a period; casework/reports/figures.py says how each is counted."""

    OPENED = "opened"
    DELEGATED = "delegated"
    ACCEPTED = "accepted"
    ACCEPTED_TO_FOLLOW = "accepted_to_follow"
    RETURNED = "returned"
    REFUSED = "refused"
    REOPENED = "reopened"
    FINISHED = "finished"
    IMMEDIATE = "immediate"
    ONE_CALL = "one_call"
    WRONG_WINDOW = "wrong_window"
    COULD_NOT = "could_not"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    TRIPS = "trips"
    TIME_SAVED = "time_saved"
    QUEUED = "queued"
    ANSWERED = "answered"
    ANSWERED_SOON = "answered_soon"
    MEAN_WAIT = "mean_wait"
    ABANDONED = "abandoned"
    CALLS = "calls"
    MEAN_TALK = "mean_talk"
    RATED = "rated"
    GOOD_RATINGS = "good_ratings"
    SCORE = "score"
    POOR_RATINGS = "poor_ratings"


class FigureUnit(StrEnum):
    COUNT = "count"
    SHARE = "share"
    """Of one."""
    MINUTES = "minutes"
    HOURS = "hours"
    OF_TEN = "of_ten"


class FigureGroup(StrEnum):
    MATTERS = "matters"
    SAVED = "saved"
    CALLS = "calls"
    RATINGS = "ratings"


class BulletinKind(StrEnum):
    WEEKLY = "weekly"
    """Monday to Sunday."""
    MONTHLY = "monthly"


class BulletinFormat(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
