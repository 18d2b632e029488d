"""The tables of keeping: where files lie, how long, what is held, what was let go."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Text200, id_column, index_while, one_of
from casework.vocabulary import AccountableLine, RetentionChangeState, RetentionClass


class StoredFile(Base):
    """One file of a recording in the store, as it was when its digest was checked there."""

    __tablename__ = "stored_files"
    __table_args__ = (UniqueConstraint("recording_id", "name"),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id")
    name: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Of the encrypted file."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the encrypted file."""
    chunk_table: Mapped[bytes] = mapped_column(LargeBinary)
    """Where its chunks begin (see :mod:`recording.chunk_table`), so that a range costs one request
    and not one for each chunk before it."""
    checked_ms: Mapped[Ms]


class RetentionTerm(Base):
    """Years of a class where a county changed them; else those of the program count."""

    __tablename__ = "retention_terms"
    __table_args__ = (
        UniqueConstraint("county_id", "retention_class"),
        one_of("retention_class", RetentionClass),
        CheckConstraint("years BETWEEN 1 AND 100", name="years"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    retention_class: Mapped[str] = mapped_column(String(12))
    years: Mapped[int] = mapped_column(Integer)
    changed_by_staff_id: Mapped[str] = id_column("staff.id")
    changed_ms: Mapped[Ms]


class RetentionChange(Base):
    """A term to be shortened: proposed by the county's line, decided by the security administrator."""

    __tablename__ = "retention_changes"
    __table_args__ = (
        one_of("retention_class", RetentionClass),
        one_of("state", RetentionChangeState),
        CheckConstraint("to_years BETWEEN 1 AND 100 AND to_years < from_years", name="shorter"),
        CheckConstraint(
            "decided_by_staff_id IS NULL OR decided_by_staff_id <> proposed_by_staff_id",
            name="two_people",
        ),
        index_while(
            "uq_retention_changes_open",
            "county_id",
            "retention_class",
            where="state = 'proposed'",
            unique=True,
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    retention_class: Mapped[str] = mapped_column(String(12))
    from_years: Mapped[int] = mapped_column(Integer)
    to_years: Mapped[int] = mapped_column(Integer)
    reason: Mapped[Text200]
    state: Mapped[str] = mapped_column(String(12))
    proposed_by_staff_id: Mapped[str] = id_column("staff.id")
    proposed_ms: Mapped[Ms]
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)


class RecordingHold(Base):
    """A legal hold: nothing of the call is let go while one of its holds is not lifted."""

    __tablename__ = "recording_holds"
    __table_args__ = (
        one_of("line", AccountableLine),
        CheckConstraint("(lifted_ms IS NULL) = (lifted_by_staff_id IS NULL)", name="lifted"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = id_column("calls.id", index=True)
    line: Mapped[str] = mapped_column(String(8))
    reason: Mapped[Text200]
    placed_by_staff_id: Mapped[str] = id_column("staff.id")
    placed_ms: Mapped[Ms]
    lifted_by_staff_id: Mapped[str | None] = id_column("staff.id")
    lift_reason: Mapped[Text200] = mapped_column(default="")
    lifted_ms: Mapped[int | None] = mapped_column(BigInteger)
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")


class Tombstone(Base):
    """What is left of a recording whose key was destroyed: that it was, what it was, since when."""

    __tablename__ = "tombstones"
    __table_args__ = (UniqueConstraint("recording_id"), one_of("retention_class", RetentionClass))

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    retention_class: Mapped[str] = mapped_column(String(12))
    document: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON (RFC 8785); what is signed."""
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    """Ed25519 over ``document``."""
    signing_key_id: Mapped[str] = mapped_column(String(80))
    expired_ms: Mapped[Ms]
