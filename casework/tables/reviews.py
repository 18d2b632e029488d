"""Reviews by both lines, the draw of their sample, follow-ups, could-not reports, evidence holds."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, id_column, index_while, one_of
from casework.vocabulary import (
    AccountableLine,
    ContactChannel,
    DrawState,
    FollowUpState,
    HoldReason,
    Reporter,
    ReportLevel,
    ReportState,
    ReviewState,
    Verdict,
)

# Calls belong to signaling, whose tables stand above these: ``call_id`` columns here are plain
# ids without a foreign key, so that the rooms stay apart.

_OPEN_REVIEW = "state IN ('open', 'disagreed')"
_CURRENT = "current"
_HELD = "lifted_ms IS NULL"


class ReviewRules(Base):
    """One version of the score sheet and of the share that is drawn; reviews keep theirs."""

    __tablename__ = "review_rules"
    __table_args__ = (
        UniqueConstraint("county_id", "version"),
        CheckConstraint("sample_permille BETWEEN 0 AND 1000", name="sample_permille"),
        CheckConstraint("due_days BETWEEN 1 AND 60", name="due_days"),
        index_while("uq_review_rules_current", "county_id", where=_CURRENT, unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    version: Mapped[int] = mapped_column(Integer)
    current: Mapped[bool]
    lines: Mapped[list[Any]] = mapped_column(JSON)
    """Of the score sheet; see casework/reviews/sheets.py."""
    sample_permille: Mapped[int] = mapped_column(Integer)
    """Chance of a case without any risk factor to be drawn."""
    due_days: Mapped[int] = mapped_column(Integer)
    changed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    """``None``: as the program comes."""
    created_ms: Mapped[Ms]


class ReviewDraw(Base):
    """The draw of one home line and the county over one period; see casework/reviews/draw.py."""

    __tablename__ = "review_draws"
    __table_args__ = (
        UniqueConstraint("home_organisation_id", "starts_ms"),
        one_of("state", DrawState),
        CheckConstraint("starts_ms < ends_ms AND ends_ms < reveal_until_ms", name="order"),
        Index("ix_review_draws_due", "county_id", "state", "ends_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    """The head of the home line: a town, or a partner organisation directly below the county."""
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    state: Mapped[str] = mapped_column(String(12))
    starts_ms: Mapped[Ms]
    ends_ms: Mapped[Ms]
    """Until then commitments are taken."""
    reveal_until_ms: Mapped[Ms]
    tree_size: Mapped[int | None] = mapped_column(BigInteger)
    tree_root: Mapped[str | None] = mapped_column(String(64))
    """Of the journal, hex; ``None`` when no checkpoint covered the end of the period in time."""
    sample_permille: Mapped[int | None] = mapped_column(Integer)
    population_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the list of cases with their chances, fixed before any secret is shown."""
    cases: Mapped[int | None] = mapped_column(Integer)
    drawn: Mapped[int | None] = mapped_column(Integer)
    missing: Mapped[list[str]] = mapped_column(JSON)
    """What the draw had to do without: ``county.commitment``, ``home.secret``, ``tree_root``…"""
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    drawn_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[Ms]


class DrawSecret(Base):
    """A line's part in a draw: first the commitment, after the period the secret itself."""

    __tablename__ = "draw_secrets"
    __table_args__ = (one_of("line", AccountableLine),)

    draw_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("review_draws.id"), primary_key=True
    )
    line: Mapped[str] = mapped_column(String(8), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")
    commitment: Mapped[str] = mapped_column(String(64))
    committed_by_staff_id: Mapped[str] = id_column("staff.id")
    committed_ms: Mapped[Ms]
    secret: Mapped[str | None] = mapped_column(String(64))
    revealed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    revealed_ms: Mapped[int | None] = mapped_column(BigInteger)


class DrawCase(Base):
    """A case that the lot may fall on, with its chance."""

    __tablename__ = "draw_cases"

    draw_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("review_draws.id"), primary_key=True
    )
    case_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("cases.id"), primary_key=True, index=True
    )
    county_id: Mapped[str] = id_column("counties.id")
    chance_permille: Mapped[int] = mapped_column(Integer)
    factors: Mapped[list[str]] = mapped_column(JSON)
    """Names of the risk factors (casework/reviews/risk.py)."""
    drawn: Mapped[bool | None]


