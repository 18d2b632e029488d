"""A node is killed in a call: its county carries on, and the resident is served on another node."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from casework.vocabulary import AgentState, CallEndReason, RecordingState, TicketState
from signaling.wire.duty import AgentAvailable, AgentChanged, CallOver, TicketChanged, WindowState
from signaling.wire.room import CallEnd, CallEnded
from signaling.wire.views import TicketView
from tests.setup import county as compose
from tests.story.calling import Call, County, Files, Listening, on_duty_socket
from tests.story.clips import decoded
from tests.story.processes import kill_tree, wait_gone

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.timeout(300)]

BACK_IN_LINE_S = 10.0
"""The goal: a lease of six seconds and a look a second."""
FRAMES = 45
"""Three seconds of the clips; each picture is one packet."""
LOST_FRAMES = 8
"""The last half second that arrived may be missing."""
LOOSE = 2.0
"""On a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: str
) -> Iterator[compose.County]:
    with compose.two_nodes(tmp_path_factory.mktemp("county"), postgresql_server) as running:
        yield running


@pytest.fixture
def county(services: compose.County, files: Files, peers_on_loopback: None) -> County:
    kept = services.compose.folder / "kept" / "demo-passwords.json"
    return County(services.compose.origin(), json.loads(kept.read_text()), files)


def kill(services: compose.County, service: str) -> None:
    process = services.processes[service]
    pids = kill_tree(process.pid)
    process.wait(10)
    wait_gone(pids, 10)


@pytest.mark.parametrize("redis", ["with_redis", "without_redis"])
async def test_a_ticket_whose_node_dies_is_at_the_head_and_served_on_the_other_node(
    services: compose.County, county: County, redis: str
) -> None:
    if redis == "without_redis":
        services.stop("redis")
    async with county.calling(helper_node="a", agent_node="b") as call:
        assert call.view.recorded
        await call.desk.receives(packets=FRAMES)
        await asyncio.to_thread(kill, services, "node-a")
        killed_s = time.monotonic()
        async with on_duty_socket(call.helper) as duty:
            back = await back_in_line(duty, call)
            assert time.monotonic() - killed_s < BACK_IN_LINE_S * LOOSE
            assert back.case_id == call.view.case_ids[0]
            over = await call.agent_duty.saw(CallOver)
            assert over.reason == CallEndReason.NODE_LOST
            await served_on_the_other_node(county, call, duty)
    await asyncio.to_thread(services.start, "node-a")
    detail = await county.recorded(call.view.id, RecordingState.INTERRUPTED)
    played = await county.files_of(detail)
    assert decoded(played["window", "audio_camera"], "video") >= FRAMES - LOST_FRAMES
    assert decoded(played["window", "document"], "video") >= FRAMES - LOST_FRAMES
    if redis == "without_redis":
        services.start("redis")


async def back_in_line(duty: Listening, call: Call) -> TicketView:
    """Waiting at the head; or ringing already, which only a ticket at the head does."""
    at_head = (TicketState.WAITING, TicketState.OFFERED)

    def is_back(ticket: TicketView | None) -> bool:
        return (
            ticket is not None
            and ticket.id == call.view.ticket_id
            and ticket.state in at_head
            and ticket.place in {None, 1}
        )

    state = await duty.saw(WindowState)
    if state.ticket is not None and is_back(state.ticket):
        return state.ticket
    return (await duty.saw(TicketChanged, lambda event: is_back(event.ticket))).ticket


async def served_on_the_other_node(county: County, lost: Call, duty: Listening) -> None:
    """The same case in a new call, with media on the way to the agent again."""
    async with AsyncExitStack() as stack:
        call = await county.answered(
            stack, lost.helper, lost.agent, duty, lost.agent_duty, after=lost
        )
        assert call.node_id == "b"
        assert call.view.id != lost.view.id
        assert call.view.case_ids == lost.view.case_ids
        await call.desk.command(CallEnd(request_id=1))
        assert (await call.window.saw(CallEnded)).reason == CallEndReason.FINISHED
    await county.recorded(call.view.id, RecordingState.VERIFIED)
    await lost.agent_duty.saw(AgentChanged, lambda event: event.agent.state is AgentState.WRAP_UP)
    await lost.agent_duty.socket.command(AgentAvailable(request_id=1))
