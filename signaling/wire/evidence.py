"""What supervision asks and is told about the evidence of a recording."""

from typing import Annotated

from pydantic import Field

from casework.vocabulary import EvidenceSigner, ExportState, HeadKind, RecordingState, StreamKind
from signaling.wire.base import Id, ShortText, Wire


class ExportAsked(Wire):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


class ExportDecision(Wire):
    approve: bool
    note: ShortText = ""


class ExportView(Wire):
    id: Id
    state: ExportState
    requested_by: str
    """Name."""
    reason: str
    requested_ms: int
    decided_by: str
    decided_ms: int | None
    decision_note: str
    expires_ms: int | None
    downloads: int
    may_decide: bool
    """Whether who asks is the second person."""
    may_download: bool


class ExportWaiting(Wire):
    """Asked for by somebody else: it needs a second person."""

    id: Id
    call_id: Id
    call_label: str
    requested_by: str
    requested_by_en: str
    reason: str
    requested_ms: int


class ExportsWaiting(Wire):
    exports: list[ExportWaiting]
    """The oldest first."""


class EvidenceFile(Wire):
    participant_name: str
    kind: StreamKind
    size_bytes: int
    sha256: str
    gaps: int


class EvidenceView(Wire):
    """The manifest's facts, and how far the evidence is in the journal."""

    recording_id: Id
    state: RecordingState
    state_reason: str
    signed_by: EvidenceSigner | None
    manifest_sha256: str | None
    verified_ms: int | None
    links: int
    """Of the chain, by its latest head in the journal."""
    head: str
    head_kind: HeadKind | None
    head_ms: int | None
    heads: int
    events: int
    files: list[EvidenceFile]
    exports: list[ExportView]
