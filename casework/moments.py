"""Who does something in a case, and when: in a call, on the call's clock; or before it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import Permit, Step, StepCall, StepKind, authorise
from casework.journal.acts import Act, add_entry
from casework.sign_in import SignedIn
from casework.tables import Case


@dataclass(frozen=True, slots=True)
class Moment:
    actor: SignedIn
    call: StepCall | None = None
    position_ms: int | None = None
    """On the call's clock."""

    @property
    def call_id(self) -> str | None:
        return self.call.id if self.call else None


async def permitted(session: AsyncSession, case: Case, moment: Moment, kind: StepKind) -> Permit:
    """:raises Forbidden: the code is the rule that said no."""
    step = Step(kind=kind, case=case, actor=moment.actor, call=moment.call)
    return await authorise(session, step)


async def note_act(
    session: AsyncSession,
    case: Case,
    moment: Moment,
    permit: Permit,
    what: str,
    evidence: Mapping[str, JsonValue],
    *,
    result: str = "done",
) -> str:
    """Writes the act's journal entry, with its position on the call's clock; the entry's id."""
    if moment.position_ms is not None:
        evidence = {**evidence, "position_ms": moment.position_ms}
    return await add_entry(
        session,
        Act(
            what=what,
            county_id=case.county_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            actor_staff_id=moment.actor.staff_id,
            window_id=case.window_id,
            case_id=case.id,
            call_id=moment.call_id,
            grant_id=permit.grant_id,
            mandate_id=permit.mandate_id,
            result=result,
            evidence=evidence,
        ),
    )
