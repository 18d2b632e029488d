"""A small county for the tests of queue and pairing, and a database clock that they turn by hand.

Groups: K (social security, county), G (general, county), T (of the town). Items: ``county`` is
decided by the department and asked of K; ``town`` is decided by the town, asked of T, and
overflows to K.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, ColumnElement, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, new_id
from casework.tables import (
    Case,
    Consent,
    County,
    OpeningHours,
    Organisation,
    ServiceItem,
    SkillGroup,
    SkillGroupMember,
    StaffMember,
    Subject,
    Window,
)
from signaling.bus import InProcessBus
from signaling.leases import LeaseRules, take_lease
from signaling.pairing.agents import attach, on_duty
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import CallBackPromised, Taken, take_ticket
from signaling.pairing.topics import announcing
from signaling.tables import Agent, Node, Offer, Ticket

MONDAY_NINE = 1_763_341_200_000
"""Monday 2025-11-17 09:00 in Asia/Shanghai."""
NODE = "node-a"


@dataclass
class Clock:
    """Stands in for the database's clock; the test turns it."""

    ms: int = MONDAY_NINE

    def now(self) -> ColumnElement[int]:
        return literal(self.ms, BigInteger)

    def turn(self, *, s: float = 0, ms: int = 0) -> None:
        self.ms += int(s * 1000) + ms


