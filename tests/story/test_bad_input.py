"""Bad input on a running node, a call under way beside it: a clear error each, and nothing lost."""

import asyncio
from random import Random

import aiohttp
import pytest

from casework.errors import ShipinbanError
from casework.vocabulary import CallBackReason, RecordingState, Surface
from signaling.wire.base import CloseCode
from signaling.wire.duty import AgentOffDuty, AgentOnDuty, CallBacksChanged, TicketTake
from signaling.wire.room import UpOffer
from signaling.wire.views import CallBackView, RoomAddress
from tests.figures import count
from tests.story import datagrams
from tests.story.calling import Call, County, Files, on_duty_socket, open_case
from tests.story.node import LocalNode
from tests.story.processes import parts

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

LONG_SDP = "v=0\r\n" + "a=x\r\n" * 50_000
"""256 KB."""
OVER_LIMIT = "v=0\r\n" + "a=x\r\n" * 8_000
"""40 KB: within a message, beyond what a description may have."""
MANY_SSRCS = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + "".join(
    f"a=ssrc:{number} cname:x\r\n" for number in range(1, 401)
)


@pytest.fixture
def county(node: LocalNode, files: Files, peers_on_loopback: None) -> County:
    return County(node.origin, node.passwords, files)


async def goes_on(node: LocalNode, county: County, call: Call, before: dict[str, int]) -> None:
    """Media flows, no process was replaced, and the call ends with a recording that is whole."""
    await call.desk.receives(packets=15)
    assert parts(node.pid) == before
    await call.finish()
    detail = await county.recorded(call.view.id, RecordingState.VERIFIED)
    assert detail.recording is not None
    assert [stream.gaps for stream in detail.recording.streams] == [[], []]


async def test_descriptions_that_are_too_large_are_refused_and_the_call_goes_on(
    node: LocalNode, county: County
) -> None:
    before = parts(node.pid)
    async with county.calling() as call:
        for sdp, code in ((OVER_LIMIT, "command.invalid"), (MANY_SSRCS, "sdp.attributes")):
            with pytest.raises(ShipinbanError) as refused:
                await call.window.command(up_offer(sdp))
            assert refused.value.code == code
            assert refused.value.text
        address = await call.helper.call("POST", "check-room", RoomAddress)
        with pytest.RaisesGroup(
            pytest.RaisesExc(ConnectionError, match=str(int(CloseCode.TOO_BIG))),
            flatten_subgroups=True,
        ):
            async with call.helper.room(address) as check:
                await check.command(up_offer(LONG_SDP))
        await goes_on(node, county, call, before)


def up_offer(sdp: str) -> UpOffer:
    """As a client would send it that checks nothing itself."""
    return UpOffer.model_construct(type="up.offer", request_id=1, sdp=sdp, connection_id=None)


async def test_a_room_token_lets_in_once(county: County) -> None:
    async with county.person(Surface.WINDOW, "helper") as helper:
        address = await helper.call("POST", "check-room", RoomAddress)
        async with helper.room(address):
            pass
        with pytest.RaisesGroup(
            pytest.RaisesExc(ConnectionError, match=str(int(CloseCode.TOKEN_USED))),
            flatten_subgroups=True,
        ):
            async with helper.room(address):
                pass


@pytest.mark.parametrize("path", ["/api/window/duty", "/api/console/duty", "/nodes/a/room"])
async def test_a_socket_opens_to_no_foreign_page(county: County, path: str) -> None:
    for origin in ("https://elsewhere.example.org", "null"):
        async with aiohttp.ClientSession(headers={"Origin": origin}) as stranger:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await stranger.ws_connect(county.origin + path)
            assert refused.value.status == 403


async def test_what_nobody_on_duty_can_answer_becomes_a_call_back(county: County) -> None:
    async with (
        county.person(Surface.CONSOLE, "county-agent") as agent,
        on_duty_socket(agent) as desk,
        county.person(Surface.WINDOW, "helper") as helper,
        on_duty_socket(helper) as duty,
    ):
        await desk.socket.command(AgentOnDuty(request_id=1))
        await desk.socket.command(AgentOffDuty(request_id=1))
        case = await open_case(helper)
        taken = await duty.socket.command(TicketTake(request_id=1, case_id=case.id))
        promised = CallBackView.model_validate(taken["call_back"])
        assert promised.case_id == case.id
        assert promised.reason is CallBackReason.NOBODY_ON_DUTY
        await desk.socket.command(AgentOnDuty(request_id=1))
        listed = await desk.saw(
            CallBacksChanged,
            lambda event: any(each.id == promised.id and each.mine for each in event.call_backs),
        )
        assert listed.call_backs[0].due_ms > promised.created_ms
        await desk.socket.command(AgentOffDuty(request_id=1))


@pytest.mark.alone  # a relay that is kept waiting finds its buffer full of strangers' datagrams
@pytest.mark.proof
async def test_strange_datagrams_disturb_neither_the_set_up_nor_the_call(
    node: LocalNode, county: County
) -> None:
    before, random = parts(node.pid), Random(1)
    strangers = count(20_000, 2_000)
    async with asyncio.TaskGroup() as group:
        group.create_task(
            asyncio.to_thread(datagrams.send, node.media_port, datagrams.noise(random, strangers))
        )
        async with county.calling() as call:
            for make in (datagrams.noise, datagrams.malformed_stun):
                sending = group.create_task(
                    asyncio.to_thread(datagrams.send, node.media_port, make(random, strangers))
                )
                await call.desk.receives(packets=15)
                await sending
            await goes_on(node, county, call, before)


async def test_the_log_tells_of_no_failure(node: LocalNode, county: County) -> None:
    """After all of the above."""
    assert "Traceback" not in node.log
    assert [line for line in node.log.splitlines() if '"level": "error"' in line] == []
