"""Named sets of items, so that one grant can lend what belongs together."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, new_id, now_ms
from casework.errors import Conflict, Invalid
from casework.tables import ItemSet, ItemSetItem, ServiceItem

LARGEST = 500


async def make_item_set(
    session: AsyncSession,
    county_id: str,
    *,
    name: str,
    name_en: str,
    item_codes: Collection[str],
    made_by_staff_id: str | None,
) -> ItemSet:
    """A new set. There is no changing one: that would change grants that were signed.

    :raises Invalid: no name, no items, too many, or one that the county does not have.
    :raises Conflict: there is a set of that name.
    """
    codes, title = set(item_codes), " ".join(name.split())
    if not title or not 0 < len(codes) <= LARGEST:
        raise Invalid("item_set.empty")
    known = await session.scalars(
        select(ServiceItem.code).where(
            ServiceItem.county_id == county_id, ServiceItem.current, ServiceItem.code.in_(codes)
        )
    )
    if codes - set(known):
        raise Invalid("item_set.unknown_item")
    row_id = new_id()
    made = await session.execute(
        insert_for(session, ItemSet)
        .values(
            id=row_id,
            county_id=county_id,
            name=title,
            name_en=" ".join(name_en.split()) or title,
            made_by_staff_id=made_by_staff_id,
            created_ms=now_ms(),
        )
        .on_conflict_do_nothing()
        .returning(ItemSet.id)
    )
    if made.scalar_one_or_none() is None:
        raise Conflict("item_set.name")
    session.add_all(
        ItemSetItem(item_set_id=row_id, item_code=code, county_id=county_id)
        for code in sorted(codes)
    )
    await session.flush()
    return await session.get_one(ItemSet, row_id)
