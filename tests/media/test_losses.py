"""Packets lost at random: who asks for them again, and what is left at the viewer and in the tap."""

import asyncio
from dataclasses import dataclass

import pytest

from signaling.relay.control import TrackKind
from tests.figures import PROVING, write_figures
from tests.media.call import watch
from tests.media.conftest import Trial
from tests.media.readings import AUDIO, CAMERA, DOCUMENT, Span, Tapped, tapped

pytestmark = [pytest.mark.browser, pytest.mark.proof]

WATCHED_S = 15
VOICE_REPAIRED = 0.93
"""Of what a downlink lost a tenth of; unrepaired, a tenth is concealed."""
COLUMNS = ("sent", "seen", "whole in the tap")


@dataclass(frozen=True, slots=True)
class Loss:
    up: float = 0.0
    down: float = 0.0

    def __str__(self) -> str:
        return f"up {self.up:.0%}, down {self.down:.0%}"


REDUCED = [Loss(up=0.03), Loss(down=0.1)]
PROVED = [*REDUCED, Loss(down=0.03), Loss(up=0.1), Loss(up=0.05, down=0.05)]


@pytest.mark.parametrize("loss", PROVED if PROVING else REDUCED, ids=str)
async def test_lost_packets_are_asked_for_and_come_again(trial: Trial, loss: Loss) -> None:
    """The server asks for what the uplink lost, the ring answers for what the downlink lost."""
    up = trial.impair(trial.links[0])
    down = trial.impair(trial.links[1])
    window = await trial.person("a", trial.links[0], up)
    agent = await trial.person("b", trial.links[1], down)
    agent.sees = {"a": True}
    up.delay_s = down.delay_s = 0.01
    await trial.call.enter(window, bring=True)
    await trial.call.enter(agent)
    await asyncio.sleep(4)
    up.loss_up, down.loss_down = loss.up, loss.down
    await asyncio.sleep(2)
    log = await trial.call.tap()
    source, viewer = await watch([window, agent], WATCHED_S)
    recorded = await trial.call.close_tap(log)
    taps = {kind: tapped(recorded, kind) for kind in (AUDIO, CAMERA, DOCUMENT)}

    write_figures(
        f"loss_up_{loss.up:.0%}_down_{loss.down:.0%}".replace("%", ""),
        f"Random loss, 40 ms round trip: {loss}",
        ["track", "asked again at the source", "lost at the viewer %", "missing in the tap %"]
        + [f"frames a second {name}" for name in COLUMNS],
        [_row(kind, source, viewer, taps[kind]) for kind in (AUDIO, CAMERA, DOCUMENT)],
        note=f"Voice as spoken: {viewer.unconcealed():.1%}. "
        f"Sent: {source.bitrate_bps() / 1000:.0f} kbit/s.",
    )
    assert loss.up > 0 or viewer.unconcealed() > VOICE_REPAIRED
    for kind in (CAMERA, DOCUMENT):
        assert source.sent_frames_per_s(kind) > 1
        assert viewer.frames_per_s(kind) > 0.7 * source.sent_frames_per_s(kind)
        assert taps[kind].frames_per_s > 0.8 * source.sent_frames_per_s(kind)
        assert taps[kind].missing_fraction < loss.up / 3 + 0.001


def _row(kind: TrackKind, source: Span, viewer: Span, tap: Tapped) -> list[object]:
    asked = source.gave(kind, "retransmittedPacketsSent")
    lost, came = viewer.got(kind, "packetsLost"), viewer.got(kind, "packetsReceived")
    row: list[object] = [kind, asked, round(100 * lost / max(1, lost + came), 2)]
    row.append(round(100 * tap.missing_fraction, 2))
    if kind == AUDIO:
        return [*row, "", "", ""]
    rates = (source.sent_frames_per_s(kind), viewer.frames_per_s(kind), tap.frames_per_s)
    return [*row, *(round(each, 1) for each in rates)]
