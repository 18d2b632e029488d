"""How a call ends for each of its cases: what is allowed, and what it does.

One transaction carries the outcomes of all cases of a call. What moves a case asks the one table of
steps (:mod:`casework.course`); refusing a resident is a proposal only, which a second person at the
county decides (否决权上移).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepCall
from casework.case_events import add_event
from casework.could_not import Place, Told, open_report
from casework.course.missing import listed_materials
from casework.course.moving import Moving, move_case
from casework.course.refusals import propose_refusal
from casework.course.transitions import ENDED
from casework.errors import Conflict, Invalid, NotFound
from casework.sign_in import SignedIn
from casework.tables import Case, CaseEvent, SkillGroup
from casework.vocabulary import CaseMove, CaseState, Outcome, Reporter


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    move: CaseMove | None
    """The step that it takes; ``None`` leaves the case where it is."""
    missing: bool | None = None
    """Whether a list of missing materials must not be given; ``None``: may."""
    text: bool = False
    """Whether words are needed that no step asks for."""


OUTCOMES: Mapping[Outcome, OutcomeRule] = {
    Outcome.ADVICE_GIVEN: OutcomeRule(CaseMove.CLOSE),
    Outcome.GUIDED: OutcomeRule(CaseMove.CLOSE),
    Outcome.RECEIVED: OutcomeRule(CaseMove.RECEIVE, missing=False),
    Outcome.ACCEPTED: OutcomeRule(CaseMove.ACCEPT, missing=False),
    Outcome.ACCEPTED_TO_FOLLOW: OutcomeRule(CaseMove.ACCEPT_TO_FOLLOW),
    Outcome.RETURNED: OutcomeRule(CaseMove.RETURN),
    Outcome.REFUSAL_PROPOSED: OutcomeRule(CaseMove.PROPOSE_REFUSAL, missing=False),
    Outcome.PASSED_ON: OutcomeRule(None),
    Outcome.COULD_NOT_BE_DONE: OutcomeRule(CaseMove.CLOSE, missing=False, text=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    case_id: str
    outcome: Outcome
    missing_material_ids: Collection[str] = field(default_factory=tuple)
    text: str = ""
    """With ``refusal_proposed``: the reason, as the resident will read it."""
    legal_basis: str = ""
    pass_to_skill_group_id: str | None = None
    may_decide: bool | None = None
    """Of a matter that came up in the call; ``None``: as the call was brought together."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A case on its way to another skill group, which pairing brings there."""

    case: Case
    skill_group: SkillGroup


async def give_outcome(
    session: AsyncSession, call: StepCall, agent: SignedIn, given: CaseOutcome
) -> PassedOn | None:
    """Gives one case of a call its outcome; what it passes on is for the caller to bring there.

    :raises Invalid: a list, text or group is missing, or one too many.
    :raises Forbidden: this call may not do that; the code names what is missing.
    :raises Conflict: the case has an outcome of this call already, or is past this one.
    """
    case = await _locked(session, given.case_id)
    if given.may_decide is not None:
        call = replace(call, may_decide=given.may_decide)
    rule = OUTCOMES[given.outcome]
    _check_form(rule, given)
    if CaseState(case.state) in ENDED:
        raise Conflict("case.state", state=case.state)
    await _check_once(session, case, call)
    missing = await listed_materials(session, case, given.missing_material_ids)
    group = await _group(session, case, given)
    await _take(session, case, call, agent, given, missing)
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


async def _take(
    session: AsyncSession,
    case: Case,
    call: StepCall,
    agent: SignedIn,
    given: CaseOutcome,
    missing: list[str],
) -> None:
    """Takes the outcome's step. Advice on a matter that is under way ends nothing."""
    move = OUTCOMES[given.outcome].move
    if move is CaseMove.PROPOSE_REFUSAL:
        await propose_refusal(
            session, case, agent,
            reason=given.text, legal_basis=given.legal_basis, call=call, outcome=given.outcome,
        )  # fmt: skip
        return
    body = {"missing_material_ids": missing, "text": given.text}
    if given.pass_to_skill_group_id is not None:
        body["skill_group_id"] = given.pass_to_skill_group_id
    if move is None or (move is CaseMove.CLOSE and case.state != CaseState.DRAFT):
        add_event(
            session, case, "outcome.given",
            actor_staff_id=agent.staff_id, call_id=call.id, outcome=given.outcome, body=body,
        )  # fmt: skip
        return
    moving = Moving(
        case=case, move=move, actor=agent, call=call,
        text=given.text, missing=missing, outcome=given.outcome, body=body,
    )  # fmt: skip
    await move_case(session, moving)


async def _locked(session: AsyncSession, case_id: str) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    case = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound("case.not_found")
    return case


def _check_form(rule: OutcomeRule, given: CaseOutcome) -> None:
    if rule.missing is False and given.missing_material_ids:
        raise Invalid("outcome.missing_given")
    if rule.text and not given.text.strip():
        raise Invalid("outcome.text_needed")
    if (given.outcome is Outcome.PASSED_ON) != (given.pass_to_skill_group_id is not None):
        raise Invalid("outcome.group")


async def _check_once(session: AsyncSession, case: Case, call: StepCall) -> None:
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


async def give_outcomes(
    session: AsyncSession, call: StepCall, agent: SignedIn, given: Sequence[CaseOutcome]
) -> list[PassedOn]:
    """All cases of a call, or none. Locked in the order of their ids, so that no two calls wait
    for each other in a circle.

    :raises Invalid: a case is named twice; and what :func:`give_outcome` raises.
    """
    if len({one.case_id for one in given}) != len(given):
        raise Invalid("outcome.twice")
    in_order = sorted(given, key=lambda one: one.case_id)
    passed = [await give_outcome(session, call, agent, one) for one in in_order]
    return [one for one in passed if one is not None]
