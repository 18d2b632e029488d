"""The one question that every step of a case asks before it changes anything."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from casework.sign_in import SignedIn
from casework.tables import Case


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    kind: StepKind
    case: Case
    """Locked by this transaction."""
    actor: SignedIn
    call: StepCall | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """What the step rests on; goes into its journal entry."""

    grant_id: str | None = None
    mandate_id: str | None = None


async def authorise(session: AsyncSession, step: Step) -> Permit:
    """Asks every rule; a mandate that is good for one use is consumed in this transaction.

    :raises Forbidden: the code is the rule that said no.
    """
    del session, step
    return Permit()
