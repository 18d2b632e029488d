"""What the edge orders from the recorder, and what the recorder reports back.

JSON lines over a local socket that the recorder listens on (:mod:`signaling.local_socket`). Every
order carries a ``request_id`` and is answered by :class:`Done` or :class:`Refused`. Orders are
idempotent: an edge that came back repeats them for every recording that its rows don't show as
closed. ``recording.closed``, ``recording.failed``, ``evidence.started`` and ``evidence.beat`` are
repeated (also on the next connection) until acknowledged; ``recording.progress``,
``key_frame.wanted`` and ``evidence.chained`` are lossy: the edge sends an event again until it
hears that it is in the chain.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from casework.vocabulary import EvidenceSigner, HeadKind, RecordingState, StreamKind
from signaling.relay.control import Id, Message, Order, TrackKind

MAX_SPANS = 1_000
"""A report tells at most so many gaps a stream (near ones are told as one); the index has all."""

MAX_EVENTS = 500
"""Events in one order; more are sent when these are in the chain."""

ReportId = Annotated[int, Field(ge=1)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


# --- orders: edge -> recorder --------------------------------------------------------------------


class EventToChain(Message):
    """An event row of the call that is committed. Its body goes by hash: no personal data."""

    event_id: Id
    event: Annotated[str, Field(max_length=40)]
    position_ms: int
    at_ms: int
    actor: Id | None
    body_sha256: Hash
    """Of the body in canonical form."""


Events = Annotated[list[EventToChain], Field(max_length=MAX_EVENTS)]


class RecordingOrder(Order):
    recording_id: Id
    call_id: Id
    county_id: Id
    started_ms: int
    """Zero of the call's clock, as a Unix time."""
    folder: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    key_base64: Annotated[str, Field(min_length=44, max_length=44)]
    longest_call_s: Annotated[int, Field(ge=1, le=86_400)]
    events: Events = Field(default_factory=list)


class RecordingStart(RecordingOrder):
    """Follow the packet log of a call that is going on. The log may appear later."""

    type: Literal["recording.start"] = "recording.start"


class RecordingSalvage(RecordingOrder):
    """The same for a call that ended without the recording being closed (a crash, a power cut)."""

    type: Literal["recording.salvage"] = "recording.salvage"


class RecordingClose(Order):
    """The call is over and the tap was told to close: finish, read back, report."""

    type: Literal["recording.close"] = "recording.close"
    recording_id: Id
    events: Events = Field(default_factory=list)


class EvidenceEvents(Order):
    """Events for the chain. Those that it has already are told of again and not repeated in it."""

    type: Literal["evidence.events"] = "evidence.events"
    recording_id: Id
    events: Events


class RecordingUpload(Order):
    """Bring every file of a closed recording to the store, and check what the store then gives."""

    type: Literal["recording.upload"] = "recording.upload"
    recording_id: Id
    folder: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Reconcile(Order):
    """Sent first by a new edge; the answer lists the recordings that the recorder has open."""

    type: Literal["reconcile"] = "reconcile"


class Acknowledge(Message):
    type: Literal["acknowledge"] = "acknowledge"
    report_id: ReportId


AnyOrder = Annotated[
    RecordingStart
    | RecordingSalvage
    | RecordingClose
    | RecordingUpload
    | EvidenceEvents
    | Reconcile
    | Acknowledge,
    Field(discriminator="type"),
]
order_adapter: TypeAdapter[AnyOrder] = TypeAdapter(AnyOrder)


# --- answers and reports: recorder -> edge -------------------------------------------------------


class Done(Message):
    type: Literal["done"] = "done"
    request_id: Id
    recordings: list[Id] | None = None


class Refused(Message):
    type: Literal["refused"] = "refused"
    request_id: Id
    code: str
    text: str


class RecorderReady(Message):
    """First message on every control connection."""

    type: Literal["recorder.ready"] = "recorder.ready"
    boot_id: Id


Span = tuple[int, int]
Gap = tuple[int, int, str]
"""From and to in ms on the call's clock, and why: ``hold``, ``audio_missing`` (silence instead),
``camera_missing``, ``document_missing`` (the last good picture stands)."""


class StreamCounts(Message):
    """What arrived for a stream and is not in its file, counted over all its tracks."""

    left_out: int = 0
    """Whole pictures that could not be decoded: one before them is missing."""
    late_or_repeated: int = 0
    """Packets that came after their place was given up, or twice."""
    foreign_packets: int = 0
    """No RTP, or of another payload type than agreed."""
    rejected_reports: int = 0
    """Sender reports that put what they speak of nowhere near its arrival."""

    def plus(self, **more: int) -> "StreamCounts":
        return StreamCounts(**{name: n + more.get(name, 0) for name, n in self})


