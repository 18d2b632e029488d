"""Supervision's lists of the county: organisations, people, items, and the import of each."""

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import select

from casework.importing.files import ImportKind, import_file
from casework.policy import may_administer
from casework.tables import Organisation, ServiceItem, StaffMember, StaffRole, Window
from casework.vocabulary import OrganisationKind, Role
from signaling.case_views import item_views
from signaling.edge.handlers.signing import window_brief
from signaling.edge.route import Asked
from signaling.wire.api import (
    ImportDone,
    ItemList,
    OrganisationList,
    OrganisationView,
    StaffList,
    StaffView,
)


async def list_organisations(asked: Asked[None]) -> OrganisationList:
    """The county with everything below it, and the windows."""
    county_id = asked.person.county_id
    async with asked.context.database.reading() as session:
        windows = await session.scalars(
            select(Window)
            .where(Window.county_id == county_id, Window.active)
            .order_by(Window.organisation_id, Window.code)
        )
        of_organisation = {
            key: list(rows) for key, rows in groupby(windows, lambda row: row.organisation_id)
        }
        rows = await session.scalars(
            select(Organisation)
            .where(Organisation.county_id == county_id, Organisation.active)
            .order_by(Organisation.code)
        )
        return OrganisationList(
            organisations=[_organisation(row, of_organisation.get(row.id, ())) for row in rows]
        )


def _organisation(row: Organisation, windows: Iterable[Window]) -> OrganisationView:
    return OrganisationView(
        id=row.id,
        parent_id=row.parent_id,
        kind=OrganisationKind(row.kind),
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        windows=[window_brief(window) for window in windows],
    )


async def list_staff(asked: Asked[None]) -> StaffList:
    """Everybody who works in the county, with their live roles."""
    async with asked.context.database.reading() as session:
        given = await session.execute(
            select(StaffRole.staff_id, StaffRole.role)
            .where(StaffRole.county_id == asked.person.county_id, StaffRole.revoked_ms.is_(None))
            .order_by(StaffRole.staff_id, StaffRole.role)
        )
        roles = {
            staff_id: [Role(row.role) for row in rows]
            for staff_id, rows in groupby(given, lambda row: row.staff_id)
        }
        people = await session.execute(
            select(StaffMember, Organisation)
            .join(Organisation, Organisation.id == StaffMember.organisation_id)
            .where(StaffMember.county_id == asked.person.county_id, may_administer(asked.person))
            .order_by(Organisation.code, StaffMember.username)
        )
        return StaffList(
            staff=[
                StaffView(
                    id=staff.id,
                    username=staff.username,
                    name=staff.name,
                    name_en=staff.name_en,
                    organisation_name=organisation.name,
                    organisation_name_en=organisation.name_en,
                    roles=roles.get(staff.id, []),
                    active=staff.active,
                )
                for staff, organisation in people
            ]
        )


async def list_items(asked: Asked[None]) -> ItemList:
    """The current version of every item."""
    async with asked.context.database.reading() as session:
        ids = (
            await session.scalars(
                select(ServiceItem.id)
                .where(ServiceItem.county_id == asked.person.county_id, ServiceItem.current)
                .order_by(ServiceItem.code)
            )
        ).all()
        items = await item_views(session, ids)
    return ItemList(items=[items[item_id] for item_id in ids], total=len(ids))


async def import_rows(asked: Asked[None]) -> ImportDone:
    """A CSV or XLSX file of one kind: all of it, or nothing with every bad row named.

    Roles in a staff file are proposed: a security administrator gives or ends them.
    """
    done = await import_file(
        asked.context.database,
        ImportKind(asked.id("kind")),
        asked.body,
        county_id=asked.person.county_id,
        importer=asked.person,
    )
    asked.context.catalogue.forget()
    return ImportDone(
        added=done.created,
        changed=done.changed,
        unchanged=done.unchanged,
        proposed=done.proposed,
    )
