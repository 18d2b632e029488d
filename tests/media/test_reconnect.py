"""The path breaks: a NAT that forgets, a cut of four seconds, a longer one."""

import asyncio
import time

import pytest

from tests.figures import write_figures
from tests.media.call import Person
from tests.media.conftest import Trial
from tests.media.readings import AUDIO

pytestmark = [pytest.mark.browser, pytest.mark.proof]

REBINDING_GOAL_S = 2.0
TOLERANCE = 5
RENEW_S = 8.0
"""The page makes a new connection after so long a silence."""


async def _gap(viewer: Person, deadline_s: float) -> float:
    """Seconds from now until voice comes again that was not under way already."""
    began = time.monotonic()
    still = await viewer.read_later(0.3)
    now = still
    async with asyncio.timeout(deadline_s):
        while now.received(AUDIO, "packetsReceived") < still.received(AUDIO, "packetsReceived") + 5:
            now = await viewer.read_later(0.05)
            if now.received(AUDIO, "packetsReceived") < still.received(AUDIO, "packetsReceived"):
                still = now  # a new connection counts from zero
    return time.monotonic() - began


async def test_a_call_outlives_rebinding_restart_and_a_new_connection(trial: Trial) -> None:
    path = trial.impair(trial.links[0])
    window = await trial.person("a", trial.links[0], path)
    agent = await trial.person("b", trial.links[1])
    agent.sees = {"a": True}
    await trial.call.enter(window, bring=True)
    await trial.call.enter(agent)
    await asyncio.sleep(4)
    rows: list[list[object]] = []

    window.asked.clear()
    path.rebind()
    rebound_s = await _gap(agent, 30)
    rows.append(["NAT gives another port", round(rebound_s, 1), _counted(window)])
    assert rebound_s < REBINDING_GOAL_S * TOLERANCE

    for cut_s in (4.0, 9.5):
        await asyncio.sleep(2)
        window.asked.clear()
        path.cut = True
        before_id = trial.call.media.ups["a"].connection_id
        await asyncio.sleep(cut_s)
        path.cut = False
        gap_s = await _gap(agent, 40)
        fresh = trial.call.media.ups["a"].connection_id != before_id
        kind = "new connection" if fresh else "ICE restart"
        rows.append([f"cut for {cut_s} s", round(gap_s, 1), f"{_counted(window)} ({kind})"])
        assert "up.offer" in window.asked
        assert fresh == (cut_s > RENEW_S)
        assert (await window.read()).up["state"] == "connected"
    write_figures(
        "reconnect",
        "The window's path breaks",
        ["what", "voice again at the agent after, s", "what the window's page asked for"],
        rows,
        note="After a cut: counted from the moment at which the path is there again.",
    )


def _counted(person: Person) -> str:
    return (
        ", ".join(sorted({each for each in person.asked if each != "quality.report"})) or "nothing"
    )
