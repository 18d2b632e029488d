"""What the edge orders from the recorder, and what the recorder reports back.

JSON lines over a local socket that the recorder listens on (:mod:`signaling.local_socket`). Every
order carries a ``request_id`` and is answered by :class:`Done` or :class:`Refused`. Orders are
idempotent: an edge that came back repeats them for every recording that its rows don't show as
closed. ``recording.closed`` and ``recording.failed`` are repeated (also on the next connection)
until acknowledged; ``recording.progress`` and ``key_frame.wanted`` are lossy.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from casework.vocabulary import RecordingState, StreamKind
from signaling.relay.control import Id, Message, Order, TrackKind

MAX_SPANS = 1_000
"""A report tells at most so many gaps a stream (near ones are told as one); the index has all."""

ReportId = Annotated[int, Field(ge=1)]


# --- orders: edge -> recorder --------------------------------------------------------------------


class RecordingStart(Order):
    """Follow the packet log of a call that is going on. The log may appear later."""

    type: Literal["recording.start"] = "recording.start"
    recording_id: Id
    folder: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    key_base64: Annotated[str, Field(min_length=44, max_length=44)]
    longest_call_s: Annotated[int, Field(ge=1, le=86_400)]


class RecordingSalvage(Order):
    """The same for a call that ended without the recording being closed (a crash, a power cut)."""

    type: Literal["recording.salvage"] = "recording.salvage"
    recording_id: Id
    folder: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    key_base64: Annotated[str, Field(min_length=44, max_length=44)]
    longest_call_s: Annotated[int, Field(ge=1, le=86_400)]


class RecordingClose(Order):
    """The call is over and the tap was told to close: finish, read back, report."""

    type: Literal["recording.close"] = "recording.close"
    recording_id: Id


class Reconcile(Order):
    """Sent first by a new edge; the answer lists the recordings that the recorder has open."""

    type: Literal["reconcile"] = "reconcile"


class Acknowledge(Message):
    type: Literal["acknowledge"] = "acknowledge"
    report_id: ReportId


AnyOrder = Annotated[
    RecordingStart | RecordingSalvage | RecordingClose | Reconcile | Acknowledge,
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
    gaps: list[Gap]
    filler: list[Span]
    """Silence that nobody sent, on the call's clock."""
    unplayed: list[Span]
    """Sound that is in the file but marked not to be played: it came too late."""
    key_frames_ms: list[int]


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


class Outcome(Message):
    """``ready``, ``interrupted`` (readable to its end, which came early), or ``failed`` (see
    ``reason``; nothing was deleted)."""

    state: RecordingState
    reason: str = ""
    duration_ms: int
    streams: list[StreamReport]
    log_kept: bool = False
    """The packet log disagrees with itself and stays in the folder."""


class RecordingClosed(Message):
    type: Literal["recording.closed"] = "recording.closed"
    report_id: ReportId
    recording_id: Id
    outcome: Outcome


AnyReport = Annotated[
    Done
    | Refused
    | RecorderReady
    | RecordingProgress
    | KeyFrameWanted
    | RecordingFailed
    | RecordingClosed,
    Field(discriminator="type"),
]
report_adapter: TypeAdapter[AnyReport] = TypeAdapter(AnyReport)
