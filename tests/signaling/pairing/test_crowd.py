"""Everybody does everything at once, on two nodes with real dispatchers: no deadlock, no surprise."""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import func, select

from casework.database import Database, open_engine
from casework.errors import Conflict, Expired, NotFound
from casework.vocabulary import AwayReason, CallEndReason
from signaling.bus import InProcessBus
from signaling.pairing.agents import available, away, heartbeat, off_duty, on_duty
from signaling.pairing.calls import end_call, lost_call
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.offers import accept, decline
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import cancel_ticket, take_ticket, windows_seen
from signaling.pairing.views import console_state, window_state
from signaling.tables import Agent, Call, Offer, Ticket
from tests.figures import count
from tests.signaling.pairing.county import NODE, TestCounty

RULES = PairingRules(ring_ms=150, wrap_up_ms=50, declined_pause_ms=50, to_general_ms=100)
DEEDS = count(2_000, 60)
AGENTS = WINDOWS = 6


class Crowd:
    def __init__(self, county: TestCounty, nodes: list[Database], chance: random.Random) -> None:
        self.county = county
        self.nodes = nodes
        self.chance = chance
        self.outcomes: Counter[str] = Counter()

    async def agent(self, staff_id: str, socket_id: str) -> None:
        """One agent's page, in a hurry."""
        for _ in range(DEEDS):
            node = self.chance.choice(self.nodes)
            what = self.chance.choices(
                ("accept", "decline", "end", "lose", "away", "duty", "beat", "look"),
                (6, 2, 6, 2, 1, 1, 3, 3),
            )[0]
            await self._try(what, self._agent_deed(what, node, staff_id, socket_id))

    async def window(self, window_id: str, case_id: str) -> None:
        for _ in range(DEEDS):
            node = self.chance.choice(self.nodes)
            what = self.chance.choices(("take", "cancel", "seen", "look"), (5, 1, 4, 2))[0]
            await self._try(what, self._window_deed(what, node, window_id, case_id))

    async def _try(self, what: str, deed: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(20):
                await deed
            self.outcomes[what] += 1
        except (Conflict, Expired, NotFound) as refused:
            self.outcomes[f"{what}: {refused.code}"] += 1
        await asyncio.sleep(self.chance.uniform(0, 0.01))

    async def _agent_deed(self, what: str, node: Database, staff_id: str, socket_id: str) -> None:
        rules = self.county.rules
        async with node.reading() as session:
            offer_id = await session.scalar(
                select(Offer.id).where(Offer.staff_id == staff_id, Offer.state == "ringing")
            )
            call_id = await session.scalar(
                select(Call.id).where(Call.agent_staff_id == staff_id, Call.state == "live")
            )
            if what == "look":
                await console_state(session, staff_id)
                return
        async with node.transaction() as session:
            if what == "accept" and offer_id:
                await accept(session, rules, offer_id, staff_id)
            elif what == "decline" and offer_id:
                await decline(session, rules, offer_id, staff_id)
            elif what == "end" and call_id:
                await end_call(session, rules, call_id)
            elif what == "lose" and call_id:
                await lost_call(session, rules, call_id, CallEndReason.AGENT_LOST)
            elif what == "away":
                await away(session, rules, staff_id, AwayReason.BREAK)
            elif what == "duty":
                await off_duty(session, rules, staff_id)
            elif what == "beat":
                await heartbeat(session, rules, NODE, [socket_id])
        async with node.transaction() as session:
            if what in ("duty", "beat"):
                await on_duty(session, rules, staff_id, socket_id)
            elif what in ("away", "end"):
                await available(session, rules, staff_id)

    async def _window_deed(self, what: str, node: Database, window_id: str, case_id: str) -> None:
        rules = self.county.rules
        async with node.reading() as session:
            if what == "look":
                await window_state(session, rules, window_id)
                return
            ticket_id = await session.scalar(
                select(Ticket.id).where(
                    Ticket.window_id == window_id,
                    Ticket.state.in_(("waiting", "offered", "serving")),
                )
            )
        async with node.transaction() as session:
            if what == "take":
                await take_ticket(session, rules, case_id, window_id, self.county.helper, NODE)
            elif what == "cancel" and ticket_id:
                await cancel_ticket(session, rules, ticket_id, window_id)
            elif what == "seen":
                await windows_seen(session, rules, NODE, [window_id])


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_a_crowd_on_two_nodes_meets_refusals_and_nothing_worse(database_url: str) -> None:
    nodes = [Database(open_engine(database_url)) for _ in range(2)]
    county = TestCounty(nodes[0], RULES)
    await county.found()
    agents = [await county.new_agent("K", "G") for _ in range(AGENTS)]
    sockets = [await county.sit_down(staff_id) for staff_id in agents]
    windows = [await county.new_window() for _ in range(WINDOWS)]
    cases = [await county.new_case(window) for window in windows]
    crowd = Crowd(county, nodes, random.Random(20251117))
    dispatchers = [Dispatcher(node, InProcessBus(), RULES, interval_s=0.01) for node in nodes]
    async with asyncio.TaskGroup() as always:
        running = [always.create_task(dispatcher.run()) for dispatcher in dispatchers]
        async with asyncio.TaskGroup() as people:
            for staff_id, socket_id in zip(agents, sockets, strict=True):
                people.create_task(crowd.agent(staff_id, socket_id))
            for window_id, case_id in zip(windows, cases, strict=True):
                people.create_task(crowd.window(window_id, case_id))
        for task in running:
            task.cancel()
    assert [dispatcher.failed_looks for dispatcher in dispatchers] == [0, 0]
    assert crowd.outcomes["accept"] > 0
    assert crowd.outcomes["end"] > 0
    async with nodes[0].reading() as session:
        serving = await session.scalar(
            select(func.count()).select_from(Offer).where(Offer.state == "serving")
        )
        in_call = await session.scalar(
            select(func.count()).select_from(Agent).where(Agent.state == "in_call")
        )
        live = await session.scalar(
            select(func.count()).select_from(Call).where(Call.state == "live")
        )
    assert serving == in_call == live
    for node in nodes:
        await node.close()
