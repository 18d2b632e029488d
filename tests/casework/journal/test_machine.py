"""The journal against a model: acts, numbers, checkpoints, crashes and verification in any order."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from casework.database import Database, open_engine
from casework.journal.acts import add_entry
from casework.journal.seen import Seen, parse_seen
from casework.journal.sequencing import load_frontier
from casework.journal.verifying import verify_export
from tests.casework.journal.county import JournalCounty
from tests.casework.journal.history import History
from tests.figures import PROVING, count

EXAMPLES = count(200, 4)
STEPS = count(40, 15)


class _CrashError(Exception):
    """The process dies before its transaction is committed."""


class JournalMachine(RuleBasedStateMachine):
    """The model: how many acts were acknowledged, how many have a number, what was signed."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="shipinban-journal-"))
        shutil.copyfile(self.template, self.folder / "shipinban.db")
        url = f"sqlite+aiosqlite:///{self.folder}/shipinban.db"
        self.history = History(JournalCounty(Database(open_engine(url))))
        self.acknowledged: list[str] = []
        self.keys = 0
        self.seen: list[Seen] = []

    @initialize()
    def begin(self) -> None:
        self.runner.run(self.history.begin())
        self.keys = 1

    @rule(number=st.integers(1, 5))
    def append(self, number: int) -> None:
        self.acknowledged += self.runner.run(self.history.county.add(number))

    @rule()
    def crash_before_the_commit(self) -> None:
        async def act() -> None:
            async with self.history.county.database.transaction() as session:
                await add_entry(session, self.history.county.act())
                await session.flush()
                raise _CrashError

        with pytest.raises(_CrashError):
            self.runner.run(act())

    @rule()
    def sequence(self) -> None:
        size = self.runner.run(self.history.county.sequence(limit=3))
        assert size == len(self.acknowledged) + self.keys

    @rule()
    def crash_of_the_sequencer(self) -> None:
        """What it knew is gone; the stored tree tells the same."""
        county = self.history.county

        async def reload() -> None:
            async with county.database.reading() as session:
                size = county.frontier.size
                found = await load_frontier(session, county.county_id, county.hashing, size)
            assert found.root() == county.frontier.root()
            county.frontier = found

        self.runner.run(reload())

    @precondition(lambda self: len(self.acknowledged) + self.keys > self.history.signed.size)
    @rule()
    def checkpoint(self) -> None:
        note = self.runner.run(self.history.sign())
        self.seen.append(parse_seen(str(note), "note"))

    @rule()
    def new_key(self) -> None:
        self.runner.run(self.history.add_key())
        self.keys += 1

    @rule()
    def verify(self) -> None:
        lines = self.runner.run(self.history.export(self.folder))
        verdict = verify_export(lines, [self.history.verifier], self.seen)
        assert verdict.problem is None
        assert verdict.signed == self.history.signed.size
        assert verdict.entries == self.history.county.frontier.size
        assert verdict.entries + verdict.unsequenced == len(self.acknowledged) + self.keys

    def teardown(self) -> None:
        self.runner.run(self.history.county.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_the_journal_does_what_the_model_does(sqlite_template: Path) -> None:
    class Machine(JournalMachine):
        template = sqlite_template

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not PROVING,
            suppress_health_check=list(HealthCheck),
        ),
    )
