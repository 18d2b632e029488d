import asyncio

import pytest
from sqlalchemy import text

from casework.errors import Conflict
from signaling.bus import InProcessBus
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.offers import accept
from signaling.pairing.topics import PAIRING, announcing, note
from tests.signaling.pairing.county import TestCounty

NEVER_S = 3_600.0
"""The timer does not help: only a wake-up does."""


async def test_a_ticket_rings_as_soon_as_it_is_taken(small_county: TestCounty) -> None:
    county = small_county
    agent = await county.agent("K")
    dispatcher = Dispatcher(county.database, county.bus, county.rules, interval_s=NEVER_S)
    with county.bus.subscribe(f"staff:{agent}") as console:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(dispatcher.run())
            ticket = await county.take()
            assert await console.wait(30) == {f"staff:{agent}"}
            running.cancel()
    assert await county.ringing() == {ticket: agent}


async def test_without_wake_ups_the_timer_finds_it(small_county: TestCounty) -> None:
    county = small_county
    await county.agent("K")
    deaf = Dispatcher(county.database, InProcessBus(), county.rules, interval_s=0.01)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(deaf.run())
        await county.take()
        async with asyncio.timeout(30):
            while not await county.ringing():  # noqa: ASYNC110 - it is deaf on purpose
                await asyncio.sleep(0.01)
        running.cancel()


async def test_a_county_at_rest_is_looked_at_more_seldom(small_county: TestCounty) -> None:
    county = small_county
    dispatcher = Dispatcher(county.database, county.bus, county.rules)
    await dispatcher.look()
    assert dispatcher.quiet
    await county.agent("K")
    await dispatcher.look()
    assert not dispatcher.quiet


async def test_a_database_that_fails_for_a_while_is_survived(small_county: TestCounty) -> None:
    county = small_county
    await county.agent("K")
    dispatcher = Dispatcher(county.database, county.bus, county.rules, interval_s=0.01)
    async with county.database.transaction() as session:
        await session.execute(text("ALTER TABLE offers RENAME TO offers_away"))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(dispatcher.run())
        async with asyncio.timeout(30):
            while not dispatcher.failed_looks:  # noqa: ASYNC110 - a counter has no event
                await asyncio.sleep(0.01)
        async with county.database.transaction() as session:
            await session.execute(text("ALTER TABLE offers_away RENAME TO offers"))
        await county.take()
        async with asyncio.timeout(30):
            while not await county.ringing():  # noqa: ASYNC110 - rows have no event
                await asyncio.sleep(0.01)
        running.cancel()


async def test_one_look_serves_a_full_hall(small_county: TestCounty) -> None:
    county = small_county
    agents = [await county.agent("K") for _ in range(12)]
    tickets = [await county.take() for _ in range(15)]
    await county.dispatch()
    assert await county.ringing() == dict(zip(tickets, agents, strict=False))


async def test_nobody_is_woken_for_what_was_rolled_back(small_county: TestCounty) -> None:
    county = small_county
    with county.bus.subscribe(PAIRING, "county:x") as wake:
        with pytest.raises(Conflict):
            await _note_and_fail(county)
        assert await wake.wait(0.01) == frozenset()
        async with announcing(county.database, county.bus) as session:
            note(session, county="x")
        assert await wake.wait(30) == {PAIRING, "county:x"}


async def test_an_accept_wakes_both_sides_and_the_room(small_county: TestCounty) -> None:
    county = small_county
    agent = await county.agent("K")
    ticket = await county.take()
    window = (await county.ticket(ticket)).window_id
    await county.dispatch()
    topics = (f"staff:{agent}", f"window:{window}", f"county:{county.county_id}")
    with county.bus.subscribe(*topics) as wake:
        async with county.announcing() as session:
            await accept(session, county.rules, await county.offer_of(ticket), agent)
        assert await wake.wait(30) == set(topics)


async def _note_and_fail(county: TestCounty) -> None:
    async with announcing(county.database, county.bus) as session:
        note(session, county="x")
        raise Conflict("test")