@dataclass
class TestCounty:
    """The rows of the county, and the steps that most tests begin with."""

    __test__ = False

    database: Database
    rules: PairingRules
    bus: InProcessBus = field(default_factory=InProcessBus)
    county_id: str = field(default_factory=new_id)
    centre: str = field(default_factory=new_id)
    department: str = field(default_factory=new_id)
    town: str = field(default_factory=new_id)
    village: str = field(default_factory=new_id)
    groups: dict[str, str] = field(default_factory=lambda: {x: new_id() for x in "KGT"})
    items: dict[str, str] = field(default_factory=lambda: {x: new_id() for x in ("county", "town")})
    helper: str = field(default_factory=new_id)
    made: int = 0

    async def found(self) -> None:
        """Writes the county itself."""
        async with self.database.transaction() as session:
            await session.execute(insert(County).values(self._county()))
            for organisation in self._organisations():
                await session.execute(insert(Organisation).values(organisation))
            await session.execute(insert(SkillGroup), self._groups())
            await session.execute(insert(ServiceItem), [self._item(kind) for kind in self.items])
            await session.execute(
                insert(StaffMember).values(self._staff(self.helper, self.village, "helper"))
            )
        await self.node_up()

    async def node_up(self, node_id: str = NODE) -> None:
        """A node that has been watching for long."""
        lease = LeaseRules(lease_ms=10**12, now=self.rules.now)
        async with self.database.transaction() as session:
            await take_lease(session, lease, node_id, new_id())
            await session.execute(
                update(Node).where(Node.id == node_id).values(held_since_ms=0, started_ms=0)
            )

    async def node_down(self, node_id: str = NODE) -> None:
        async with self.database.transaction() as session:
            await session.execute(update(Node).where(Node.id == node_id).values(lease_until_ms=0))

    async def new_window(self) -> str:
        window_id = new_id()
        self.made += 1
        async with self.database.transaction() as session:
            await session.execute(
                insert(Window).values(
                    id=window_id,
                    county_id=self.county_id,
                    organisation_id=self.village,
                    code=f"w{self.made}",
                    name=f"窗口{self.made}",
                    name_en=f"Window {self.made}",
                    kind="joint",
                    place="",
                )
            )
        return window_id

    async def new_case(
        self,
        window_id: str,
        item: str = "county",
        *,
        elderly: bool = False,
        consent: str | None = "yes",
    ) -> str:
        async with self.database.transaction() as session:
            subject = await self._subject(session, elderly=elderly)
            case_id = new_id()
            session.add(
                Case(
                    id=case_id,
                    county_id=self.county_id,
                    item_id=self.items[item],
                    window_id=window_id,
                    subject_id=subject,
                    present_name="测试",
                    present_relation="self",
                    mode="assisted",
                    state="draft",
                    opened_by_staff_id=self.helper,
                    home_organisation_id=self.village,
                    county_organisation_id=self.centre,
                    deciding_organisation_id=self.department if item == "county" else self.town,
                    created_ms=0,
                    changed_ms=0,
                )
            )
            await session.flush()
            if consent is not None:
                session.add(self._consent(case_id, consent))
        return case_id

    async def take(
        self,
        item: str = "county",
        *,
        elderly: bool = False,
        window_id: str | None = None,
        consent: str | None = "yes",
    ) -> str:
        """A new case of a new window in the queue; id of the ticket."""
        window_id = window_id or await self.new_window()
        case_id = await self.new_case(window_id, item, elderly=elderly, consent=consent)
        taken = await self.take_case(case_id, window_id)
        assert isinstance(taken, Taken)
        return taken.ticket_id

    async def take_case(self, case_id: str, window_id: str) -> Taken | CallBackPromised:
        async with self.announcing() as session:
            return await take_ticket(session, self.rules, case_id, window_id, self.helper, NODE)

    async def new_agent(self, *letters: str, town: bool = False) -> str:
        """A member of the groups, not yet on duty."""
        staff_id = new_id()
        self.made += 1
        home = self.town if town else self.centre
        async with self.database.transaction() as session:
            await session.execute(
                insert(StaffMember).values(self._staff(staff_id, home, f"agent{self.made}"))
            )
            for letter in letters:
                await session.execute(
                    insert(SkillGroupMember).values(
                        county_id=self.county_id,
                        skill_group_id=self.groups[letter],
                        staff_id=staff_id,
                    )
                )
        return staff_id

    async def sit_down(self, staff_id: str, node_id: str = NODE) -> str:
        """Opens a console and goes on duty; id of the socket."""
        socket_id = new_id()
        async with self.announcing() as session:
            await attach(session, self.rules, staff_id, node_id, socket_id)
            await on_duty(session, self.rules, staff_id, socket_id)
        return socket_id

    async def agent(self, *letters: str, town: bool = False) -> str:
        """A new agent on duty."""
        staff_id = await self.new_agent(*letters, town=town)
        await self.sit_down(staff_id)
        return staff_id

    @asynccontextmanager
    async def announcing(self) -> AsyncIterator[AsyncSession]:
        async with announcing(self.database, self.bus) as session:
            yield session

    async def dispatch(self) -> None:
        """What a dispatcher does until nothing is left to do."""
        dispatcher = Dispatcher(self.database, self.bus, self.rules)
        while await dispatcher.look():
            pass

    async def keep_alive(self) -> None:
        """Heartbeats of all windows and consoles that were there before."""
        async with self.database.transaction() as session:
            await session.execute(update(Agent).values(heartbeat_ms=self.rules.now()))
            await session.execute(update(Ticket).values(window_seen_ms=self.rules.now()))

    async def ticket(self, ticket_id: str) -> Ticket:
        async with self.database.reading() as session:
            return await session.get_one(Ticket, ticket_id)

    async def agent_row(self, staff_id: str) -> Agent:
        async with self.database.reading() as session:
            return await session.get_one(Agent, staff_id)

    async def ringing(self) -> dict[str, str]:
        """Ticket → agent, of the offers that ring."""
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Offer.ticket_id, Offer.staff_id).where(Offer.state == "ringing")
            )
            return dict(rows.all())

    async def offer_of(self, ticket_id: str) -> str:
        async with self.database.reading() as session:
            offer_id = await session.scalar(
                select(Offer.id).where(Offer.ticket_id == ticket_id, Offer.state == "ringing")
            )
        assert offer_id is not None
        return offer_id

    async def open_hours(self, weekday: int, opens_minute: int, closes_minute: int) -> None:
        async with self.database.transaction() as session:
            session.add(
                OpeningHours(
                    county_id=self.county_id,
                    organisation_id=self.centre,
                    weekday=weekday,
                    opens_minute=opens_minute,
                    closes_minute=closes_minute,
                )
            )

    async def _subject(self, session: AsyncSession, *, elderly: bool) -> str:
        subject = Subject(
            id=new_id(),
            county_id=self.county_id,
            name="测试",
            id_number_sealed=b"",
            id_number_index=b"",
            phone_sealed=b"",
            phone_index=b"",
            elderly=elderly,
            created_ms=0,
        )
        session.add(subject)
        await session.flush()
        return subject.id

    def _consent(self, case_id: str, answer: str) -> Consent:
        return Consent(
            county_id=self.county_id,
            case_id=case_id,
            text_version="1",
            language="zh-CN",
            asked_by_staff_id=self.helper,
            answered_by="present_person",
            answer=answer,
            home_organisation_id=self.village,
            county_organisation_id=self.centre,
            at_ms=0,
        )

    def _county(self) -> dict[str, object]:
        return {
            "id": self.county_id,
            "code": "441625",
            "name": "测试县",
            "name_en": "Test County",
            "timezone": "Asia/Shanghai",
            "created_ms": 0,
        }

    def _organisations(self) -> Sequence[dict[str, object]]:
        rows = (
            (self.centre, None, "county"),
            (self.department, self.centre, "department"),
            (self.town, self.centre, "town"),
            (self.village, self.town, "village"),
        )
        return [
            {
                "id": key,
                "county_id": self.county_id,
                "parent_id": parent,
                "kind": kind,
                "code": kind,
                "name": kind,
                "name_en": kind,
                "active": True,
            }
            for key, parent, kind in rows
        ]

    def _groups(self) -> list[dict[str, object]]:
        return [
            {
                "id": key,
                "county_id": self.county_id,
                "organisation_id": self.town if letter == "T" else self.centre,
                "code": letter,
                "name": f"{letter}组",
                "name_en": f"Group {letter}",
                "letters": letter,
                "general": letter == "G",
            }
            for letter, key in self.groups.items()
        ]

    def _item(self, kind: str) -> dict[str, object]:
        town = kind == "town"
        return {
            "id": self.items[kind],
            "county_id": self.county_id,
            "code": kind,
            "version": 1,
            "current": True,
            "name": kind,
            "name_en": kind,
            "pinyin": kind,
            "initials": kind,
            "department_id": self.department,
            "skill_group_id": self.groups["K"],
            "receiving_levels": ["village"],
            "video_level": "town" if town else "county",
            "deciding_rule": "registered_town" if town else "fixed",
            "deciding_organisation_id": None if town else self.department,
            "authority_source": "",
            "authority_document": "",
            "modes": ["assisted"],
            "immediate": True,
            "joint": True,
            "delegated": False,
            "cross_area": False,
            "consent_policy": "advice_only",
            "guide": {},
            "created_ms": 0,
        }

    def _staff(self, staff_id: str, home: str, username: str) -> dict[str, object]:
        return {
            "id": staff_id,
            "county_id": self.county_id,
            "organisation_id": home,
            "username": username,
            "name": username,
            "name_en": username,
            "kind": "staff",
            "active": True,
            "epoch": 1,
            "created_ms": 0,
        }
