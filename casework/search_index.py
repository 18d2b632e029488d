"""The search index of a county's current items, read from the database."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.search import SearchEntry, SearchIndex
from casework.tables import ServiceItem


async def load_search_index(
    session: AsyncSession, county_id: str, *, by_video: bool = True
) -> SearchIndex:
    """Current items, only those answered by video unless told otherwise; ``key`` is the item's id.

    A few hundred rows: the edge keeps the index and loads it anew after an import.
    """
    item = ServiceItem
    query = select(item.id, item.code, item.name, item.name_en, item.pinyin).where(
        item.county_id == county_id, item.current
    )
    if by_video:
        query = query.where(item.video_level.is_not(None))
    rows = await session.execute(query)
    return SearchIndex(
        SearchEntry(
            key=row.id, code=row.code, name=row.name, name_en=row.name_en, readings=row.pinyin
        )
        for row in rows
    )
