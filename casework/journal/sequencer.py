"""The task of an edge that numbers entries within 200 ms and signs checkpoints.

Every edge runs one; the lease in the journal's row lets one at a time work. Whatever fails is
logged and tried again from what the database says: acts never wait for it. Where somebody tells of
new entries it looks when told, and seldom otherwise: ten looks a second cost an idle node more than
all else that it does.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.counties import the_county
from casework.database import Database, read_clock
from casework.errors import Unavailable
from casework.journal.checkpoints import (
    AT_ONCE,
    Signed,
    choose_signer,
    keep_checkpoint,
    latest_checkpoint,
)
from casework.journal.hashing import hashing
from casework.journal.keys import add_county_key
from casework.journal.merkle import Frontier
from casework.journal.sequencing import (
    SequencerLostError,
    anything_waits,
    forgotten_entries,
    found_journal,
    load_frontier,
    put_in_line,
    release_sequencer,
    sequence_batch,
    take_sequencer,
)
from casework.journal.signed_notes import TreeHead
from casework.journal.signing import Ed25519Signer, Signer, load_seeds, sign_head
from casework.journal.town_alarm import TownAlarm
from casework.vocabulary import JournalHash

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SequencerRules:
    look_s: float = 0.1
    """From one look for entries to the next: with one batch's time within the promised 200 ms."""
    told_look_s: float = 2.0
    """The same while others tell: for entries of another program on this machine."""
    gather_s: float = 0.05
    """How long entries gather after the first was told of: one batch then takes them all."""
    away_s: float = 2.0
    """Before another try for the lease, or after a failure."""
    renew_s: float = 2.0
    deadline_s: float = 10.0
    """For one look, so that a database that hangs is noticed."""


class Telling(Protocol):
    """How a sequencer hears that entries wait."""

    @property
    def reliable(self) -> bool:
        """Whether every node's entries are told of now."""

    async def wait(self, timeout_s: float) -> object:
        """Until something was told, or for so long; something true if told."""


@dataclass(slots=True)
class _Held:
    """What the lease's holder knows; thrown away when anything fails."""

    county_id: str
    origin: str
    frontier: Frontier
    signed: Signed
    renewed_s: float
    at_once: bool = False


class Sequencer:
    def __init__(
        self,
        database: Database,
        boot_id: str,
        key_file: Path,
        *,
        hash_name: JournalHash = JournalHash.SHA256,
        rules: SequencerRules | None = None,
        telling: Telling | None = None,
    ) -> None:
        """``telling``: without it the sequencer looks every ``look_s``."""
        self._database = database
        self._boot_id = boot_id
        self._key_file = key_file
        self._hash_name = hash_name
        self._rules = rules or SequencerRules()
        self._telling = telling
        self._held: _Held | None = None
        self._towns = TownAlarm()

    async def run(self) -> None:
        """Until cancelled; the lease is given back then."""
        try:
            while True:
                began_s = time.monotonic()
                pause_s = await self.turn()
                await self._rest(pause_s, time.monotonic() - began_s)
        finally:
            await self._release()

    async def turn(self) -> float:
        """One look; the seconds until the next one."""
        try:
            async with asyncio.timeout(self._rules.deadline_s):
                if self._held is None:
                    self._held = await self._begin()
                    if self._held is None:
                        return self._rules.away_s
                    await self._look_for_forgotten(self._held)
                return await self._work(self._held)
        except SequencerLostError:
            self._held = None
        except (SQLAlchemyError, OSError, TimeoutError, LookupError) as error:
            self._held = None
            _log.error("journal.sequencer_failed", reason=repr(error))
        return self._rules.away_s

    async def _rest(self, pause_s: float, worked_s: float) -> None:
        rules, telling = self._rules, self._telling
        if pause_s != rules.look_s:
            await asyncio.sleep(pause_s)
        elif telling is None or not telling.reliable:
            await asyncio.sleep(max(0.0, pause_s - worked_s))
        elif await telling.wait(rules.told_look_s):
            await asyncio.sleep(rules.gather_s)

    async def _begin(self) -> _Held | None:
        """Takes the lease and reads where the journal stands; ``None`` if another holds it."""
        async with self._database.transaction() as session:
            try:
                county = await the_county(session)
            except Unavailable:
                return None  # nothing was imported yet
            await found_journal(session, county, self._hash_name)
            journal = await take_sequencer(session, county.id, self._boot_id)
            if journal is None:
                return None
            try:
                for signer in self._signers(journal.origin):
                    await add_county_key(session, journal, signer.verifier)
            except Unavailable:
                return None  # the county has no organisations yet
            frontier = await load_frontier(
                session, county.id, hashing(journal.hash_name), journal.size
            )
            signed = Signed.of(await latest_checkpoint(session, county.id))
            return _Held(county.id, journal.origin, frontier, signed, time.monotonic())

    async def _look_for_forgotten(self, held: _Held) -> None:
        async with self._database.reading() as session:
            found = await forgotten_entries(session, held.county_id)
        if found:
            _log.error("journal.entries_taken_out_of_line", count=len(found))
            async with self._database.transaction() as session:
                await put_in_line(session, held.county_id, found)

    def _signers(self, origin: str) -> list[Signer]:
        """Read anew each time: a key may have been added."""
        return [Ed25519Signer(origin, seed) for seed in load_seeds(self._key_file)]

    async def _work(self, held: _Held) -> float:
        async with self._database.reading() as session:
            waits = await anything_waits(session, held.county_id)
            now = await read_clock(session)
        full = waits and await self._sequence(held)
        if held.signed.is_due(held.frontier.size, now, at_once=held.at_once):
            await self._sign(held)
        if time.monotonic() - held.renewed_s >= self._rules.renew_s:
            await self._renew(held)
        await self._towns.look(self._database, held.county_id)
        return 0.0 if full else self._rules.look_s

    async def _sequence(self, held: _Held) -> bool:
        """Whether more may wait."""
        grown = held.frontier.copy()
        async with self._database.transaction() as session:
            batch = await sequence_batch(session, held.county_id, self._boot_id, grown)
        held.renewed_s = time.monotonic()
        if batch is None:
            return False
        held.frontier = grown
        held.at_once = held.at_once or bool(batch.whats & AT_ONCE)
        return batch.full

    async def _sign(self, held: _Held) -> None:
        """Signs outside any transaction: a signature service may take its time."""
        async with self._database.reading() as session:
            signer = await choose_signer(
                session, held.county_id, held.signed.size, self._signers(held.origin)
            )
        head = TreeHead(held.origin, held.frontier.size, held.frontier.root())
        note = await sign_head(head, signer)
        number = held.signed.number + 1
        async with self._database.transaction() as session:
            held.signed = await keep_checkpoint(
                session, held.county_id, self._boot_id, number, head, note
            )
        held.at_once = False

    async def _renew(self, held: _Held) -> None:
        async with self._database.transaction() as session:
            journal = await take_sequencer(session, held.county_id, self._boot_id)
        if journal is None or journal.size != held.frontier.size:
            raise SequencerLostError(held.county_id)
        held.renewed_s = time.monotonic()

    async def _release(self) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        try:
            async with (
                asyncio.timeout(self._rules.deadline_s),
                self._database.transaction() as session,
            ):
                await release_sequencer(session, held.county_id, self._boot_id)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("journal.lease_not_released", reason=repr(error))
