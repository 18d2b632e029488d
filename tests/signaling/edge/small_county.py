"""A county of two towns for the tests of the edge: one person of every role, four items, a call."""

from dataclasses import dataclass, field

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, new_id
from casework.id_number import check_character
from casework.passwords import Passwords
from casework.tables import (
    Appointment,
    County,
    Grant,
    ItemMaterial,
    Organisation,
    ServiceItem,
    SkillGroup,
    StaffMember,
    StaffRole,
    Window,
)
from casework.vocabulary import Role
from signaling.tables import Call, CallCase, Offer, Ticket

PASSWORD = "correct horse battery"  # noqa: S105 - of invented people
ID_NUMBER = "44162519491001002" + check_character("44162519491001002")


def ids(*names: str) -> dict[str, str]:
    return {name: new_id() for name in names}


@dataclass
class SmallCounty:
    database: Database
    county_id: str = field(default_factory=new_id)
    code: str = "441625"
    organisations: dict[str, str] = field(
        default_factory=lambda: ids("county", "department", "north", "south", "village", "hamlet")
    )
    windows: dict[str, str] = field(default_factory=lambda: ids("village", "hamlet"))
    groups: dict[str, str] = field(default_factory=lambda: ids("K", "G"))
    items: dict[str, str] = field(
        default_factory=lambda: ids("pension", "town", "strict", "delegated")
    )
    materials: dict[str, str] = field(default_factory=lambda: ids("card", "photo"))
    staff: dict[str, str] = field(default_factory=dict)
    """Username → id: every role under its own name, and some more."""
    appointments: dict[str, str] = field(default_factory=dict)
    """Of the helpers, each at the own window."""
    grants: dict[tuple[str, str], str] = field(default_factory=dict)
    """Helper and item → id."""

    async def found(self, passwords: Passwords) -> None:
        password_hash = await passwords.hash(PASSWORD)
        async with self.database.transaction() as session:
            session.add(
                County(
                    id=self.county_id,
                    code=self.code,
                    name="东源县",
                    name_en="Dongyuan",
                    created_ms=0,
                )
            )
            await session.flush()
            for name, kind, parent in (
                ("county", "county", None),
                ("department", "department", "county"),
                ("north", "town", "county"),
                ("south", "town", "county"),
                ("village", "village", "north"),
                ("hamlet", "village", "south"),
            ):
                session.add(self._organisation(name, kind, parent))
                await session.flush()
            session.add_all([self._window(name) for name in self.windows])
            session.add_all([self._group("K"), self._group("G")])
            await session.flush()
            session.add_all([self._item(name) for name in self.items])
            await session.flush()
            session.add_all(self._materials())
            for role in Role:
                home = {Role.HELPER: "village", Role.HOME_SUPERVISOR: "north"}.get(role, "county")
                window = "village" if role is Role.HELPER else None
                self._add_staff(session, role, role, home, window, password_hash)
            for name, role, home, window in (
                ("helper2", Role.HELPER, "hamlet", "hamlet"),
                ("agent2", Role.AGENT, "county", None),
                ("south_supervisor", Role.HOME_SUPERVISOR, "south", None),
                ("security_administrator_2", Role.SECURITY_ADMINISTRATOR, "county", None),
            ):
                self._add_staff(session, name, role, home, window, password_hash)
            await session.flush()
            for helper, place, home in (
                ("helper", "village", "home_supervisor"),
                ("helper2", "hamlet", "south_supervisor"),
            ):
                await self._lend(session, helper, place, home)

    async def _lend(self, session: AsyncSession, helper: str, place: str, home: str) -> None:
        """An appointment and a grant for each item, signed by both lines."""
        appointment_id = self.appointments[helper] = new_id()
        common = {
            "county_id": self.county_id,
            "staff_id": self.staff[helper],
            "window_id": self.windows[place],
            "home_organisation_id": self.organisations[place],
            "county_organisation_id": self.organisations["county"],
        }
        session.add(
            Appointment(
                id=appointment_id,
                **common,
                state="appointed",
                nominated_by_staff_id=self.staff[home],
                nominated_ms=0,
                decided_by_staff_id=self.staff["county_supervisor"],
                decided_ms=0,
            )
        )
        await session.flush()
        for name in self.items:
            grant_id = self.grants[helper, name] = new_id()
            session.add(
                Grant(
                    id=grant_id,
                    **common,
                    appointment_id=appointment_id,
                    item_code=name.upper(),
                    from_ms=0,
                    until_ms=10**15,
                    document_number="东政数〔2026〕1号",
                    state="signed",
                    home_signed_by_staff_id=self.staff[home],
                    home_signed_ms=0,
                    county_signed_by_staff_id=self.staff["county_supervisor"],
                    county_signed_ms=0,
                    created_ms=0,
                )
            )

    def _organisation(self, name: str, kind: str, parent: str | None) -> Organisation:
        return Organisation(
            id=self.organisations[name],
            county_id=self.county_id,
            parent_id=parent and self.organisations[parent],
            kind=kind,
            code=name,
            name=name,
            name_en=name.title(),
        )

    def _window(self, name: str) -> Window:
        return Window(
            id=self.windows[name],
            county_id=self.county_id,
            organisation_id=self.organisations[name],
            code=name,
            name=f"{name}窗口",
            name_en=f"{name} window",
            kind="joint",
            place="",
        )

    def _group(self, letters: str) -> SkillGroup:
        return SkillGroup(
            id=self.groups[letters],
            county_id=self.county_id,
            organisation_id=self.organisations["county"],
            code=letters,
            name=letters,
            name_en=letters,
            letters=letters,
            general=letters == "G",
        )

    def _item(self, name: str) -> ServiceItem:
        town = name == "town"
        titles = {
            "pension": "养老待遇资格认证",
            "town": "生育登记",
            "strict": "社保卡申领",
            "delegated": "残疾人证申领",
        }
        readings = {
            "pension": "yang lao dai yu zi ge ren zheng",
            "town": "sheng yu deng ji",
            "strict": "she bao ka shen ling",
            "delegated": "can ji ren zheng shen ling",
        }
        return ServiceItem(
            id=self.items[name],
            county_id=self.county_id,
            code=name.upper(),
            version=1,
            current=True,
            name=titles[name],
            name_en=f"{name} item",
            pinyin=readings[name],
            initials="",
            department_id=self.organisations["department"],
            skill_group_id=self.groups["K"],
            receiving_levels=["county", "town", "village"],
            video_level="town" if town else "county",
            deciding_rule="registered_town" if town else "fixed",
            deciding_organisation_id=None if town else self.organisations["department"],
            authority_source="",
            authority_document="",
            modes=["advice", "assisted", *(["delegated"] if name == "delegated" else [])],
            immediate=True,
            joint=name == "delegated",
            delegated=name == "delegated",
            cross_area=town,
            consent_policy="no_call" if name == "strict" else "advice_only",
            guide={"conditions": "年满60周岁"},
            created_ms=0,
        )

    def _materials(self) -> list[ItemMaterial]:
        return [
            ItemMaterial(
                id=self.materials[name],
                county_id=self.county_id,
                item_id=self.items["pension"],
                position=position,
                name=name,
                name_en=name,
                requirement=requirement,
            )
            for position, (name, requirement) in enumerate(
                (("card", "required"), ("photo", "may_follow"))
            )
        ]

    def _add_staff(
        self,
        session: object,
        username: str,
        role: Role,
        home: str,
        window: str | None,
        password_hash: str,
    ) -> None:
        staff_id = self.staff[username] = new_id()
        add = session.add  # type: ignore[attr-defined]
        add(
            StaffMember(
                id=staff_id,
                county_id=self.county_id,
                organisation_id=self.organisations[home],
                window_id=window and self.windows[window],
                username=username,
                name=f"姓名{username}",
                name_en=username.title(),
                password_hash=password_hash,
                created_ms=0,
            )
        )
        add(
            StaffRole(
                county_id=self.county_id,
                staff_id=staff_id,
                role=role,
                source="demo",
                granted_ms=0,
            )
        )

    async def call(
        self, case_id: str, agent: str = "agent", *, recorded: bool = True, may_decide: bool = True
    ) -> str:
        """A live call about the case; its id."""
        call_id, ticket_id, offer_id = new_id(), new_id(), new_id()
        common = {"county_id": self.county_id, "window_id": self.windows["village"]}
        async with self.database.transaction() as session:
            session.add(
                Ticket(
                    id=ticket_id,
                    **common,
                    county_day=20261122,
                    letters="K",
                    number=int(new_id()[-6:], 16),
                    case_id=case_id,
                    helper_staff_id=self.staff["helper"],
                    skill_group_id=self.groups["K"],
                    level="county",
                    state="serving",
                    arrived_ms=0,
                    effective_ms=0,
                    level_since_ms=0,
                    reach="group",
                    window_seen_ms=0,
                )
            )
            await session.flush()
            session.add(
                Offer(
                    id=offer_id,
                    county_id=self.county_id,
                    ticket_id=ticket_id,
                    staff_id=self.staff[agent],
                    state="serving",
                    may_decide=may_decide,
                    deadline_ms=0,
                    created_ms=0,
                )
            )
            await session.flush()
            session.add(
                Call(
                    id=call_id,
                    **common,
                    ticket_id=ticket_id,
                    offer_id=offer_id,
                    helper_staff_id=self.staff["helper"],
                    agent_staff_id=self.staff[agent],
                    node_id="a",
                    state="live",
                    recorded=recorded,
                    may_decide=may_decide,
                    home_organisation_id=self.organisations["village"],
                    county_organisation_id=self.organisations["county"],
                    started_ms=10**15,
                )
            )
            await session.flush()
            session.add(CallCase(call_id=call_id, case_id=case_id, county_id=self.county_id))
        return call_id

    async def end_call(self, call_id: str) -> None:
        async with self.database.transaction() as session:
            await session.execute(update(Call).where(Call.id == call_id).values(state="ended"))
            for table, state in ((Ticket, "served"), (Offer, "ended")):
                of_county = table.county_id == self.county_id
                await session.execute(update(table).where(of_county).values(state=state))
