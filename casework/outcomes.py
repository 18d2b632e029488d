"""How a call ends for each of its cases: what is allowed, and what it does.

A rule table says which outcome needs what; one transaction carries the outcomes of all cases of a
call. Refusing a resident is none of them: that needs a second approver (否决权上移).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.case_numbers import next_case_number
from casework.consents import latest_consent
from casework.could_not import Place, Told, open_report
from casework.database import now_ms
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.tables import Case, CaseEvent, ItemMaterial, ServiceItem, SkillGroup
from casework.vocabulary import (
    CaseMode,
    CaseState,
    ConsentAnswer,
    MaterialRequirement,
    Outcome,
    Reporter,
)

FOLLOW_DUE_MS = 10 * 24 * 3_600_000
"""Materials that may follow are due after ten days."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What an outcome rests on."""

    state: CaseState | None
    """The state that it leads to; ``None`` leaves the state."""
    recorded: bool = False
    """A recorded call with the consent still standing; and a mode in which something is done."""
    deciding: bool = False
    """An agent of a level that may decide."""
    missing: bool | None = False
    """Whether a list of missing materials must be given, or must not; ``None``: may."""
    text: bool = False


OUTCOMES: Mapping[Outcome, Needs] = {
    Outcome.ADVICE_GIVEN: Needs(CaseState.CLOSED, missing=None),
    Outcome.GUIDED: Needs(CaseState.CLOSED, missing=None),
    Outcome.RECEIVED: Needs(CaseState.SUBMITTED, recorded=True),
    Outcome.ACCEPTED: Needs(CaseState.ACCEPTED, recorded=True, deciding=True),
    Outcome.ACCEPTED_TO_FOLLOW: Needs(
        CaseState.ACCEPTED_TO_FOLLOW, recorded=True, deciding=True, missing=True
    ),
    Outcome.RETURNED: Needs(CaseState.RETURNED, recorded=True, missing=True),
    Outcome.PASSED_ON: Needs(None, missing=None),
    Outcome.COULD_NOT_BE_DONE: Needs(CaseState.CLOSED, text=True),
}
OPEN_STATES = frozenset({CaseState.DRAFT, CaseState.SUBMITTED, CaseState.RETURNED})
"""A case that has been decided is not decided again in a later call."""
DOING_MODES = frozenset({CaseMode.ASSISTED, CaseMode.DELEGATED})


@dataclass(frozen=True, slots=True)
class OutcomeCall:
    """What the outcome has to know of the call."""

    id: str
    agent_staff_id: str
    recorded: bool
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    case_id: str
    outcome: Outcome
    missing_material_ids: Collection[str] = field(default_factory=tuple)
    text: str = ""
    pass_to_skill_group_id: str | None = None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A case on its way to another skill group, which pairing brings there."""

    case: Case
    skill_group: SkillGroup


async def give_outcome(
    session: AsyncSession, call: OutcomeCall, given: CaseOutcome
) -> PassedOn | None:
    """Gives one case of a call its outcome; what it passes on is for the caller to bring there.

    :raises Invalid: a list, text or group is missing, or one too many.
    :raises Forbidden: this call may not do that; the code names what is missing.
    :raises Conflict: the case has an outcome of this call already, or is past this one.
    """
    case = await _locked(session, given.case_id)
    needs = OUTCOMES[given.outcome]
    _check_form(needs, given)
    await _check_call(session, case, call, needs)
    missing = await _missing(session, case, given)
    await _check_once(session, case, call)
    group = await _group(session, case, given)
    await _move(session, case, call, given.outcome, needs)
    body = {"missing_material_ids": missing, "text": given.text}
    if group is not None:
        body["skill_group_id"] = group.id
    add_event(
        session, case, "outcome.given",
        actor_staff_id=call.agent_staff_id, call_id=call.id, outcome=given.outcome, body=body,
    )  # fmt: skip
    if given.outcome is Outcome.COULD_NOT_BE_DONE:
        told = Told(
            text=given.text,
            reporter=Reporter.AGENT,
            staff_id=call.agent_staff_id,
            case_id=case.id,
            call_id=call.id,
        )
        await open_report(session, Place.of(case), told)
    await session.flush()
    return PassedOn(case, group) if group is not None else None


async def _locked(session: AsyncSession, case_id: str) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    case = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound("case.not_found")
    return case


def _check_form(needs: Needs, given: CaseOutcome) -> None:
    if needs.missing is True and not given.missing_material_ids:
        raise Invalid("outcome.missing_needed")
    if needs.missing is False and given.missing_material_ids:
        raise Invalid("outcome.missing_given")
    if needs.text and not given.text.strip():
        raise Invalid("outcome.text_needed")
    if (given.outcome is Outcome.PASSED_ON) != (given.pass_to_skill_group_id is not None):
        raise Invalid("outcome.group")


async def _check_call(session: AsyncSession, case: Case, call: OutcomeCall, needs: Needs) -> None:
    if case.state not in OPEN_STATES:
        raise Conflict("case.state", state=case.state)
    if not needs.recorded:
        return
    consent = await latest_consent(session, case.id)
    if not call.recorded or consent is None or consent.answer != ConsentAnswer.YES:
        raise Forbidden("outcome.not_recorded")
    # An unrecorded call may decide nothing, whoever serves it: that is not the agent's fault.
    if needs.deciding and not call.may_decide:
        raise Forbidden("outcome.may_not_decide")
    item = await session.get_one(ServiceItem, case.item_id)
    if case.mode not in DOING_MODES or case.mode not in item.modes:
        raise Forbidden("outcome.mode")


async def _missing(session: AsyncSession, case: Case, given: CaseOutcome) -> list[str]:
    """In the checklist's order, and of this item only."""
    rows = await session.scalars(
        select(ItemMaterial)
        .where(
            ItemMaterial.item_id == case.item_id, ItemMaterial.id.in_(given.missing_material_ids)
        )
        .order_by(ItemMaterial.position)
    )
    materials = rows.all()
    if len(materials) != len(set(given.missing_material_ids)):
        raise Invalid("outcome.material")
    if given.outcome is Outcome.ACCEPTED_TO_FOLLOW and any(
        material.requirement != MaterialRequirement.MAY_FOLLOW for material in materials
    ):
        raise Invalid("outcome.material_required")
    return [material.id for material in materials]


