"""How the links of a call are, and when it is over for want of somebody."""

import time

from casework.vocabulary import CallEndReason, ParticipantKind
from signaling.rooms.call import RoomCall
from signaling.rooms.link import LinkState
from signaling.rooms.members import Member, Members
from signaling.wire.room import ParticipantConnection

SERVED = (CallEndReason.FINISHED, CallEndReason.LONGEST_CALL)
"""The ticket is served; after any other end it goes back to the head of the queue."""
_LOST = {
    ParticipantKind.WINDOW: CallEndReason.WINDOW_LOST,
    ParticipantKind.AGENT: CallEndReason.AGENT_LOST,
}
"""Whom a call cannot do without."""


async def judge_links(call: RoomCall, members: Members, now_s: float) -> None:
    """Tells the others whose link has changed."""
    for member in members:
        if member.listener is not None:
            continue  # no side of the call: who loses the socket has left
        state = member.link.judge(now_s)
        if state is member.link.state:
            continue
        member.link.state = state
        changed = ParticipantConnection(
            participant_id=member.participant_id,
            state=state.value,
            until_ms=_until_ms(member, now_s) if state is LinkState.LOST else None,
        )
        members.broadcast(changed, but=member)
        body = {"participant_id": member.participant_id, "state": state}
        await call.log.write("participant.connection", member.staff_id, body)


def why_over(call: RoomCall, members: Members, now_s: float) -> CallEndReason | None:
    """``None`` while the call goes on. Of several who are gone, the one who left first counts."""
    due = [
        (deadline_s, _LOST[member.kind])
        for member in members
        if member.kind in _LOST and (deadline_s := member.link.deadline_s) is not None
    ]
    if due and min(due)[0] <= now_s:
        return min(due)[1]
    if call.log.position_ms >= call.context.settings.longest_call_s * 1000:
        return CallEndReason.LONGEST_CALL
    return None


def _until_ms(member: Member, now_s: float) -> int | None:
    deadline_s = member.link.deadline_s
    if deadline_s is None:
        return None
    return time.time_ns() // 1_000_000 + int((deadline_s - now_s) * 1000)
