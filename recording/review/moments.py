"""Form versions and signatures of a call, placed on its clock."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.policy import may_supervise
from casework.protected import ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import FormVersion, Signature
from signaling.form_views import form_view, masked, signature_view
from signaling.tables import Call
from signaling.wire.review_desk import CallMoments, FormMoment, SignatureMoment

LISTED = 200
"""Of each kind; the latest."""


async def call_moments(
    session: AsyncSession, protected: ProtectedFields, person: SignedIn, call_id: str
) -> CallMoments:
    """Raises ``NotFound`` for a call that is absent or of another line."""
    call = await session.scalar(
        select(Call).where(
            Call.id == call_id, may_supervise(person, Call.county_id, Call.home_organisation_id)
        )
    )
    if call is None:
        raise NotFound("call.not_found")
    return CallMoments(
        forms=await _forms(session, protected, call),
        signatures=await _signatures(session, protected, call),
    )


async def _forms(session: AsyncSession, protected: ProtectedFields, call: Call) -> list[FormMoment]:
    rows = await session.scalars(
        select(FormVersion)
        .where(FormVersion.call_id == call.id, FormVersion.shown_ms.is_not(None))
        .order_by(FormVersion.shown_ms.desc())
        .limit(LISTED)
    )
    return [
        FormMoment(
            form=masked(await form_view(session, protected, row)),
            shown_position_ms=_position(call, row.shown_ms or 0) or 0,
            confirmed_position_ms=_position(call, row.confirmed_ms),
            signed_position_ms=_position(call, row.signed_ms),
        )
        for row in reversed(rows.all())
    ]


async def _signatures(
    session: AsyncSession, protected: ProtectedFields, call: Call
) -> list[SignatureMoment]:
    rows = await session.scalars(
        select(Signature)
        .where(Signature.call_id == call.id)
        .order_by(Signature.signed_ms.desc())
        .limit(LISTED)
    )
    return [
        SignatureMoment(
            signature=signature_view(protected, row),
            position_ms=_position(call, row.signed_ms) or 0,
        )
        for row in reversed(rows.all())
    ]


def _position(call: Call, at_ms: int | None) -> int | None:
    """Both times are the database's; what was done before the call counts as its beginning."""
    return None if at_ms is None else max(0, at_ms - call.started_ms)
