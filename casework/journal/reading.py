"""Finding entries, as supervision and auditors read them: what the leaf says, never a copy of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.policy import may_read_journal
from casework.sign_in import SignedIn
from casework.tables import (
    Case,
    JournalEntry,
    JournalLeaf,
    JournalPersonal,
    JournalWaiting,
    Organisation,
    StaffMember,
)

PAGE_SIZE = 50


def result_of(leaf: str) -> str:
    return str(json.loads(leaf)["result"])


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    case_number: str | None = None
    actor: str | None = None
    """A person's name or user name."""
    what: str | None = None
    """Whole, or a beginning such as ``case.``."""
    organisation_id: str | None = None
    """Of either line, or a town with its villages."""
    from_ms: int | None = None
    to_ms: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class FoundEntry:
    entry_id: str
    body: dict[str, Any]
    """The leaf, read."""
    sequence: int | None
    """``None`` while it waits for its number."""
    actor_name: str
    case_number: str
    home_organisation: Organisation | None
    county_organisation: Organisation | None


def _conditions(person: SignedIn, wanted: EntryFilter) -> list[ColumnElement[bool]]:
    entry = JournalEntry
    conditions = [may_read_journal(person, entry.county_id, entry.home_organisation_id)]
    if wanted.case_number:
        cases = select(Case.id).where(
            Case.county_id == person.county_id, Case.number == wanted.case_number.strip()
        )
        conditions.append(entry.case_id.in_(cases))
    if wanted.actor:
        name = wanted.actor.strip()
        people = select(StaffMember.id).where(
            StaffMember.county_id == person.county_id,
            or_(
                StaffMember.name.contains(name, autoescape=True),
                StaffMember.username == name.lower(),
            ),
        )
        conditions.append(entry.actor_staff_id.in_(people))
    if wanted.what:
        conditions.append(entry.what.startswith(wanted.what, autoescape=True))
    if wanted.organisation_id:
        unit = wanted.organisation_id
        below = select(Organisation.id).where(
            or_(Organisation.id == unit, Organisation.parent_id == unit)
        )
        conditions.append(
            or_(
                entry.home_organisation_id.in_(below),
                entry.county_organisation_id == unit,
            )
        )
    if wanted.from_ms is not None:
        conditions.append(entry.at_ms >= wanted.from_ms)
    if wanted.to_ms is not None:
        conditions.append(entry.at_ms < wanted.to_ms)
    return conditions


async def find_entries(
    session: AsyncSession, person: SignedIn, wanted: EntryFilter
) -> tuple[Sequence[FoundEntry], bool]:
    """One page, the latest first, and whether there is another."""
    rows = await session.scalars(
        select(JournalEntry)
        .where(*_conditions(person, wanted))
        .order_by(JournalEntry.at_ms.desc(), JournalEntry.id.desc())
        .limit(PAGE_SIZE + 1)
        .offset((wanted.page - 1) * PAGE_SIZE)
    )
    entries = rows.all()
    return await _with_names(session, entries[:PAGE_SIZE]), len(entries) > PAGE_SIZE


async def find_entry(session: AsyncSession, person: SignedIn, entry_id: str) -> FoundEntry:
    """:raises NotFound: absent, or of another line."""
    entry = await session.scalar(
        select(JournalEntry).where(
            JournalEntry.id == entry_id,
            may_read_journal(person, JournalEntry.county_id, JournalEntry.home_organisation_id),
        )
    )
    if entry is None:
        raise NotFound("journal.entry")
    (found,) = await _with_names(session, [entry])
    return found


async def _with_names(session: AsyncSession, entries: Sequence[JournalEntry]) -> list[FoundEntry]:
    ids = [entry.id for entry in entries]
    bodies = [json.loads(entry.leaf) for entry in entries]
    places = await session.execute(
        select(JournalLeaf.entry_id, JournalLeaf.sequence).where(JournalLeaf.entry_id.in_(ids))
    )
    sequences = {row.entry_id: row.sequence for row in places}
    people = await session.execute(
        select(StaffMember.id, StaffMember.name).where(
            StaffMember.id.in_({body["actor_staff_id"] for body in bodies})
        )
    )
    names = {row.id: row.name for row in people}
    cases = await session.execute(
        select(Case.id, Case.number).where(Case.id.in_({body["case_id"] for body in bodies}))
    )
    numbers = {row.id: row.number for row in cases}
    wanted = {
        body[line] for body in bodies for line in ("home_organisation_id", "county_organisation_id")
    }
    units = {
        unit.id: unit
        for unit in await session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    }
    return [
        FoundEntry(
            entry_id=body["id"],
            body=body,
            sequence=sequences.get(body["id"]),
            actor_name=names.get(body["actor_staff_id"], ""),
            case_number=numbers.get(body["case_id"]) or "",
            home_organisation=units.get(body["home_organisation_id"]),
            county_organisation=units.get(body["county_organisation_id"]),
        )
        for body in bodies
    ]


async def personal_fields(session: AsyncSession, entry_id: str) -> Sequence[JournalPersonal]:
    """What has not been erased."""
    rows = await session.scalars(
        select(JournalPersonal)
        .where(JournalPersonal.entry_id == entry_id)
        .order_by(JournalPersonal.field)
    )
    return rows.all()


async def waiting_entries(session: AsyncSession, county_id: str) -> int:
    """How many have no number yet."""
    count = select(func.count()).where(JournalWaiting.county_id == county_id)
    return (await session.scalar(count)) or 0
