"""What the recorded answer to the consent question allows a call to be."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import Conflict
from casework.tables import Consent
from casework.vocabulary import ConsentAnswer, ConsentPolicy


@dataclass(frozen=True, slots=True)
class CallConsent:
    advice_only: bool
    """The answer was no: an unrecorded call, no acceptance, no delegated step."""


async def consent_for_call(session: AsyncSession, case_id: str, policy: str) -> CallConsent:
    """By the latest answer.

    :raises Conflict: nobody has been asked, or the item is not handled without recording.
    """
    answer = await session.scalar(
        select(Consent.answer)
        .where(Consent.case_id == case_id)
        .order_by(Consent.at_ms.desc(), Consent.id.desc())
        .limit(1)
    )
    if answer is None:
        raise Conflict("consent.not_asked", "请先征得群众对录音录像的意见")
    if answer != ConsentAnswer.YES and policy == ConsentPolicy.NO_CALL:
        raise Conflict("consent.needed", "该事项须同意录音录像才能视频办理")
    return CallConsent(advice_only=answer != ConsentAnswer.YES)
