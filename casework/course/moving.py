"""The one way in which a case changes its state.

:func:`move_case` asks the table (:mod:`casework.course.transitions`) whether the step exists,
:func:`casework.authority.steps.authorise` whether it may be taken, and looks at what it carries; it
moves by a conditional UPDATE and writes the event, all in the caller's transaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import Permit, Step, StepCall, StepKind, authorise
from casework.case_events import add_event
from casework.case_numbers import next_case_number
from casework.course import deadlines
from casework.course.calendar import load_calendar
from casework.course.transitions import Need, Transition, find
from casework.database import now_ms, read_clock
from casework.errors import Conflict, Forbidden, Invalid
from casework.participants import SENT_BACK, Calls
from casework.sign_in import SignedIn
from casework.tables import Case, ItemMaterial, ServiceItem
from casework.vocabulary import (
    CaseMove,
    CaseState,
    MaterialRequirement,
    Outcome,
)

UNNUMBERED = frozenset({CaseState.DRAFT, CaseState.CLOSED, CaseState.WITHDRAWN})

STEPS: Mapping[CaseMove, StepKind] = {
    CaseMove.RECEIVE: StepKind.SUBMIT,
    CaseMove.RESUBMIT: StepKind.SUBMIT,
    CaseMove.ACCEPT: StepKind.ACCEPT,
    CaseMove.COMPLETE: StepKind.ACCEPT,
    CaseMove.ACCEPT_TO_FOLLOW: StepKind.ACCEPT_TO_FOLLOW,
    CaseMove.RETURN: StepKind.RETURN,
    CaseMove.PROPOSE_REFUSAL: StepKind.PROPOSE_REFUSAL,
    CaseMove.CONFIRM_REFUSAL: StepKind.CONFIRM_REFUSAL,
    CaseMove.SEND_BACK: StepKind.CONFIRM_REFUSAL,
    CaseMove.APPEAL: StepKind.APPEAL,
    CaseMove.REOPEN: StepKind.DECIDE_APPEAL,
    CaseMove.UPHOLD: StepKind.DECIDE_APPEAL,
    CaseMove.FORWARD: StepKind.FORWARD,
    CaseMove.SUSPEND: StepKind.SUSPEND,
    CaseMove.RESUME: StepKind.RESUME,
    CaseMove.WITHDRAW: StepKind.WITHDRAW,
    CaseMove.FINISH: StepKind.FINISH,
    CaseMove.HAND_RESULT: StepKind.HAND_RESULT,
    CaseMove.CLOSE: StepKind.CLOSE,
    CaseMove.MISS_MATERIALS: StepKind.MISS_MATERIALS,
}
"""What authority is asked about."""

HAPPENED: Mapping[CaseMove, str] = {
    CaseMove.RECEIVE: "case.received",
    CaseMove.ACCEPT: "case.accepted",
    CaseMove.ACCEPT_TO_FOLLOW: "case.accepted_to_follow",
    CaseMove.COMPLETE: "case.materials_completed",
    CaseMove.MISS_MATERIALS: "case.materials_missed",
    CaseMove.RETURN: "case.returned",
    CaseMove.RESUBMIT: "case.resubmitted",
    CaseMove.PROPOSE_REFUSAL: "case.refusal_proposed",
    CaseMove.CONFIRM_REFUSAL: "case.refused",
    CaseMove.SEND_BACK: SENT_BACK,
    CaseMove.APPEAL: "case.appealed",
    CaseMove.REOPEN: "case.reopened",
    CaseMove.UPHOLD: "case.upheld",
    CaseMove.FORWARD: "case.forwarded",
    CaseMove.SUSPEND: "case.suspended",
    CaseMove.RESUME: "case.resumed",
    CaseMove.WITHDRAW: "case.withdrawn",
    CaseMove.FINISH: "case.finished",
    CaseMove.HAND_RESULT: "case.result_handed",
    CaseMove.CLOSE: "case.closed",
}
"""The events; a step that is an outcome of a call is told as ``outcome.given``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """One step of a case, about to be taken."""

    case: Case
    """Locked by this transaction."""
    move: CaseMove
    actor: SignedIn | None
    """``None``: the overdue watch."""
    call: StepCall | None = None
    calls: Calls | None = None
    """Needed where the county's second person decides."""
    text: str = ""
    legal_basis: str = ""
    missing: Sequence[str] = ()
    """Ids of the item's materials."""
    way: str | None = None
    refused_ms: int | None = None
    """When the refusal was decided that an appeal is about."""
    outcome: Outcome | None = None
    """Of a call; the event is the outcome's then."""
    body: Mapping[str, object] = field(default_factory=dict)
    """What the event names besides the states: ids, and no personal data."""


