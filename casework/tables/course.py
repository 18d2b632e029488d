"""The course of a case after it was opened: refusals, appeals, hand-overs, results, working days."""

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Short, Text200, id_column, index_while, one_of
from casework.vocabulary import (
    AppealState,
    DayKind,
    HandOverState,
    RefusalState,
    ResultWay,
)


class Refusal(Base):
    """One person's proposal to refuse, and the decision of a second one who took no part."""

    __tablename__ = "refusals"
    __table_args__ = (
        one_of("state", RefusalState),
        index_while("uq_refusals_proposed", "case_id", where="state = 'proposed'", unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    """For the resident, in the words of the notice."""
    legal_basis: Mapped[str] = mapped_column(Text)
    proposed_by_staff_id: Mapped[str] = id_column("staff.id")
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was sent back."""
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    proposed_ms: Mapped[Ms]
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)


class Appeal(Base):
    """A resident's objection to a refusal; one a refusal."""

    __tablename__ = "appeals"
    __table_args__ = (one_of("state", AppealState),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    refusal_id: Mapped[str] = mapped_column(String(36), ForeignKey("refusals.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    """The resident's words, as the helper wrote them down."""
    opened_by_staff_id: Mapped[str] = id_column("staff.id")
    decided_by_staff_id: Mapped[str | None] = id_column("staff.id")
    answer: Mapped[str] = mapped_column(Text, default="")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    due_ms: Mapped[Ms]
    opened_ms: Mapped[Ms]
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)


class HandOver(Base):
    """首问负责: the first officer stays the owner until the other one accepts."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        one_of("state", HandOverState),
        index_while("uq_hand_overs_offered", "case_id", where="state = 'offered'", unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    from_staff_id: Mapped[str] = id_column("staff.id", index=True)
    to_staff_id: Mapped[str] = id_column("staff.id", index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    offered_ms: Mapped[Ms]
    answered_ms: Mapped[int | None] = mapped_column(BigInteger)


class CaseResult(Base):
    """What a finished case came to, and how the resident got it."""

    __tablename__ = "case_results"
    __table_args__ = (one_of("way", ResultWay),)

    case_id: Mapped[str] = mapped_column(String(36), ForeignKey("cases.id"), primary_key=True)
    county_id: Mapped[str] = id_column("counties.id")
    text: Mapped[str] = mapped_column(Text)
    way: Mapped[str | None] = mapped_column(String(16))
    """``None`` until the resident has it, or it is on its way."""
    carrier: Mapped[Short]
    consignment_number: Mapped[Short]
    finished_by_staff_id: Mapped[str] = id_column("staff.id")
    handed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    finished_ms: Mapped[Ms]
    handed_ms: Mapped[int | None] = mapped_column(BigInteger)


class CalendarYear(Base):
    """A year whose days an administrator imported: it replaces what the product brings along."""

    __tablename__ = "calendar_years"

    county_id: Mapped[str] = mapped_column(String(36), ForeignKey("counties.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    imported_by_staff_id: Mapped[str] = id_column("staff.id")
    imported_ms: Mapped[Ms]


class CalendarDay(Base):
    __tablename__ = "calendar_days"
    __table_args__ = (one_of("kind", DayKind),)

    county_id: Mapped[str] = mapped_column(String(36), ForeignKey("counties.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[Text200]
