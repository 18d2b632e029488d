"""The one table of how a case moves: from, to, who, and what the step carries.

Standard library only. :func:`casework.course.moving.move_case` is the only place that changes a
case's state, and it asks this table first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casework.vocabulary import CaseMove, CaseParty, CaseState


class Need(StrEnum):
    """What a step carries. Whether somebody may take it is not asked here: who is one of ``who``,
    and on what authority, is for :func:`casework.authority.steps.authorise` to say.
    """

    CALL = "call"
    """The resident is there."""
    MISSING = "missing"
    """The list of what is missing."""
    MAY_FOLLOW = "may_follow"
    """Nothing on the list is required at once."""
    TEXT = "text"
    """A reason, an answer or a result, in words."""
    LEGAL_BASIS = "legal_basis"
    WAY = "way"
    """How the result reaches the resident."""
    IN_TIME = "in_time"
    """Within the time for an appeal."""


@dataclass(frozen=True, slots=True)
class Transition:
    move: CaseMove
    source: CaseState
    target: CaseState
    who: frozenset[CaseParty]
    needs: frozenset[Need] = frozenset()


def _rows(
    move: CaseMove,
    sources: Iterable[CaseState],
    target: CaseState,
    who: Iterable[CaseParty],
    needs: Iterable[Need] = (),
    *,
    draft_needs_call: bool = True,
) -> list[Transition]:
    """A draft is decided in a call only: before it nobody has seen a paper."""
    found = []
    for source in sources:
        call = {Need.CALL} if source is CaseState.DRAFT and draft_needs_call else set()
        row_needs = frozenset(needs) | call
        found.append(Transition(move, source, target, frozenset(who), row_needs))
    return found


_S, _M, _P = CaseState, CaseMove, CaseParty
_UNDER_WAY = (_S.ACCEPTED, _S.ACCEPTED_TO_FOLLOW, _S.MATERIALS_OVERDUE, _S.FORWARDED)
"""Where a clock runs: what can be suspended, and what a suspended case goes back to."""
_UNDECIDED = (_S.DRAFT, _S.SUBMITTED, _S.RETURNED, _S.FORWARDED)
_REFUSABLE = (*_UNDECIDED, _S.ACCEPTED, _S.ACCEPTED_TO_FOLLOW, _S.MATERIALS_OVERDUE)

TABLE: Sequence[Transition] = (
    *_rows(_M.RECEIVE, (_S.DRAFT, _S.SUBMITTED, _S.RETURNED), _S.SUBMITTED,
           [_P.OFFICER], [Need.CALL]),
    *_rows(_M.RESUBMIT, [_S.RETURNED], _S.SUBMITTED, [_P.WINDOW]),
    *_rows(_M.ACCEPT, _UNDECIDED, _S.ACCEPTED, [_P.DECIDER]),
    *_rows(_M.ACCEPT_TO_FOLLOW, _UNDECIDED, _S.ACCEPTED_TO_FOLLOW, [_P.DECIDER],
           (Need.MISSING, Need.MAY_FOLLOW)),
    *_rows(_M.COMPLETE, (_S.ACCEPTED_TO_FOLLOW, _S.MATERIALS_OVERDUE), _S.ACCEPTED, [_P.DECIDER]),
    *_rows(_M.MISS_MATERIALS, [_S.ACCEPTED_TO_FOLLOW], _S.MATERIALS_OVERDUE, [_P.CLOCK]),
    *_rows(_M.RETURN, (*_UNDECIDED, _S.MATERIALS_OVERDUE), _S.RETURNED, [_P.OFFICER],
           [Need.MISSING]),
    *_rows(_M.PROPOSE_REFUSAL, _REFUSABLE, _S.REFUSAL_PROPOSED, [_P.DECIDER],
           (Need.TEXT, Need.LEGAL_BASIS)),
    *_rows(_M.CONFIRM_REFUSAL, [_S.REFUSAL_PROPOSED], _S.REFUSED, [_P.COUNTY_APPROVER]),
    # A draft with a refusal proposed was received by it.
    *(row for target in _REFUSABLE if target is not _S.DRAFT
      for row in _rows(_M.SEND_BACK, [_S.REFUSAL_PROPOSED], target,
                       [_P.COUNTY_APPROVER], [Need.TEXT])),
    *_rows(_M.APPEAL, [_S.REFUSED], _S.APPEALED, [_P.WINDOW], (Need.TEXT, Need.IN_TIME)),
    *_rows(_M.REOPEN, [_S.APPEALED], _S.SUBMITTED,
           [_P.COUNTY_APPROVER], [Need.TEXT]),
    *_rows(_M.UPHOLD, [_S.APPEALED], _S.UPHELD,
           [_P.COUNTY_APPROVER], [Need.TEXT]),
    *_rows(_M.FORWARD, [_S.SUBMITTED], _S.FORWARDED, [_P.OFFICER]),
    *_rows(_M.SUSPEND, _UNDER_WAY, _S.SUSPENDED, [_P.OFFICER], [Need.TEXT]),
    *(row for target in _UNDER_WAY
      for row in _rows(_M.RESUME, [_S.SUSPENDED], target, [_P.OFFICER])),
    *_rows(_M.WITHDRAW, (_S.DRAFT, _S.SUBMITTED, _S.RETURNED, *_UNDER_WAY, _S.SUSPENDED),
           _S.WITHDRAWN, [_P.WINDOW], draft_needs_call=False),
    *_rows(_M.FINISH, [_S.ACCEPTED], _S.DONE, [_P.DECIDER], [Need.TEXT]),
    *_rows(_M.HAND_RESULT, [_S.DONE], _S.HANDED_OVER, (_P.OFFICER, _P.WINDOW), [Need.WAY]),
    *_rows(_M.CLOSE, [_S.DRAFT], _S.CLOSED, [_P.OFFICER]),
)  # fmt: skip
"""A refusal that is proposed is decided before anything else: a withdrawal would hide it."""

ENDED = frozenset({_S.HANDED_OVER, _S.WITHDRAWN, _S.UPHELD, _S.CLOSED})
"""Nothing follows."""
REMEMBERED = frozenset({_M.SEND_BACK, _M.RESUME})
"""These lead back to where the case was: ``Case.state_before``."""


def _by_source() -> Mapping[CaseState, Sequence[Transition]]:
    return {state: tuple(row for row in TABLE if row.source is state) for state in CaseState}


FROM: Mapping[CaseState, Sequence[Transition]] = _by_source()


def find(move: CaseMove, source: CaseState, before: CaseState | None) -> Transition | None:
    """The row by which ``move`` leads on from ``source``; ``None``: it does not.

    :param before: where the case goes back to, for the moves of :data:`REMEMBERED`.
    """
    rows = [row for row in FROM[source] if row.move is move]
    if move in REMEMBERED:
        rows = [row for row in rows if row.target is before]
    return rows[0] if rows else None
