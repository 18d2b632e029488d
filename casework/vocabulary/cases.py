"""Cases: their modes, states, moves, and how they end."""

from enum import StrEnum


class CaseMode(StrEnum):
    """咨询、导办、帮办、代办."""

    ADVICE = "advice"
    GUIDANCE = "guidance"
    ASSISTED = "assisted"
    DELEGATED = "delegated"


class CaseState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ACCEPTED_TO_FOLLOW = "accepted_to_follow"
    RETURNED = "returned"
    REFUSAL_PROPOSED = "refusal_proposed"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    HANDED_OVER = "handed_over"
    MATERIALS_OVERDUE = "materials_overdue"
    APPEALED = "appealed"
    UPHELD = "upheld"
    CLOSED = "closed"
    """Ended without a decision: advice given, guided, or could not be done."""


class Outcome(StrEnum):
    """How an agent ends a call, for each of its cases."""

    ADVICE_GIVEN = "advice_given"
    GUIDED = "guided"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_TO_FOLLOW = "accepted_to_follow"
    RETURNED = "returned"
    PASSED_ON = "passed_on"
    COULD_NOT_BE_DONE = "could_not_be_done"
    REFUSAL_PROPOSED = "refusal_proposed"
    """No single person refuses: a second approver at the county decides (否决权上移)."""


class CaseMove(StrEnum):
    """A step of a case from one state to the next; see casework/course/transitions.py."""

    RECEIVE = "receive"
    ACCEPT = "accept"
    ACCEPT_TO_FOLLOW = "accept_to_follow"
    COMPLETE = "complete"
    """The materials that were to follow have come."""
    MISS_MATERIALS = "miss_materials"
    """They have not, and their day has passed."""
    RETURN = "return"
    RESUBMIT = "resubmit"
    PROPOSE_REFUSAL = "propose_refusal"
    CONFIRM_REFUSAL = "confirm_refusal"
    SEND_BACK = "send_back"
    """The second approver does not refuse: the case goes on where it was."""
    APPEAL = "appeal"
    REOPEN = "reopen"
    UPHOLD = "uphold"
    FORWARD = "forward"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    FINISH = "finish"
    HAND_RESULT = "hand_result"
    CLOSE = "close"
    """Advice was all that was wanted, or all that could be done."""


class CaseParty(StrEnum):
    """Who may take a step."""

    WINDOW = "window"
    """A helper at the case's window, on the resident's word."""
    OFFICER = "officer"
    """The owner, the agent whose call the case is in, or one of the organisation that it was
    forwarded to."""
    DECIDER = "decider"
    """An officer of a level that may decide the item."""
    COUNTY_APPROVER = "county_approver"
    """A supervisor at the county."""
    CLOCK = "clock"
    """The overdue watch."""


class RefusalState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"


class AppealState(StrEnum):
    OPEN = "open"
    REOPENED = "reopened"
    UPHELD = "upheld"


class HandOverState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class ResultWay(StrEnum):
    """How the resident gets the result."""

    AT_WINDOW = "at_window"
    SENT = "sent"
    """By courier, with a consignment number."""


class Relation(StrEnum):
    """The present person's relation to the subject."""

    SELF = "self"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    HELPER = "helper"


class ConsentAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"


class ConsentGiver(StrEnum):
    PRESENT_PERSON = "present_person"
    HELPER = "helper"
    """The resident is absent: this is not the resident's consent."""


class ConsentPolicy(StrEnum):
    """What a "no" to recording leads to, set by the county for each item."""

    ADVICE_ONLY = "advice_only"
    NO_CALL = "no_call"
