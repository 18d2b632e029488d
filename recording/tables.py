"""The tables of evidence: recordings, their streams, what proves them, and who watched them."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Text200, id_column, one_of
from casework.vocabulary import (
    EvidenceSigner,
    ExportState,
    HeadKind,
    NodeKeyState,
    RecordingState,
    StoragePlace,
    StreamKind,
    ViewKind,
)
from recording.keeping import tables as keeping_tables
from recording.review import tables as review_tables

__all__ = [
    "ChainedEvent",
    "EvidenceExport",
    "EvidenceHead",
    "NodeKey",
    "Recording",
    "RecordingView",
    "Stream",
    "keeping_tables",
    "review_tables",
]


class Recording(Base):
    __tablename__ = "recordings"
    __table_args__ = (
        one_of("state", RecordingState),
        one_of("signed_by", EvidenceSigner),
        one_of("place", StoragePlace),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = id_column("calls.id", index=True)
    node_id: Mapped[str] = mapped_column(String(40), index=True)
    """Only this node writes the files."""
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    state: Mapped[str] = mapped_column(String(16))
    state_reason: Mapped[str] = mapped_column(String(200), default="")
    folder: Mapped[str] = mapped_column(String(64), unique=True)
    """Random name inside the archive folder."""
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The data key under the master key; ``None`` once destroyed: the content is gone."""
    master_key_id: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(
        String(12), default=StoragePlace.LOCAL, server_default=StoragePlace.LOCAL, index=True
    )
    """Where the truth about its files is."""
    store_problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Why it is not in the store yet; empty while all is well."""
    started_ms: Mapped[Ms]
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the manifest's canonical bytes; ``None`` until it is sealed."""
    signed_by: Mapped[str | None] = mapped_column(String(8))
    verified_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the edge found everything to agree; also of an interrupted recording."""


class Stream(Base):
    """One file of a recording."""

    __tablename__ = "streams"
    __table_args__ = (
        UniqueConstraint("recording_id", "participant_id", "kind"),
        one_of("kind", StreamKind),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id")
    participant_id: Mapped[str] = id_column("call_participants.id")
    kind: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(40))
    codecs: Mapped[list[str]] = mapped_column(JSON)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    start_offset_ms: Mapped[int] = mapped_column(Integer)
    """On the call's clock."""
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the whole plaintext file, once closed."""
    gaps: Mapped[list[Any]] = mapped_column(JSON)
    """``[from_ms, to_ms, reason]``, on the call's clock."""
    filler: Mapped[list[Any]] = mapped_column(JSON)
    """``[from_ms, to_ms]`` of empty Opus frames that nobody spoke."""


class RecordingView(Base):
    """Who watched: one row at opening, ranges merged while it is served."""

    __tablename__ = "recording_views"
    __table_args__ = (one_of("kind", ViewKind),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id", index=True)
    staff_id: Mapped[str] = id_column("staff.id", index=True)
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    kind: Mapped[str] = mapped_column(
        String(12), default=ViewKind.WATCHED, server_default=ViewKind.WATCHED
    )
    reason: Mapped[Text200]
    opened_ms: Mapped[Ms]
    last_served_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the merged ranges went into the journal; ``None`` while it may still be served."""
    served: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Stream id → list of merged ``[from_byte, to_byte]``."""


class NodeKey(Base):
    """The public half of a node's signing key, as a county certified it."""

    __tablename__ = "node_keys"
    __table_args__ = (UniqueConstraint("county_id", "public_key"), one_of("state", NodeKeyState))

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    node_id: Mapped[str] = mapped_column(String(40), index=True)
    public_key: Mapped[str] = mapped_column(String(64))
    """Ed25519, hexadecimal."""
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    """The canonical bytes that the county key signed."""
    signature: Mapped[str] = mapped_column(String(128))
    county_key: Mapped[str] = mapped_column(String(64))
    """The public key that :attr:`signature` is checked with."""
    state: Mapped[str] = mapped_column(String(12))
    certified_ms: Mapped[Ms]
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_reason: Mapped[Text200] = mapped_column(default="")


class EvidenceHead(Base):
    """A head of a recording's chain that stands in the journal."""

    __tablename__ = "evidence_heads"
    __table_args__ = (
        UniqueConstraint("recording_id", "links"),
        one_of("kind", HeadKind),
        one_of("signed_by", EvidenceSigner),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id")
    kind: Mapped[str] = mapped_column(String(8))
    links: Mapped[int] = mapped_column(Integer)
    """How many links the chain had."""
    head: Mapped[str] = mapped_column(String(64))
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    """The canonical bytes that were signed."""
    signature: Mapped[str] = mapped_column(String(128))
    signed_by: Mapped[str] = mapped_column(String(8))
    public_key: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[str] = mapped_column(String(36))
    """The journal entry."""
    at_ms: Mapped[Ms]


class ChainedEvent(Base):
    """An event of the call that the recorder told to be in the chain, on disk."""

    __tablename__ = "chained_events"

    recording_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("recordings.id"), primary_key=True
    )
    event_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """Of the call or of one of its cases."""
    county_id: Mapped[str] = id_column("counties.id")
    at_ms: Mapped[Ms]


class EvidenceExport(Base):
    """Who wants a recording's evidence out of the house, why, and which second person agreed."""

    __tablename__ = "evidence_exports"
    __table_args__ = (
        one_of("state", ExportState),
        CheckConstraint("decided_by_staff_id <> requested_by_staff_id", name="two_people"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id", index=True)
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    state: Mapped[str] = mapped_column(String(12))
    requested_by_staff_id: Mapped[str] = id_column("staff.id")
    reason: Mapped[Text200]
    requested_ms: Mapped[Ms]
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_note: Mapped[Text200] = mapped_column(default="")
    expires_ms: Mapped[int | None] = mapped_column(BigInteger)
    """After which an approval no longer counts."""
    downloads: Mapped[int] = mapped_column(Integer, default=0)
