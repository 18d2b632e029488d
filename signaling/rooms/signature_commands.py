"""A signature as it is drawn: seen by the agent at once, and kept nowhere."""

from casework.errors import NotFound, TooMany
from casework.vocabulary import ParticipantKind
from signaling.rooms.base import Seat
from signaling.rooms.room import Room
from signaling.wire.commands import Result
from signaling.wire.forms import SignatureDraw, SignatureDrawn


async def handle_signature_draw(seat: Seat[Room], command: SignatureDraw) -> Result:
    room, member = seat.room, seat.member
    member.must_be(ParticipantKind.WINDOW)
    if command.case_id not in room.call.facts.case_ids:
        raise NotFound("case.not_found", "没有这个办件")
    if room.call.drawing.wait_s(""):
        raise TooMany("signature.fast", "签名笔迹发送得太快")
    drawn = SignatureDrawn(**command.model_dump(exclude={"type", "request_id"}))
    for other in room.members:
        if other.kind is ParticipantKind.AGENT:
            other.post(drawn)
    return None
