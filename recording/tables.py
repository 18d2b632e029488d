"""The tables of evidence: recordings, their streams, and who watched them."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Text200, id_column, one_of
from casework.vocabulary import RecordingState, StreamKind


class Recording(Base):
    __tablename__ = "recordings"
    __table_args__ = (one_of("state", RecordingState),)

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
    started_ms: Mapped[Ms]
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)


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

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id", index=True)
    staff_id: Mapped[str] = id_column("staff.id", index=True)
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    reason: Mapped[Text200]
    opened_ms: Mapped[Ms]
    last_served_ms: Mapped[int | None] = mapped_column(BigInteger)
    served: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Stream id → list of merged ``[from_byte, to_byte]``."""
