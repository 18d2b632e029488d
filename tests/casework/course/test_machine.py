"""A case under any order of steps by anybody (a Hypothesis state machine against a model).

The model knows the rules as the county tells them (:data:`tests.casework.course.test_transitions`):
a step by the right person with everything given leads where they say; every other one is refused and
changes nothing.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from casework.course.transitions import ENDED
from casework.database import Database, open_engine
from casework.errors import ShipinbanError
from casework.passwords import Passwords
from casework.tables import CaseEvent
from casework.vocabulary import CaseMove, CaseState
from tests.casework.course.county import CourseCounty
from tests.casework.course.test_transitions import ACTORS, expected
from tests.figures import PROVING, count

T = TypeVar("T")
PEOPLE = ("helper", "helper2", "agent", "agent2", "county_supervisor", "chief_county_supervisor")
BACK = {CaseMove.SEND_BACK, CaseMove.RESUME}
RUNNING = {"accepted", "accepted_to_follow", "materials_overdue", "forwarded"}


class Course(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "db")
        self.database = Database(open_engine(f"sqlite+aiosqlite:///{self.folder / 'db'}"))
        self.county = CourseCounty(self.database)
        self.state = CaseState.DRAFT
        self.before: CaseState | None = None
        self.deciders: set[str] = set()
        """Who decided on a refusal or an appeal: took part from then on."""
        self.forwarded = False
        self.steps = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def found(self) -> None:
        weak = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
        self.run(self.county.found(weak))
        weak.close()
        self.case_id = self.run(self.county.case())

    def target(self, move: CaseMove) -> CaseState | None:
        found = expected()[self.state].get(move)
        return self.before if found is not None and move in BACK else found

    @rule(move=st.sampled_from(CaseMove))
    def the_right_person(self, move: CaseMove) -> None:
        """With everything that the step needs."""
        self.take(move, ACTORS.get(move, "agent"), in_call=True)

    @rule(move=st.sampled_from(CaseMove), who=st.sampled_from(PEOPLE), in_call=st.booleans())
    def anybody(self, move: CaseMove, who: str, in_call: bool) -> None:
        self.take(move, who, in_call=in_call)

    def take(self, move: CaseMove, who: str | None, *, in_call: bool) -> None:
        target = self.target(move)
        call = self.county.serving(who) if in_call and who in ("agent", "agent2") else None
        right = self.may(move, who, served=call is not None)
        done = self.attempt(move, who, call)
        if target is None or not right:
            assert not done, (self.state, move, who)
            return
        if not done:
            # Only one that took part is refused what the right person may do.
            assert move in (
                CaseMove.CONFIRM_REFUSAL, CaseMove.SEND_BACK, CaseMove.REOPEN, CaseMove.UPHOLD,
            ), (self.state, move, who)  # fmt: skip
            assert who in self.deciders
            return
        self.remember(move, who, target)

    def may(self, move: CaseMove, who: str | None, *, served: bool) -> bool:
        right = ACTORS.get(move, "agent")
        if right is None or who is None:
            return right is who
        if right.endswith("supervisor"):
            return who.endswith("supervisor")
        if move is CaseMove.HAND_RESULT and who == "helper":
            return True
        if right == "helper":
            return who == "helper"
        # The owner outside of a call, and whoever serves one; what begins needs the resident.
        needs_call = move is CaseMove.RECEIVE or self.state is CaseState.DRAFT
        owner = who == "agent" or (who == "agent2" and self.forwarded)
        return served or (owner and not needs_call)

    def attempt(self, move: CaseMove, who: str | None, call: object) -> bool:
        try:
            self.run(self.county.move(self.case_id, move, who, call=call))
        except ShipinbanError:
            return False
        self.steps += 1
        return True

    def remember(self, move: CaseMove, who: str | None, target: CaseState) -> None:
        if target in (CaseState.SUSPENDED, CaseState.REFUSAL_PROPOSED):
            draft = self.state is CaseState.DRAFT
            self.before = CaseState.SUBMITTED if draft else self.state
        elif target is not self.state:
            self.before = None
        if move in (CaseMove.CONFIRM_REFUSAL, CaseMove.REOPEN, CaseMove.UPHOLD) and who:
            self.deciders.add(who)
        self.forwarded = self.forwarded or move is CaseMove.FORWARD
        self.state = target

    @invariant()
    def the_row_is_what_the_model_says(self) -> None:
        if not hasattr(self, "case_id"):
            return
        case = self.run(self.county.row(self.case_id))
        assert case.state == self.state
        if self.state in (CaseState.SUSPENDED, CaseState.REFUSAL_PROPOSED):
            assert case.state_before == self.before
        assert (case.number is None) <= (self.state in {"draft", "closed", "withdrawn"})
        if self.state in RUNNING:
            assert case.due_ms is not None
        if self.state in ENDED or self.state is CaseState.SUSPENDED:
            assert case.due_ms is None
        assert self.run(self.events()) == self.steps

    async def events(self) -> int:
        async with self.database.reading() as session:
            counted = select(func.count()).where(CaseEvent.case_id == self.case_id)
            return (await session.scalar(counted)) or 0

    def teardown(self) -> None:
        self.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_a_case_moves_as_the_rules_say_under_any_order_of_steps(sqlite_template: Path) -> None:
    Course.template = sqlite_template
    machine = Course.TestCase
    machine.settings = settings(
        max_examples=count(300, 10),
        stateful_step_count=30,
        deadline=None,
        derandomize=not PROVING,
        phases=[Phase.generate, Phase.shrink] if PROVING else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine("runTest").runTest()
