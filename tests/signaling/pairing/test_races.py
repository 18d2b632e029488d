"""Two nodes, each with connections of its own, do contrary things at the same moment.

Each race begins with one waiting ticket and one available agent. First both dispatchers try to
offer; then an accept on one node meets an expiry, a cancellation, a lost agent, or a second accept
on the other. Whatever comes first wins; the rows tell one story; the loser is told at once.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, func, select, update

from casework.database import Database, now_ms, open_engine
from casework.errors import Conflict, Expired
from signaling.pairing.agents import available
from signaling.pairing.calls import end_call
from signaling.pairing.matching import offer_next
from signaling.pairing.offers import accept, expire
from signaling.pairing.presence import recall
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import cancel_ticket
from signaling.tables import Agent, Call, CallCase, Offer, Ticket
from tests.figures import count, write_figures
from tests.signaling.pairing.county import NODE, TestCounty

RACES = count(10_000, 200)
TOLD_WITHIN_S = 5.0
"""Five times the goal; in fact the loser waits for one row lock."""
JITTER_S = 0.004
"""Either side may begin that much later, so that each wins at times."""

Deed = Callable[[], Awaitable[bool]]


@dataclass
class Track:
    """One ticket and one agent, raced again and again."""

    county: TestCounty
    nodes: tuple[Database, Database]
    ticket: str
    window: str
    agent: str
    offer: str = ""

    @property
    def rules(self) -> PairingRules:
        return self.county.rules

    async def reset(self) -> None:
        async with self.nodes[0].transaction() as session:
            for table in (CallCase, Call, Offer):
                await session.execute(delete(table))
            await session.execute(
                update(Ticket).values(state="waiting", node_id=NODE, window_seen_ms=now_ms())
            )
            await session.execute(
                update(Agent).values(
                    state="available", away_reason=None, idle_since_ms=1, heartbeat_ms=now_ms()
                )
            )

    async def offer_once(self) -> None:
        """Both dispatchers at once: one offer comes out."""

        def at(node: Database) -> Deed:
            async def deed() -> bool:
                async with node.transaction() as session:
                    return await offer_next(session, self.rules, self.county.county_id)

            return deed

        made = await asyncio.gather(*(attempt(at(node)) for node in self.nodes))
        assert sorted(str(outcome) for outcome in made) in (
            ["False", "True"],
            ["True", "ticket.not_waiting"],
        )
        async with self.nodes[0].reading() as session:
            self.offer = (await session.scalars(select(Offer.id))).one()

    async def accept_at(self, node: Database) -> bool:
        async with node.transaction() as session:
            await accept(session, self.rules, self.offer, self.agent)
        return True

    async def expire_at(self, node: Database) -> bool:
        async with node.transaction() as session:
            return await expire(session, self.rules, self.offer)

    async def cancel_at(self, node: Database) -> bool:
        async with node.transaction() as session:
            await cancel_ticket(session, self.rules, self.ticket, self.window)
        return True

    async def recall_at(self, node: Database) -> bool:
        async with node.transaction() as session:
            return await recall(session, self.rules, self.offer)

    async def due_now(self, within_ms: int) -> None:
        async with self.nodes[0].transaction() as session:
            await session.execute(update(Offer).values(deadline_ms=now_ms() + within_ms))

    async def lose_heartbeat(self) -> None:
        async with self.nodes[0].transaction() as session:
            await session.execute(update(Agent).values(heartbeat_ms=0))

    async def told(self) -> tuple[str, str, str, int]:
        """What the rows say: offer, ticket, agent, live calls."""
        async with self.nodes[1].reading() as session:
            offer = await session.scalar(select(Offer.state).where(Offer.id == self.offer))
            ticket = await session.scalar(select(Ticket.state))
            agent = await session.scalar(select(Agent.state))
            calls = await session.scalar(select(func.count()).select_from(Call))
        return str(offer), str(ticket), str(agent), calls or 0

    async def serve(self) -> None:
        """The winner's call can be ended and the agent goes on."""
        async with self.nodes[1].transaction() as session:
            call_id = (await session.scalars(select(Call.id))).one()
            await end_call(session, self.rules, call_id)
            await available(session, self.rules, self.agent)


