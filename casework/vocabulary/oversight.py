"""Ratings, reports of trouble, and the review by both lines."""

from enum import StrEnum


class RatingGrade(StrEnum):
    """好差评; the last two are poor."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


class ReportState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """Its owner has read it and is at work on it."""
    CLOSED = "closed"
    """Answered; the report stays."""


class ReportLevel(StrEnum):
    """Whose desk a could-not report lies on; its clock moves it up."""

    HOME = "home"
    """The town's own coordinator."""
    COUNTY = "county"
    """The county's coordinator."""
    CHIEF = "chief"
    """The chief county supervisor."""


class Reporter(StrEnum):
    RESIDENT = "resident"
    HELPER = "helper"
    AGENT = "agent"


class ReviewReason(StrEnum):
    DELEGATED = "delegated"
    REFUSAL = "refusal"
    SAMPLE = "sample"
    """Drawn by lot."""


class ReviewState(StrEnum):
    OPEN = "open"
    """One of the two verdicts, or both, are still to come."""
    AGREED = "agreed"
    DISAGREED = "disagreed"
    """Only the chief county supervisor ends it."""
    RESOLVED = "resolved"


class SheetLineKind(StrEnum):
    DONT = "dont"
    """Kept or broken."""
    POINTS = "points"


class Verdict(StrEnum):
    """办理规范、有瑕疵、不规范."""

    PROPER = "proper"
    FLAWED = "flawed"
    IMPROPER = "improper"


class DrawState(StrEnum):
    COMMITTING = "committing"
    """The period runs; each line commits to a secret."""
    REVEALING = "revealing"
    """The period is over, its cases and the tree's root stand; the secrets are shown."""
    DRAWN = "drawn"


class FollowUpState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ContactChannel(StrEnum):
    PHONE = "phone"
    VISIT = "visit"
    VIDEO = "video"
    WINDOW = "window"


class HoldReason(StrEnum):
    """Why a call's evidence may not be destroyed."""

    POOR_RATING = "poor_rating"
    COULD_NOT = "could_not"
    REVIEW = "review"
