"""One call from the first ring to the end, over real sockets, on both databases."""

from pathlib import Path

from casework.database import Database
from casework.passwords import Passwords
from casework.vocabulary import CallEndReason
from signaling.relay.control import DownAnswer as DownAnswered
from signaling.relay.control import DownOpen
from signaling.wire.duty import CallAssigned, CallOver
from signaling.wire.room import (
    CallEnd,
    CallEnded,
    CallStarted,
    DownAnswer,
    DownOffered,
    RoomWelcome,
    UpOffer,
)
from tests.signaling.live.site import open_site, ringing


async def test_a_call_from_ring_to_end(
    database: Database, passwords: Passwords, tmp_path: Path, up_sdp: str, down_sdp: str
) -> None:
    async with open_site(database, passwords, tmp_path) as site:
        story = await ringing(site)
        window = await site.room(story.window, story.assigned.room)
        welcome = await window.event(RoomWelcome)
        assert welcome.call is None
        accepted = await window.command(UpOffer(request_id=1, sdp=up_sdp))
        assert "a=setup:passive" in accepted["sdp"]
        assert not site.relay.of(DownOpen), "nobody sees the window while it rings"

        call, address = await story.accept()
        agent = await site.room(story.console, address)
        seen = await agent.event(RoomWelcome)
        assert seen.call == call
        assert seen.cases[0].id == story.case_id
        picture = await agent.event(DownOffered)
        assert picture.participant_id == welcome.participant_id
        assert (await window.event(CallStarted)).call == call
        assert (await story.window_duty.event(CallAssigned)).call == call

        await agent.command(
            DownAnswer(request_id=1, connection_id=picture.connection_id, sdp=down_sdp)
        )
        assert site.relay.of(DownAnswered)[0].connection_id == picture.connection_id
        await agent.command(UpOffer(request_id=1, sdp=up_sdp))
        face = await window.event(DownOffered)
        assert face.participant_id == seen.participant_id
        assert [order.primary for order in site.relay.of(DownOpen)] == [True, True]

        await agent.command(CallEnd(request_id=1))
        assert (await window.event(CallEnded)).reason == CallEndReason.FINISHED
        assert (await agent.event(CallEnded)).rating_token is None
        assert (await story.window_duty.event(CallOver)).reason == CallEndReason.FINISHED
        assert site.relay.held().rooms == []
        kinds = await site.events_of_call()
        assert kinds[0] == "call.started"
        assert kinds[-1] == "call.ended"
