"""What was counted, by the hour: see casework/reports/rollup.py, which alone writes it."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Ms, id_column, one_of
from casework.vocabulary import ReportGrain


class ReportLine(Base):
    """What a row of :class:`ReportHour` is about. An empty id stands for "all of them", or, in the
    finest grain, for none: a report that no case belongs to has no item.

    Ids are small numbers and not UUIDs: a line's id stands in every one of its hours.
    """

    __tablename__ = "report_lines"
    __table_args__ = (
        UniqueConstraint(
            "county_id",
            "grain",
            "home_organisation_id",
            "window_id",
            "item_id",
            "agent_staff_id",
            name="uq_report_lines_about",
        ),
        one_of("grain", ReportGrain),
        Index("ix_report_lines_window", "county_id", "grain", "window_id"),
        Index("ix_report_lines_item", "county_id", "grain", "item_id"),
        Index("ix_report_lines_agent", "county_id", "grain", "agent_staff_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    county_id: Mapped[str] = id_column("counties.id")
    grain: Mapped[str] = mapped_column(String(12))
    home_organisation_id: Mapped[str] = mapped_column(String(36))
    window_id: Mapped[str] = mapped_column(String(36))
    item_id: Mapped[str] = mapped_column(String(36))
    """One version of an item; reports put the versions of a code together."""
    agent_staff_id: Mapped[str] = mapped_column(String(36))


class ReportHour(Base):
    """How often what happened in one hour. casework/reports/figures.py says it in words."""

    __tablename__ = "report_hours"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    line_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("report_lines.id"), primary_key=True, autoincrement=False
    )
    hour_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """When the hour began; of a grain that is kept by the day, when the county day began."""
    opened: Mapped[int]
    delegated: Mapped[int]
    """Of those opened."""
    outcomes: Mapped[int]
    accepted: Mapped[int]
    accepted_to_follow: Mapped[int]
    returned: Mapped[int]
    refused: Mapped[int]
    reopened: Mapped[int]
    passed_on: Mapped[int]
    could_not: Mapped[int]
    withdrawn: Mapped[int]
    overdue: Mapped[int]
    finished: Mapped[int]
    finished_immediate: Mapped[int]
    """Of those finished: on items that are done at once."""
    kept_immediate: Mapped[int]
    """Of these: on the day on which they were opened."""
    finished_once: Mapped[int]
    """Of those finished: after one visit to the window."""
    trips: Mapped[int]
    queued: Mapped[int]
    answered: Mapped[int]
    answered_soon: Mapped[int]
    wait_ms: Mapped[Ms]
    """Sum over those answered."""
    abandoned: Mapped[int]
    calls: Mapped[int]
    talk_ms: Mapped[Ms]
    """Sum over the calls."""
    very_satisfied: Mapped[int]
    satisfied: Mapped[int]
    fair: Mapped[int]
    dissatisfied: Mapped[int]
    very_dissatisfied: Mapped[int]


class ReportProgress(Base):
    """How far a county's days are counted: whole days, each once."""

    __tablename__ = "report_progress"

    county_id: Mapped[str] = mapped_column(String(36), ForeignKey("counties.id"), primary_key=True)
    begun_ms: Mapped[Ms]
    """The day of the first thing that there is to count."""
    counted_to_ms: Mapped[Ms]
    """The first day that is not counted yet."""


class TravelTime(Base):
    """What reports assume of the way to the county's hall; each change is a row, the last counts."""

    __tablename__ = "report_travel_times"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    county_id: Mapped[str] = id_column("counties.id", index=True)
    one_way_minutes: Mapped[int]
    set_by_staff_id: Mapped[str] = id_column("staff.id")
    set_ms: Mapped[Ms]
