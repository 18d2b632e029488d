"""Kill the node while people wait: they are all still there, in order."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import literal, select

from casework.database import Database, now_ms, open_engine
from signaling.leases import is_live
from signaling.pairing.agents import available
from signaling.pairing.calls import end_call
from signaling.pairing.offers import accept
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import windows_seen
from signaling.tables import Node, Ticket
from tests.signaling.pairing.county import NODE, TestCounty

WAITING = 30
RULES = PairingRules(agent_lost_ms=600_000, window_fresh_ms=600_000)
"""The test's own pace must not make anybody seem lost."""


def start_node(url: str) -> "subprocess.Popen[bytes]":
    """A node with lease and dispatcher, in a process of its own."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.signaling.pairing.node", url]
    return subprocess.Popen(command, cwd=root)


async def until_live(county: TestCounty, *, live: bool) -> None:
    async with asyncio.timeout(60):
        while True:
            async with county.database.reading() as session:
                if await session.scalar(select(is_live(literal(NODE), now_ms()))) == live:
                    return
            await asyncio.sleep(0.05)


async def rung(county: TestCounty) -> str:
    async with asyncio.timeout(60):
        while not (ringing := await county.ringing()):  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.02)
    (ticket,) = ringing
    return ticket


async def serve(county: TestCounty, agent: str, ticket: str) -> None:
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(ticket), agent)
        await end_call(session, county.rules, call.call_id)
        await available(session, county.rules, agent)


@pytest.mark.fault
@pytest.mark.proof
async def test_thirty_wait_through_a_killed_node_and_are_served_in_order(
    database_url: str,
) -> None:
    database = Database(open_engine(database_url))
    county = TestCounty(database, RULES)
    await county.found()
    await county.node_down()
    agent = await county.agent("K")
    tickets = [await county.take(elderly=number % 5 == 4) for number in range(WAITING)]
    async with database.reading() as session:
        order = list(
            await session.scalars(select(Ticket.id).order_by(Ticket.effective_ms, Ticket.id))
        )
        windows = list(await session.scalars(select(Ticket.window_id)))
    first = start_node(database_url)
    await until_live(county, live=True)
    served = [await rung(county)]
    first.kill()  # in the middle of a ring, its lease held
    first.wait()
    began = time.monotonic()
    await until_live(county, live=False)
    assert time.monotonic() - began < 30, "its lease runs out after 6 s"
    second = start_node(database_url)
    try:
        await until_live(county, live=True)
        async with county.announcing() as session:
            await windows_seen(session, county.rules, NODE, windows)
        assert await rung(county) == served[0], "what rang is still what is next"
        await serve(county, agent, served[0])
        while len(served) < WAITING:
            served.append(await rung(county))
            await serve(county, agent, served[-1])
    finally:
        second.kill()
        second.wait()
    assert set(served) == set(tickets)
    assert served == order
    async with database.reading() as session:
        assert (await session.scalars(select(Node.id))).all() == [NODE]
    await database.close()
