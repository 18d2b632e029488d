"""One file from its bytes to the database: what the command line and the pages call."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from casework.database import Database
from casework.importing.county import ImportResult
from casework.importing.items import ParsedItems, parse_items
from casework.importing.organisations import ParsedOrganisations, parse_organisations
from casework.importing.save_items import import_items
from casework.importing.save_organisations import import_organisations
from casework.importing.save_staff import import_staff
from casework.importing.sheets import Table, read_tables
from casework.importing.staff import ParsedStaff, parse_staff
from casework.sign_in import SignedIn


class ImportKind(StrEnum):
    ORGANISATIONS = "organisations"
    STAFF = "staff"
    ITEMS = "items"


Parsed = ParsedOrganisations | ParsedStaff | ParsedItems
PARSERS: Mapping[ImportKind, Callable[[Sequence[Table]], Parsed]] = {
    ImportKind.ORGANISATIONS: parse_organisations,
    ImportKind.STAFF: parse_staff,
    ImportKind.ITEMS: parse_items,
}


def parse_file(kind: ImportKind, content: bytes) -> Parsed:
    """Reads and checks a file by itself. Blocking, up to seconds for a large one.

    :raises ImportRefused: the file cannot be read at all.
    """
    return PARSERS[kind](read_tables(content))


async def import_file(
    database: Database,
    kind: ImportKind,
    content: bytes,
    *,
    county_id: str | None = None,
    importer: SignedIn | None = None,
) -> ImportResult:
    """Reads in a thread, then writes in one transaction: all of the file or nothing.

    :param importer: who is signed in; ``None``: at the machine.
    :raises ImportRefused: with every problem of the file.
    """
    parsed = await asyncio.to_thread(parse_file, kind, content)
    async with database.transaction() as session:
        match parsed:
            case ParsedOrganisations():
                return await import_organisations(
                    session, parsed, county_id=county_id, on_page=importer is not None
                )
            case ParsedStaff():
                return await import_staff(session, parsed, county_id=county_id, importer=importer)
            case ParsedItems():
                return await import_items(session, parsed, county_id=county_id)
