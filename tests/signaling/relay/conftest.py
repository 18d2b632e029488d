"""A relay that runs in the test's own loop, and clients that speak to it over loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import BaseModel

from signaling.relay.connection import Connection
from signaling.relay.context import monotonic_us
from signaling.relay.control import (
    ConnectionReport,
    ConnectionState,
    Line,
    RoomOpen,
    TapOpen,
)
from signaling.relay.down import DownConnection
from signaling.relay.relay import Relay
from signaling.relay.reports import Outbox
from signaling.relay.settings import RelaySettings
from signaling.relay.up import UpConnection
from tests.signaling.relay.media_client import MediaClient


class Edge:
    """Stands where the control channel would: keeps what the relay says."""

    backlog_bytes = 0

    def __init__(self) -> None:
        self.said: list[BaseModel] = []

    def send(self, message: BaseModel) -> None:
        self.said.append(message)

    def reasons(self) -> dict[str, str]:
        """Closed connections and why."""
        return {
            each.connection_id: each.reason
            for each in self.said
            if isinstance(each, ConnectionReport) and each.state is ConnectionState.CLOSED
        }


class ListTap:
    """A tap that keeps everything in memory."""

    def __init__(self) -> None:
        self.tracks: dict[int, Line] = {}
        self.packets: list[tuple[int, bytes]] = []
        self.reports: list[tuple[int, int, int]] = []
        self.holds: list[bool] = []
        self.closed = False
        self.failed: str | None = None

    def add_track(self, track: int, participant_id: str, connection_id: str, line: Line) -> None:
        del participant_id, connection_id
        self.tracks[track] = line

    def rtp(self, track: int, arrival_us: int, packet: bytes) -> None:
        del arrival_us
        self.packets.append((track, bytes(packet)))

    def sender_report(self, track: int, arrival_us: int, ntp: int, rtp_timestamp: int) -> None:
        del arrival_us
        self.reports.append((track, ntp, rtp_timestamp))

    def hold(self, at_us: int, on: bool) -> None:
        del at_us
        self.holds.append(on)

    def close(self) -> None:
        self.closed = True


class RunningRelay:
    """A relay, its clockwork, and room ``1``."""

    def __init__(self, settings: RelaySettings) -> None:
        self.edge = Edge()
        self.tap = ListTap()
        self.later_us = 0
        """Added to the relay's clock: a test that waits for nothing moves it ahead."""
        self._outbox = Outbox(1 << 20, 1.0, self.clock)
        self._outbox.attach(self.edge)  # type: ignore[arg-type]
        self.relay = Relay(settings, self._outbox, self._open_tap, self.clock)
        host, _, port = self.relay.ports[0].candidate.rpartition(":")
        self.address = (host, int(port))
        self.clients: list[MediaClient] = []
        self.relay.open_room(RoomOpen(request_id="0", room_id="1"))

    def clock(self) -> int:
        return monotonic_us() + self.later_us

    def inject(self, connection_id: str, sealed: bytes) -> None:
        """Hands a sealed packet to a connection as if its client had just sent it."""
        self.relay.context.received.view[: len(sealed)] = sealed
        self.connection(connection_id).receive_media(len(sealed), self.clock())

    def _open_tap(self, order: TapOpen) -> ListTap:
        del order
        return self.tap

    @property
    def dropped(self) -> dict[str, int]:
        return dict(self.relay.counters.dropped)

    def client(self) -> MediaClient:
        self.clients.append(MediaClient(self.address))
        return self.clients[-1]

    async def up(self, connection_id: str = "a1", **changes: object) -> MediaClient:
        """A connected client up."""
        client = self.client()
        self.relay.open_up(client.up_order(connection_id, **changes))
        await client.connect()
        await client.until(lambda: self.connection(connection_id).srtp is not None)
        return client

    async def down(
        self, source: str = "a1", connection_id: str = "b1", **changes: object
    ) -> MediaClient:
        """A connected viewer of ``source``."""
        client = self.client()
        self.relay.open_down(client.down_order(connection_id, source, **changes))
        self.relay.answer_down(client.answer_order(connection_id))
        await client.connect()
        await client.until(lambda: self.connection(connection_id).srtp is not None)
        return client

    def connection(self, connection_id: str) -> Connection:
        return self.relay._connections[connection_id]

    def source(self, connection_id: str = "a1") -> UpConnection:
        up = self.connection(connection_id)
        assert isinstance(up, UpConnection)
        return up

    def viewer(self, connection_id: str = "b1") -> DownConnection:
        down = self.connection(connection_id)
        assert isinstance(down, DownConnection)
        return down

    def is_sent_to(self, connection_id: str, client: MediaClient) -> bool:
        """Whether the connection's media goes to where ``client`` is now."""
        selected = self.connection(connection_id).ice.selected
        return selected is not None and selected.address == client.socket.getsockname()

    async def run_clock(self) -> None:
        turns = 0
        while True:
            await asyncio.sleep(0.01)
            self.relay.tick(self.clock())
            turns += 1
            if turns % 10 == 0:
                self.relay.check(self.clock())


@asynccontextmanager
async def running_relay(settings: RelaySettings) -> AsyncIterator[RunningRelay]:
    running = RunningRelay(settings)
    async with asyncio.TaskGroup() as children:
        clock = children.create_task(running.run_clock())
        running.relay.start(asyncio.get_running_loop())
        try:
            yield running
        finally:
            clock.cancel()
            running.relay.close()
            for client in running.clients:
                client.close()


@pytest.fixture
async def running() -> AsyncIterator[RunningRelay]:
    """A relay with the usual settings."""
    async with running_relay(RelaySettings()) as relay:
        yield relay