class Review(Base):
    """One case before both lines. While it is open, neither sees what the other found."""

    __tablename__ = "reviews"
    __table_args__ = (
        one_of("state", ReviewState),
        one_of("decision", Verdict),
        CheckConstraint(
            "(state = 'resolved') = (decision IS NOT NULL AND decided_by_staff_id IS NOT NULL)",
            name="decided",
        ),
        index_while("uq_reviews_open_case", "case_id", where=_OPEN_REVIEW, unique=True),
        Index("ix_reviews_state", "county_id", "state", "opened_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36))
    """The latest call of the case."""
    helper_staff_id: Mapped[str] = id_column("staff.id", index=True)
    """Whose handling it is, for the report of agreement."""
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    rules_id: Mapped[str] = id_column("review_rules.id")
    draw_id: Mapped[str | None] = id_column("review_draws.id")
    reasons: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    due_ms: Mapped[Ms]
    opened_ms: Mapped[Ms]
    compared_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the second verdict came in."""
    differences: Mapped[list[str]] = mapped_column(JSON)
    """What the lines disagree about: ``verdict``, or keys of the sheet's don'ts."""
    decision: Mapped[str | None] = mapped_column(String(12))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)


class ReviewVerdict(Base):
    """One line's part in a review: its reviewer, the draft, and the verdict once it is given."""

    __tablename__ = "review_verdicts"
    __table_args__ = (
        UniqueConstraint("review_id", "line"),
        one_of("line", AccountableLine),
        one_of("verdict", Verdict),
        CheckConstraint("submitted_ms IS NULL OR verdict IS NOT NULL", name="given"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    review_id: Mapped[str] = id_column("reviews.id", index=True)
    line: Mapped[str] = mapped_column(String(8))
    reviewer_staff_id: Mapped[str | None] = id_column("staff.id", index=True)
    """``None`` while the line has nobody who took no part."""
    assigned_ms: Mapped[int | None] = mapped_column(BigInteger)
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    verdict: Mapped[str | None] = mapped_column(String(12))
    comment: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[int | None] = mapped_column(Integer)
    """Of 100, once given."""
    nonce: Mapped[str | None] = mapped_column(String(32))
    """With it the hash in the journal proves that the verdict was not changed afterwards."""
    saved_ms: Mapped[int | None] = mapped_column(BigInteger)
    submitted_ms: Mapped[int | None] = mapped_column(BigInteger)


class ReviewReassignment(Base):
    """A reviewer stepped back, or could not go on; never assigned to this review again."""

    __tablename__ = "review_reassignments"
    __table_args__ = (one_of("line", AccountableLine),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    review_id: Mapped[str] = id_column("reviews.id", index=True)
    line: Mapped[str] = mapped_column(String(8))
    from_staff_id: Mapped[str] = id_column("staff.id")
    to_staff_id: Mapped[str | None] = id_column("staff.id")
    reason: Mapped[str] = mapped_column(String(400))
    at_ms: Mapped[Ms]


class FollowUp(Base):
    """What a poor rating opens: somebody asks the resident again, before a clock runs out."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        one_of("state", FollowUpState),
        CheckConstraint("(state = 'closed') = (closed_ms IS NOT NULL)", name="closed"),
        Index("ix_follow_ups_state", "county_id", "state", "due_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    rating_id: Mapped[str] = mapped_column(String(36), ForeignKey("ratings.id"), unique=True)
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str] = mapped_column(String(36))
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    state: Mapped[str] = mapped_column(String(12))
    due_ms: Mapped[Ms]
    opened_ms: Mapped[Ms]
    overdue_told_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it went to the chief because nobody had closed it in time."""
    finding: Mapped[str] = mapped_column(Text, default="")
    closed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)


class CouldNotReport(Base):
    """办不成事反映: has an owner and a deadline, and is never deleted (a trigger refuses it)."""

    __tablename__ = "could_not_reports"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        one_of("state", ReportState),
        one_of("level", ReportLevel),
        one_of("reporter", Reporter),
        Index("ix_could_not_reports_clock", "county_id", "state", "level_due_ms"),
        Index("ix_could_not_reports_opened", "county_id", "created_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    number: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[str | None] = id_column("cases.id", index=True)
    """``None``: there was no case yet, or the item could not even be found."""
    call_id: Mapped[str | None] = mapped_column(String(36))
    reporter: Mapped[str] = mapped_column(String(12))
    opened_by_staff_id: Mapped[str | None] = id_column("staff.id")
    """``None``: the resident."""
    owner_staff_id: Mapped[str | None] = id_column("staff.id", index=True)
    level: Mapped[str] = mapped_column(String(12))
    level_due_ms: Mapped[Ms]
    """When it moves to the next level, unless it was closed."""
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    home_organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    due_ms: Mapped[Ms]
    """What the reporter was promised; it does not move."""
    answer: Mapped[str] = mapped_column(Text, default="")
    closed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[Ms]


class CouldNotEvent(Base):
    """What became of a report; triggers refuse changing and deleting."""

    __tablename__ = "could_not_events"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    report_id: Mapped[str] = id_column("could_not_reports.id", index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``opened``, ``taken``, ``escalated``, ``passed``, ``contacted``, ``closed``."""
    actor_staff_id: Mapped[str | None] = id_column("staff.id")
    """``None``: the resident, or the clock."""
    owner_staff_id: Mapped[str | None] = id_column("staff.id")
    level: Mapped[str] = mapped_column(String(12))
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    at_ms: Mapped[Ms]


class ResidentContact(Base):
    """Somebody got in touch with the resident again, or tried to."""

    __tablename__ = "resident_contacts"
    __table_args__ = (
        one_of("channel", ContactChannel),
        CheckConstraint("(follow_up_id IS NULL) <> (report_id IS NULL)", name="about_one"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    follow_up_id: Mapped[str | None] = id_column("follow_ups.id", index=True)
    report_id: Mapped[str | None] = id_column("could_not_reports.id", index=True)
    channel: Mapped[str] = mapped_column(String(12))
    reached: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[str] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    at_ms: Mapped[Ms]


class ReportToken(Base):
    """Lets the resident's own screen open one report, without any cookie."""

    __tablename__ = "report_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id")
    call_id: Mapped[str] = mapped_column(String(36))
    expires_ms: Mapped[Ms]
    report_id: Mapped[str | None] = id_column("could_not_reports.id")
    """Set when it is used up."""


class EvidenceHold(Base):
    """Nothing of this call may be destroyed while one of its holds stands."""

    __tablename__ = "evidence_holds"
    __table_args__ = (
        UniqueConstraint("call_id", "reason", "source_id"),
        one_of("reason", HoldReason),
        index_while("ix_evidence_holds_standing", "call_id", where=_HELD),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    call_id: Mapped[str] = mapped_column(String(36))
    reason: Mapped[str] = mapped_column(String(16))
    source_id: Mapped[str] = mapped_column(String(36))
    """The follow-up, report or review that the evidence is for."""
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    from_ms: Mapped[Ms]
    lifted_ms: Mapped[int | None] = mapped_column(BigInteger)
    lifted_by_staff_id: Mapped[str | None] = id_column("staff.id")
    """``None`` while it stands; of a review that ended by agreement, the second reviewer."""
