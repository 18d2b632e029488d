"""A county with a journal, for tests: rows that entries rest on, acts, and a sequencer's turns."""

from dataclasses import dataclass, field, replace

from casework.database import Database, new_id
from casework.journal.acts import Act, add_entry
from casework.journal.hashing import Hashing, hashing
from casework.journal.merkle import Frontier
from casework.journal.sequencing import found_journal, sequence_batch
from casework.tables import County, Organisation
from casework.vocabulary import JournalHash

BOOT = "11111111-1111-7111-8111-111111111111"


@dataclass
class JournalCounty:
    database: Database
    hash_name: JournalHash = JournalHash.SHA256
    code: str = "441625"
    county_id: str = field(default_factory=new_id)
    county_unit: str = field(default_factory=new_id)
    town: str = field(default_factory=new_id)
    frontier: Frontier = field(init=False)

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.hashing)

    @property
    def hashing(self) -> Hashing:
        return hashing(self.hash_name)

    @property
    def origin(self) -> str:
        return f"shipinban/journal/{self.code}"

    async def found(self) -> None:
        async with self.database.transaction() as session:
            county = County(
                id=self.county_id, code=self.code, name="东源县", name_en="Dongyuan", created_ms=0
            )
            session.add(county)
            await session.flush()
            for row_id, parent, kind in (
                (self.county_unit, None, "county"),
                (self.town, self.county_unit, "town"),
            ):
                session.add(
                    Organisation(
                        id=row_id,
                        county_id=self.county_id,
                        parent_id=parent,
                        kind=kind,
                        code=kind,
                        name=kind,
                        name_en=kind,
                    )
                )
                await session.flush()
            await found_journal(session, county, self.hash_name)

    def act(self, what: str = "case.opened", **changes: object) -> Act:
        act = Act(
            what=what,
            county_id=self.county_id,
            home_organisation_id=self.town,
            county_organisation_id=self.county_unit,
            actor_staff_id=None,
        )
        return replace(act, **changes)  # type: ignore[arg-type]

    async def add(self, count: int = 1, what: str = "case.opened", **changes: object) -> list[str]:
        """Entries, all of one transaction; their ids."""
        async with self.database.transaction() as session:
            return [await add_entry(session, self.act(what, **changes)) for _ in range(count)]

    async def sequence(self, *, limit: int = 500) -> int:
        """Numbers all that waits; the journal's size."""
        while True:
            grown = self.frontier.copy()
            async with self.database.transaction() as session:
                batch = await sequence_batch(session, self.county_id, BOOT, grown, limit=limit)
            if batch is None:
                return self.frontier.size
            self.frontier = grown
