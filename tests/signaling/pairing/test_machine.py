"""Queue and pairing as a whole, under any order of deeds (a Hypothesis state machine).

Nobody is lost, nobody gets two agents, nothing rings for ever, and the order is kept. The rows are
the system's own, on SQLite; the clock is turned by the machine.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from casework.database import Database, new_id, open_engine
from casework.errors import Conflict, Expired
from casework.vocabulary import AwayReason, CallEndReason
from shipinban.migrate import migrate
from signaling.pairing.agents import (
    attach,
    available,
    away,
    detach,
    heartbeat,
    off_duty,
    on_duty,
)
from signaling.pairing.calls import end_call, lost_call
from signaling.pairing.offers import accept, decline, pick
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import Taken, ahead_of, cancel_ticket, windows_seen
from signaling.pairing.views import queue_for
from signaling.tables import Agent, Call, Offer, Ticket
from tests.figures import PROVING, count
from tests.signaling.pairing.county import Clock, TestCounty

T = TypeVar("T")
NODES = ("node-a", "node-b")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
chosen = st.integers(min_value=0, max_value=2**16)
node = st.sampled_from(NODES)


@dataclass(frozen=True)
class Rows:
    tickets: Sequence[Ticket]
    offers: Sequence[Offer]
    calls: Sequence[Call]
    agents: Sequence[Agent]


def _order(ticket: Ticket) -> tuple[int, str]:
    return ticket.effective_ms, ticket.id


def _asked(ticket: Ticket) -> set[str]:
    """Letters of the groups that are asked for the ticket, by the rules as told in words."""
    if ticket.letters == "T":
        return {"group": {"T"}, "county": {"T", "K"}, "general": {"T", "K", "G"}}[ticket.reach]
    return {"group": {"K"}, "general": {"K", "G"}}[ticket.reach]


class Pairing(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        shutil.copy(self.template, self.folder / "db")
        self.clock = Clock()
        self.database = Database(open_engine(f"sqlite+aiosqlite:///{self.folder / 'db'}"))
        self.county = TestCounty(self.database, PairingRules(now=self.clock.now))
        self.staff: dict[str, set[str]] = {}
        """Agents, and the letters of their groups."""
        self.sockets: dict[str, tuple[str, str]] = {}
        """Agents with a page open: node and socket."""
        self.windows: dict[str, str] = {}
        """Windows with a page open, and at which node."""
        self.gone_since: dict[str, int] = {}
        self.tickets: dict[str, str] = {}
        """Every ticket there ever was, and its window."""
        self.over: set[str] = set()
        """Tickets that the machine ended by a deed of its own."""

    def teardown(self) -> None:
        self.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(self, deed: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(deed)

    # --- people ------------------------------------------------------------------------------

    @initialize(waiting=st.integers(min_value=2, max_value=7))
    def open_county(self, waiting: int) -> None:
        """Two in a call, the others in the queue."""

        async def deed() -> None:
            await self.county.found()
            await self.county.node_up("node-b")
            for number, letters in enumerate(("K", "KG", "G", "T")):
                staff_id = await self.county.new_agent(*letters, town=letters == "T")
                self.staff[staff_id] = set(letters)
                await self._sit(staff_id, NODES[number % 2])
            for number in range(2 + waiting):
                item = "town" if number % 3 == 2 else "county"
                await self._arrive(item, NODES[number % 2], elderly=number % 4 == 3)
                await self.county.dispatch()
            for offer in (await self._rows()).offers[:2]:
                async with self.county.announcing() as session:
                    await accept(session, self.county.rules, offer.id, offer.staff_id)

        self.run(deed())

    @rule(item=st.sampled_from(["county", "town"]), elderly=st.booleans(), at=node)
    def arrive(self, item: str, elderly: bool, at: str) -> None:
        self.run(self._arrive(item, at, elderly=elderly))

    @rule(who=chosen, at=node)
    def sit_down(self, who: int, at: str) -> None:
        """Opens a (newer) page, and goes on duty if offline."""
        self.run(self._sit(self._agent(who), at))

    @rule(who=chosen)
    def close_page(self, who: int) -> None:
        async def deed() -> None:
            staff_id = self._agent(who)
            if staff_id in self.sockets:
                _, socket = self.sockets.pop(staff_id)
                async with self.county.announcing() as session:
                    await detach(session, staff_id, socket)

        self.run(deed())

    @rule(who=chosen)
    def lose_page(self, who: int) -> None:
        """The line breaks; nobody closes anything."""
        self.sockets.pop(self._agent(who), None)

    @rule(who=chosen, what=st.sampled_from(["off", "away", "back"]))
    def change_state(self, who: int, what: str) -> None:
        async def deed() -> None:
            staff_id = self._agent(who)
            async with self.county.announcing() as session:
                if what == "off":
                    await off_duty(session, self.county.rules, staff_id)
                elif what == "away":
                    await away(session, self.county.rules, staff_id, AwayReason.BREAK)
                else:
                    await available(session, self.county.rules, staff_id)

        self._allowed(deed())

    # --- windows -----------------------------------------------------------------------------

    @rule(which=chosen)
    def leave_window(self, which: int) -> None:
        if window := self._one(sorted(self.windows), which):
            del self.windows[window]
            self.gone_since[window] = self.clock.ms

    @rule(which=chosen, at=node)
    def return_to_window(self, which: int, at: str) -> None:
        if window := self._one(sorted(self.tickets.values()), which):
            self.windows[window] = at
            self.gone_since.pop(window, None)
            self.run(self._hear())

    @rule(which=chosen)
    def cancel(self, which: int) -> None:
        async def deed() -> None:
            if ticket := self._one(sorted(self.tickets), which):
                async with self.county.announcing() as session:
                    await cancel_ticket(session, self.county.rules, ticket, self.tickets[ticket])
                self.over.add(ticket)

        self._allowed(deed())

    # --- offers and calls --------------------------------------------------------------------

    @rule(which=chosen)
    def take_offer(self, which: int) -> None:
        async def deed() -> None:
            if offer := await self._ringing(which):
                async with self.county.announcing() as session:
                    await accept(session, self.county.rules, offer.id, offer.staff_id)

        self._allowed(deed())

    @rule(which=chosen)
    def refuse_offer(self, which: int) -> None:
        async def deed() -> None:
            if offer := await self._ringing(which):
                async with self.county.announcing() as session:
                    await decline(session, self.county.rules, offer.id, offer.staff_id)

        self._allowed(deed())

    @rule(which=chosen, who=chosen)
    def pick_one(self, which: int, who: int) -> None:
        async def deed() -> None:
            staff_id = self._agent(who)
            ticket = self._one(await self._queue(staff_id), which)
            if ticket is not None and staff_id in self.sockets:
                async with self.county.announcing() as session:
                    await pick(session, self.county.rules, ticket, staff_id)

        self._allowed(deed())

    @rule(which=chosen)
    def finish_call(self, which: int) -> None:
        async def deed() -> None:
            if call := await self._live_call(which):
                async with self.county.announcing() as session:
                    await end_call(session, self.county.rules, call.id)
                self.over.add(call.ticket_id)

        self.run(deed())

    @rule(which=chosen, reason=st.sampled_from(["window_lost", "agent_lost"]))
    def break_call(self, which: int, reason: str) -> None:
        async def deed() -> None:
            if call := await self._live_call(which):
                async with self.county.announcing() as session:
                    await lost_call(session, self.county.rules, call.id, CallEndReason(reason))
                waiting = [t for t in (await self._rows()).tickets if t.state == "waiting"]
                assert min(waiting, key=_order).drops > 0, "lost calls are at the head"
                assert call.ticket_id in {ticket.id for ticket in waiting}

        self.run(deed())

    @rule(at=node)
    def kill_node(self, at: str) -> None:
        """Its pages go elsewhere, its calls to the head."""

        async def deed() -> None:
            other = NODES[1 - NODES.index(at)]
            await self.county.node_up(other)
            await self.county.node_down(at)
            self.windows = dict.fromkeys(self.windows, other)
            for staff_id in [who for who, (on, _) in self.sockets.items() if on == at]:
                await self._sit(staff_id, other)
            await self._hear()
            await self.county.dispatch()
            async with self.database.reading() as session:
                stuck = select(Call.id).where(Call.state == "live", Call.node_id == at)
                assert (await session.scalars(stuck)).all() == []
            await self.county.node_up(at)

        self.run(deed())

    # --- time --------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 3, 7, 19, 20, 31, 61, 125]))
    def turn_clock(self, seconds: int) -> None:
        """As time goes by heartbeats come and the dispatchers look, at least every second or so."""

        async def deed() -> None:
            left_ms = seconds * 1000
            while left_ms > 0:
                step_ms = min(left_ms, 4_000)
                left_ms -= step_ms
                self.clock.turn(ms=step_ms)
                await self._hear()
                await self.county.dispatch()

        self.run(deed())

    @rule()
    def look(self) -> None:
        self.run(self.county.dispatch())

    # --- what always holds -------------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        """Before the dispatchers look, and after."""

        async def deed() -> None:
            before = await self._rows()
            self._assert_rows_agree(before)
            self._assert_nobody_is_lost(before)
            await self._assert_places(before)
            await self.county.dispatch()
            after = await self._rows()
            self._assert_rows_agree(after)
            known = {offer.id for offer in before.offers}
            for offer in after.offers:
                if offer.state == "ringing":
                    assert offer.deadline_ms > self.clock.ms, "rings for ever"
                    if offer.id not in known:
                        self._assert_order(offer, after)
            for agent in after.agents:
                if agent.state == "available" and agent.staff_id in self.sockets:
                    assert not self._due_to(agent.staff_id, after), "one waits, one is free"

        self.run(deed())

    def _assert_rows_agree(self, rows: Rows) -> None:
        """Nobody has two agents; ticket, offer, call and agent tell the same."""
        offers = [offer for offer in rows.offers if offer.state in ("ringing", "serving")]
        of_ticket = {offer.ticket_id: offer.state for offer in offers}
        of_agent = {offer.staff_id: offer.state for offer in offers}
        assert len(of_ticket) == len(of_agent) == len(offers)
        calls = [call.ticket_id for call in rows.calls if call.state == "live"]
        assert sorted(calls) == sorted(t for t, state in of_ticket.items() if state == "serving")
        for ticket in rows.tickets:
            told = {"offered": "ringing", "serving": "serving"}.get(ticket.state)
            assert of_ticket.get(ticket.id) == told
        for agent in rows.agents:
            told = {"offered": "ringing", "in_call": "serving"}.get(agent.state)
            assert of_agent.get(agent.staff_id) == told

    def _assert_nobody_is_lost(self, rows: Rows) -> None:
        assert {ticket.id for ticket in rows.tickets} == self.tickets.keys()
        for ticket in rows.tickets:
            if ticket.id in self.over:
                assert ticket.state in ("served", "cancelled", "call_back")
            elif ticket.state == "cancelled":
                since = self.gone_since.get(self.tickets[ticket.id])
                assert since is not None, "its window was always there"
                assert self.clock.ms - since >= 100_000
                self.over.add(ticket.id)
            elif ticket.state == "call_back":
                self.over.add(ticket.id)
            else:
                assert ticket.state in ("waiting", "offered", "serving")

    async def _assert_places(self, rows: Rows) -> None:
        line = [ticket for ticket in rows.tickets if ticket.state in ("waiting", "offered")]
        line.sort(key=_order)
        for ticket in line[-1:]:
            same = [other for other in line if other.skill_group_id == ticket.skill_group_id]
            async with self.database.reading() as session:
                assert await ahead_of(session, ticket) == same.index(ticket)

    def _assert_order(self, offer: Offer, rows: Rows) -> None:
        rung = next(ticket for ticket in rows.tickets if ticket.id == offer.ticket_id)
        for ticket in self._due_to(offer.staff_id, rows):
            assert _order(ticket) > _order(rung), "somebody was passed over"

    def _due_to(self, staff_id: str, rows: Rows) -> list[Ticket]:
        """Waiting tickets with a connected window that the agent might be rung for now."""
        pause_ms = self.county.rules.declined_pause_ms
        declined = {
            offer.ticket_id
            for offer in rows.offers
            if offer.staff_id == staff_id
            and offer.state == "declined"
            and (offer.decided_ms or 0) > self.clock.ms - pause_ms
        }
        return [
            ticket
            for ticket in rows.tickets
            if ticket.state == "waiting"
            and ticket.node_id is not None
            and ticket.window_id in self.windows
            and ticket.id not in declined
            and _asked(ticket) & self.staff[staff_id]
        ]

    # --- parts -------------------------------------------------------------------------------

    async def _sit(self, staff_id: str, at: str) -> None:
        socket = new_id()
        async with self.county.announcing() as session:
            await attach(session, self.county.rules, staff_id, at, socket)
            await on_duty(session, self.county.rules, staff_id, socket)
        self.sockets[staff_id] = (at, socket)

    async def _arrive(self, item: str, at: str, *, elderly: bool = False) -> None:
        window = await self.county.new_window()
        case = await self.county.new_case(window, item, elderly=elderly)
        taken = await self.county.take_case(case, window)
        if isinstance(taken, Taken):
            self.tickets[taken.ticket_id] = window
            self.windows[window] = at
            await self._hear()

    async def _hear(self) -> None:
        for at in NODES:
            windows = [window for window, on in self.windows.items() if on == at]
            sockets = [socket for on, socket in self.sockets.values() if on == at]
            async with self.database.transaction() as session:
                await windows_seen(session, self.county.rules, at, windows)
                await heartbeat(session, self.county.rules, at, sockets)

    async def _rows(self) -> Rows:
        async with self.database.reading() as session:
            return Rows(
                tickets=(await session.scalars(select(Ticket))).all(),
                offers=(await session.scalars(select(Offer))).all(),
                calls=(await session.scalars(select(Call))).all(),
                agents=(await session.scalars(select(Agent))).all(),
            )

    def _agent(self, who: int) -> str:
        return sorted(self.staff)[who % len(self.staff)]

    def _one(self, some: Sequence[T], which: int) -> T | None:
        return some[which % len(some)] if some else None

    def _allowed(self, deed: Coroutine[Any, Any, None]) -> None:
        """A deed that may come too late is told so, and changes nothing."""
        try:
            self.run(deed)
        except (Conflict, Expired):
            return

    async def _ringing(self, which: int) -> Offer | None:
        ringing = [offer for offer in (await self._rows()).offers if offer.state == "ringing"]
        return self._one(ringing, which)

    async def _live_call(self, which: int) -> Call | None:
        live = [call for call in (await self._rows()).calls if call.state == "live"]
        return self._one(live, which)

    async def _queue(self, staff_id: str) -> list[str]:
        async with self.database.reading() as session:
            return [entry.ticket_id for entry in await queue_for(session, staff_id) if entry.mine]


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_nobody_is_lost_doubled_rung_for_ever_or_passed_over(tmp_path: Path) -> None:
    Pairing.template = tmp_path / "template.db"
    migrate(f"sqlite+aiosqlite:///{Pairing.template}")
    machine = Pairing.TestCase
    machine.settings = settings(
        max_examples=count(200, 6),
        stateful_step_count=count(50, 25),
        deadline=None,
        derandomize=not PROVING,
        phases=[Phase.generate, Phase.shrink] if PROVING else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine("runTest").runTest()
