"""How a call is, judged from what its two sides measured last; as the pages judge it for people."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.vocabulary import CallQuality, ParticipantKind
from signaling.tables import CallEvent, CallParticipant

_SIDES = (ParticipantKind.WINDOW, ParticipantKind.AGENT)


async def qualities(session: AsyncSession, call_ids: Sequence[str]) -> Mapping[str, CallQuality]:
    """Of live calls by id; a call that nothing was measured of yet is left out."""
    last = (
        select(CallEvent.call_id, func.max(CallEvent.position_ms).label("position_ms"))
        .where(CallEvent.call_id.in_(call_ids), CallEvent.kind == "quality")
        .group_by(CallEvent.call_id)
        .subquery()
    )
    events = await session.execute(
        select(CallEvent.call_id, CallEvent.body).join(
            last,
            and_(
                CallEvent.call_id == last.c.call_id,
                CallEvent.position_ms == last.c.position_ms,
                CallEvent.kind == "quality",
            ),
        )
    )
    sides = await session.scalars(
        select(CallParticipant.id).where(
            CallParticipant.call_id.in_(call_ids), CallParticipant.kind.in_(_SIDES)
        )
    )
    counted = frozenset(sides)
    return {row.call_id: of_call(row.body.get("connections", ()), counted) for row in events}


def of_call(measured: Sequence[Mapping[str, Any]], sides: Collection[str]) -> CallQuality:
    """The worst of the connections of the two sides: a listener's link is not the call's."""
    found = {of_connection(one) for one in measured if one["participant_id"] in sides}
    for quality in (CallQuality.POOR, CallQuality.FAIR, CallQuality.GOOD):
        if quality in found:
            return quality
    return CallQuality.UNKNOWN


def of_connection(measured: Mapping[str, Any]) -> CallQuality:
    """The bounds of web_shared/rtc/quality.ts."""
    if not measured["bitrate_bps"]:
        return CallQuality.UNKNOWN
    concealed, lost = measured["concealed_fraction"], measured["lost_fraction"]
    delay_ms, available_bps = measured["round_trip_ms"], measured["available_bps"]
    if concealed > 0.1 or lost > 0.08 or delay_ms > 800:
        return CallQuality.POOR
    if available_bps is not None and available_bps < 150_000:
        return CallQuality.POOR
    if concealed > 0.03 or lost > 0.02 or delay_ms > 300:
        return CallQuality.FAIR
    if available_bps is not None and available_bps < 400_000:
        return CallQuality.FAIR
    return CallQuality.GOOD
