"""How offers and calls that are no longer shown have ended."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.vocabulary import OfferState
from signaling.tables import Call, Offer
from signaling.wire.views import CallView, OfferView

_OFFER_REASONS = {
    OfferState.SERVING: "accepted",
    OfferState.ENDED: "accepted",
    OfferState.DECLINED: "declined",
    OfferState.EXPIRED: "expired",
}


async def call_reason(session: AsyncSession, call: CallView | None) -> str:
    """A value of :class:`~casework.vocabulary.CallEndReason`; empty for no call."""
    if call is None:
        return ""
    reason = await session.scalar(select(Call.end_reason).where(Call.id == call.id))
    return reason or ""


async def offer_reason(session: AsyncSession, offer: OfferView | None) -> str:
    """``accepted``, ``declined``, ``expired`` or ``cancelled``; empty for no offer."""
    if offer is None:
        return ""
    state = await session.scalar(select(Offer.state).where(Offer.id == offer.id))
    return _OFFER_REASONS.get(OfferState(state), "cancelled") if state else "cancelled"