async def move_case(session: AsyncSession, moving: Moving) -> Permit:
    """Takes the step, or changes nothing.

    :raises Conflict: the case is in another state, or has moved on in this moment.
    :raises Invalid: something that the step needs was not given.
    :raises Forbidden: the code says which rule said no.
    """
    case = moving.case
    row = transition_of(case, moving.move)
    permit = await authorise(session, step_of(row, moving))
    await check_needs(session, row.needs, moving)
    await _update(session, row, moving)
    add_event(
        session, case, "outcome.given" if moving.outcome else HAPPENED[moving.move],
        actor_staff_id=moving.actor.staff_id if moving.actor else None,
        call_id=moving.call.id if moving.call else None,
        outcome=moving.outcome,
        body={"from": row.source, "to": row.target, **moving.body},
        grant_id=permit.grant_id,
        mandate_id=permit.mandate_id,
    )  # fmt: skip
    await session.flush()
    return permit


def transition_of(case: Case, move: CaseMove) -> Transition:
    """:raises Conflict: the step does not lead on from the case's state."""
    before = CaseState(case.state_before) if case.state_before else None
    row = find(move, CaseState(case.state), before)
    if row is None:
        raise Conflict("case.state", state=case.state)
    return row


def step_of(row: Transition, moving: Moving) -> Step:
    """As the rules are asked about it."""
    return Step(
        kind=STEPS[row.move],
        case=moving.case,
        actor=moving.actor,
        call=moving.call,
        who=row.who,
        calls=moving.calls,
    )


async def _update(session: AsyncSession, row: Transition, moving: Moving) -> None:
    case = moving.case
    values = await _values(session, row, moving)
    moved = await session.execute(
        update(Case)
        .where(Case.id == case.id, Case.state == row.source)
        .values(**values)
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict("case.state", state=case.state)
    await session.refresh(case)


async def _values(session: AsyncSession, row: Transition, moving: Moving) -> dict[str, object]:
    case = moving.case
    values: dict[str, object] = {
        "state": row.target,
        "state_before": _remembered(row),
        "changed_ms": now_ms(),
        **await _clock(session, row.move, case),
    }
    if case.number is None and row.target not in UNNUMBERED:
        values["number"] = await next_case_number(session, case.county_id)
    if case.owner_staff_id is None and moving.call is not None:
        values["owner_staff_id"] = moving.call.agent_staff_id
    if row.move is CaseMove.FORWARD:
        values["forwarded_ms"] = now_ms()
    if row.move in (CaseMove.RETURN, CaseMove.REOPEN):
        values["overdue_ms"] = None
    return values


def _remembered(row: Transition) -> str | None:
    """Where the case goes back to; what a case in a draft's place goes back to is ``submitted``."""
    if row.target not in (CaseState.SUSPENDED, CaseState.REFUSAL_PROPOSED):
        return None
    return CaseState.SUBMITTED if row.source is CaseState.DRAFT else row.source


async def _clock(session: AsyncSession, move: CaseMove, case: Case) -> dict[str, object]:
    item = await session.get_one(ServiceItem, case.item_id)
    now = deadlines.Now(
        await load_calendar(session, case.county_id),
        await read_clock(session),
        item.time_limit_days or 0,
    )
    return asdict(deadlines.after(move, clock_of(case), now))


def clock_of(case: Case) -> deadlines.Clock:
    return deadlines.Clock(
        case.clock_from_ms,
        case.clock_days,
        case.due_ms,
        case.materials_days,
        case.materials_due_ms,
    )


# --- what a step carries --------------------------------------------------------------------


async def check_needs(session: AsyncSession, needs: frozenset[Need], moving: Moving) -> None:
    """In the table's order of needs, so that the same lack is always told first.

    :raises Invalid, Forbidden: see :data:`_CHECKS`.
    """
    for need in Need:
        if need in needs:
            await _CHECKS[need](session, moving)


async def _call(_session: AsyncSession, moving: Moving) -> None:
    if moving.call is None:
        raise Forbidden("course.call_needed")


async def _missing(_session: AsyncSession, moving: Moving) -> None:
    if not moving.missing:
        raise Invalid("outcome.missing_needed")


async def _may_follow(session: AsyncSession, moving: Moving) -> None:
    for material_id in moving.missing:
        material = await session.get_one(ItemMaterial, material_id)
        if material.requirement != MaterialRequirement.MAY_FOLLOW:
            raise Invalid("outcome.material_required")


async def _text(_session: AsyncSession, moving: Moving) -> None:
    if not moving.text.strip():
        raise Invalid("course.text_needed")


async def _legal_basis(_session: AsyncSession, moving: Moving) -> None:
    if not moving.legal_basis.strip():
        raise Invalid("course.legal_basis_needed")


async def _way(_session: AsyncSession, moving: Moving) -> None:
    if moving.way is None:
        raise Invalid("course.way_needed")


async def _in_time(session: AsyncSession, moving: Moving) -> None:
    span_ms = deadlines.APPEAL_DAYS * 24 * 3_600_000
    if moving.refused_ms is None or moving.refused_ms + span_ms < await read_clock(session):
        raise Forbidden("course.appeal_too_late", days=deadlines.APPEAL_DAYS)


_CHECKS: Mapping[Need, Callable[[AsyncSession, Moving], Awaitable[None]]] = {
    Need.CALL: _call,
    Need.MISSING: _missing,
    Need.MAY_FOLLOW: _may_follow,
    Need.TEXT: _text,
    Need.LEGAL_BASIS: _legal_basis,
    Need.WAY: _way,
    Need.IN_TIME: _in_time,
}
