"""Calls without a browser: `shipinban station` and `shipinban seat`, as an operator runs them."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from casework.vocabulary import PageState, RecordingState, Surface
from signaling.client import Client
from signaling.wire.duty import AgentAvailable, AgentOffDuty, AgentOnDuty, OfferAccept, OfferRinging
from signaling.wire.room import CallEnd, PageChanged, PageRequest
from signaling.wire.views import CallView, RoomAddress
from tests.setup.local_compose import ROOT
from tests.story.calling import ITEM, County, Files, InRoom, in_room, on_duty_socket
from tests.story.clips import decoded
from tests.story.node import LocalNode

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

CALL_S = 6
DEADLINE_S = 120.0


@pytest.fixture
def county(node: LocalNode, files: Files, peers_on_loopback: None) -> County:
    return County(node.origin, node.passwords, files)


@asynccontextmanager
async def command(
    county: County, name: str, username: str, *words: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    arguments = ["--username", username, "--origin", county.origin, *words]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shipinban", name, *arguments),
        cwd=ROOT,
        env={"SHIPINBAN_PASSWORD": county.passwords[username], "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()  # to the end of its output: its pipe is closed then


def station(county: County) -> tuple[str, ...]:
    camera, document = str(county.files.camera), str(county.files.document)
    return ("--camera", camera, "--document", document, "--item", ITEM)


async def line_with(process: asyncio.subprocess.Process, text: str) -> str:
    """The first line of what it says that has ``text`` in it."""
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        while line := (await process.stdout.readline()).decode():
            if text in line:
                return line
    raise AssertionError(f"it ended without saying {text!r}")


async def rest_of(process: asyncio.subprocess.Process) -> str:
    """What it says until it ends; it must end with code 0."""
    async with asyncio.timeout(DEADLINE_S):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_station_and_seat_hold_a_call_that_is_on_record(county: County) -> None:
    hang_up = ("--call-s", str(CALL_S))
    async with command(county, "seat", "county-agent", "--accept", "--calls", "1") as seat:
        await line_with(seat, "on duty")
        async with command(county, "station", "helper", *station(county), *hang_up) as window:
            said_at_window, said_at_desk = await asyncio.gather(rest_of(window), rest_of(seat))
    assert "the call ended: finished" in said_at_window
    counted = re.findall(r"received (\d+) packets of (\w+) from", said_at_desk)
    assert {line for packets, line in counted if int(packets) > 20} == {
        "audio",
        "camera",
        "document",
    }

    call = (await county.calls())[0]
    detail = await county.recorded(call.id, RecordingState.VERIFIED)
    played = await county.files_of(detail)
    both = played["window", "audio_camera"]
    assert decoded(both, "video") > 20
    assert decoded(both, "audio") > 50
    assert decoded(played["window", "document"], "video") > 20


@asynccontextmanager
async def answered_station(county: County) -> AsyncIterator[tuple[Client, InRoom, CallView]]:
    """An agent in this process, whom the station's document reaches; afterwards he ends the call."""
    async with (
        county.person(Surface.CONSOLE, "county-agent") as agent,
        on_duty_socket(agent) as duty,
    ):
        await duty.socket.command(AgentOnDuty(request_id=1))
        async with command(county, "station", "helper", *station(county)) as window:
            offer = (await duty.saw(OfferRinging)).offer
            accepted = await duty.socket.command(OfferAccept(request_id=1, offer_id=offer.id))
            call = CallView.model_validate(accepted["call"])
            async with in_room(agent, RoomAddress.model_validate(accepted["room"])) as desk:
                await desk.receives(["document"])
                yield agent, desk, call
                await desk.command(CallEnd(request_id=1))
            assert "the call ended: finished" in await rest_of(window)
        await duty.socket.command(AgentAvailable(request_id=1))
        await duty.socket.command(AgentOffDuty(request_id=1))


async def test_a_station_answers_when_the_agent_takes_a_page(
    county: County,
) -> None:
    async with answered_station(county) as (agent, desk, call):
        await desk.command(PageRequest(request_id=1, case_id=call.case_ids[0]))
        ready = await desk.saw(
            PageChanged, lambda event: event.page and event.page.state is PageState.READY
        )
        rendition = await agent.fetch("GET", f"pages/{ready.page.id}/rendition")
        assert rendition[8:12] == b"WEBP"


@pytest.mark.fault
async def test_a_station_sends_again_when_the_relay_was_replaced(
    county: County, node: LocalNode
) -> None:
    async with answered_station(county) as (_, desk, _):
        killed = node.kill_part("relay")
        await desk.receives()
        await asyncio.to_thread(node.wait_replaced, "relay", killed)
