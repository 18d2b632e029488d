"""Rows that are only added: written when the transaction is, and taken back with it."""

import pytest
from sqlalchemy import select

from casework.appending import append
from casework.database import Database, new_id
from casework.tables import County


def county(code: str) -> dict[str, object]:
    return {"id": new_id(), "code": code, "name": code, "name_en": code, "created_ms": 0}


async def codes(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await session.scalars(select(County.code)))


async def test_a_row_is_there_for_queries_and_after_the_commit(database: Database) -> None:
    async with database.transaction() as session:
        append(session, County, county("441601"))
        assert set(await session.scalars(select(County.code))) == {"441601"}
        append(session, County, county("441602"))
    assert await codes(database) == {"441601", "441602"}


async def test_a_row_goes_with_its_transaction(database: Database) -> None:
    with pytest.raises(LookupError):
        await _append_and_fail(database)
    assert await codes(database) == set()


async def _append_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        append(session, County, county("441601"))
        raise LookupError


async def test_a_savepoint_takes_back_its_own_rows_only(database: Database) -> None:
    async with database.transaction() as session:
        append(session, County, county("441601"))
        savepoint = await session.begin_nested()
        append(session, County, county("441602"))
        await savepoint.rollback()
        append(session, County, county("441603"))
    assert await codes(database) == {"441601", "441603"}
