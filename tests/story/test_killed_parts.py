"""One process of a node is killed in a call: the call, its agent and its recording stay."""

import asyncio

import pytest

from casework.vocabulary import RecordingState
from signaling.wire.api import CallDetail
from signaling.wire.room import UpClosed
from tests.story.calling import Call, County, Files
from tests.story.clips import decoded
from tests.story.node import LocalNode
from tests.story.processes import parts, tree, wait_gone

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.timeout(240)]

PART = 30
"""Pictures before and after what happens: two seconds of the clips."""
TO_KEY_FRAME = 8
"""Pictures until the recording can begin."""
MISSING = 8
"""Half a second of accepted packets may be missing where a process died."""


@pytest.fixture
def county(node: LocalNode, files: Files, peers_on_loopback: None) -> County:
    return County(node.origin, node.passwords, files)


async def pictures(county: County, detail: CallDetail) -> int:
    """Frames of the camera that play; the document's file plays, too."""
    played = await county.files_of(detail)
    assert decoded(played["window", "document"], "video") > 0
    assert decoded(played["window", "audio_camera"], "audio") > 0
    return decoded(played["window", "audio_camera"], "video")


async def test_a_killed_edge_costs_the_sockets_alone(node: LocalNode, county: County) -> None:
    async with county.calling() as call:
        await call.desk.receives(packets=PART)
        killed = node.kill_part("edge")
        await call.desk.room.saw_close()
        await call.desk.receives(packets=PART)
        await asyncio.to_thread(node.wait_replaced, "edge", killed)
        async with county.rejoined(call, media=False) as again:
            await again.desk.receives(packets=PART)
            received = again.desk.packets("camera")
            assert received > 3 * PART, "counted by the peer that was there from the start"
            await again.finish()
        detail = await county.recorded(call.view.id, RecordingState.VERIFIED)
        assert await pictures(county, detail) >= 3 * PART


async def test_after_the_relay_was_killed_both_connect_anew_in_the_same_call(
    node: LocalNode, county: County
) -> None:
    async with county.calling() as call:
        await call.desk.receives(packets=PART)
        killed = node.kill_part("relay")
        await call.window.saw(UpClosed)
        await call.desk.receives(packets=PART)
        assert parts(node.pid)["relay"] != killed
        await call.finish()
        # Shown as interrupted: something is missing where the relay died.
        detail = await county.recorded(call.view.id, RecordingState.INTERRUPTED)
        assert await pictures(county, detail) >= 2 * PART - MISSING


async def test_a_killed_recorder_catches_up_from_the_log(node: LocalNode, county: County) -> None:
    async with county.calling() as call:
        await call.desk.receives(packets=PART)
        killed = node.kill_part("recorder")
        await call.desk.receives(packets=PART)
        await asyncio.to_thread(node.wait_replaced, "recorder", killed)
        await call.desk.receives(packets=PART)
        received = call.desk.packets("camera")
        await call.finish()
        detail = await county.recorded(call.view.id, RecordingState.VERIFIED)
        assert detail.recording is not None
        assert [stream.gaps for stream in detail.recording.streams] == [[], []]
        assert await pictures(county, detail) >= received - TO_KEY_FRAME


async def test_everything_ends_with_a_killed_watcher_and_the_recording_is_salvaged(
    node: LocalNode, county: County
) -> None:
    async with county.calling() as call:
        await call.desk.receives(packets=PART)
        await asyncio.to_thread(end_by_watcher, node)
        await asyncio.to_thread(node.start)
        await finish_without_media(county, call)
    detail = await county.recorded(call.view.id, RecordingState.VERIFIED)
    assert await pictures(county, detail) >= PART - MISSING


def end_by_watcher(node: LocalNode) -> None:
    pids = tree(node.pid)
    node.kill_watcher()
    wait_gone(pids, 20)


async def test_after_a_power_cut_the_recording_is_salvaged(node: LocalNode, county: County) -> None:
    async with county.calling() as call:
        await call.desk.receives(packets=PART)
        await asyncio.to_thread(node.kill)
        await asyncio.to_thread(node.start)
        await finish_without_media(county, call)
    detail = await county.recorded(call.view.id, RecordingState.INTERRUPTED)
    assert await pictures(county, detail) >= PART - MISSING


async def finish_without_media(county: County, call: Call) -> None:
    async with county.rejoined(call, media=False) as again:
        await again.finish()
