"""The one list of what is missing (一次性告知)."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import Invalid
from casework.tables import Case, ItemMaterial


async def listed_materials(
    session: AsyncSession, case: Case, material_ids: Collection[str]
) -> list[str]:
    """In the checklist's order, and of this item only.

    :raises Invalid: one of them is not of the case's item.
    """
    rows = await session.scalars(
        select(ItemMaterial.id)
        .where(ItemMaterial.item_id == case.item_id, ItemMaterial.id.in_(material_ids))
        .order_by(ItemMaterial.position)
    )
    found = list(rows)
    if len(found) != len(set(material_ids)):
        raise Invalid("outcome.material")
    return found
