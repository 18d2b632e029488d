"""Pages go with the recordings of their case, not before and not without a trace."""

import json

import pytest
from sqlalchemy import select, update

from casework.database import read_clock
from casework.errors import Expired
from casework.page_files import PageFiles
from casework.pages import read_rendition
from casework.tables import Case, CasePage, ServiceItem
from recording.keeping.page_expiry import PageExpiry
from recording.keeping.retention import years_after
from tests.recording.keeping.recorded_call import Desk
from tests.signaling.edge.test_mandates import page


async def take_page(desk: Desk, files: PageFiles) -> str:
    """Of the call's case, with its bytes on disk; the name of its folder."""
    page_id = await page(desk.edge, desk.case_id)
    name = files.new_name()
    files.keep(name, b"original", [b"rendition"])
    async with desk.database.transaction() as session:
        await session.execute(update(CasePage).where(CasePage.id == page_id).values(file_name=name))
    return name


async def age_case(desk: Desk, years: int) -> None:
    async with desk.database.transaction() as session:
        since = years_after(await read_clock(session), -years) - 86_400_000
        await session.execute(update(Case).values(changed_ms=since))


async def test_a_cases_pages_are_let_go_once_nothing_of_it_is_kept_any_more(desk: Desk) -> None:
    files = desk.edge.context.page_files
    expiry, name = PageExpiry(desk.database, files), await take_page(desk, files)
    await age_case(desk, 4)
    assert await expiry.sweep() == 0, "its term is five years"
    await age_case(desk, 6)
    assert await expiry.sweep() == 0, "a recording of its call is still there"
    await desk.age(6)
    assert await desk.expiry.sweep() == 1
    assert await expiry.sweep() == 1
    assert await expiry.sweep() == 0
    with pytest.raises(FileNotFoundError):
        files.read(name, "original")
    async with desk.database.reading() as session:
        row = (await session.scalars(select(CasePage))).one()
    assert (row.file_name, row.sha256) == ("", "0" * 64)
    with pytest.raises(Expired):
        await read_rendition(files, row)
    (entry,) = await desk.entries("case.pages_expired")
    assert [one["page_id"] for one in entry["evidence"]["pages"]] == [row.id]
    assert name not in json.dumps(entry)


async def test_permanent_pages_and_held_ones_stay(light_desk: Desk) -> None:
    desk = light_desk
    files = desk.edge.context.page_files
    expiry, name = PageExpiry(desk.database, files), await take_page(desk, files)
    await desk.age(60)
    assert await desk.expiry.sweep() == 1
    await age_case(desk, 60)
    async with desk.database.transaction() as session:
        await session.execute(update(ServiceItem).values(retention_class="permanent"))
    assert await expiry.sweep() == 0
    assert files.read(name, "original") == b"original"
