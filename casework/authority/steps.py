"""The one question that every step of a case asks before it changes anything."""

from dataclasses import dataclass

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.facts import Facts, MandateFacts
from casework.authority.load_facts import load_facts
from casework.authority.rules import needs_grant, needs_mandate, refusal
from casework.authority.step import Step
from casework.authority.step_kinds import StepCall, StepKind
from casework.database import now_ms
from casework.errors import Forbidden
from casework.tables import Mandate
from casework.vocabulary import MandateState

__all__ = ["Permit", "Step", "StepCall", "StepKind", "authorise", "examine"]


@dataclass(frozen=True, slots=True)
class Permit:
    """What the step rests on; goes into its journal entry."""

    grant_id: str | None = None
    mandate_id: str | None = None


async def authorise(session: AsyncSession, step: Step) -> Permit:
    """Asks every rule; a mandate that is good for one case is bound to it in this transaction.

    The grant and the mandate stay locked until the transaction ends: neither is revoked between
    the answer and the step that rests on it.

    :raises Forbidden: the code is the rule that said no.
    """
    facts = await load_facts(session, step, lock=True)
    code = refusal(step.kind, facts)
    if code is not None:
        raise Forbidden(code)
    grant_id = mandate_id = None
    if facts.grant is not None and needs_grant(step.kind, facts):
        grant_id = facts.grant.id
    if facts.mandate is not None and needs_mandate(step.kind, facts):
        mandate_id = facts.mandate.id
        if facts.mandate.once:
            await _bind(session, facts.mandate, step.case.id)
    return Permit(grant_id, mandate_id)


async def examine(session: AsyncSession, step: Step) -> tuple[str | None, Facts]:
    """What :func:`authorise` would answer, for a page that shows it beforehand; changes nothing."""
    facts = await load_facts(session, step, lock=False)
    return refusal(step.kind, facts), facts


async def _bind(session: AsyncSession, mandate: MandateFacts, case_id: str) -> None:
    """The row decides, should two cases use the mandate at the same moment."""
    bound = await session.execute(
        update(Mandate)
        .where(
            Mandate.id == mandate.id,
            Mandate.state == MandateState.IN_FORCE,
            or_(Mandate.used_case_id.is_(None), Mandate.used_case_id == case_id),
        )
        .values(used_case_id=case_id, used_ms=now_ms())
        .returning(Mandate.id)
    )
    if bound.scalar_one_or_none() is None:
        raise Forbidden("authority.mandate_used")
