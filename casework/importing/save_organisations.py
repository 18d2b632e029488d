"""Use case: import the organisations file in the caller's transaction.

What the file does not name stays as it is. Opening hours are the exception: those of an
organisation that the file names are replaced as a whole.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import tables
from casework.database import new_id, now_ms
from casework.importing.check_organisations import (
    check_accountable_stay,
    check_organisations,
    is_county,
)
from casework.importing.columns import Numbered
from casework.importing.county import (
    CHANGED,
    CREATED,
    UNCHANGED,
    ImportResult,
    KnownCounty,
    load_county,
    update,
)
from casework.importing.holders import holders_in, note_holders
from casework.importing.organisations import ParsedOrganisations
from casework.organisations import OpeningHours, Organisation, Window
from casework.vocabulary import OrganisationKind


async def import_organisations(
    session: AsyncSession,
    parsed: ParsedOrganisations,
    *,
    county_id: str | None = None,
    on_page: bool = False,
) -> ImportResult:
    """Creates or updates by code; idempotent. Who is accountable for an organisation or a window
    changes at the machine only, and the change stands in the journal.

    :param county_id: the county of whoever imports; a file of another county is refused. ``None``
        (at the machine itself): the file's county, which is made when it is new.
    :raises ImportRefused: with every problem of the file; nothing was written.
    """
    known = await load_county(session, county_id or await _county_of(session, parsed))
    check_organisations(parsed, known)
    if on_page:
        check_accountable_stay(parsed, known)
    parsed.report.raise_if_any()
    holders = holders_in(known)
    result = await _save_county(session, parsed, known)
    result += await _save_organisations(session, parsed.organisations, known)
    result += _save_windows(session, parsed.windows, known)
    result += await _save_groups(session, parsed, known)
    result += await _save_hours(session, parsed.opening_hours, known)
    await session.flush()
    await note_holders(session, holders, known)
    return result


async def _county_of(session: AsyncSession, parsed: ParsedOrganisations) -> str:
    """The county that the file names, else the only one there is; a new id when there is none."""
    query = select(tables.County.id).limit(2)
    county = next((row.value for row in parsed.organisations if is_county(row.value)), None)
    if county is not None:
        query = query.where(tables.County.code == county.id)
    ids = list(await session.scalars(query))
    return ids[0] if len(ids) == 1 else new_id()


async def _save_county(
    session: AsyncSession, parsed: ParsedOrganisations, known: KnownCounty
) -> ImportResult:
    """The county's own row, beside its organisation."""
    county = next((r.value for r in parsed.organisations if is_county(r.value)), None)
    if county is None:
        return ImportResult()
    row = await session.get(tables.County, known.county_id)
    if row is not None:
        update(row, {"name": county.name, "name_en": county.name_en})
        return ImportResult()
    session.add(
        tables.County(
            id=known.county_id,
            code=county.id,
            name=county.name,
            name_en=county.name_en,
            created_ms=now_ms(),
        )
    )
    await session.flush()
    return ImportResult()


async def _save_organisations(
    session: AsyncSession, rows: Iterable[Numbered[Organisation]], known: KnownCounty
) -> ImportResult:
    """From the county downwards, so that a parent is there before its children."""
    result = ImportResult()
    depth = list(OrganisationKind)
    for organisation in sorted((r.value for r in rows), key=lambda o: depth.index(o.kind)):
        parent = known.organisations[organisation.parent_id] if organisation.parent_id else None
        values = {
            "name": organisation.name,
            "name_en": organisation.name_en,
            "kind": organisation.kind.value,
            "parent_id": parent.id if parent else None,
            "active": True,
        }
        row = known.organisations.get(organisation.id)
        if row is not None:
            result += update(row, values)
            continue
        row = tables.Organisation(
            id=new_id(), county_id=known.county_id, code=organisation.id, **values
        )
        session.add(row)
        known.organisations[organisation.id] = row
        result += CREATED
        # Rows refer to rows of their own table: the unit of work sees no order between them.
        await session.flush()
    return result


def _save_windows(
    session: AsyncSession, rows: Iterable[Numbered[Window]], known: KnownCounty
) -> ImportResult:
    result = ImportResult()
    for window in (row.value for row in rows):
        served = window.serves_organisation_id
        values = {
            "organisation_id": known.organisations[window.organisation_id].id,
            "serves_organisation_id": known.organisations[served].id if served else None,
            "name": window.name,
            "name_en": window.name_en,
            "kind": window.kind.value,
            "place": window.place,
            "active": True,
        }
        stored = known.windows.get(window.id)
        if stored is not None:
            result += update(stored, values)
            continue
        session.add(tables.Window(id=new_id(), county_id=known.county_id, code=window.id, **values))
        result += CREATED
    return result


async def _save_groups(
    session: AsyncSession, parsed: ParsedOrganisations, known: KnownCounty
) -> ImportResult:
    """The group that stops being general goes first: at most one is, at every moment."""
    result = ImportResult()
    groups = sorted((row.value for row in parsed.skill_groups), key=lambda group: group.general)
    for group in groups:
        values = {
            "organisation_id": known.organisations[group.organisation_id].id,
            "code": group.id,
            "name": group.name,
            "name_en": group.name_en,
            "general": group.general,
        }
        row = known.groups.get(group.letters)
        if row is not None:
            result += update(row, values)
        else:
            session.add(
                tables.SkillGroup(
                    id=new_id(), county_id=known.county_id, letters=group.letters, **values
                )
            )
            result += CREATED
        await session.flush()
    return result


async def _save_hours(
    session: AsyncSession, rows: Iterable[Numbered[OpeningHours]], known: KnownCounty
) -> ImportResult:
    wanted: dict[str, set[tuple[int, int, int]]] = defaultdict(set)
    for row in rows:
        span = (row.value.weekday, row.value.opens_minute, row.value.closes_minute)
        wanted[known.organisations[row.value.organisation_id].id].add(span)
    stored: dict[str, set[tuple[int, int, int]]] = defaultdict(set)
    hours = tables.OpeningHours
    for old in await session.scalars(select(hours).where(hours.organisation_id.in_(wanted))):
        stored[old.organisation_id].add((old.weekday, old.opens_minute, old.closes_minute))
    result = ImportResult()
    for organisation_id, spans in wanted.items():
        if stored[organisation_id] == spans:
            result += UNCHANGED
            continue
        result += CHANGED if stored[organisation_id] else CREATED
        await session.execute(delete(hours).where(hours.organisation_id == organisation_id))
        session.add_all(
            hours(
                id=new_id(),
                county_id=known.county_id,
                organisation_id=organisation_id,
                weekday=weekday,
                opens_minute=opens,
                closes_minute=closes,
            )
            for weekday, opens, closes in sorted(spans)
        )
    return result
