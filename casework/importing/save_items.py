"""Use case: import the items file in the caller's transaction. A changed item is a new version."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import tables
from casework.catalogue import ServiceItem
from casework.database import new_id, now_ms
from casework.importing.columns import Numbered
from casework.importing.county import (
    CHANGED,
    CREATED,
    UNCHANGED,
    ImportResult,
    KnownCounty,
    check_known,
    load_county,
    the_only_county,
)
from casework.importing.items import ITEMS, ParsedItems
from casework.importing.problems import Report
from casework.vocabulary import OrganisationKind

COMPUTED = frozenset({"pinyin", "initials"})
"""Follow from the name: another dictionary of pinyin is no new version."""


async def import_items(
    session: AsyncSession, parsed: ParsedItems, *, county_id: str | None = None
) -> ImportResult:
    """Creates items by code, and a new version of each whose content, materials or form changed.

    Idempotent. Cases keep the version they began with; what the file does not name stays.

    :param county_id: ``None`` when the installation has one county only.
    :raises ImportRefused: with every problem of the file; nothing was written.
    """
    known = await load_county(session, county_id or await the_only_county(session))
    for row in parsed.items:
        _check_item(row, known, parsed.report)
    parsed.report.raise_if_any()
    current = await _current_items(session, known.county_id)
    materials = await _materials(session, known.county_id)
    result = ImportResult()
    added: list[tuple[tables.ServiceItem, ServiceItem]] = []
    for item in (row.value for row in parsed.items):
        stored = current.get(item.code)
        values = _values(item, known)
        if stored is None:
            added.append((_row(item, known, values, version=1), item))
            result += CREATED
        elif _differs(stored, values) or materials[stored.id] != _material_values(item):
            stored.current = False
            added.append((_row(item, known, values, version=stored.version + 1), item))
            result += CHANGED
        else:
            result += UNCHANGED
    await _save(session, added)
    return result


async def _save(
    session: AsyncSession, added: Sequence[tuple[tables.ServiceItem, ServiceItem]]
) -> None:
    """In three steps: at most one version is current at every moment, and materials come last."""
    await session.flush()
    session.add_all(row for row, _ in added)
    await session.flush()
    session.add_all(
        tables.ItemMaterial(
            id=new_id(), county_id=row.county_id, item_id=row.id, position=position, **material
        )
        for row, item in added
        for position, material in enumerate(_material_values(item), start=1)
    )
    await session.flush()


def _check_item(row: Numbered[ServiceItem], known: KnownCounty, report: Report) -> None:
    item = row.value
    place = (ITEMS.key, row.row)
    check_known(report, (*place, "department"), item.department_id, known.organisations)
    check_known(report, (*place, "deciding"), item.deciding_organisation_id, known.organisations)
    check_known(report, (*place, "skill_group"), item.skill_group_id, known.groups)
    owner = known.organisations.get(item.department_id)
    if owner is not None and owner.kind != OrganisationKind.DEPARTMENT:
        report.add(*place, "department", "主管部门应是部门", "The owner must be a department")


async def _current_items(session: AsyncSession, county_id: str) -> dict[str, tables.ServiceItem]:
    item = tables.ServiceItem
    rows = await session.scalars(select(item).where(item.county_id == county_id, item.current))
    return {row.code: row for row in rows}


async def _materials(
    session: AsyncSession, county_id: str
) -> defaultdict[str, list[dict[str, Any]]]:
    material = tables.ItemMaterial
    rows = await session.scalars(
        select(material)
        .join(tables.ServiceItem, tables.ServiceItem.id == material.item_id)
        .where(tables.ServiceItem.county_id == county_id, tables.ServiceItem.current)
        .order_by(material.item_id, material.position)
    )
    by_item: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_item[row.item_id].append(
            {
                "name": row.name,
                "name_en": row.name_en,
                "requirement": row.requirement,
                "copies": row.copies,
                "note": row.note,
                "note_en": row.note_en,
            }
        )
    return by_item


def _material_values(item: ServiceItem) -> list[dict[str, Any]]:
    return [
        asdict(material) | {"requirement": material.requirement.value}
        for material in item.materials
    ]


def _values(item: ServiceItem, known: KnownCounty) -> dict[str, Any]:
    """Columns of the row, references resolved, enumerations as plain text."""
    deciding = item.deciding_organisation_id
    return {
        "name": item.name,
        "name_en": item.name_en,
        "pinyin": item.pinyin,
        "initials": item.initials,
        "department_id": known.organisations[item.department_id].id,
        "skill_group_id": known.groups[item.skill_group_id].id,
        "receiving_levels": _plain(item.receiving_levels),
        "video_level": item.video_level.value if item.video_level else None,
        "deciding_rule": item.deciding_rule.value,
        "deciding_organisation_id": known.organisations[deciding].id if deciding else None,
        "authority_source": item.authority_source,
        "authority_document": item.authority_document,
        "modes": _plain(item.modes),
        "immediate": item.immediate,
        "time_limit_days": item.time_limit_days,
        "joint": item.joint,
        "delegated": item.delegated,
        "cross_area": item.cross_area,
        "consent_policy": item.consent_policy.value,
        "retention_class": item.retention_class.value,
        "guide": asdict(item.guide),
        "form": None if item.form is None else dict(item.form),
    }


def _plain(values: Sequence[str]) -> list[str]:
    return [str(value) for value in values]


def _differs(stored: tables.ServiceItem, values: dict[str, Any]) -> bool:
    return any(
        _ordered(getattr(stored, key)) != _ordered(value)
        for key, value in values.items()
        if key not in COMPUTED
    )


def _ordered(value: object) -> object:
    """The order of a form's questions counts; dictionaries would be equal without it."""
    return json.dumps(value) if isinstance(value, dict) else value


def _row(
    item: ServiceItem, known: KnownCounty, values: dict[str, Any], *, version: int
) -> tables.ServiceItem:
    return tables.ServiceItem(
        id=new_id(),
        county_id=known.county_id,
        code=item.code,
        version=version,
        current=True,
        created_ms=now_ms(),
        **values,
    )
