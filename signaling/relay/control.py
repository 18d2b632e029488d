"""What the edge orders from the relay, and what the relay reports back.

The relay knows no SDP and no database: the edge parses and checks what clients say, and sends the
relay range-checked parameters only. Messages travel as JSON lines over a local socket
(:mod:`signaling.local_socket`). Every order carries a ``request_id`` and is answered by a
:class:`Done` or :class:`Refused` with the same id; reports are repeated until acknowledged where
they matter (``tap.failed``, ``connection.closed``) and are lossy where they don't (``statistics``).
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Id = Annotated[str, Field(pattern=r"^[0-9a-f-]{1,40}$")]
Ufrag = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{4,64}$")]
Pwd = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{22,128}$")]
Fingerprint = Annotated[str, Field(pattern=r"^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$")]
"""SHA-256 of a certificate as SDP writes it (RFC 8122)."""
Ssrc = Annotated[int, Field(ge=1, le=0xFFFFFFFF)]
PayloadType = Annotated[int, Field(ge=0, le=127)]
ExtensionId = Annotated[int, Field(ge=1, le=14)]


class TrackKind(StrEnum):
    """The three fixed m-lines of an up connection, in this order."""

    AUDIO = "audio"
    CAMERA = "camera"
    DOCUMENT = "document"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class Line(Message):
    """One agreed m-line: the SSRCs and payload types that are let through, and nothing else."""

    kind: TrackKind
    mid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
    ssrc: Ssrc | None
    """``None``: the device is absent; the line carries nothing until the page offers again."""
    payload_type: PayloadType
    codec: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,16}$")]
    clock_rate_hz: Annotated[int, Field(ge=8_000, le=192_000)]
    rtx_ssrc: Ssrc | None = None
    rtx_payload_type: PayloadType | None = None
    transport_cc_id: ExtensionId | None = None
    audio_level_id: ExtensionId | None = None
    nack: bool = False


class IceCredentials(Message):
    ufrag: Ufrag
    pwd: Pwd


class Remote(Message):
    """What the client's description told: its ICE credentials and the certificate it must show."""

    ice: IceCredentials
    fingerprint: Fingerprint


# --- orders: edge -> relay ---------------------------------------------------------------------


class Order(Message):
    request_id: Id


class RoomOpen(Order):
    """Idempotent: the edge repeats it for every live room after it came back."""

    type: Literal["room.open"] = "room.open"
    room_id: Id


class RoomClose(Order):
    type: Literal["room.close"] = "room.close"
    room_id: Id


class UpOpen(Order):
    """A client's one-way connection up. The relay is ICE-lite and the DTLS server."""

    type: Literal["up.open"] = "up.open"
    room_id: Id
    participant_id: Id
    connection_id: Id
    local_ice: IceCredentials
    remote: Remote
    lines: Annotated[list[Line], Field(min_length=3, max_length=3)]
    max_bitrate_bps: Annotated[int, Field(ge=100_000, le=20_000_000)] = 8_000_000
    only_to: Id | None = None
    """The one participant whom it may be shown to; it is not recorded then. ``None``: everybody."""


class DownOpen(Order):
    """A mirror of ``source_connection_id`` towards one viewer; offered by the server.

    ``primary``: this viewer's leg is the author of the source's congestion feedback. ``lines`` are
    those of the source. The remote half follows with :class:`DownAnswer`.
    """

    type: Literal["down.open"] = "down.open"
    room_id: Id
    participant_id: Id
    connection_id: Id
    source_connection_id: Id
    primary: bool
    local_ice: IceCredentials


class DownAnswer(Order):
    type: Literal["down.answer"] = "down.answer"
    connection_id: Id
    remote: Remote


class ConnectionRestart(Order):
    """An ICE restart: new credentials on both sides, same DTLS association and SSRCs."""

    type: Literal["connection.restart"] = "connection.restart"
    connection_id: Id
    local_ice: IceCredentials
    remote: IceCredentials | None = None
    """``None`` for a down connection until :class:`DownAnswer` brings the rest."""


class ConnectionClose(Order):
    type: Literal["connection.close"] = "connection.close"
    connection_id: Id


class PrimarySet(Order):
    """Moves authorship of the source's feedback to another down connection."""

    type: Literal["primary.set"] = "primary.set"
    connection_id: Id
    primary: bool


class Hold(Order):
    """While on, what arrives in the room is dropped before tap and viewers."""

    type: Literal["hold.set"] = "hold.set"
    room_id: Id
    on: bool


