"""Each node's dispatcher: looks at the rows when woken, and once a second in any case; more seldom
while nobody is on duty, waits or talks, so that time alone can make nothing due.

It holds no state. One cheap read tells whether anything is due at all. If so, every step finds its
candidates and moves each in a transaction of its own that judges again, so any number of
dispatchers do the same work side by side; whoever comes second finds nothing left to do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Select, exists, or_, select, union_all
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database
from casework.errors import ShipinbanError
from casework.vocabulary import AgentState, CallState, TicketState
from signaling.bus import Bus
from signaling.pairing.call_backs import call_backs_unowned, give_owner
from signaling.pairing.calls import calls_of_lost_nodes, lose_call_of_node
from signaling.pairing.matching import counties_to_serve, offer_next
from signaling.pairing.offers import expire, offers_rung_out
from signaling.pairing.presence import (
    agents_lost,
    agents_past_wrap_up,
    end_wrap_up,
    lose_agent,
    offers_to_recall,
    recall,
)
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import PAIRING, announcing
from signaling.pairing.waiting import (
    cancel_gone,
    strand,
    tickets_of_gone_windows,
    tickets_stranded,
    tickets_to_widen,
    widen,
)
from signaling.tables import Agent, Call, Ticket

_log = structlog.get_logger(__name__)

STEP_LIMIT = 50
"""Most rows that one step moves in one pass."""
TIMEOUT_S = 15.0
QUIET = 8
"""So many times the interval passes between two looks at a county at rest, if wake-ups arrive."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    find: Callable[[PairingRules], Select[str]]
    """Ids of the rows that are due."""
    move: Callable[[AsyncSession, PairingRules, str], Awaitable[bool]]
    """Whether there was anything to move."""
    again: bool = False
    """The same id may have more to move."""


STEPS = (
    Step("call.node_lost", calls_of_lost_nodes, lose_call_of_node),
    Step("offer.expired", offers_rung_out, expire),
    Step("offer.recalled", offers_to_recall, recall),
    Step("agent.lost", agents_lost, lose_agent),
    Step("agent.wrapped_up", agents_past_wrap_up, end_wrap_up),
    Step("ticket.window_gone", tickets_of_gone_windows, cancel_gone),
    Step("ticket.stranded", tickets_stranded, strand),
    Step("ticket.widened", tickets_to_widen, widen),
    Step("call_back.owned", call_backs_unowned, give_owner),
    Step("offer.made", counties_to_serve, offer_next, again=True),
)


def _first(found: Select[str]) -> Select[str]:
    # As a table: a part of a union has no order or limit of its own.
    return select(found.limit(1).subquery())


def _somebody_is_there() -> ColumnElement[bool]:
    return or_(
        exists().where(Agent.state != AgentState.OFFLINE),
        exists().where(
            Ticket.state.in_((TicketState.WAITING, TicketState.OFFERED, TicketState.SERVING))
        ),
        exists().where(Call.state == CallState.LIVE),
    )


class Dispatcher:
    def __init__(
        self, database: Database, bus: Bus, rules: PairingRules, *, interval_s: float = 1.0
    ) -> None:
        self._database = database
        self._bus = bus
        self._rules = rules
        self._interval_s = interval_s
        due = exists(union_all(*(_first(step.find(rules)) for step in STEPS)).subquery().select())
        self._anything = select(due, _somebody_is_there())
        self.quiet = False
        """As of the last look: nobody is on duty, waits or talks."""
        self.failed_looks = 0
        """For metrics: looks that the database cut short."""

    async def run(self) -> None:
        """Until cancelled. A failed pass is tried again at the next turn."""
        with self._bus.subscribe(PAIRING) as wake_ups:
            while True:
                try:
                    more = await self.look()
                except (SQLAlchemyError, OSError, TimeoutError) as error:
                    self.failed_looks += 1
                    _log.warning("dispatcher.failed", reason=repr(error))
                    await asyncio.sleep(self._interval_s)
                    continue
                if not more:
                    rests = self.quiet and self._bus.connected
                    await wake_ups.wait(self._interval_s * (QUIET if rests else 1))

    async def look(self) -> bool:
        """One pass over all steps; whether a step reached its limit and there may be more."""
        async with asyncio.timeout(TIMEOUT_S), self._database.reading() as session:
            due, somebody = (await session.execute(self._anything)).one()
        self.quiet = not (due or somebody)
        if not due:
            return False
        more = False
        for step in STEPS:
            async with asyncio.timeout(TIMEOUT_S):
                more |= await self._take(step)
        return more

    async def _take(self, step: Step) -> bool:
        async with self._database.reading() as session:
            found = list(await session.scalars(step.find(self._rules).limit(STEP_LIMIT)))
        moves = 0
        for one in found:
            while await self._move(step, one):
                moves += 1
                if not step.again or moves >= STEP_LIMIT:
                    break
        if moves:
            _log.info("dispatcher.moved", step=step.name, moves=moves)
        return moves >= STEP_LIMIT

    async def _move(self, step: Step, one: str) -> bool:
        try:
            async with announcing(self._database, self._bus) as session:
                return await step.move(session, self._rules, one)
        except ShipinbanError as error:
            # Somebody else moved one of the rows between this step's look and its change.
            _log.debug("dispatcher.overtaken", step=step.name, code=error.code)
            return False
