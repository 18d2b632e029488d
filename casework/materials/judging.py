"""The agent accepts what was given for a line, or sends it back with a reason."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepKind
from casework.database import now_ms
from casework.errors import Conflict, Invalid
from casework.materials.giving import GIVING_STATES
from casework.moments import Moment, note_act, permitted
from casework.tables import Case, CaseMaterial
from casework.vocabulary import MaterialState, SendBackReason


@dataclass(frozen=True, slots=True)
class Verdict:
    reason: SendBackReason | None
    """``None``: accepted."""
    text: str = ""
    """What the resident should do; shown at the window."""


async def judge_material(
    session: AsyncSession, case: Case, moment: Moment, given_id: str, verdict: Verdict
) -> None:
    """Either way may be taken back by judging anew, as long as nothing else was given instead.

    :param case: locked by this transaction.
    :raises Invalid: ``other`` says nothing without a text.
    :raises Conflict: it was replaced meanwhile, or the case is past its materials.
    """
    if verdict.reason is SendBackReason.OTHER and not verdict.text.strip():
        raise Invalid("material.reason_text")
    if case.state not in GIVING_STATES:
        raise Conflict("case.state", state=case.state)
    permit = await permitted(session, case, moment, StepKind.JUDGE_MATERIAL)
    state = MaterialState.SENT_BACK if verdict.reason else MaterialState.ACCEPTED
    judged = await session.execute(
        update(CaseMaterial)
        .where(
            CaseMaterial.id == given_id,
            CaseMaterial.case_id == case.id,
            CaseMaterial.state != MaterialState.REPLACED,
        )
        .values(
            state=state,
            reason=verdict.reason,
            reason_text=verdict.text.strip() if verdict.reason else "",
            judged_by_staff_id=moment.actor.staff_id,
            judged_ms=now_ms(),
        )
        .returning(CaseMaterial.material_id)
        .execution_options(synchronize_session=False)
    )
    material_id = judged.scalar_one_or_none()
    if material_id is None:
        raise Conflict("material.replaced")
    evidence = {"given_id": given_id, "material_id": material_id}
    result = verdict.reason.value if verdict.reason else "done"
    await note_act(session, case, moment, permit, f"material.{state}", evidence, result=result)
