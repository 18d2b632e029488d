"""The demo county: an invented staff, and a catalogue with the figures that were published.

The files in ``county/`` go through the same import as any county's own, so the demo is also the
example of what a file looks like.
"""

import asyncio
from dataclasses import dataclass
from importlib import resources
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.importing.files import ImportKind
from casework.importing.items import ParsedItems, parse_items
from casework.importing.organisations import ParsedOrganisations, parse_organisations
from casework.importing.save_items import import_items
from casework.importing.save_organisations import import_organisations
from casework.importing.save_staff import import_staff
from casework.importing.sheets import read_tables
from casework.importing.staff import ParsedStaff, parse_staff
from casework.importing.staff_roles import RoleSource
from casework.passwords import Passwords, random_password
from casework.tables import County, StaffMember
from casework.vocabulary import Role, Surface
from shipinban.demo.authority import lend_authority

COUNTY_CODE: Final = "441625"
DEMO_ACCOUNTS: Final = (
    ("helper", Role.HELPER, Surface.WINDOW),
    ("county-agent", Role.AGENT, Surface.CONSOLE),
    ("town-agent", Role.AGENT, Surface.CONSOLE),
    ("home-supervisor", Role.HOME_SUPERVISOR, Surface.SUPERVISION),
    ("huang.guanghui", Role.HOME_SUPERVISOR, Surface.SUPERVISION),
    ("county-supervisor", Role.COUNTY_SUPERVISOR, Surface.SUPERVISION),
    ("fang.zhihao", Role.COUNTY_SUPERVISOR, Surface.SUPERVISION),
    ("chief-county-supervisor", Role.CHIEF_COUNTY_SUPERVISOR, Surface.SUPERVISION),
    ("coordinator", Role.COORDINATOR, Surface.SUPERVISION),
    ("system-administrator", Role.SYSTEM_ADMINISTRATOR, Surface.SUPERVISION),
    ("security-administrator", Role.SECURITY_ADMINISTRATOR, Surface.SUPERVISION),
    ("security-administrator-2", Role.SECURITY_ADMINISTRATOR, Surface.SUPERVISION),
    ("auditor", Role.AUDITOR, Surface.SUPERVISION),
)
"""Who gets a password; everybody else of the demo county cannot sign in. Whoever may be given the
review of the demo helper's cases is among them, since the lot decides who it is."""


@dataclass(frozen=True, slots=True)
class Credential:
    """``password`` is ``None`` when it was made by an earlier load: only its hash is kept."""

    username: str
    role: Role
    surface: Surface
    password: str | None


async def load_demo(
    session: AsyncSession, passwords: Passwords, *, new_passwords: bool = False
) -> list[Credential]:
    """Imports the demo county, lends its helpers the county's authority, and gives each demo
    account a random password, once.

    Idempotent: a second load changes nothing and returns no passwords, unless ``new_passwords``
    asks for fresh ones (which ends the sign-ins made before).
    """
    organisations, staff, items = await asyncio.to_thread(parse_demo)
    await import_organisations(session, organisations)
    county_id = await session.scalar(select(County.id).where(County.code == COUNTY_CODE))
    await import_staff(session, staff, county_id=county_id, source=RoleSource.DEMO)
    await import_items(session, items, county_id=county_id)
    assert county_id is not None  # noqa: S101 - made by the first import
    await lend_authority(session, county_id)
    people = await session.scalars(
        select(StaffMember).where(
            StaffMember.county_id == county_id,
            StaffMember.username.in_([username for username, _, _ in DEMO_ACCOUNTS]),
        )
    )
    return await _give_passwords(
        {person.username: person for person in people}, passwords, new_passwords
    )


def parse_demo() -> tuple[ParsedOrganisations, ParsedStaff, ParsedItems]:
    """The three files, read and checked. Blocking."""
    return (
        parse_organisations(read_tables(read_demo_file(ImportKind.ORGANISATIONS))),
        parse_staff(read_tables(read_demo_file(ImportKind.STAFF))),
        parse_items(read_tables(read_demo_file(ImportKind.ITEMS))),
    )


def read_demo_file(kind: ImportKind) -> bytes:
    return (resources.files("shipinban.demo") / "county" / f"{kind}.csv").read_bytes()


async def _give_passwords(
    people: dict[str, StaffMember], passwords: Passwords, anew: bool
) -> list[Credential]:
    credentials = []
    for username, role, surface in DEMO_ACCOUNTS:
        person = people[username]
        password = None
        if anew or person.password_hash is None:
            password = random_password()
            person.password_hash = await passwords.hash(password)
            person.epoch += 1
        credentials.append(Credential(username, role, surface, password))
    return credentials
