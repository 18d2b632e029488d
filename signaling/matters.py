"""What a row of a supervision desk is about, and who got in touch: shared by its views."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Case, Organisation, ResidentContact, ServiceItem, StaffMember
from casework.vocabulary import ContactChannel
from signaling.wire.reviews import ContactView, MatterBrief

PAGE_SIZE = 50


async def matters(session: AsyncSession, case_ids: Collection[str]) -> dict[str, MatterBrief]:
    """By case id."""
    rows = await session.execute(
        select(Case.id, Case.number, ServiceItem, Organisation)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Organisation, Organisation.id == Case.home_organisation_id)
        .where(Case.id.in_(case_ids))
    )
    return {
        case_id: MatterBrief(
            case_number=number,
            item_name=item.name,
            item_name_en=item.name_en,
            organisation_name=organisation.name,
            organisation_name_en=organisation.name_en,
        )
        for case_id, number, item, organisation in rows
    }


async def matter_of_place(session: AsyncSession, organisation_id: str) -> MatterBrief:
    """Of what was reported before there was a case."""
    organisation = await session.get_one(Organisation, organisation_id)
    return MatterBrief(
        case_number=None,
        item_name="",
        item_name_en="",
        organisation_name=organisation.name,
        organisation_name_en=organisation.name_en,
    )


async def names(session: AsyncSession, staff_ids: Collection[str | None]) -> dict[str, str]:
    """Staff id → name."""
    wanted = {one for one in staff_ids if one is not None}
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}


async def contacts(session: AsyncSession, about: ColumnElement[bool]) -> Sequence[ContactView]:
    """The first one first."""
    rows = await session.execute(
        select(ResidentContact, StaffMember.name)
        .join(StaffMember, StaffMember.id == ResidentContact.staff_id)
        .where(about)
        .order_by(ResidentContact.at_ms, ResidentContact.id)
    )
    return [
        ContactView(
            channel=ContactChannel(row.channel),
            reached=row.reached,
            note=row.note,
            staff_name=name,
            at_ms=row.at_ms,
        )
        for row, name in rows
    ]