async def attempt(deed: Deed, head_start_s: float = 0.0) -> bool | str:
    """What came of it: done, nothing to do, or the code of the refusal; always soon."""
    await asyncio.sleep(head_start_s)
    async with asyncio.timeout(TOLD_WITHIN_S):
        try:
            return await deed()
        except (Conflict, Expired) as refused:
            return refused.code


@asynccontextmanager
async def track_on(url: str) -> AsyncIterator[Track]:
    async with AsyncExitStack() as stack:
        nodes = Database(open_engine(url)), Database(open_engine(url))
        for node in nodes:
            stack.push_async_callback(node.close)
        # The pace of the test must not make anybody seem lost.
        patient = PairingRules(agent_lost_ms=600_000, window_fresh_ms=600_000)
        county = TestCounty(nodes[0], patient)
        await county.found()
        agent = await county.agent("K")
        ticket = await county.take()
        window = (await county.ticket(ticket)).window_id
        yield Track(county, nodes, ticket, window, agent)


ACCEPTED = ("serving", "serving", "in_call", 1)
LOSERS = {
    # who meets the accept: what the rows say when it wins, and what the accept is told then
    "expiry": (("expired", "waiting", "away", 0), {"offer.expired"}),
    "cancel": (("cancelled", "cancelled", "available", 0), {"offer.over"}),
    "disconnect": (("cancelled", "waiting", "offline", 0), {"offer.over"}),
    "accept": (ACCEPTED, {"offer.over"}),
}


async def race(track: Track, kind: str, chance: random.Random) -> str:
    """One race; which side won."""
    await track.reset()
    await track.offer_once()
    a, b = track.nodes if chance.random() < 0.5 else track.nodes[::-1]
    rivals: dict[str, Deed] = {
        "expiry": lambda: track.expire_at(b),
        "cancel": lambda: track.cancel_at(b),
        "disconnect": lambda: track.recall_at(b),
        "accept": lambda: track.accept_at(b),
    }
    if kind == "expiry":
        await track.due_now(chance.randint(2, 16))
    elif kind == "disconnect":
        await track.lose_heartbeat()
    accepted, rival = await asyncio.gather(
        attempt(lambda: track.accept_at(a), chance.uniform(0, JITTER_S)),
        attempt(rivals[kind], chance.uniform(0, JITTER_S)),
    )
    if kind == "expiry" and accepted is not True and rival is False:
        rival = await attempt(rivals[kind])  # it looked a moment before the deadline
    return await verdict(track, kind, accepted, rival)


async def verdict(track: Track, kind: str, accepted: bool | str, rival: bool | str) -> str:
    rows = await track.told()
    if accepted is True:
        assert rows == ACCEPTED
        assert rival in (False, "ticket.serving", "offer.over")
        await track.serve()
        return "accept"
    state, told = LOSERS[kind]
    assert rival is True
    assert accepted in told
    assert rows == state
    return kind


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_each_race_has_one_outcome_and_the_loser_is_told(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    engine = request.node.callspec.params["database_url"]
    chance = random.Random(20251117)
    won: dict[str, Counter[str]] = {kind: Counter() for kind in LOSERS}
    began = time.monotonic()
    async with track_on(database_url) as track:
        for number in range(RACES):
            kind = list(LOSERS)[number % len(LOSERS)]
            won[kind][await race(track, kind, chance)] += 1
    assert sum(counter.total() for counter in won.values()) == RACES
    for kind in ("expiry", "cancel", "disconnect"):
        assert len(won[kind]) == 2, "both sides win at times"
    lasted_s = round(time.monotonic() - began)
    write_figures(
        f"pairing-races-{engine}",
        f"Races of two nodes for one ticket: {engine}",
        ["accept against", "races", "accept won", "the other won", "two outcomes"],
        [
            [kind, wins.total(), wins["accept"], wins.total() - wins["accept"], 0]
            for kind, wins in won.items()
        ],
        note=f"{RACES} races, each begun by two dispatchers at once, in {lasted_s} s.",
    )
