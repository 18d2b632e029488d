"""Grants and mandates under any order of deeds (Hypothesis state machines), on SQLite.

Each machine keeps a model of a few lines beside the rows; a deed that the model allows succeeds,
every other one is refused and changes nothing.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority import grants, mandates
from casework.authority.grant_lists import condition_of
from casework.authority.mandates import MandateDraft
from casework.authority.revoked_mandates import revoke_mandate
from casework.authority.steps import Step, StepCall, StepKind, authorise
from casework.cases import Draft, open_case
from casework.consents import Answer, give_consent
from casework.database import Database, new_id, now_ms, open_engine, read_clock
from casework.errors import ShipinbanError
from casework.master_key import MasterKey
from casework.moments import Moment
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import Case, CasePage, Grant, Mandate
from casework.vocabulary import (
    CaseMode,
    CaseParty,
    ConsentAnswer,
    ConsentGiver,
    GrantCondition,
    MandateForm,
    MandateKind,
    MandatePageKind,
    MandatePower,
    Relation,
    Role,
    Surface,
)
from tests.figures import count
from tests.signaling.edge.small_county import ID_NUMBER, SmallCounty

T = TypeVar("T")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
LINES = ("home", "county")
line = st.sampled_from(LINES)
Deed = Callable[[AsyncSession], Awaitable[object]]


class Authority(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        shutil.copy(self.template, self.folder / "db")
        self.database = Database(open_engine(f"sqlite+aiosqlite:///{self.folder / 'db'}"))
        self.county = SmallCounty(self.database)

    def teardown(self) -> None:
        self.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(self, deed: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(deed)

    async def found(self) -> None:
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
        await self.county.found(passwords)
        passwords.close()

    def person(self, name: str, role: Role, home: str, surface: Surface) -> SignedIn:
        return SignedIn(
            sign_in_id="",
            staff_id=self.county.staff[name],
            county_id=self.county.county_id,
            organisation_id=self.county.organisations[home],
            roles=frozenset({role}),
            surface=surface,
            window_id=self.county.windows["village"] if role is Role.HELPER else None,
        )

    def attempt(self, deed: Deed) -> str | None:
        """The code of the refusal, or ``None`` when it was done."""

        async def tried() -> str | None:
            try:
                async with self.database.transaction() as session:
                    await deed(session)
            except ShipinbanError as error:
                return error.code
            return None

        return self.run(tried())


class Grants(Authority):
    """One grant, two lines."""

    @initialize(first=line)
    def propose(self, first: str) -> None:
        self.run(self.found())
        self.supervisors = {
            "home": self.person(
                "home_supervisor", Role.HOME_SUPERVISOR, "north", Surface.SUPERVISION
            ),
            "county": self.person(
                "county_supervisor", Role.COUNTY_SUPERVISOR, "county", Surface.SUPERVISION
            ),
        }
        self.signed = {first}
        self.suspended: set[str] = set()
        self.over: str | None = None
        self.expired = False

        async def made() -> str:
            async with self.database.transaction() as session:
                now = await read_clock(session)
                draft = grants.GrantDraft(
                    appointment_id=self.county.appointments["helper"],
                    item_code="DELEGATED",
                    item_set_id=None,
                    from_ms=now - 1,
                    until_ms=now + 10**9,
                    document_number="一号",
                )
                grant = await grants.propose_grant(session, self.supervisors[first], draft)
                return grant.id

        self.grant_id = self.run(made())

    @property
    def holds(self) -> bool:
        return self.signed == set(LINES) and self.over is None

    @rule(by=line)
    def sign(self, by: str) -> None:
        code = self.attempt(lambda s: grants.sign_grant(s, self.supervisors[by], self.grant_id))
        allowed = by not in self.signed and self.over is None
        assert (code is None) == allowed, code
        if allowed:
            self.signed.add(by)

    @rule(by=line)
    def suspend(self, by: str) -> None:
        code = self.attempt(
            lambda s: grants.suspend_grant(s, self.supervisors[by], self.grant_id, "核实")
        )
        allowed = self.holds and by not in self.suspended
        assert (code is None) == allowed, code
        if allowed:
            self.suspended.add(by)

    @rule(by=line)
    def lift(self, by: str) -> None:
        code = self.attempt(
            lambda s: grants.lift_suspension(s, self.supervisors[by], self.grant_id, "已核实")
        )
        if by in self.suspended:
            assert code is None
            self.suspended.discard(by)
        else:
            others = "grant.other_lines_suspension" if self.suspended else "grant.not_suspended"
            assert code == others

    @rule(by=line)
    def decline(self, by: str) -> None:
        code = self.attempt(
            lambda s: grants.decline_grant(s, self.supervisors[by], self.grant_id, "不同意")
        )
        allowed = self.over is None and len(self.signed) == 1
        assert (code is None) == allowed, code
        if allowed:
            self.over = "declined"

    @rule(by=line)
    def revoke(self, by: str) -> None:
        code = self.attempt(
            lambda s: grants.revoke_grant(s, self.supervisors[by], self.grant_id, "调离")
        )
        assert (code is None) == self.holds, code
        if code is None:
            self.over = "revoked"

    @rule()
    def expire(self) -> None:
        """Time passes beyond its end."""

        async def deed(session: AsyncSession) -> None:
            await session.execute(
                update(Grant).where(Grant.id == self.grant_id).values(until_ms=now_ms())
            )

        assert self.attempt(deed) is None
        self.expired = True

    @invariant()
    def it_holds_when_the_model_says_so(self) -> None:
        async def condition() -> GrantCondition:
            async with self.database.reading() as session:
                return await condition_of(session, self.grant_id)

        holds = self.holds and not self.expired and not self.suspended
        assert (self.run(condition()) is GrantCondition.IN_FORCE) == holds


class Mandates(Authority):
    """One mandate that is good for one case, and two cases of its subject."""

    @initialize()
    def capture(self) -> None:
        self.run(self.found())
        self.helper = self.person("helper", Role.HELPER, "village", Surface.WINDOW)
        self.agent = self.person("agent", Role.AGENT, "county", Surface.CONSOLE)
        self.state = "proposed"
        self.used: int | None = None
        self.pages: set[MandatePageKind] = set()
        self.expired = False
        self.cases = [self.run(self._case()) for _ in range(2)]
        self.mandate_id = self.run(self._draft())

    async def _case(self) -> str:
        draft = Draft(
            item_id=self.county.items["delegated"],
            mode=CaseMode.DELEGATED,
            subject_name="陈秀英",
            subject_id_number=ID_NUMBER,
            subject_phone="13800138000",
            registered_organisation_id=self.county.organisations["north"],
            elderly=True,
            disabled=False,
            present_relation=Relation.HELPER,
            present_name="黎春花",
        )
        answer = Answer(
            answer=ConsentAnswer.YES,
            answered_by=ConsentGiver.HELPER,
            language="zh-CN",
            text_version="1",
        )
        async with self.database.transaction() as session:
            protected = ProtectedFields(MasterKey(bytes(32)))
            case = await open_case(session, protected, self.helper, draft)
            await session.refresh(case)
            await give_consent(session, case, self.helper.staff_id, answer)
            return case.id

    async def _draft(self) -> str:
        async with self.database.transaction() as session:
            case = await session.get_one(Case, self.cases[0])
            now = await read_clock(session)
            draft = MandateDraft(
                kind=MandateKind.ENTRUSTED,
                form=MandateForm.PAPER,
                item_codes=frozenset({"DELEGATED"}),
                powers=frozenset({MandatePower.HAND_IN}),
                limits="",
                from_ms=now - 1,
                until_ms=now + 10**9,
                once=True,
            )
            row = await mandates.draft_mandate(session, case, Moment(self.helper), draft)
        for case_id in self.cases:
            async with self.with_mandate(case_id, row.id) as (session, case, found):
                await mandates.choose_mandate(session, case, Moment(self.helper), found)
        return row.id

    @asynccontextmanager
    async def with_mandate(
        self, case_id: str, mandate_id: str
    ) -> AsyncIterator[tuple[AsyncSession, Case, Mandate]]:
        async with self.database.transaction() as session:
            case = await session.get_one(Case, case_id)
            yield session, case, await mandates.find_mandate(session, mandate_id, case=case)

    def call(self) -> StepCall:
        return StepCall(
            new_id(), self.agent.staff_id, self.helper.staff_id, recorded=True, may_decide=True
        )

    def on_mandate(
        self, deed: Callable[[AsyncSession, Case, Mandate], Awaitable[object]], at: int = 0
    ) -> str | None:
        async def tried() -> str | None:
            try:
                async with self.with_mandate(self.cases[at], self.mandate_id) as found:
                    await deed(*found)
            except ShipinbanError as error:
                return error.code
            return None

        return self.run(tried())

    @rule(kind=st.sampled_from(MandatePageKind))
    def take_page(self, kind: MandatePageKind) -> None:
        async def deed(session: AsyncSession, case: Case, mandate: Mandate) -> None:
            page_id = new_id()
            session.add(
                CasePage(
                    id=page_id,
                    county_id=case.county_id,
                    case_id=case.id,
                    kind="original",
                    state="ready",
                    media_type="image/jpeg",
                    total_bytes=1,
                    received_bytes=1,
                    sha256="0" * 64,
                    file_name=page_id,
                    home_organisation_id=case.home_organisation_id,
                    county_organisation_id=case.county_organisation_id,
                    created_ms=0,
                )
            )
            await session.flush()
            moment = Moment(self.helper)
            await mandates.add_mandate_page(
                session, case, moment, mandate, page_id=page_id, kind=kind
            )

        code = self.on_mandate(deed)
        assert (code is None) == (self.state == "proposed"), code
        if code is None:
            self.pages.add(kind)

    @rule()
    def confirm(self) -> None:
        moment = Moment(self.agent, self.call(), 1000)
        code = self.on_mandate(
            lambda session, case, row: mandates.confirm_mandate(session, case, moment, row)
        )
        allowed = self.state == "proposed" and self.pages == set(MandatePageKind)
        assert (code is None) == allowed, code
        if allowed:
            self.state = "in_force"

    @rule()
    def decline(self) -> None:
        moment = Moment(self.agent, self.call(), 1000)
        code = self.on_mandate(
            lambda session, case, row: mandates.decline_mandate(
                session, case, moment, row, "证件不符"
            )
        )
        assert (code is None) == (self.state == "proposed"), code
        if code is None:
            self.state = "declined"

    @rule()
    def revoke(self) -> None:
        code = self.on_mandate(lambda session, _, row: revoke_mandate(session, row))
        assert (code is None) == (self.state in ("proposed", "in_force")), code
        if code is None:
            self.state = "revoked"

    @rule()
    def expire(self) -> None:
        async def deed(session: AsyncSession) -> None:
            await session.execute(
                update(Mandate).where(Mandate.id == self.mandate_id).values(until_ms=now_ms())
            )

        assert self.attempt(deed) is None
        self.expired = True

    @rule(at=st.integers(min_value=0, max_value=1))
    def use(self, at: int) -> None:
        async def deed(session: AsyncSession) -> None:
            case = await session.get_one(Case, self.cases[at])
            step = Step(
                kind=StepKind.ACCEPT,
                case=case,
                actor=self.agent,
                call=self.call(),
                who=frozenset({CaseParty.DECIDER}),
            )
            permit = await authorise(session, step)
            assert permit.mandate_id == self.mandate_id

        code = self.attempt(deed)
        allowed = self.state == "in_force" and not self.expired and self.used in (None, at)
        assert (code is None) == allowed, code
        if allowed:
            self.used = at

    @invariant()
    def the_row_says_what_the_model_says(self) -> None:
        async def row() -> Mandate:
            async with self.database.reading() as session:
                return await session.get_one(Mandate, self.mandate_id)

        kept = self.run(row())
        assert kept.state == self.state
        assert kept.used_case_id == (None if self.used is None else self.cases[self.used])


@pytest.fixture(scope="module", autouse=True)
def _template(sqlite_template: Path) -> None:
    Authority.template = sqlite_template


_SETTINGS = settings(
    max_examples=count(400, 6),
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestGrants = pytest.mark.proof(Grants.TestCase)
TestGrants.settings = _SETTINGS
TestMandates = pytest.mark.proof(Mandates.TestCase)
TestMandates.settings = _SETTINGS
