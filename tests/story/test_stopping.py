"""Told to stop, a node tells its people, closes what it holds, and is gone soon."""

import asyncio

import pytest

from casework.vocabulary import RecordingState
from tests.story.calling import County, Files
from tests.story.clips import decoded
from tests.story.node import LocalNode

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

IDLE_S = 2.0
IN_A_CALL_S = 5.0
LOOSE = 5.0
"""The goals hold on a quiet machine."""


@pytest.fixture
def county(node: LocalNode, files: Files, peers_on_loopback: None) -> County:
    return County(node.origin, node.passwords, files)


@pytest.mark.parametrize("from_keyboard", [False, True])
def test_an_idle_node_stops_at_once_and_says_nothing_alarming(
    node: LocalNode, from_keyboard: bool
) -> None:
    took_s, code = node.stop(from_keyboard=from_keyboard)
    node.start()
    assert code == 0
    assert took_s < IDLE_S * LOOSE
    assert "Traceback" not in node.log
    assert '"level": "error"' not in node.log


@pytest.mark.parametrize("from_keyboard", [False, True])
async def test_a_call_outlives_an_orderly_restart_of_its_node(
    node: LocalNode, county: County, from_keyboard: bool
) -> None:
    async with county.calling() as call:
        await call.desk.receives(packets=30)
        took_s, code = await asyncio.to_thread(node.stop, from_keyboard=from_keyboard)
        assert code == 0
        assert took_s < IN_A_CALL_S * LOOSE
        assert "Traceback" not in node.log
        await call.window.room.saw_close()
        await call.helper_duty.saw_close()
        await asyncio.to_thread(node.start)
        async with county.rejoined(call, media=True) as again:
            await again.desk.receives(packets=30)
            await again.finish()
    detail = await county.recorded(call.view.id, RecordingState.VERIFIED)
    played = await county.files_of(detail)
    assert decoded(played["window", "audio_camera"], "video") > 50
    assert decoded(played["window", "document"], "video") > 50