class StillPriority(Order):
    """While on, no key frame is asked for recording's sake: a thin uplink carries a still."""

    type: Literal["still_priority.set"] = "still_priority.set"
    connection_id: Id
    on: bool


class TapOpen(Order):
    """Starts (or, after a relay restart, continues) the packet log of a room."""

    type: Literal["tap.open"] = "tap.open"
    room_id: Id
    recording_id: Id
    log_path: Annotated[str, Field(max_length=1024)]
    key_base64: Annotated[str, Field(min_length=44, max_length=44)]
    started_monotonic_us: Annotated[int, Field(ge=0)]
    """Zero of the call's clock: microseconds of the node's CLOCK_MONOTONIC."""


class TapClose(Order):
    type: Literal["tap.close"] = "tap.close"
    room_id: Id
    recording_id: Id


class KeyFrameRequest(Order):
    type: Literal["key_frame.request"] = "key_frame.request"
    connection_id: Id
    kind: TrackKind


class Reconcile(Order):
    """Sent first by a new edge. The answer's ``detail`` lists what the relay still holds."""

    type: Literal["reconcile"] = "reconcile"


class Acknowledge(Message):
    type: Literal["acknowledge"] = "acknowledge"
    report_id: Annotated[int, Field(ge=1)]


AnyOrder = Annotated[
    RoomOpen
    | RoomClose
    | UpOpen
    | DownOpen
    | DownAnswer
    | ConnectionRestart
    | ConnectionClose
    | PrimarySet
    | Hold
    | StillPriority
    | TapOpen
    | TapClose
    | KeyFrameRequest
    | Reconcile
    | Acknowledge,
    Field(discriminator="type"),
]
order_adapter: TypeAdapter[AnyOrder] = TypeAdapter(AnyOrder)


# --- answers and reports: relay -> edge --------------------------------------------------------


class Done(Message):
    type: Literal["done"] = "done"
    request_id: Id
    held: "Held | None" = None


class Refused(Message):
    type: Literal["refused"] = "refused"
    request_id: Id
    code: str
    text: str


class HeldConnection(Message):
    connection_id: Id
    room_id: Id
    participant_id: Id
    direction: Direction
    connected: bool
    lines: list[Line] = []
    """Of a connection up, so that a new edge can offer mirrors of it."""
    fingerprint: Fingerprint | None = None
    """Of the client's certificate, which an ICE restart keeps."""
    source_connection_id: Id | None = None
    """Of a connection down."""
    primary: bool = False


class Held(Message):
    """What a relay still carries when a new edge asks."""

    rooms: list[Id]
    taps: list[Id]
    connections: list[HeldConnection]


class RelayReady(Message):
    """First message on every control connection."""

    type: Literal["relay.ready"] = "relay.ready"
    boot_id: Id
    fingerprint: Fingerprint
    addresses: list[str]
    """Advertised ``address:port`` candidates, IPv6 in brackets."""


class ConnectionState(StrEnum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    SILENT = "silent"
    """No packet for 1.5 s while something is expected."""
    CLOSED = "closed"


class ConnectionReport(Message):
    """Repeated until acknowledged when ``state`` is ``closed``."""

    type: Literal["connection.state"] = "connection.state"
    report_id: Annotated[int, Field(ge=1)]
    room_id: Id
    participant_id: Id
    connection_id: Id
    direction: Direction
    state: ConnectionState
    reason: str = ""


class TapFailed(Message):
    type: Literal["tap.failed"] = "tap.failed"
    report_id: Annotated[int, Field(ge=1)]
    room_id: Id
    recording_id: Id
    reason: str


class TrackStatistics(Message):
    kind: TrackKind
    bitrate_bps: int
    packets_per_s: float
    lost_fraction: float
    last_packet_age_ms: int | None


class ConnectionStatistics(Message):
    connection_id: Id
    participant_id: Id
    direction: Direction
    tracks: list[TrackStatistics]
    round_trip_ms: float | None = None


class Statistics(Message):
    """Once a second; a lost one does no harm."""

    type: Literal["statistics"] = "statistics"
    connections: list[ConnectionStatistics]
    loop_lag_p99_ms: float
    forwarded_packets: int
    dropped: dict[str, int]
    """Counts since start by reason: ``empty``, ``foreign_address``, ``unknown_ssrc``, …"""
    cpu_s: float


AnyReport = Annotated[
    Done | Refused | RelayReady | ConnectionReport | TapFailed | Statistics,
    Field(discriminator="type"),
]
report_adapter: TypeAdapter[AnyReport] = TypeAdapter(AnyReport)
