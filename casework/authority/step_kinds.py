"""The steps of a case, as the rules tell them apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casework.vocabulary import CaseParty


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
    CLOSE = "close"
    MISS_MATERIALS = "miss_materials"
    HAND_OVER = "hand_over"
    """The owner asks a colleague to take the case."""
    TAKE_OVER = "take_over"
    """The colleague becomes the owner."""


_WINDOW, _OFFICER = CaseParty.WINDOW, CaseParty.OFFICER

UNMOVING: Mapping[StepKind, frozenset[CaseParty]] = {
    StepKind.TAKE_TICKET: frozenset({_WINDOW}),
    StepKind.ADD_MATERIAL: frozenset({_WINDOW, _OFFICER}),
    StepKind.JUDGE_MATERIAL: frozenset({_OFFICER}),
    StepKind.FILL_FORM: frozenset({_WINDOW, _OFFICER}),
    StepKind.CONFIRM_FORM: frozenset({_WINDOW}),
    StepKind.HAND_OVER: frozenset({_OFFICER}),
    StepKind.TAKE_OVER: frozenset({_OFFICER}),
}
"""Who takes the steps that leave a case in its state; of the others the table of transitions says
it (casework/course/transitions.py).
"""


@dataclass(frozen=True, slots=True)
class StepCall:
    """What the rules have to know of the call in which a step is taken."""

    id: str
    agent_staff_id: str
    helper_staff_id: str
    recorded: bool
    may_decide: bool