async def _check_once(session: AsyncSession, case: Case, call: OutcomeCall) -> None:
    """The case is locked: nobody gives a second outcome at the same moment."""
    given = select(CaseEvent.id).where(
        CaseEvent.case_id == case.id,
        CaseEvent.call_id == call.id,
        CaseEvent.kind == "outcome.given",
    )
    if await session.scalar(given.limit(1)) is not None:
        raise Conflict("outcome.given")


async def _group(session: AsyncSession, case: Case, given: CaseOutcome) -> SkillGroup | None:
    if given.pass_to_skill_group_id is None:
        return None
    group = await session.get(SkillGroup, given.pass_to_skill_group_id)
    if group is None or group.county_id != case.county_id:
        raise Invalid("outcome.group")
    return group


async def _move(
    session: AsyncSession, case: Case, call: OutcomeCall, outcome: Outcome, needs: Needs
) -> None:
    """Moves the state; a case that leaves ``draft`` for more than the file gets its number."""
    target = needs.state or CaseState(case.state)
    if target is CaseState.CLOSED and case.number is not None:
        target = CaseState(case.state)  # advice on a matter that is under way ends nothing
    number = case.number
    if number is None and target not in (CaseState.DRAFT, CaseState.CLOSED):
        number = await next_case_number(session, case.county_id)
    to_follow = outcome is Outcome.ACCEPTED_TO_FOLLOW
    moved = await session.execute(
        update(Case)
        .where(Case.id == case.id, Case.state == case.state)
        .values(
            state=target,
            number=number,
            owner_staff_id=case.owner_staff_id or call.agent_staff_id,
            due_ms=now_ms() + FOLLOW_DUE_MS if to_follow else case.due_ms,
            changed_ms=now_ms(),
        )
        .returning(Case.id)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict("case.state", state=case.state)


async def give_outcomes(
    session: AsyncSession, call: OutcomeCall, given: Sequence[CaseOutcome]
) -> list[PassedOn]:
    """All cases of a call, or none. Locked in the order of their ids, so that no two calls wait
    for each other in a circle.

    :raises Invalid: a case is named twice; and what :func:`give_outcome` raises.
    """
    if len({one.case_id for one in given}) != len(given):
        raise Invalid("outcome.twice")
    in_order = sorted(given, key=lambda one: one.case_id)
    passed = [await give_outcome(session, call, one) for one in in_order]
    return [one for one in passed if one is not None]
