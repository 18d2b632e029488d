"""A link that becomes thin in the middle of a call: the source follows, and comes back."""

import asyncio

import pytest

from tests.figures import count, write_figures
from tests.media.call import Person, watch
from tests.media.conftest import Trial
from tests.media.readings import CAMERA, DOCUMENT, Span

pytestmark = [pytest.mark.browser, pytest.mark.proof]

THIN_BPS = 800_000
FOLLOW_S = 5.0
RECOVER_S = 15.0
RECOVERED = 1.5
"""Times the thin rate that the source believes in again."""
TOLERANCE = 5
LOSS_GOAL = 0.03
WATCHED_S = count(10, 5)
WARM_S = 5.0


@pytest.mark.parametrize("direction", ["down", "up"])
async def test_the_source_follows_a_thin_link_and_recovers(trial: Trial, direction: str) -> None:
    """Shaped: the uplink of the window, or the downlink of the agent who is its primary viewer."""
    window = await trial.person("a", trial.links[0])
    agent = await trial.person("b", trial.links[1])
    agent.sees = {"a": True}
    await trial.call.enter(window, bring=True)
    await trial.call.enter(agent)
    await asyncio.sleep(WARM_S)
    people = [window, agent]
    good = await watch(people, 3)

    if direction == "up":
        window.link.shape(up_bps=THIN_BPS)
    else:
        agent.link.shape(down_bps=THIN_BPS)
    first = await watch(people, FOLLOW_S)
    thin = await watch(people, WATCHED_S)
    window.link.shape()
    agent.link.shape()
    recovered_s, available_bps = await _recovery(window)
    after = await watch(people, 3)

    write_figures(
        f"squeeze_{direction}",
        f"800 kbit/s {direction}, then free again",
        ["span", "sent kbit/s", "lost %", "document fps", "camera fps"],
        [
            _row("before", good),
            _row(f"first {FOLLOW_S:.0f} s", first),
            _row(f"next {WATCHED_S} s", thin),
            _row(
                f"free again (more than {RECOVERED * THIN_BPS / 1000:.0f} after {recovered_s:.1f} s)",
                after,
            ),
        ],
        note=f"Available after the release: {available_bps / 1e6:.1f} Mbit/s.",
    )
    source, viewer = thin
    assert source.bitrate_bps() < THIN_BPS * 1.2
    assert viewer.lost() < LOSS_GOAL
    assert viewer.frames_per_s(DOCUMENT) > 0.5
    assert viewer.frames_per_s(CAMERA) > 5
    assert recovered_s < RECOVER_S * TOLERANCE


async def _recovery(window: Person) -> tuple[float, float]:
    """How long the source takes to believe in more than the thin link; how much it believes in."""
    waited_s, reading = 0.0, await window.read()
    while waited_s < RECOVER_S * TOLERANCE and reading.available_bps < RECOVERED * THIN_BPS:
        reading = await window.read_later(0.25)
        waited_s += 0.25
    return waited_s, reading.available_bps


def _row(name: str, spans: list[Span]) -> list[object]:
    source, viewer = spans
    return [
        name,
        round(source.bitrate_bps() / 1000),
        round(100 * viewer.lost(), 1),
        round(viewer.frames_per_s(DOCUMENT), 1),
        round(viewer.frames_per_s(CAMERA), 1),
    ]
