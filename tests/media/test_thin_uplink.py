"""256 kbit/s and 5 % loss: the page arrives readable while the voice goes on."""

import asyncio

import pytest

from tests.figures import write_figures
from tests.media.conftest import Trial
from tests.media.readings import DOCUMENT, Span

pytestmark = [pytest.mark.browser, pytest.mark.proof]

UPLINK_BPS = 256_000
LOSS = 0.05
STILL_GOAL_S = 60.0
VOICE_GOAL = 0.9


async def test_a_still_and_the_voice_share_a_thin_uplink(trial: Trial) -> None:
    path = trial.impair(trial.links[0])
    window = await trial.person("a", trial.links[0], path)
    agent = await trial.person("b", trial.links[1])
    agent.sees = {"a": True}
    trial.call.start_bitrate_bps = 300_000
    window.link.shape(up_bps=UPLINK_BPS)
    path.loss_up = LOSS
    path.delay_s = 0.015
    await trial.call.enter(window, bring=True)
    await trial.call.enter(agent)
    await asyncio.sleep(6)
    before = await agent.read()
    still = await window.page.evaluate("() => lab.sendStill()")
    during = Span(before, await agent.read())
    await asyncio.sleep(5)
    after = Span(during.after, await agent.read())

    write_figures(
        "thin_uplink",
        "256 kbit/s up, 5 % of the media packets lost, a readable page on its way",
        ["page KB", "long side px", "with the agent after s", "voice as spoken meanwhile %",
         "voice afterwards %", "document fps afterwards"],
        [[still["bytes"] // 1000, still["longSide"], round(still["seconds"], 1),
          round(100 * during.unconcealed(), 1), round(100 * after.unconcealed(), 1),
          round(after.frames_per_s(DOCUMENT), 1)]],
        note="The loss is of media packets (this kernel cannot lose packets of TCP at random).",
    )  # fmt: skip
    assert still["longSide"] >= 1600
    assert still["bytes"] <= 300_000
    assert still["seconds"] < STILL_GOAL_S
    assert during.unconcealed() >= VOICE_GOAL
