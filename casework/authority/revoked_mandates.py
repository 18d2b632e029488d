"""Mandates taken back, by whoever holds the code of a receipt that names them."""

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.database import now_ms
from casework.errors import Conflict
from casework.tables import Case, CaseMandate, Mandate, Receipt
from casework.vocabulary import MandateState


async def revoke_mandate(session: AsyncSession, mandate: Mandate) -> None:
    """The subject takes it back, with the receipt's code; what was done under it stays done.

    :raises Conflict: it never counted, or was taken back before.
    """
    revoked = await session.execute(
        update(Mandate)
        .where(
            Mandate.id == mandate.id,
            Mandate.state.in_([MandateState.PROPOSED, MandateState.IN_FORCE]),
        )
        .values(state=MandateState.REVOKED, revoked_ms=now_ms())
        .returning(Mandate.id)
    )
    if revoked.scalar_one_or_none() is None:
        raise Conflict("mandate.state", state=mandate.state)
    await session.refresh(mandate)
    case = await session.get_one(Case, mandate.given_case_id)
    add_event(
        session,
        case,
        "mandate.revoked",
        actor_staff_id=None,
        mandate_id=mandate.id,
        body={"mandate_id": mandate.id},
    )


def _of_receipt(receipt: Receipt) -> Select[Mandate]:
    """What the case of a receipt rests on, and what was given at it, as far as it still counts."""
    chosen = select(CaseMandate.mandate_id).where(CaseMandate.case_id == receipt.case_id)
    return select(Mandate).where(
        or_(Mandate.id.in_(chosen), Mandate.given_case_id == receipt.case_id),
        Mandate.state.in_([MandateState.PROPOSED, MandateState.IN_FORCE]),
        Mandate.until_ms > now_ms(),
    )


async def standing_mandates(session: AsyncSession, receipt: Receipt) -> int:
    """How many :func:`revoke_with_receipt` would take back."""
    found = await session.scalars(_of_receipt(receipt))
    return len(found.all())


async def revoke_with_receipt(session: AsyncSession, receipt: Receipt) -> int:
    """Whoever holds the receipt's code takes back the mandates of its case; how many.

    :raises Conflict: none of them counts any more.
    """
    rows = (await session.scalars(_of_receipt(receipt).with_for_update())).all()
    if not rows:
        raise Conflict("mandate.none_standing")
    for row in rows:
        await revoke_mandate(session, row)
    return len(rows)
