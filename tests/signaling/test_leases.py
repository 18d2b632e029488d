import asyncio

import pytest
from sqlalchemy import BigInteger, ColumnElement, literal, select

from casework.database import Database
from signaling.leases import (
    LeaseLost,
    LeaseRules,
    NodeLease,
    is_watched,
    release_lease,
    renew_lease,
    take_lease,
)
from signaling.tables import Node


class Clock:
    ms = 1_000_000

    def now(self) -> ColumnElement[int]:
        return literal(self.ms, BigInteger)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rules(clock: Clock) -> LeaseRules:
    return LeaseRules(now=clock.now)


async def live(database: Database, rules: LeaseRules) -> list[str]:
    async with database.reading() as session:
        rows = await session.scalars(
            select(Node.id).where(Node.lease_until_ms > rules.now()).order_by(Node.id)
        )
        return list(rows)


async def watched(database: Database, rules: LeaseRules, for_ms: int) -> bool:
    async with database.reading() as session:
        return bool(await session.scalar(select(is_watched(rules.now(), for_ms))))


async def test_a_lease_is_lost_after_six_seconds_without_renewal(
    database: Database, rules: LeaseRules, clock: Clock
) -> None:
    async with database.transaction() as session:
        await take_lease(session, rules, "a", "boot-1")
    clock.ms += 5_999
    assert await live(database, rules) == ["a"]
    async with database.transaction() as session:
        await renew_lease(session, rules, "a", "boot-1")
    clock.ms += 5_999
    assert await live(database, rules) == ["a"]
    clock.ms += 1
    assert await live(database, rules) == []


async def test_a_new_boot_takes_over_and_the_old_one_notices(
    database: Database, rules: LeaseRules
) -> None:
    async with database.transaction() as session:
        await take_lease(session, rules, "a", "boot-1")
    async with database.transaction() as session:
        await take_lease(session, rules, "a", "boot-2")
    with pytest.raises(LeaseLost):
        async with database.transaction() as session:
            await renew_lease(session, rules, "a", "boot-1")
    async with database.transaction() as session:
        await release_lease(session, rules, "a", "boot-1")
    assert await live(database, rules) == ["a"]


async def test_a_released_lease_is_over_at_once(database: Database, rules: LeaseRules) -> None:
    async with database.transaction() as session:
        await take_lease(session, rules, "a", "boot-1")
    async with database.transaction() as session:
        await release_lease(session, rules, "a", "boot-1")
    assert await live(database, rules) == []


async def test_a_break_starts_the_watch_afresh_and_a_quick_restart_does_not(
    database: Database, rules: LeaseRules, clock: Clock
) -> None:
    async with database.transaction() as session:
        await take_lease(session, rules, "a", "boot-1")
    clock.ms += 5_000
    async with database.transaction() as session:
        await take_lease(session, rules, "a", "boot-2")
    assert await watched(database, rules, 5_000)
    clock.ms += 60_000  # the database or the node was away
    assert not await watched(database, rules, 1_000)
    async with database.transaction() as session:
        await renew_lease(session, rules, "a", "boot-2")
    assert not await watched(database, rules, 1_000)
    clock.ms += 1_000
    assert await watched(database, rules, 1_000)


async def test_the_keeper_renews_by_the_databases_own_clock(database: Database) -> None:
    rules = LeaseRules(lease_ms=3_000, renew_s=0.01)
    lease = NodeLease(database, "a", "boot-1", rules)
    await lease.take()
    async with database.reading() as session:
        first = await session.scalar(select(Node.lease_until_ms))
    assert first is not None
    async with asyncio.TaskGroup() as group:
        keeper = group.create_task(lease.run())
        async with asyncio.timeout(10):
            while await _until(database) <= first:  # noqa: ASYNC110 - a row has no event
                await asyncio.sleep(0.01)
        keeper.cancel()
    await lease.drain()
    await lease.release()
    assert await live(database, LeaseRules()) == []


async def test_the_keeper_stops_when_another_boot_has_taken_over(database: Database) -> None:
    lease = NodeLease(database, "a", "boot-1", LeaseRules(renew_s=0.01))
    await lease.take()
    await NodeLease(database, "a", "boot-2").take()
    with pytest.raises(LeaseLost):
        async with asyncio.timeout(10):
            await lease.run()


async def _until(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(Node.lease_until_ms)) or 0
