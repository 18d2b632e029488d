"""A participant's media without a browser, on aiortc: one connection up, any number down.

What arrives is counted and never decoded: each receiver's packets are taken before its decoder.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.rtp import RtpPacket

from signaling.client import CommandSocket
from signaling.wire.room import AnyRoomEvent, DownAnswer, DownClosed, DownOffered, UpOffer

CONNECT_DEADLINE_S = 20.0
CLOSE_DEADLINE_S = 5.0

LINES = (("audio", "audio"), ("camera", "video"), ("document", "video"))
"""The three m-lines of an up connection, in order, with their media kinds."""


@dataclass
class Received:
    """What came down, by the participant who sent it and the kind of track."""

    packets: Counter[tuple[str, str]] = field(default_factory=Counter)
    payload_bytes: int = 0


class Peer:
    """Media of one participant in one room. Close it: aiortc keeps threads otherwise."""

    def __init__(self, socket: CommandSocket[AnyRoomEvent] | None = None) -> None:
        """``socket``: or :meth:`use` one first."""
        self._connected_socket = socket
        self._up: RTCPeerConnection | None = None
        self._downs: dict[str, RTCPeerConnection] = {}
        self.received = Received()

    @property
    def downs(self) -> list[str]:
        """The down connections that there are, for the hello of the next socket."""
        return list(self._downs)

    def use(self, socket: CommandSocket[AnyRoomEvent]) -> None:
        """The page came back on another socket; the connections have outlived the first."""
        self._connected_socket = socket

    @property
    def _socket(self) -> CommandSocket[AnyRoomEvent]:
        assert self._connected_socket is not None, "use() comes first"  # noqa: S101
        return self._connected_socket

    async def send(self, tracks: dict[str, MediaStreamTrack]) -> None:
        """Offers a connection up with ``tracks`` by line; a missing line stays without a track.

        An older one is closed.
        """
        older, connection = self._up, _new_connection()
        self._up = connection
        if older is not None:
            await _close(older)
        for line, kind in LINES:
            track = tracks.get(line)
            direction = "inactive" if track is None else "sendonly"
            connection.addTransceiver(track or kind, direction=direction)
        await connection.setLocalDescription(await connection.createOffer())
        answer = await self._socket.command(
            UpOffer(request_id=1, sdp=connection.localDescription.sdp)
        )
        await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        await _connected(connection)

    async def take_down(self, offered: DownOffered) -> None:
        """Answers one ``down.offered``; what it carries is counted from then on."""
        connection = _new_connection()
        self._downs[offered.connection_id] = connection
        await connection.setRemoteDescription(RTCSessionDescription(offered.sdp, "offer"))
        for (line, _), transceiver in zip(LINES, connection.getTransceivers(), strict=True):
            self._count(transceiver.receiver, offered.participant_id, line)
        await connection.setLocalDescription(await connection.createAnswer())
        await self._socket.command(
            DownAnswer(
                request_id=1,
                connection_id=offered.connection_id,
                sdp=connection.localDescription.sdp,
            )
        )

    async def drop_down(self, closed: DownClosed) -> None:
        connection = self._downs.pop(closed.connection_id, None)
        if connection is not None:
            await _close(connection)

    async def close(self) -> None:
        for connection in (*self._downs.values(), self._up):
            if connection is not None:
                await _close(connection)
        self._downs.clear()
        self._up = None

    def _count(self, receiver: RTCRtpReceiver, participant_id: str, line: str) -> None:
        # Taken in front of aiortc's jitter buffer and decoder thread, which would decode each frame.
        async def count(packet: RtpPacket, arrival_time_ms: int) -> None:  # noqa: ARG001
            self.received.packets[participant_id, line] += 1
            self.received.payload_bytes += len(packet.payload)

        receiver._handle_rtp_packet = count  # type: ignore[method-assign]


def _new_connection() -> RTCPeerConnection:
    # The defaults gather for each line, lose the second video and ask a public STUN server.
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


async def _connected(connection: RTCPeerConnection) -> None:
    """Raises ``ConnectionError`` when it failed, ``TimeoutError`` after 20 s."""
    settled = asyncio.Event()

    @connection.on("connectionstatechange")
    def on_change() -> None:
        if connection.connectionState in {"connected", "failed", "closed"}:
            settled.set()

    on_change()
    async with asyncio.timeout(CONNECT_DEADLINE_S):
        await settled.wait()
    if connection.connectionState != "connected":
        raise ConnectionError("the media connection failed")


async def _close(connection: RTCPeerConnection) -> None:
    # aiortc's close can hang; abandoning it is all that is left then.
    try:
        async with asyncio.timeout(CLOSE_DEADLINE_S):
            await connection.close()
    except TimeoutError:
        pass
