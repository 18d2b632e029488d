"""What a case's checklist was met with, the form that was filled, and who signed what was shown."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, id_column, index_while, one_of
from casework.vocabulary import (
    FormState,
    MaterialSource,
    MaterialState,
    SendBackReason,
    SignaturePurpose,
    Signer,
)

_LIVE_GIVEN = "state <> 'replaced'"
_LIVE_FORM = "state IN ('shown', 'confirmed', 'signed')"


class CaseMaterial(Base):
    """One thing that was given for one line of the checklist; a line may have several pages.

    A row is never changed but in its state: what takes its place is a new row.
    """

    __tablename__ = "case_materials"
    __table_args__ = (
        one_of("source", MaterialSource),
        one_of("state", MaterialState),
        one_of("reason", SendBackReason),
        CheckConstraint(
            "(source IN ('page', 'upload')) = (page_id IS NOT NULL)", name="page_of_source"
        ),
        CheckConstraint(
            "(source = 'earlier') = (earlier_id IS NOT NULL)", name="earlier_of_source"
        ),
        CheckConstraint(
            "(source IN ('e_licence', 'promised')) = (details_sealed IS NOT NULL)",
            name="details_of_source",
        ),
        CheckConstraint("(source = 'promised') = (due_ms IS NOT NULL)", name="due_of_source"),
        CheckConstraint("state <> 'sent_back' OR reason IS NOT NULL", name="reason_given"),
        index_while("uq_case_materials_live_page", "page_id", where=_LIVE_GIVEN, unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    material_id: Mapped[str] = id_column("item_materials.id")
    source: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    page_id: Mapped[str | None] = id_column("case_pages.id")
    earlier_id: Mapped[str | None] = id_column("case_materials.id")
    """The accepted material of an earlier case of the same subject."""
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of an e-licence its name and number; of a promise pick-up code and consignment number."""
    due_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Of a promise: the end of the promised day."""
    reason: Mapped[str | None] = mapped_column(String(16))
    """Why it was sent back."""
    reason_text: Mapped[str] = mapped_column(String(200), default="")
    call_id: Mapped[str | None] = mapped_column(String(36))
    position_ms: Mapped[int | None] = mapped_column(BigInteger)
    """On the call's clock, when given in a call."""
    given_by_staff_id: Mapped[str] = id_column("staff.id")
    judged_by_staff_id: Mapped[str | None] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    created_ms: Mapped[Ms]
    judged_ms: Mapped[int | None] = mapped_column(BigInteger)


class MaterialNotice(Base):
    """Everything that is missing, told to the resident at once (一次性告知); never changed."""

    __tablename__ = "material_notices"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36))
    position_ms: Mapped[int | None] = mapped_column(BigInteger)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """``material_id``, ``name``, ``name_en``, ``note``, ``note_en``, ``state``, ``reason``, ``reason_text``."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the lines as canonical JSON (RFC 8785)."""
    issued_by_staff_id: Mapped[str] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    created_ms: Mapped[Ms]


class FormVersion(Base):
    """One version of a case's form, as it was shown to the resident; its content is never changed."""

    __tablename__ = "form_versions"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        one_of("state", FormState),
        index_while("uq_form_versions_live", "case_id", where=_LIVE_FORM, unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    version: Mapped[int] = mapped_column(Integer)
    """Counts from 1 in the case."""
    state: Mapped[str] = mapped_column(String(12))
    schema_sha256: Mapped[str] = mapped_column(String(64))
    """Of the item's form as canonical JSON: which questions were asked."""
    language: Mapped[str] = mapped_column(String(8))
    values_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shown_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The canonical JSON (RFC 8785) of exactly what was shown; see casework/forms/showing.py."""
    shown_sha256: Mapped[str] = mapped_column(String(64))
    call_id: Mapped[str | None] = mapped_column(String(36), index=True)
    filled_by_staff_id: Mapped[str] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    created_ms: Mapped[Ms]
    shown_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the resident was asked to confirm it."""
    confirmed_ms: Mapped[int | None] = mapped_column(BigInteger)
    signed_ms: Mapped[int | None] = mapped_column(BigInteger)


class Signature(Base):
    """Strokes of a pen, finger or mouse, bound to the hash of what they were set under."""

    __tablename__ = "signatures"
    __table_args__ = (
        one_of("purpose", SignaturePurpose),
        one_of("signer", Signer),
        CheckConstraint("(purpose = 'form') = (form_version_id IS NOT NULL)", name="form"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    form_version_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    signed_sha256: Mapped[str] = mapped_column(String(64))
    """Of exactly what was shown when it was signed."""
    signer: Mapped[str] = mapped_column(String(16))
    strokes_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    strokes_sha256: Mapped[str] = mapped_column(String(64))
    """Of the strokes as canonical JSON."""
    call_id: Mapped[str | None] = mapped_column(String(36), index=True)
    position_ms: Mapped[int | None] = mapped_column(BigInteger)
    witnessed_by_staff_id: Mapped[str] = id_column("staff.id")
    """Whose sign-in the pad belonged to."""
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    signed_ms: Mapped[Ms]
