from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Short, id_column, index_while, one_of
from casework.vocabulary import (
    CallBackReason,
    CallBackState,
    CaseMode,
    CaseState,
    ConsentAnswer,
    ConsentGiver,
    Outcome,
    PageKind,
    PageState,
    RatingGrade,
    Relation,
)

# Calls belong to signaling, whose tables stand above these: ``call_id`` columns here are plain
# ids without a foreign key, so that the rooms stay apart.


class Subject(Base):
    """Whose matter it is, as stated once; personal fields are encrypted columns.

    ``*_sealed`` are AES-256-GCM under a key derived from the master key; ``*_index`` are HMACs of
    the normalised value, so that equal values are found without being readable.
    """

    __tablename__ = "subjects"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    name: Mapped[Short]
    id_number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    registered_organisation_id: Mapped[str | None] = id_column("organisations.id")
    """The town where the subject is registered; decides cross-area items."""
    elderly: Mapped[bool] = mapped_column(default=False)
    disabled: Mapped[bool] = mapped_column(default=False)
    created_ms: Mapped[Ms]


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        one_of("state", CaseState),
        one_of("mode", CaseMode),
        one_of("present_relation", Relation),
        CheckConstraint(
            "number IS NOT NULL OR state IN ('draft', 'closed', 'withdrawn')", name="number"
        ),
        index_while("ix_cases_due", "due_ms", where="due_ms IS NOT NULL"),
        Index("ix_cases_opened", "county_id", "created_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    number: Mapped[str | None] = mapped_column(String(32))
    """County code, date, running number; given when the case leaves ``draft``."""
    item_id: Mapped[str] = id_column("service_items.id", index=True)
    window_id: Mapped[str] = id_column("windows.id", index=True)
    subject_id: Mapped[str] = id_column("subjects.id", index=True)
    present_name: Mapped[Short]
    present_relation: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(24), index=True)
    opened_by_staff_id: Mapped[str] = id_column("staff.id")
    owner_staff_id: Mapped[str | None] = id_column("staff.id", index=True)
    """The first officer, until another accepts the hand-over (首问负责)."""
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    """The window's own line."""
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    """The county's line."""
    deciding_organisation_id: Mapped[str] = id_column("organisations.id")
    state_before: Mapped[str | None] = mapped_column(String(24))
    """Where a suspended case, or one with a refusal proposed, goes on when it goes on."""
    clock_from_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Since when the promised working days run: the acceptance, or the last resumption."""
    clock_days: Mapped[int | None] = mapped_column(Integer)
    """Working days promised from then on; of a suspended case, those left."""
    due_ms: Mapped[int | None] = mapped_column(BigInteger)
    """The end of the last promised day; ``None`` while no clock runs."""
    overdue_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the watch found it overdue."""
    materials_days: Mapped[int | None] = mapped_column(Integer)
    """As ``clock_days``, for the materials that are to follow."""
    materials_due_ms: Mapped[int | None] = mapped_column(BigInteger)
    forwarded_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Since when the deciding organisation has it."""
    created_ms: Mapped[Ms]
    changed_ms: Mapped[Ms]


class CaseEvent(Base):
    """What was done in a case, append only; both accountable units in every row."""

    __tablename__ = "case_events"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36), index=True)
    actor_staff_id: Mapped[str | None] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    kind: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(24))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at_ms: Mapped[Ms]

    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_case_events_at", "county_id", "at_ms"),
    )


class Consent(Base):
    """One answer to one question; the latest row of a case counts."""

    __tablename__ = "consents"
    __table_args__ = (one_of("answer", ConsentAnswer), one_of("answered_by", ConsentGiver))

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36))
    text_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    asked_by_staff_id: Mapped[str] = id_column("staff.id")
    answered_by: Mapped[str] = mapped_column(String(20))
    answer: Mapped[str] = mapped_column(String(12))
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    at_ms: Mapped[Ms]


class CasePage(Base):
    """A page taken with the document camera, or a file that was brought along; the original bytes
    are kept and never served inline."""

    __tablename__ = "case_pages"
    __table_args__ = (
        one_of("kind", PageKind),
        one_of("state", PageState),
        CheckConstraint("received_bytes >= 0 AND received_bytes <= total_bytes", name="received"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36), index=True)
    material_id: Mapped[str | None] = id_column("item_materials.id")
    requested_by_staff_id: Mapped[str | None] = id_column("staff.id")
    replaces_page_id: Mapped[str | None] = id_column("case_pages.id")
    """Set when this original follows a readable version."""
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    media_type: Mapped[str] = mapped_column(String(20))
    total_bytes: Mapped[int] = mapped_column(Integer)
    received_bytes: Mapped[int] = mapped_column(Integer, default=0)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the original bytes, as the window stated it and the server found it."""
    rendition_sha256: Mapped[str | None] = mapped_column(String(64))
    width_px: Mapped[int | None] = mapped_column(Integer)
    height_px: Mapped[int | None] = mapped_column(Integer)
    sheets: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """Renditions: of a PDF one a page of paper, otherwise one."""
    uploaded: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """A file that was brought along, not a page taken at the window."""
    faults: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """What the window found wrong when it was taken (PageFault); it was sent nevertheless."""
    file_name: Mapped[str] = mapped_column(String(64))
    """Of its folder: random, inside the archive folder only; its key follows from it. Empty once the
    page was let go."""
    position_ms: Mapped[int | None] = mapped_column(BigInteger)
    """On the call's clock, when taken in a call."""
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    created_ms: Mapped[Ms]
    ready_ms: Mapped[int | None] = mapped_column(BigInteger)


class Rating(Base):
    __tablename__ = "ratings"
    __table_args__ = (
        one_of("grade", RatingGrade),
        Index("ix_ratings_rated", "county_id", "rated_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = mapped_column(String(36), unique=True)
    case_id: Mapped[str] = id_column("cases.id", index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token_expires_ms: Mapped[Ms]
    grade: Mapped[str | None] = mapped_column(String(20))
    """``None`` until the resident rates; the token is used up then."""
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    rated_ms: Mapped[int | None] = mapped_column(BigInteger)


class CallBack(Base):
    """A promise to call the resident back: nobody was on duty, or the counter was closed."""

    __tablename__ = "call_backs"
    __table_args__ = (
        one_of("state", CallBackState),
        one_of("reason", CallBackReason),
        index_while(
            "uq_call_backs_live", "case_id", where="state IN ('open', 'started')", unique=True
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    skill_group_id: Mapped[str] = id_column("skill_groups.id", index=True)
    window_id: Mapped[str] = id_column("windows.id")
    owner_staff_id: Mapped[str | None] = id_column("staff.id", index=True)
    """The skill group's first agent on duty takes it; ``None`` until there is one."""
    reason: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    due_ms: Mapped[Ms]
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    created_ms: Mapped[Ms]
    changed_ms: Mapped[Ms]
