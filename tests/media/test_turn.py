"""A network that lets nothing but TURN through: coturn with the file and options of deploy/."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from signaling.rooms.ice_servers import ice_servers
from signaling.rooms.settings import TurnSettings
from tests.figures import write_figures
from tests.media.call import watch
from tests.media.conftest import Trial
from tests.media.namespaces import Link
from tests.media.readings import AUDIO, VIDEO

pytestmark = [pytest.mark.browser, pytest.mark.proof]

SECRET = "shared-with-coturn"  # noqa: S105 - of this test's own coturn
CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "turnserver.conf"


@contextlib.contextmanager
def _coturn(link: Link, allowed: str, folder: Path) -> Iterator[None]:
    """At ``link``'s far end; passes packets to ``allowed`` and to nobody else."""
    command = [
        "ip", "netns", "exec", link.far, "turnserver", "-c", str(CONFIGURATION),
        f"--listening-ip={link.address}", f"--relay-ip={link.address}",
        f"--allowed-peer-ip={allowed}", f"--static-auth-secret={SECRET}",
    ]  # fmt: skip
    with (
        (folder / "coturn.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


@pytest.mark.parametrize("allowed", [True, False], ids=["relay", "elsewhere"])
async def test_media_through_turn_reaches_the_relay_where_coturn_may_send(
    trial: Trial, tmp_path: Path, *, allowed: bool
) -> None:
    link = trial.links[0]
    peer = link.address if allowed else "10.213.250.1"
    with _coturn(link, peer, tmp_path):
        window = await trial.person("a", link)
        agent = await trial.person("b", trial.links[1])
        agent.sees = {"a": True}
        turn = TurnSettings((f"turn:{link.address}:3478?transport=udp",), SECRET)
        window.ice_servers = [each.model_dump() for each in ice_servers(turn, "a")]
        await window.page.evaluate("() => lab.onlyThroughTurn()")
        await trial.call.enter(window, bring=True)
        await trial.call.enter(agent)
        await asyncio.sleep(4)
        source, viewer = await watch([window, agent], 3)
    if not allowed:
        assert source.after.up["state"] != "connected"
        assert viewer.after.received(AUDIO, "packetsReceived") == 0
        return
    assert source.after.up["localCandidate"] == "relay"
    write_figures(
        "turn",
        "Through coturn alone",
        ["sent kbit/s", "voice as spoken %", *(f"{kind} fps" for kind in VIDEO)],
        [
            [
                round(source.bitrate_bps() / 1000),
                round(100 * viewer.unconcealed(), 1),
                *(round(viewer.frames_per_s(kind), 1) for kind in VIDEO),
            ]
        ],
    )
    assert viewer.unconcealed() > 0.9
    assert all(viewer.frames_per_s(kind) > 1 for kind in VIDEO)
