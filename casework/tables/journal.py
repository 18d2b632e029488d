"""The journal. Triggers of the database refuse to change or delete what stands in it.

Entries have no foreign keys: a record outlives what it names, and the write path stays cheap.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, id_column, one_of
from casework.vocabulary import JournalHash, JournalKeyKind

_Hash = LargeBinary(32)
_PlainId = String(36)


class Journal(Base):
    """One a county: what it is, how far it is sequenced, and who sequences it."""

    __tablename__ = "journals"
    __table_args__ = (one_of("hash_name", JournalHash), CheckConstraint("size >= 0", name="size"))

    county_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    origin: Mapped[str] = mapped_column(String(100), unique=True)
    """The first line of every checkpoint."""
    hash_name: Mapped[str] = mapped_column(String(8))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    """Entries sequenced."""
    chain_hash: Mapped[bytes] = mapped_column(_Hash)
    """Of the latest entry sequenced."""
    sequencer: Mapped[str | None] = mapped_column(_PlainId)
    """Boot id of the edge that holds the lease."""
    sequencer_until_ms: Mapped[Ms] = mapped_column(default=0)
    created_ms: Mapped[Ms]


class JournalEntry(Base):
    """What was committed with an act. ``leaf`` is the record; the other columns find it.

    A trigger puts each new entry into :class:`JournalWaiting`.
    """

    __tablename__ = "journal_entries"
    __table_args__ = (Index("ix_journal_entries_line", "home_organisation_id", "at_ms"),)

    id: Mapped[Id]
    county_id: Mapped[str] = mapped_column(_PlainId)
    at_ms: Mapped[Ms] = mapped_column(index=True)
    what: Mapped[str] = mapped_column(String(60))
    actor_staff_id: Mapped[str | None] = mapped_column(_PlainId, index=True)
    home_organisation_id: Mapped[str] = mapped_column(_PlainId)
    county_organisation_id: Mapped[str] = mapped_column(_PlainId)
    window_id: Mapped[str | None] = mapped_column(_PlainId)
    case_id: Mapped[str | None] = mapped_column(_PlainId, index=True)
    call_id: Mapped[str | None] = mapped_column(_PlainId)
    leaf: Mapped[str] = mapped_column(Text)
    """Canonical JSON (RFC 8785); its UTF-8 bytes are the leaf of the tree."""


class JournalWaiting(Base):
    """Entries that have no number yet."""

    __tablename__ = "journal_waiting"

    entry_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    county_id: Mapped[str] = mapped_column(_PlainId)


class JournalPersonal(Base):
    """Salt and value of a commitment; may be erased, and the entry stands as it was."""

    __tablename__ = "journal_personal"

    entry_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    field: Mapped[str] = mapped_column(String(200), primary_key=True)
    county_id: Mapped[str] = mapped_column(_PlainId)
    salt: Mapped[bytes] = mapped_column(_Hash)
    value: Mapped[str] = mapped_column(Text)


class JournalLeaf(Base):
    """An entry's place: its number from 0 on, its hash, and the chain up to it."""

    __tablename__ = "journal_leaves"
    __table_args__ = (UniqueConstraint("entry_id"),)

    county_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(_PlainId)
    leaf_hash: Mapped[bytes] = mapped_column(_Hash)
    chain_hash: Mapped[bytes] = mapped_column(_Hash)
    sequenced_ms: Mapped[Ms]


class JournalTile(Base):
    """The root of a perfect subtree of 256, 65,536, … leaves; those between are worked out."""

    __tablename__ = "journal_tiles"

    county_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """8, 16, …: the subtree has ``2 ** level`` leaves."""
    index: Mapped[int] = mapped_column(
        "tile_index", BigInteger, primary_key=True, autoincrement=False
    )
    root: Mapped[bytes] = mapped_column(_Hash)


class JournalCheckpoint(Base):
    """A signed tree head."""

    __tablename__ = "journal_checkpoints"
    __table_args__ = (UniqueConstraint("county_id", "size"),)

    county_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(_Hash)
    note: Mapped[str] = mapped_column(Text)
    """C2SP tlog-checkpoint, with the county's signature."""
    key_id: Mapped[str] = mapped_column(String(8))
    created_ms: Mapped[Ms]


class JournalKey(Base):
    """A public key: the county's own, or a town's that co-signs."""

    __tablename__ = "journal_keys"
    __table_args__ = (
        one_of("kind", JournalKeyKind),
        UniqueConstraint("county_id", "name", "key_id"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    organisation_id: Mapped[str] = id_column("organisations.id")
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(8))
    """Eight hex digits, as C2SP signed-note works them out."""
    verifier: Mapped[str] = mapped_column(String(200))
    """C2SP vkey: name, key id, and the public key."""
    entry_id: Mapped[str] = mapped_column(_PlainId)
    """Of the entry that made the key known."""
    added_ms: Mapped[Ms]
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


class JournalCosignature(Base):
    """A town's signature under the whole tree head of a checkpoint."""

    __tablename__ = "journal_cosignatures"

    county_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The checkpoint's."""
    key_row_id: Mapped[str] = mapped_column(_PlainId, primary_key=True)
    line: Mapped[str] = mapped_column(String(400))
    """C2SP signature line of tlog-cosignature."""
    at_ms: Mapped[Ms]


class Receipt(Base):
    """What the resident takes along; the code on it is kept as its hash."""

    __tablename__ = "receipts"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(_PlainId)
    entry_id: Mapped[str] = mapped_column(_PlainId, unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    issued_by_staff_id: Mapped[str] = id_column("staff.id")
    issued_ms: Mapped[Ms]


APPEND_ONLY = (
    "journal_entries",
    "journal_leaves",
    "journal_tiles",
    "journal_checkpoints",
    "journal_cosignatures",
)
"""Tables on which the triggers of the first migration of the journal refuse UPDATE and DELETE."""
