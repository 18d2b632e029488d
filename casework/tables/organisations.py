from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Short, Text200, id_column, index_while, one_of
from casework.vocabulary import OrganisationKind, WindowKind


class County(Base):
    __tablename__ = "counties"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(6), unique=True)
    """Six digits of GB/T 2260."""
    name: Mapped[Short]
    name_en: Mapped[Text200]
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    created_ms: Mapped[Ms]


class Organisation(Base):
    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        one_of("kind", OrganisationKind),
        index_while(
            "uq_organisations_one_county", "county_id", where="kind = 'county'", unique=True
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    parent_id: Mapped[str | None] = id_column("organisations.id", index=True)
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Short]
    name_en: Mapped[Text200]
    active: Mapped[bool] = mapped_column(default=True)


class OpeningHours(Base):
    """One span of one weekday; an organisation without any is open when its parent is."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        UniqueConstraint("organisation_id", "weekday", "opens_minute"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint(
            "opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440",
            name="span",
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    organisation_id: Mapped[str] = id_column("organisations.id", ondelete="CASCADE")
    weekday: Mapped[int] = mapped_column(Integer)
    """ISO 8601: 1 is Monday."""
    opens_minute: Mapped[int] = mapped_column(Integer)
    """Minutes after midnight in the county's time zone."""
    closes_minute: Mapped[int] = mapped_column(Integer)


class Window(Base):
    __tablename__ = "windows"
    __table_args__ = (UniqueConstraint("county_id", "code"), one_of("kind", WindowKind))

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    serves_organisation_id: Mapped[str | None] = id_column("organisations.id")
    """Set at a service point of another area: the town whose residents come here."""
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Short]
    name_en: Mapped[Text200]
    kind: Mapped[str] = mapped_column(String(16))
    place: Mapped[Text200]
    uplink_bps: Mapped[int | None] = mapped_column(BigInteger)
    """Last measured by the device check or a call."""
    checked_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the device check last passed."""
    active: Mapped[bool] = mapped_column(default=True)


class SkillGroup(Base):
    __tablename__ = "skill_groups"
    __table_args__ = (
        UniqueConstraint("county_id", "letters"),
        UniqueConstraint("county_id", "code"),
        index_while("uq_skill_groups_one_general", "county_id", where="general", unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[Short]
    name_en: Mapped[Text200]
    letters: Mapped[str] = mapped_column(String(2))
    general: Mapped[bool] = mapped_column(default=False)


class SkillGroupMember(Base):
    __tablename__ = "skill_group_members"

    skill_group_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("skill_groups.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("staff.id"), primary_key=True, index=True
    )
    county_id: Mapped[str] = id_column("counties.id")