class StreamReport(Message):
    """One file, as the row of the database has it."""

    participant_id: Id
    kind: StreamKind
    file_name: str
    media_type: str = "video/webm"
    codecs: list[str]
    size_bytes: int
    """Of the plaintext."""
    start_offset_ms: int
    """The file's zero on the call's clock."""
    duration_ms: int
    sha256: str
    """Of the whole plaintext; empty until the file is closed."""
    header_bytes: int
    header_sha256: str
    """Of the header region, the only part that was written more than once."""
    gaps: list[Gap]
    filler: list[Span]
    """Silence that nobody sent, on the call's clock."""
    unplayed: list[Span]
    """Sound that is in the file but marked not to be played: it came too late."""
    key_frames_ms: list[int]
    counts: StreamCounts = StreamCounts()


class RecordingProgress(Message):
    """Every few seconds; a lost one does no harm."""

    type: Literal["recording.progress"] = "recording.progress"
    recording_id: Id
    duration_ms: int
    size_bytes: int
    behind_ms: int
    """How far the files are behind the log."""


class KeyFrameWanted(Message):
    """A picture has gone too long without a key frame, or never had one."""

    type: Literal["key_frame.wanted"] = "key_frame.wanted"
    recording_id: Id
    connection_id: Id
    kind: TrackKind


class RecordingFailed(Message):
    """Nothing more can be written (a full disk); the log goes on, if it can."""

    type: Literal["recording.failed"] = "recording.failed"
    report_id: ReportId
    recording_id: Id
    reason: str


class SignedHead(Message):
    """How far a recording's chain is, signed."""

    kind: HeadKind
    links: int
    head: Hash
    at_ms: int
    monotonic_us: int
    signature: Signature
    """Over :func:`recording.evidence.links.head_statement`."""
    signed_by: EvidenceSigner
    public_key: Hash
    node_key: Hash
    """The node's public key; the same as ``public_key`` when the node signed."""


class EvidenceStarted(Message):
    type: Literal["evidence.started"] = "evidence.started"
    report_id: ReportId
    recording_id: Id
    head: SignedHead


class EvidenceBeat(Message):
    """Every ten seconds; one that nobody acknowledged is replaced by the next."""

    type: Literal["evidence.beat"] = "evidence.beat"
    report_id: ReportId
    recording_id: Id
    head: SignedHead


class EvidenceChained(Message):
    """These events are in the chain, on disk."""

    type: Literal["evidence.chained"] = "evidence.chained"
    recording_id: Id
    event_ids: list[Id]


class Seal(Message):
    head: SignedHead
    manifest_sha256: Hash


class Outcome(Message):
    """``sealed``, ``interrupted`` (readable to its end, which came early), or ``failed`` (see
    ``reason``; nothing was deleted)."""

    state: RecordingState
    reason: str = ""
    duration_ms: int
    streams: list[StreamReport]
    log_kept: bool = False
    """The packet log disagrees with itself and stays in the folder."""
    seal: Seal | None = None
    """``None``: nothing is proved (``failed``)."""


class RecordingClosed(Message):
    type: Literal["recording.closed"] = "recording.closed"
    report_id: ReportId
    recording_id: Id
    outcome: Outcome


class UploadedFile(Message):
    name: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    size_bytes: Annotated[int, Field(ge=0)]
    """As the store gave it back; the same of the file that was sent."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RecordingUploaded(Message):
    """Every file is in the store and was read back; the folder is as it was."""

    type: Literal["recording.uploaded"] = "recording.uploaded"
    report_id: ReportId
    recording_id: Id
    files: list[UploadedFile]


class UploadFailing(Message):
    """The recorder goes on trying; a lost one comes again with the next attempt."""

    type: Literal["upload.failing"] = "upload.failing"
    recording_id: Id
    reason: str


AnyReport = Annotated[
    Done
    | Refused
    | RecorderReady
    | RecordingProgress
    | KeyFrameWanted
    | RecordingFailed
    | RecordingClosed
    | EvidenceStarted
    | EvidenceBeat
    | EvidenceChained
    | RecordingUploaded
    | UploadFailing,
    Field(discriminator="type"),
]
report_adapter: TypeAdapter[AnyReport] = TypeAdapter(AnyReport)
