"""Transactions on one engine: in line on SQLite, and over a server that went away on PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import exc, text

from casework import database as room
from casework.database import Database, open_engine

SLOW_TO_ITS_FIRST_ROW = """
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000)
    SELECT x FROM n WHERE x > 2999000"""


@pytest.fixture
async def on_sqlite(sqlite_url: str) -> Database:
    return Database(open_engine(sqlite_url))


async def test_writers_to_sqlite_come_in_the_order_in_which_they_asked(on_sqlite: Database) -> None:
    came: list[int] = []

    async def write(number: int) -> None:
        async with on_sqlite.transaction():
            came.append(number)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(write(number) for number in range(20)))
    await on_sqlite.close()
    assert came == list(range(20))


async def test_who_waits_too_long_for_sqlite_is_told_and_the_line_goes_on(
    on_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOCK_TIMEOUT_S", 0.05)
    async with on_sqlite.transaction():
        with pytest.raises(exc.TimeoutError):
            async with on_sqlite.transaction():
                pass
    async with on_sqlite.transaction() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await on_sqlite.close()


async def test_a_query_that_was_cancelled_holds_nobody_up(on_sqlite: Database) -> None:
    async def ask() -> None:
        async with on_sqlite.transaction() as session:
            await session.execute(text(SLOW_TO_ITS_FIRST_ROW))

    asked = asyncio.create_task(ask())
    await asyncio.sleep(0.2)
    asked.cancel()
    (cancelled,) = await asyncio.gather(asked, return_exceptions=True)
    assert isinstance(cancelled, asyncio.CancelledError)  # its traceback still holds the cursor
    async with asyncio.timeout(8), on_sqlite.transaction() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await on_sqlite.close()


@pytest.mark.integration
async def test_a_connection_that_rested_is_renewed_when_its_server_ended_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TRUSTED_S", 0.0)
    database = Database(open_engine(postgresql_url))
    other = Database(open_engine(postgresql_url))
    async with database.reading() as session:
        ended = await session.scalar(text("SELECT pg_backend_pid()"))
    async with other.transaction() as session:
        await session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": ended})
    async with database.reading() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != ended
    await database.close()
    await other.close()
