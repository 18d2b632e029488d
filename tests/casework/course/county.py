"""A small county whose cases are put into any state, and people to move them."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from casework.authority.steps import StepCall
from casework.case_events import add_event
from casework.course.moving import Moving, move_case
from casework.database import new_id, now_ms, read_clock
from casework.passwords import Passwords
from casework.sign_in import SURFACE_ROLES, SignedIn
from casework.tables import Case, Consent, Refusal, Subject
from casework.vocabulary import CaseMove, CaseState, Role, Surface
from tests.signaling.edge.small_county import SmallCounty

UNNUMBERED = {CaseState.DRAFT, CaseState.CLOSED, CaseState.WITHDRAWN}


@dataclass
class CourseCounty(SmallCounty):
    people: dict[str, SignedIn] = field(default_factory=dict)

    async def found(self, passwords: Passwords) -> None:
        await super().found(passwords)
        homes = {"helper": "village", "helper2": "hamlet", "home_supervisor": "north"}
        for name, staff_id in self.staff.items():
            role = next((role for role in Role if name.startswith(role)), Role.HOME_SUPERVISOR)
            self.people[name] = SignedIn(
                sign_in_id=new_id(),
                staff_id=staff_id,
                county_id=self.county_id,
                organisation_id=self.organisations[homes.get(name, "county")],
                roles=frozenset({role}),
                surface=next(s for s in Surface if role in SURFACE_ROLES[s]),
                window_id=self.windows.get(homes.get(name, "")),
                name=name,
            )

    async def case(
        self,
        state: CaseState = CaseState.DRAFT,
        *,
        before: CaseState | None = None,
        owner: str | None = "agent",
        mode: str = "assisted",
        answer: str | None = "yes",
    ) -> str:
        """A case of the pension item at the village's window; its id."""
        case_id, subject_id = new_id(), new_id()
        lines = {
            "county_id": self.county_id,
            "home_organisation_id": self.organisations["village"],
            "county_organisation_id": self.organisations["county"],
        }
        async with self.database.transaction() as session:
            session.add(
                Subject(
                    id=subject_id, county_id=self.county_id, name="陈秀英",
                    id_number_sealed=b"", id_number_index=bytes(32),
                    phone_sealed=b"", phone_index=bytes(32), created_ms=0,
                )
            )  # fmt: skip
            await session.flush()
            session.add(
                Case(
                    id=case_id, **lines,
                    number=None if state in UNNUMBERED else f"441625-20260101-{case_id[-12:]}",
                    item_id=self.items["pension"], window_id=self.windows["village"],
                    subject_id=subject_id, present_name="陈秀英", present_relation="self",
                    mode=mode, state=state, state_before=before,
                    opened_by_staff_id=self.staff["helper"],
                    owner_staff_id=owner and self.staff[owner],
                    deciding_organisation_id=self.organisations["department"],
                    created_ms=now_ms(), changed_ms=now_ms(),
                )
            )  # fmt: skip
            await session.flush()
            if answer is not None:
                session.add(
                    Consent(
                        case_id=case_id, **lines, text_version="1", language="zh-CN",
                        asked_by_staff_id=self.staff["helper"], answered_by="present_person",
                        answer=answer, at_ms=now_ms(),
                    )
                )  # fmt: skip
            if state is CaseState.REFUSAL_PROPOSED:
                session.add(self._refusal(case_id, "proposed", lines))
            if state in (CaseState.REFUSED, CaseState.APPEALED):
                session.add(self._refusal(case_id, "confirmed", lines))
        return case_id

    def _refusal(self, case_id: str, state: str, lines: dict[str, str]) -> Refusal:
        confirmed = state == "confirmed"
        return Refusal(
            case_id=case_id, **lines, state=state, reason="不符合年龄条件", legal_basis="第三条",
            proposed_by_staff_id=self.staff["agent"], proposed_ms=now_ms(),
            decided_by_staff_id=self.staff["county_supervisor"] if confirmed else None,
            decided_ms=now_ms() if confirmed else None,
        )  # fmt: skip

    def serving(
        self, agent: str = "agent", *, recorded: bool = True, decides: bool = True
    ) -> StepCall:
        return StepCall(
            id=new_id(),
            agent_staff_id=self.staff[agent],
            helper_staff_id=self.staff["helper"],
            recorded=recorded,
            may_decide=decides,
        )

    async def move(self, case_id: str, move: CaseMove, actor: str | None, **given: Any) -> Case:  # noqa: ANN401
        """Takes one step, with everything that any step needs unless ``given`` says otherwise."""
        async with self.database.transaction() as session:
            case = await session.get_one(Case, case_id, with_for_update={"key_share": True})
            needed: dict[str, Any] = {
                "text": "说明",
                "legal_basis": "第三条",
                "missing": (self.materials["photo"],),
                "way": "at_window",
                "refused_ms": await read_clock(session),
            }
            person = None if actor is None else self.people[actor]
            moving = Moving(case=case, move=move, actor=person, **{**needed, **given})
            await move_case(session, moving)
            return case

    async def row(self, case_id: str) -> Case:
        async with self.database.reading() as session:
            return await session.get_one(Case, case_id)

    async def set(self, case_id: str, **values: object) -> None:
        async with self.database.transaction() as session:
            await session.execute(update(Case).where(Case.id == case_id).values(**values))

    async def note(self, case_id: str, kind: str, staff_id: str) -> None:
        """Somebody did something in the case."""
        async with self.database.transaction() as session:
            case = await session.get_one(Case, case_id)
            add_event(session, case, kind, actor_staff_id=staff_id)
