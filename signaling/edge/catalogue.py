"""The search index of the current items, kept by the edge and read again when it may be old."""

import time

from sqlalchemy.ext.asyncio import AsyncSession

from casework.search import SearchEntry, SearchIndex
from casework.search_index import load_search_index

OLDEST_S = 30.0
"""After an import on another node its items are found here no later than this."""


class Catalogue:
    def __init__(self) -> None:
        self._indexes: dict[str, tuple[float, SearchIndex]] = {}

    async def find(self, session: AsyncSession, county_id: str, query: str) -> list[SearchEntry]:
        """All entries that fit, best first."""
        loaded_s, index = self._indexes.get(county_id, (0.0, None))
        if index is None or time.monotonic() - loaded_s > OLDEST_S:
            index = await load_search_index(session, county_id)
            self._indexes[county_id] = (time.monotonic(), index)
        return index.find(query, limit=10_000)

    def forget(self) -> None:
        """After an import here."""
        self._indexes.clear()
