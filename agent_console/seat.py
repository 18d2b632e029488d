"""An agent without a browser: goes on duty, accepts what rings, and counts what it is sent.

For demos and for trying an installation out. It sends nothing and reads RTP without decoding.
"""

from collections.abc import Callable
from dataclasses import dataclass

from casework.vocabulary import Outcome, Surface
from signaling.client import Client, CommandSocket
from signaling.peer import Peer, Received
from signaling.room_return import stay_in_room
from signaling.wire.api import Empty, OutcomeOfCase, OutcomesGiven
from signaling.wire.duty import (
    AgentAvailable,
    AgentOffDuty,
    AgentOnDuty,
    AnyDutyEvent,
    OfferAccept,
    OfferRinging,
)
from signaling.wire.room import AnyRoomEvent, CallEnded, DownClosed, DownOffered
from signaling.wire.views import CallView, RoomAddress

Report = Callable[[str], None]


@dataclass(frozen=True)
class SeatOrder:
    origin: str
    username: str
    password: str
    calls: int | None = None
    """Go off duty after so many; ``None``: until interrupted."""
    longest_wait_s: float = 3600.0


async def run_seat(order: SeatOrder, report: Report) -> None:
    """Raises the error tree, ``ConnectionError`` or ``TimeoutError``."""
    async with Client.open(order.origin, Surface.CONSOLE) as client:
        me = await client.sign_in(order.username, order.password)
        report(f"signed in: {me.name}, {me.organisation_name}")
        async with client.duty() as duty:
            await duty.command(AgentOnDuty(request_id=1))
            report("on duty")
            served = 0
            while order.calls is None or served < order.calls:
                ringing = await duty.event(OfferRinging, timeout_s=order.longest_wait_s)
                await _serve(client, duty, ringing, report)
                served += 1
            await duty.command(AgentOffDuty(request_id=1))


async def _serve(
    client: Client, duty: CommandSocket[AnyDutyEvent], ringing: OfferRinging, report: Report
) -> None:
    accepted = await duty.command(OfferAccept(request_id=1, offer_id=ringing.offer.id))
    call = CallView.model_validate(accepted["call"])
    report(f"call {call.label} from {call.window_name}")
    address = RoomAddress.model_validate(accepted["room"])
    received = await _listen(client, duty, call.ticket_id, address)
    for (participant_id, line), packets in sorted(received.packets.items()):
        report(f"received {packets} packets of {line} from {participant_id}")
    outcomes = [
        OutcomeOfCase(case_id=case_id, outcome=Outcome.ADVICE_GIVEN) for case_id in call.case_ids
    ]
    await client.call("POST", f"calls/{call.id}/outcomes", Empty, OutcomesGiven(outcomes=outcomes))
    await duty.command(AgentAvailable(request_id=1))


async def _listen(
    client: Client, duty: CommandSocket[AnyDutyEvent], ticket_id: str, address: RoomAddress
) -> Received:
    peer = Peer()

    async def serve(room: CommandSocket[AnyRoomEvent]) -> bool:
        peer.use(room)
        async for event in room.events():
            match event:
                case DownOffered():
                    await peer.take_down(event)
                case DownClosed():
                    await peer.drop_down(event)
                case CallEnded():
                    return True
        return False

    try:
        await stay_in_room(client, duty, ticket_id, address, lambda: peer.downs, serve)
    finally:
        await peer.close()
    return peer.received
