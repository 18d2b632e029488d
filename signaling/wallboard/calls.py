"""The running calls that a person supervises."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.sign_in import SignedIn
from casework.vocabulary import CallQuality, RecordingState
from signaling.call_views import calls_query
from signaling.edge.scope import may_attend
from signaling.pairing.numbers import label
from signaling.tables import Call
from signaling.wallboard import limits
from signaling.wallboard.quality import qualities
from signaling.wire.live import LISTED, CallsBoard, LiveCall

RecordingStates = Callable[[AsyncSession, Sequence[str]], Awaitable[Mapping[str, RecordingState]]]


async def calls_board(
    session: AsyncSession, person: SignedIn, recording_states: RecordingStates
) -> CallsBoard:
    """The longest first."""
    mine = may_attend(person)
    rows = (
        await session.execute(
            calls_query().where(mine).order_by(Call.started_ms, Call.id).limit(LISTED)
        )
    ).all()
    call_ids = [row.Call.id for row in rows]
    measured = await qualities(session, call_ids)
    states = await recording_states(session, call_ids)
    calls = [
        _live_call(row, measured.get(row.Call.id, CallQuality.UNKNOWN), states.get(row.Call.id))
        for row in rows
    ]
    return CallsBoard(
        total=(await session.scalar(select(func.count()).select_from(Call).where(mine))) or 0,
        calls=calls,
        level=limits.of_calls(call.quality for call in calls),
    )


def _live_call(row: Any, quality: CallQuality, state: RecordingState | None) -> LiveCall:  # noqa: ANN401
    call, ticket = row.Call, row.Ticket
    return LiveCall(
        id=call.id,
        label=label(ticket.letters, ticket.number),
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        window_name=row.window_name,
        window_name_en=row.window_name_en,
        helper_name=row.helper_name,
        helper_name_en=row.helper_name_en,
        agent_name=row.agent_name,
        agent_name_en=row.agent_name_en,
        started_ms=call.started_ms,
        quality=quality,
        recording_state=state,
    )
