"""Several viewers: only the primary one may lower the source; another loses video on its own leg."""

import asyncio

import pytest

from tests.figures import count, write_figures
from tests.media.call import watch
from tests.media.conftest import Trial
from tests.media.readings import AUDIO, CAMERA, DOCUMENT

pytestmark = [pytest.mark.browser, pytest.mark.proof]

THIN_BPS = 300_000
WATCHED_S = count(10, 5)


async def test_a_listener_on_a_thin_link_loses_video_and_nobody_else_does(trial: Trial) -> None:
    window = await trial.person("a", trial.links[0])
    agent = await trial.person("b", trial.links[1])
    listener = await trial.person("c", trial.links[2])
    agent.sees, listener.sees = {"a": True}, {"a": False}
    people = [window, agent, listener]
    await trial.call.enter(window, bring=True)
    await trial.call.enter(agent)
    await trial.call.enter(listener)
    await asyncio.sleep(5)
    spans = [await watch(people, 3)]
    listener.link.shape(down_bps=THIN_BPS)
    await asyncio.sleep(6)
    spans.append(await watch(people, WATCHED_S))

    rows: list[list[object]] = []
    for name, (source, primary, other) in zip(["good link", "300 kbit/s"], spans, strict=True):
        sent = round(source.bitrate_bps() / 1000)
        for who, viewer in (("agent", primary), ("listener", other)):
            frames = [round(viewer.frames_per_s(kind), 1) for kind in (DOCUMENT, CAMERA)]
            voice, lost = round(100 * viewer.unconcealed(), 1), round(100 * viewer.lost(), 1)
            rows.append([name, sent, who, *frames, voice, lost])
    write_figures(
        "listener",
        "A listener whose downlink is shaped",
        [
            "listener's link",
            "sent kbit/s",
            "who",
            "document fps",
            "camera fps",
            "voice %",
            "lost %",
        ],
        rows,
    )
    (good, before, _), (source, primary, other) = spans
    assert source.bitrate_bps() > 0.7 * good.bitrate_bps()
    for kind in (DOCUMENT, CAMERA):
        assert primary.frames_per_s(kind) > 0.7 * before.frames_per_s(kind)
    assert primary.lost() < 0.01
    assert other.got(CAMERA, "packetsReceived") < 0.1 * primary.got(CAMERA, "packetsReceived")
    assert other.got(AUDIO, "packetsReceived") > 0.9 * primary.got(AUDIO, "packetsReceived")
