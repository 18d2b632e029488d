"""A review under any order of deeds (a Hypothesis state machine, on SQLite).

Nobody judges twice or for the other line, nobody who took part judges, nobody sees the other
verdict before both are in, and only the chief ends a disagreement.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from casework.database import Database, open_engine
from casework.errors import ShipinbanError
from casework.participants import who_took_part
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.reviews.assignment import step_back
from casework.reviews.disagreements import resolve
from casework.reviews.sheets import DEFAULT_LINES, Filled
from casework.reviews.verdicts import save_draft, submit
from casework.sign_in import SignedIn
from casework.tables import EvidenceHold, Review, ReviewVerdict
from casework.vocabulary import Role, SheetLineKind, Surface, Verdict
from shipinban.migrate import migrate
from signaling.calls_of_cases import CALLS
from signaling.review_views import review_detail
from tests.figures import PROVING, count
from tests.signaling.edge.conftest import open_edge
from tests.signaling.edge.reviewing import add_person, handled_case, watch
from tests.signaling.edge.small_county import SmallCounty

T = TypeVar("T")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
HOMES = {
    "home_supervisor": (Role.HOME_SUPERVISOR, "north"),
    "home_supervisor2": (Role.HOME_SUPERVISOR, "village"),
    "south_supervisor": (Role.HOME_SUPERVISOR, "south"),
    "county_supervisor": (Role.COUNTY_SUPERVISOR, "county"),
    "county_supervisor2": (Role.COUNTY_SUPERVISOR, "county"),
    "chief_county_supervisor": (Role.CHIEF_COUNTY_SUPERVISOR, "county"),
}
person = st.sampled_from(sorted(HOMES))
verdict = st.sampled_from(list(Verdict))
WORDS = "只有本人知道"


def filled(of: Verdict, *, broken: bool) -> Filled:
    scores: dict[str, int | bool] = {
        line.key: True if line.kind is SheetLineKind.DONT else line.points for line in DEFAULT_LINES
    }
    return Filled({**scores, "rude": not broken}, of, WORDS)


class Reviewing(RuleBasedStateMachine):
    template: Path
    """A database in which one review has just been opened."""
    county: SmallCounty
    review_id: str
    protected: ProtectedFields

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        shutil.copy(self.template, self.folder / "db")
        self.database = Database(open_engine(f"sqlite+aiosqlite:///{self.folder / 'db'}"))
        self.given: dict[str, tuple[Verdict, bool]] = {}
        """Line → what was given, and whether a don't was broken."""
        self.decided = False

    def teardown(self) -> None:
        self.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(self, deed: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(deed)

    def _who(self, name: str) -> SignedIn:
        role, home = HOMES[name]
        return SignedIn(
            sign_in_id="",
            staff_id=self.county.staff[name],
            county_id=self.county.county_id,
            organisation_id=self.county.organisations[home],
            roles=frozenset({role}),
            surface=Surface.SUPERVISION,
            name=name,
        )

    async def _rows(self) -> tuple[Review, list[ReviewVerdict]]:
        async with self.database.reading() as session:
            review = await session.get_one(Review, self.review_id)
            query = select(ReviewVerdict).order_by(ReviewVerdict.line)
            return review, list(await session.scalars(query))

    async def _line_of(self, name: str) -> str | None:
        _, rows = await self._rows()
        mine = self.county.staff[name]
        return next((row.line for row in rows if row.reviewer_staff_id == mine), None)

    # --- deeds ---------------------------------------------------------------------------------

    @rule(name=person, of=verdict, broken=st.booleans())
    def judge(self, name: str, of: Verdict, broken: bool) -> None:
        async def deed() -> None:
            line = await self._line_of(name)
            allowed = line is not None and line not in self.given
            allowed = allowed and not (broken and of is Verdict.PROPER)
            try:
                async with self.database.transaction() as session:
                    sheet = filled(of, broken=broken)
                    await submit(session, self._who(name), self.review_id, sheet)
            except ShipinbanError:
                assert not allowed
            else:
                assert allowed
                assert line is not None
                self.given[line] = (of, broken)

        self.run(deed())

    @rule(name=person, of=verdict)
    def draft(self, name: str, of: Verdict) -> None:
        async def deed() -> None:
            line = await self._line_of(name)
            allowed = line is not None and line not in self.given
            try:
                async with self.database.transaction() as session:
                    await save_draft(session, self._who(name), self.review_id, {}, of, WORDS)
            except ShipinbanError:
                assert not allowed
            else:
                assert allowed

        self.run(deed())

    @rule(name=person)
    def step_back(self, name: str) -> None:
        async def deed() -> None:
            line = await self._line_of(name)
            allowed = line is not None and line not in self.given
            try:
                async with self.database.transaction() as session:
                    who = self._who(name)
                    await step_back(session, CALLS, who, self.review_id, "系亲属")
            except ShipinbanError:
                assert not allowed
            else:
                assert allowed
                assert await self._line_of(name) is None

        self.run(deed())

    @rule(name=person, of=verdict)
    def decide(self, name: str, of: Verdict) -> None:
        async def deed() -> None:
            apart = len(self.given) == 2 and len(set(self.given.values())) == 2
            allowed = name == "chief_county_supervisor" and apart and not self.decided
            try:
                async with self.database.transaction() as session:
                    who = self._who(name)
                    await resolve(session, CALLS, who, self.review_id, of, "理由")
            except ShipinbanError:
                assert not allowed
            else:
                assert allowed
                self.decided = True

        self.run(deed())

    # --- what always holds ---------------------------------------------------------------------

    @invariant()
    def the_state_follows_from_the_verdicts(self) -> None:
        review, rows = self.run(self._rows())
        assert {row.line for row in rows if row.submitted_ms is not None} == set(self.given)
        if len(self.given) < 2:
            assert review.state == "open"
        elif len(set(self.given.values())) == 1:
            assert review.state == "agreed"
        else:
            assert review.state == ("resolved" if self.decided else "disagreed")

    @invariant()
    def the_evidence_is_held_until_the_end(self) -> None:
        async def deed() -> None:
            review, _ = await self._rows()
            async with self.database.reading() as session:
                hold = (await session.scalars(select(EvidenceHold))).one()
            assert (hold.lifted_ms is not None) == (review.state in ("agreed", "resolved"))

        self.run(deed())

    @invariant()
    def no_participant_judges_and_nobody_judges_twice(self) -> None:
        async def deed() -> None:
            review, rows = await self._rows()
            async with self.database.reading() as session:
                acted = await who_took_part(session, CALLS, review.case_id)
            reviewers = [row.reviewer_staff_id for row in rows if row.reviewer_staff_id]
            assert len(set(reviewers)) == len(reviewers)
            assert not acted & set(reviewers)
            assert self.county.staff["chief_county_supervisor"] not in reviewers

        self.run(deed())

    @invariant()
    def nobody_sees_the_other_verdict_before_both_are_in(self) -> None:
        async def deed() -> None:
            if len(self.given) == 2:
                return
            for name in sorted(set(HOMES) - {"south_supervisor"}):
                line = await self._line_of(name)
                async with self.database.reading() as session:
                    who = self._who(name)
                    seen = await review_detail(session, self.protected, who, self.review_id)
                assert seen.verdicts == []
                assert (seen.own is None) == (line is None)
                assert seen.own is None or seen.own.line == line
                if line is None:
                    assert WORDS not in seen.model_dump_json()

        self.run(deed())


async def prepare(url: str, passwords: Passwords, folder: Path) -> None:
    database = Database(open_engine(url))
    async for edge in open_edge(database, passwords, folder):
        for name in ("home_supervisor2", "county_supervisor2"):
            await add_person(edge, name, *HOMES[name])
        await handled_case(edge)
        await watch(edge).look()
        async with database.reading() as session:
            Reviewing.review_id = (await session.scalars(select(Review.id))).one()
        Reviewing.county, Reviewing.protected = edge.county, edge.context.protected
    await database.close()


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_a_review_holds_together_whatever_is_done_in_whatever_order(
    passwords: Passwords, tmp_path: Path
) -> None:
    Reviewing.template = tmp_path / "template.db"
    url = f"sqlite+aiosqlite:///{Reviewing.template}"
    migrate(url)
    asyncio.run(prepare(url, passwords, tmp_path))
    machine = Reviewing.TestCase
    machine.settings = settings(
        max_examples=count(200, 4),
        stateful_step_count=count(30, 10),
        deadline=None,
        derandomize=not PROVING,
        phases=[Phase.generate, Phase.shrink] if PROVING else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine("runTest").runTest()
