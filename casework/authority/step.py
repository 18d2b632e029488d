"""A step of a case as :mod:`casework.authority.steps` is asked about it."""

from dataclasses import dataclass

from casework.authority.step_kinds import StepCall, StepKind
from casework.participants import Calls
from casework.sign_in import SignedIn
from casework.tables import Case
from casework.vocabulary import CaseParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    kind: StepKind
    case: Case
    """Locked by this transaction."""
    actor: SignedIn | None
    """``None``: the overdue watch."""
    call: StepCall | None = None
    who: frozenset[CaseParty] | None = None
    """Of the transition that it is; ``None``: it moves no case."""
    calls: Calls | None = None
    """Needed where the county's second person decides, who had no part in a call either."""
