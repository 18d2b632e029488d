"""All that a database holds, to see that nothing changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from casework.database import Base, Database

Rows = dict[str, list[tuple[object, ...]]]


async def everything(database: Database, *, but: frozenset[str] = frozenset()) -> Rows:
    """Every row of every table."""
    async with database.reading() as session:
        return {
            table.name: sorted(
                (tuple(row) for row in await session.execute(select(table))), key=repr
            )
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


@asynccontextmanager
async def unchanged(database: Database, *but: str) -> AsyncIterator[None]:
    """``but``: tables that may change. When somebody was seen last is always written down."""
    apart = frozenset(but) | {"sign_ins"}
    before = await everything(database, but=apart)
    yield
    after = await everything(database, but=apart)
    assert {name for name in after if after[name] != before[name]} == set()
