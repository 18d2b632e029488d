"""Another home, window or skill group for somebody who is known already.

What a role reaches depends on where its holder stands: a supervisor's line on the home, a helper's
cases on the window, an agent's calls on the groups. So nobody moves by one person's file while a
role is held, or waits to be decided: it is ended first, by two, and given anew at the new place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import tables
from casework.counties import county_organisation
from casework.importing.county import KnownCounty
from casework.importing.problems import Report
from casework.importing.staff import STAFF, ParsedStaff
from casework.journal.acts import Act, add_entry
from casework.sign_in import SignedIn
from casework.staff import StaffMember
from casework.vocabulary import RoleChangeState

Groups = Mapping[str, frozenset[str]]
"""Ids of the skill groups by staff id; who has none is left out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands, by ids."""

    home: str
    window: str | None
    groups: frozenset[str]

    def reaches_beyond(self, held: "Place") -> list[str]:
        """The columns of the file by which more, or something else, is reached than before."""
        wider = {
            "organisation": self.home != held.home,
            "window": self.window not in (None, held.window),
            "skill_groups": not self.groups <= held.groups,
        }
        return [column for column, differs in wider.items() if differs]


def place_of(person: tables.StaffMember, groups: Groups) -> Place:
    return Place(person.organisation_id, person.window_id, groups.get(person.id, frozenset()))


async def load_groups(session: AsyncSession, county_id: str) -> Groups:
    member = tables.SkillGroupMember
    found: dict[str, frozenset[str]] = {}
    for row in await session.scalars(select(member).where(member.county_id == county_id)):
        found[row.staff_id] = found.get(row.staff_id, frozenset()) | {row.skill_group_id}
    return found


async def load_waiting(session: AsyncSession, county_id: str) -> frozenset[str]:
    """Ids of those of whom a change of roles waits to be decided."""
    row = tables.RoleChange
    waiting = select(row.staff_id).where(
        row.county_id == county_id, row.state == RoleChangeState.PROPOSED
    )
    return frozenset(await session.scalars(waiting))


def check_nobody_moves(
    parsed: ParsedStaff,
    stored: Mapping[str, tables.StaffMember],
    groups: Groups,
    bound: Collection[str],
    known: KnownCounty,
    report: Report,
) -> None:
    """:param bound: ids of those who hold a role, or of whom a change of roles waits."""
    for row in parsed.members:
        person = stored.get(row.value.username)
        wanted = _wanted(row.value, known)
        if person is None or wanted is None or person.id not in bound:
            continue
        for column in wanted.reaches_beyond(place_of(person, groups)):
            report.add(
                STAFF.key, row.row, column,
                "此人已有角色或有待确认的角色变更，不能由一人调动：请先在“角色权限”中结束现有角色"
                "（由安全管理员确认），再导入新的位置，角色届时重新提出并确认",
                "Somebody who holds a role, or of whom one waits, is not moved by one person: end the "
                "role on the page “Roles” first, then import the new place; the role is proposed anew",
            )  # fmt: skip


def _wanted(member: StaffMember, known: KnownCounty) -> Place | None:
    """``None``: the row names what is not there, which is told elsewhere."""
    home = known.organisations.get(member.organisation_id)
    window = known.windows.get(member.window_id) if member.window_id else None
    groups = [known.groups.get(letters) for letters in member.skill_groups]
    if home is None or (member.window_id and window is None) or None in groups:
        return None
    ids = frozenset(group.id for group in groups if group is not None)
    return Place(home.id, None if window is None else window.id, ids)


async def note_move(
    session: AsyncSession,
    person: tables.StaffMember,
    before: Place,
    after: Place,
    importer: SignedIn | None,
) -> None:
    """For the home that is left and for the one that takes over: each reads its own entries."""
    county = await county_organisation(session, person.county_id)
    for home in dict.fromkeys((before.home, after.home)):
        await add_entry(
            session,
            Act(
                what="staff.moved",
                county_id=person.county_id,
                home_organisation_id=home,
                county_organisation_id=county.id,
                actor_staff_id=None if importer is None else importer.staff_id,
                window_id=after.window,
                evidence={
                    "staff_id": person.id,
                    "from_organisation_id": before.home,
                    "to_organisation_id": after.home,
                    "from_window_id": before.window,
                    "from_skill_group_ids": [*sorted(before.groups)],
                    "to_skill_group_ids": [*sorted(after.groups)],
                },
            ),
        )
