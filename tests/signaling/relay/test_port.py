"""The bound addresses: both families, advertised ones, and rest between drains."""

import asyncio
import socket
from functools import partial

import pytest

from signaling.relay.loop_lag import LoopLag
from signaling.relay.settings import Listen, RelaySettings
from tests.signaling.relay.conftest import RunningRelay, running_relay
from tests.signaling.relay.media_client import CAMERA_SSRC, MediaClient, rtp


def test_lag_is_the_99th_percentile_of_what_was_late() -> None:
    lag = LoopLag()
    assert lag.p99_ms() == 0
    for number in range(200):
        lag.note(0.001 * number - 0.1)
    assert lag.p99_ms() == pytest.approx(97, abs=0.5)


async def test_a_client_on_ipv6_connects_beside_one_on_ipv4() -> None:
    settings = RelaySettings(listen=(Listen("127.0.0.1"), Listen("::1")))
    async with running_relay(settings) as running:
        up = await running.up()
        candidate = running.relay.ports[1].candidate
        assert candidate.startswith("[::1]:")
        viewer = MediaClient(("::1", int(candidate.rpartition(":")[2])), host="::1")
        running.clients.append(viewer)
        running.relay.open_down(viewer.down_order("b1", "a1"))
        running.relay.answer_down(viewer.answer_order("b1"))
        await viewer.connect()
        await viewer.until(lambda: running.viewer().route is not None)
        up.send_rtp(rtp(CAMERA_SSRC, 1))
        await viewer.until(lambda: bool(viewer.rtp))


async def test_candidates_name_the_advertised_address() -> None:
    behind = Listen("127.0.0.1", advertised_host="198.51.100.7", advertised_port=443)
    outside = Listen("127.0.0.1", advertised_host="2001:db8::7", advertised_port=3478)
    settings = RelaySettings(listen=(behind, outside))
    async with running_relay(settings) as running:
        candidates = [port.candidate for port in running.relay.ports]
    assert candidates == ["198.51.100.7:443", "[2001:db8::7]:3478"]


async def test_a_taken_address_is_an_error_at_the_start() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        settings = RelaySettings(listen=(Listen("127.0.0.1", taken.getsockname()[1]),))
        with pytest.raises(OSError, match="in use"):
            RunningRelay(settings)


def _forwarded(running: RunningRelay, packets: int) -> bool:
    return running.relay.counters.forwarded == packets


async def test_after_a_rest_and_after_a_burst_nothing_stays_behind() -> None:
    async with running_relay(RelaySettings(drain_limit=8)) as running:
        up = await running.up()
        viewer = await running.down()
        sent = 0
        for burst in (1, 100, 3):
            await asyncio.sleep(0.02)
            for _ in range(burst):
                up.send_rtp(rtp(CAMERA_SSRC, sent))
                sent += 1
            await viewer.until(partial(_forwarded, running, sent))
