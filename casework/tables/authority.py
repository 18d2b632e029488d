"""On whose authority helpers act: appointments, grants, mandates; and roles given by two."""

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

from casework.database import Base, Id, Ms, Short, Text200, id_column, index_while, one_of
from casework.vocabulary import (
    AccountableLine,
    AppointmentState,
    GrantState,
    MandateForm,
    MandateKind,
    MandatePageKind,
    MandateState,
    Role,
    RoleChangeKind,
    RoleChangeState,
)


class Appointment(Base):
    """A helper at a window: nominated by the home organisation, approved by the county."""

    __tablename__ = "appointments"
    __table_args__ = (
        one_of("state", AppointmentState),
        CheckConstraint(
            "state NOT IN ('appointed', 'declined') OR decided_by_staff_id IS NOT NULL",
            name="decided",
        ),
        CheckConstraint("nominated_by_staff_id <> decided_by_staff_id", name="two_people"),
        index_while(
            "uq_appointments_live",
            "staff_id",
            "window_id",
            where="state IN ('nominated', 'appointed')",
            unique=True,
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    staff_id: Mapped[str] = id_column("staff.id")
    window_id: Mapped[str] = id_column("windows.id", index=True)
    state: Mapped[str] = mapped_column(String(12))
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    """The helper's own."""
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    nominated_by_staff_id: Mapped[str] = id_column("staff.id")
    nominated_ms: Mapped[Ms]
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_by_staff_id: Mapped[str | None] = id_column("staff.id")
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Text200] = mapped_column(default="")
    """Of a refusal or an end."""


class ItemSet(Base):
    """A named set of items for grants. Never changed: what was signed stays what it was."""

    __tablename__ = "item_sets"
    __table_args__ = (UniqueConstraint("county_id", "name"),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    name: Mapped[Short]
    name_en: Mapped[Text200]
    made_by_staff_id: Mapped[str | None] = id_column("staff.id")
    created_ms: Mapped[Ms]


class ItemSetItem(Base):
    """By code, so that a new version of an item stays in its sets."""

    __tablename__ = "item_set_items"

    item_set_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("item_sets.id", ondelete="CASCADE"), primary_key=True
    )
    item_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")


class Grant(Base):
    """The county's authority for an item or a set, lent to a helper at a window (授权)."""

    __tablename__ = "grants"
    __table_args__ = (
        one_of("state", GrantState),
        CheckConstraint("(item_code IS NULL) <> (item_set_id IS NULL)", name="item_or_set"),
        CheckConstraint("from_ms < until_ms", name="span"),
        CheckConstraint(
            "state NOT IN ('signed') OR "
            "(home_signed_by_staff_id IS NOT NULL AND county_signed_by_staff_id IS NOT NULL)",
            name="both_signed",
        ),
        CheckConstraint("home_signed_by_staff_id <> county_signed_by_staff_id", name="two_people"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    appointment_id: Mapped[str] = id_column("appointments.id", index=True)
    staff_id: Mapped[str] = id_column("staff.id", index=True)
    window_id: Mapped[str] = id_column("windows.id", index=True)
    item_code: Mapped[str | None] = mapped_column(String(40))
    item_set_id: Mapped[str | None] = id_column("item_sets.id")
    from_ms: Mapped[Ms]
    until_ms: Mapped[Ms]
    """The first moment at which it no longer holds."""
    document_number: Mapped[Short]
    state: Mapped[str] = mapped_column(String(12))
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    home_signed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    home_signed_ms: Mapped[int | None] = mapped_column(BigInteger)
    county_signed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    county_signed_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_by_staff_id: Mapped[str | None] = id_column("staff.id")
    """Who declined or revoked it."""
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Text200] = mapped_column(default="")
    created_ms: Mapped[Ms]


class GrantSuspension(Base):
    """One line's; the grant holds again when every line that suspended it has lifted."""

    __tablename__ = "grant_suspensions"
    __table_args__ = (
        one_of("line", AccountableLine),
        index_while(
            "uq_grant_suspensions_live", "grant_id", "line", where="lifted_ms IS NULL", unique=True
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    grant_id: Mapped[str] = id_column("grants.id", index=True)
    line: Mapped[str] = mapped_column(String(8))
    suspended_by_staff_id: Mapped[str] = id_column("staff.id")
    suspended_ms: Mapped[Ms]
    reason: Mapped[Text200]
    lifted_by_staff_id: Mapped[str | None] = id_column("staff.id")
    lifted_ms: Mapped[int | None] = mapped_column(BigInteger)
    lift_reason: Mapped[Text200] = mapped_column(default="")


class Mandate(Base):
    """A subject's own leave to act (委托); the nonce makes each one of its kind."""

    __tablename__ = "mandates"
    __table_args__ = (
        one_of("kind", MandateKind),
        one_of("form", MandateForm),
        one_of("state", MandateState),
        CheckConstraint("from_ms < until_ms", name="span"),
        CheckConstraint("witness_staff_id <> helper_staff_id", name="witness"),
        CheckConstraint("state <> 'in_force' OR witness_staff_id IS NOT NULL", name="witnessed"),
        CheckConstraint("kind <> 'guardianship' OR form = 'paper'", name="guardianship"),
        CheckConstraint(
            "form <> 'live' OR state <> 'in_force' OR "
            "(given_call_id IS NOT NULL AND given_position_ms IS NOT NULL "
            "AND signature_id IS NOT NULL)",
            name="live",
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    form: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    id_number_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Of the subject, whichever case the subject was entered in."""
    subject_id: Mapped[str] = id_column("subjects.id")
    helper_staff_id: Mapped[str] = id_column("staff.id", index=True)
    guardian_name: Mapped[Short] = mapped_column(default="")
    powers: Mapped[list[str]] = mapped_column(JSON)
    limits: Mapped[Text200] = mapped_column(default="")
    """In the subject's words; what can be checked stands in ``powers``."""
    from_ms: Mapped[Ms]
    until_ms: Mapped[Ms]
    once: Mapped[bool]
    """Good for one case: the first step that rests on it binds it to that case."""
    used_case_id: Mapped[str | None] = id_column("cases.id")
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    given_case_id: Mapped[str] = id_column("cases.id", index=True)
    """At which it was captured."""
    given_call_id: Mapped[str | None] = mapped_column(String(36))
    given_position_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Where in that call the subject begins to say so (live), or the agent compares (paper)."""
    terms_sha256: Mapped[str] = mapped_column(String(64))
    """Of nonce, subject, helper, items, powers, limits and span as canonical JSON (RFC 8785)."""
    signature_id: Mapped[str | None] = mapped_column(String(36))
    """Of a live one: a row of ``signatures``, set under the terms' hash."""
    witness_staff_id: Mapped[str | None] = id_column("staff.id")
    """The agent who saw it given, or compared its pages."""
    reason: Mapped[Text200] = mapped_column(default="")
    """Why it was declined or revoked."""
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    created_ms: Mapped[Ms]
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class MandateItem(Base):
    __tablename__ = "mandate_items"

    mandate_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("mandates.id", ondelete="CASCADE"), primary_key=True
    )
    item_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")


class MandatePage(Base):
    __tablename__ = "mandate_pages"
    __table_args__ = (
        one_of("kind", MandatePageKind),
        UniqueConstraint("mandate_id", "position"),
    )

    mandate_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("mandates.id", ondelete="CASCADE"), primary_key=True
    )
    page_id: Mapped[str] = mapped_column(String(36), ForeignKey("case_pages.id"), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")
    kind: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(Integer)


class CaseMandate(Base):
    """Which mandate a case rests on; one at a time."""

    __tablename__ = "case_mandates"

    case_id: Mapped[str] = mapped_column(String(36), ForeignKey("cases.id"), primary_key=True)
    mandate_id: Mapped[str] = id_column("mandates.id", index=True)
    county_id: Mapped[str] = id_column("counties.id")
    chosen_by_staff_id: Mapped[str] = id_column("staff.id")
    chosen_ms: Mapped[Ms]


class RoleChange(Base):
    """A role to be given or ended: one security administrator proposes, another decides."""

    __tablename__ = "role_changes"
    __table_args__ = (
        one_of("role", Role),
        one_of("kind", RoleChangeKind),
        one_of("state", RoleChangeState),
        CheckConstraint("proposed_by_staff_id <> decided_by_staff_id", name="two_people"),
        CheckConstraint(
            "staff_id <> proposed_by_staff_id AND staff_id <> decided_by_staff_id",
            name="not_oneself",
        ),
        CheckConstraint("(state = 'proposed') = (decided_by_staff_id IS NULL)", name="decided"),
        index_while(
            "uq_role_changes_live", "staff_id", "role", where="state = 'proposed'", unique=True
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id", index=True)
    staff_id: Mapped[str] = id_column("staff.id")
    role: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[Text200]
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    proposed_by_staff_id: Mapped[str] = id_column("staff.id")
    proposed_ms: Mapped[Ms]
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_reason: Mapped[Text200] = mapped_column(default="")
