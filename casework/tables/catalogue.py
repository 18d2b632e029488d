from typing import Any

from sqlalchemy import JSON, CheckConstraint, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Text200, id_column, index_while, one_of
from casework.vocabulary import (
    ConsentPolicy,
    DecidingRule,
    Level,
    MaterialRequirement,
    RetentionClass,
)


class ServiceItem(Base):
    """One version of an item. A case keeps the version it began with."""

    __tablename__ = "service_items"
    __table_args__ = (
        UniqueConstraint("county_id", "code", "version"),
        one_of("deciding_rule", DecidingRule),
        one_of("video_level", Level),
        one_of("consent_policy", ConsentPolicy),
        one_of("retention_class", RetentionClass),
        CheckConstraint(
            "(deciding_rule = 'fixed') = (deciding_organisation_id IS NOT NULL)", name="deciding"
        ),
        CheckConstraint("(immediate) OR (time_limit_days IS NOT NULL)", name="time_limit"),
        index_while("uq_service_items_current", "county_id", "code", where="current", unique=True),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    current: Mapped[bool]
    """The version that new cases take; at most one a code."""
    name: Mapped[Text200]
    name_en: Mapped[Text200]
    pinyin: Mapped[str] = mapped_column(Text)
    """Full pinyin without tones, for search."""
    initials: Mapped[str] = mapped_column(Text)
    """Pinyin initials; alternatives of polyphones separated by a blank."""
    department_id: Mapped[str] = id_column("organisations.id")
    skill_group_id: Mapped[str] = id_column("skill_groups.id")
    receiving_levels: Mapped[list[str]] = mapped_column(JSON)
    """A subset of county, town, village."""
    video_level: Mapped[str | None] = mapped_column(String(16))
    """Which level answers by video; ``None``: not by video."""
    deciding_rule: Mapped[str] = mapped_column(String(20))
    deciding_organisation_id: Mapped[str | None] = id_column("organisations.id")
    authority_source: Mapped[Text200]
    authority_document: Mapped[Text200]
    modes: Mapped[list[str]] = mapped_column(JSON)
    immediate: Mapped[bool]
    time_limit_days: Mapped[int | None] = mapped_column(Integer)
    """Promised working days (承诺)."""
    joint: Mapped[bool]
    delegated: Mapped[bool]
    cross_area: Mapped[bool]
    consent_policy: Mapped[str] = mapped_column(String(20), default=ConsentPolicy.ADVICE_ONLY)
    retention_class: Mapped[str] = mapped_column(
        String(12), default=RetentionClass.STANDARD, server_default=RetentionClass.STANDARD
    )
    """How long recordings of calls about it are kept."""
    guide: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``conditions``, ``steps``, ``fees``, ``forms``: text in zh-CN."""
    form: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """A JSON Schema (see casework/forms/schema.py); ``None``: the general application."""
    created_ms: Mapped[Ms]


class ItemMaterial(Base):
    __tablename__ = "item_materials"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        one_of("requirement", MaterialRequirement),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    item_id: Mapped[str] = id_column("service_items.id", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[Text200]
    name_en: Mapped[Text200]
    requirement: Mapped[str] = mapped_column(String(16))
    copies: Mapped[int] = mapped_column(Integer, default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
