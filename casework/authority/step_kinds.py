"""The steps of a case, as the rules tell them apart."""

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What somebody is about to do in a case."""

    TAKE_TICKET = "take_ticket"
    ADD_MATERIAL = "add_material"
    """A page taken, an upload, an e-licence, an earlier material, a promise."""
    JUDGE_MATERIAL = "judge_material"
    FILL_FORM = "fill_form"
    CONFIRM_FORM = "confirm_form"
    """The resident (or who acts for the resident) confirms and signs what was shown."""
    SUBMIT = "submit"
    ACCEPT = "accept"
    ACCEPT_TO_FOLLOW = "accept_to_follow"
    RETURN = "return"
    PROPOSE_REFUSAL = "propose_refusal"
    CONFIRM_REFUSAL = "confirm_refusal"
    """The second approver at the county refuses, or sends the proposal back."""
    FORWARD = "forward"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    FINISH = "finish"
    HAND_RESULT = "hand_result"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide_appeal"
    HAND_OVER = "hand_over"
    """Another officer becomes the owner."""


@dataclass(frozen=True, slots=True)
class StepCall:
    """What the rules have to know of the call in which a step is taken."""

    id: str
    agent_staff_id: str
    helper_staff_id: str
    recorded: bool
    may_decide: bool
