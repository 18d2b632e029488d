"""What the rules look at: loaded once for a step. Standard library only."""

from dataclasses import dataclass

from casework.vocabulary import (
    AccountableLine,
    CaseMode,
    CaseParty,
    GrantState,
    MandateKind,
    MandatePower,
    MandateState,
    Relation,
    Role,
    Surface,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorFacts:
    staff_id: str
    county_id: str
    roles: frozenset[Role]
    surface: Surface | None
    """``None``: the overdue watch, which is nobody."""
    window_id: str | None = None
    at_county: bool = False
    """At home in the county's unit that is accountable for the case."""
    decides: bool = False
    """The own organisation decides the case, or answers for the one that does."""
    took_part: bool = False
    """Did anything in the case before; see :mod:`casework.participants`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    id: str
    county_id: str
    window_id: str
    mode: CaseMode
    present: Relation
    subject_index: bytes
    """Look-up index of the subject's ID number."""
    owner_staff_id: str | None
    opened_by_staff_id: str
    forwarded: bool
    """To the organisation that decides it."""
    consented: bool
    """The latest answer about recording is yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    code: str
    modes: frozenset[str]
    lent: bool
    """Joint, delegated or open across areas: handled with the county's lent authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    agent_staff_id: str
    helper_staff_id: str
    recorded: bool
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFacts:
    """Of the acting helper, at the case's window, for the case's item."""

    id: str
    state: GrantState
    from_ms: int
    until_ms: int
    suspended_by: frozenset[AccountableLine] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFacts:
    id: str
    kind: MandateKind
    state: MandateState
    subject_index: bytes
    helper_staff_id: str
    witness_staff_id: str | None
    item_codes: frozenset[str]
    powers: frozenset[MandatePower]
    from_ms: int
    until_ms: int
    once: bool
    used_case_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    now_ms: int
    who: frozenset[CaseParty]
    """Who may take the step."""
    actor: ActorFacts
    case: CaseFacts
    item: ItemFacts
    call: CallFacts | None = None
    helper_staff_id: str | None = None
    """Who acts at the window; ``None`` when the county acts by itself."""
    appointed: bool = False
    """That helper, at the case's window."""
    grant: GrantFacts | None = None
    mandate: MandateFacts | None = None
