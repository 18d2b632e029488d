"""Appointments, grants and mandates."""

from enum import StrEnum


class AccountableLine(StrEnum):
    """The two lines of dual management (双重管理)."""

    HOME = "home"
    COUNTY = "county"


class AppointmentState(StrEnum):
    NOMINATED = "nominated"
    """By the home organisation; the county has not answered yet."""
    APPOINTED = "appointed"
    DECLINED = "declined"
    ENDED = "ended"


class GrantState(StrEnum):
    """A suspension is kept apart: each line has its own."""

    PROPOSED = "proposed"
    """One line has signed."""
    SIGNED = "signed"
    DECLINED = "declined"
    REVOKED = "revoked"


class GrantCondition(StrEnum):
    """How a grant stands at this moment: its state, its span and its suspensions in one word."""

    PROPOSED = "proposed"
    NOT_BEGUN = "not_begun"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    DECLINED = "declined"
    REVOKED = "revoked"


class MandateKind(StrEnum):
    ENTRUSTED = "entrusted"
    """The subject lets the helper act (委托)."""
    GUARDIANSHIP = "guardianship"
    """The subject's guardian acts, at the window and with the helper's help."""


class MandateForm(StrEnum):
    LIVE = "live"
    """Spoken and signed in a recorded call in which the subject was present."""
    PAPER = "paper"
    """Captured page by page, with the subject's ID page."""


class MandateState(StrEnum):
    PROPOSED = "proposed"
    """Waits for an agent, who looks at the evidence."""
    IN_FORCE = "in_force"
    DECLINED = "declined"
    REVOKED = "revoked"


class MandatePower(StrEnum):
    """What a mandate allows; anything else needs the subject."""

    HAND_IN = "hand_in"
    SIGN = "sign"
    WITHDRAW = "withdraw"
    COLLECT = "collect"
    APPEAL = "appeal"


class MandatePageKind(StrEnum):
    MANDATE = "mandate"
    SUBJECT_ID = "subject_id"
