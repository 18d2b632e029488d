"""Pages taken with the document camera: started, uploaded in parts, checked, rendered.

An upload survives a lost connection, a second try of the same part, and the end of the node: the
row says how many bytes are kept, and the client goes on from there, at any node. The last part
checks the hash and makes the rendition before it is answered.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.case_events import add_event
from casework.cases import lock_case
from casework.database import Database, new_id, now_ms
from casework.errors import Conflict, Expired, Invalid, NotFound
from casework.image_files import NotAPageError
from casework.materials.giving import give_page
from casework.moments import Moment
from casework.page_files import PageFiles, rendition_file
from casework.policy import may_see_case
from casework.rendition_worker import PDF
from casework.renditions import Renderer, Rendition, refused
from casework.sign_in import SignedIn
from casework.tables import Case, CaseMaterial, CasePage, ItemMaterial
from casework.vocabulary import PageFault, PageKind, PageState, Surface

PART_LIMIT_BYTES = 256 * 1024
PAGES_A_CASE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    kind: PageKind
    sha256: str
    total_bytes: int
    media_type: str
    material_id: str | None
    replaces_page_id: str | None
    uploaded: bool = False
    faults: Sequence[PageFault] = ()
    call_id: str | None = None
    position_ms: int | None = None
    """On the call's clock."""
    requested_by_staff_id: str | None = None


async def start_page(session: AsyncSession, case: Case, given: NewPage) -> CasePage:
    """A page of the case, without bytes yet.

    :param case: locked by this transaction; that the step is allowed is asked before.
    :raises Invalid: a PDF that was not uploaded; the material is not of this item, or the page to replace not of this case.
    :raises Conflict: the case has too many pages.
    """
    if given.media_type == PDF and not given.uploaded:
        raise Invalid("page.format")
    await _check_references(session, case, given)
    count = select(func.count()).where(CasePage.case_id == case.id)
    if ((await session.scalar(count)) or 0) >= PAGES_A_CASE:
        raise Conflict("page.too_many")
    page = CasePage(
        id=new_id(),
        county_id=case.county_id,
        case_id=case.id,
        call_id=given.call_id,
        material_id=given.material_id,
        requested_by_staff_id=given.requested_by_staff_id,
        replaces_page_id=given.replaces_page_id,
        kind=given.kind,
        state=PageState.UPLOADING,
        media_type=given.media_type,
        total_bytes=given.total_bytes,
        received_bytes=0,
        sha256=given.sha256,
        uploaded=given.uploaded,
        faults=sorted(set(given.faults)),
        file_name=PageFiles.new_name(),
        position_ms=given.position_ms,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        created_ms=now_ms(),
    )
    session.add(page)
    await session.flush()
    await session.refresh(page)
    return page


async def _check_references(session: AsyncSession, case: Case, given: NewPage) -> None:
    if given.material_id is not None:
        material = await session.get(ItemMaterial, given.material_id)
        if material is None or material.item_id != case.item_id:
            raise Invalid("page.material")
    if given.replaces_page_id is not None:
        replaced = await session.get(CasePage, given.replaces_page_id)
        if replaced is None or replaced.case_id != case.id:
            raise Invalid("page.replaces")


async def find_page(
    session: AsyncSession, person: SignedIn, page_id: str, served: Select[Any] | None = None
) -> CasePage:
    """The page, when the person may see its case; or, other than at a window, a case in which it is
    given again: a helper who enters anybody's number must not get at their earlier papers.

    :raises NotFound: absent, or not for this person.
    """
    given, earlier = aliased(CaseMaterial), aliased(CaseMaterial)
    given_again = (
        select(earlier.page_id)
        .join(given, given.earlier_id == earlier.id)
        .join(Case, Case.id == given.case_id)
        .where(may_see_case(person, served))
    )
    elsewhere = false() if person.surface is Surface.WINDOW else true()
    page = await session.scalar(
        select(CasePage)
        .join(Case, Case.id == CasePage.case_id)
        .where(
            CasePage.id == page_id,
            or_(
                may_see_case(person, served),
                and_(elsewhere, CasePage.id.in_(given_again)),
            ),
        )
    )
    if page is None:
        raise NotFound("page.not_found")
    return page


async def receive_part(
    database: Database, files: PageFiles, page: CasePage, offset: int, part: bytes
) -> int:
    """Keeps the part and answers how many bytes are kept in all; a part kept before changes nothing.

    :raises Invalid: empty, or beyond the page's length.
    :raises Conflict: not the next part; ``received_bytes`` says where to go on.
    """
    end = offset + len(part)
    if not part or offset < 0 or end > page.total_bytes:
        raise Invalid("page.part", total_bytes=page.total_bytes)
    async with database.transaction() as session:
        row = CasePage
        taken = await session.execute(
            update(row)
            .where(
                row.id == page.id, row.state == PageState.UPLOADING, row.received_bytes == offset
            )
            .values(received_bytes=end)
            .returning(row.id)
        )
        if taken.scalar_one_or_none() is not None:
            # Inside the transaction: the row is ours until the commit, and never promises bytes
            # that are not on the disk. A part left over from a crash is written over.
            await asyncio.to_thread(files.write_part, page.file_name, offset, part)
            return end
        query = select(row.received_bytes).where(row.id == page.id)
        received = (await session.execute(query)).scalar_one()
    if end > received:
        raise Conflict("page.offset", received_bytes=received)
    return received


async def finish_page(
    database: Database, files: PageFiles, renderer: Renderer, page: CasePage, moment: Moment
) -> None:
    """Checks a page whose bytes are all there, and makes it ready; twice does no harm. A page for a
    line of the checklist is given for it.

    :raises Invalid: the hash differs, or the bytes are no picture that we take; the page has
        failed, its bytes are dropped, and a new one must be started.
    :raises Unavailable: the rendition took too long; send the last part again.
    """
    if page.state != PageState.UPLOADING:
        return
    try:
        original = await asyncio.to_thread(files.join, page.file_name)
        if hashlib.sha256(original).hexdigest() != page.sha256:
            raise Invalid("page.sha256")
        renditions = await renderer.render(original, page.media_type)
    except NotAPageError as error:
        await _fail(database, files, page)
        raise refused(error) from None
    except Invalid:
        await _fail(database, files, page)
        raise
    except FileNotFoundError:
        # Somebody else finished this page meanwhile and dropped the parts.
        return
    contents = [rendition.content for rendition in renditions]
    await asyncio.to_thread(files.keep, page.file_name, original, contents)
    async with database.transaction() as session:
        case = await lock_case(session, page.case_id)
        if await _settle(session, page, PageState.READY, renditions):
            await _note_page(session, case, moment, page)
    await asyncio.to_thread(files.drop_parts, page.file_name)


async def _note_page(session: AsyncSession, case: Case, moment: Moment, page: CasePage) -> None:
    ready = await session.get_one(CasePage, page.id, populate_existing=True)
    body = {
        "page_id": ready.id,
        "sha256": ready.sha256,
        "rendition_sha256": ready.rendition_sha256,
    }
    add_event(
        session, case, "page.taken",
        actor_staff_id=moment.actor.staff_id, call_id=ready.call_id, body=body,
    )  # fmt: skip
    if ready.material_id is not None:
        await give_page(session, case, moment, ready, ready.material_id)


async def _fail(database: Database, files: PageFiles, page: CasePage) -> None:
    async with database.transaction() as session:
        failed = await _settle(session, page, PageState.FAILED, ())
    if failed:
        await asyncio.to_thread(files.drop_parts, page.file_name)


async def _settle(
    session: AsyncSession, page: CasePage, state: PageState, renditions: Sequence[Rendition]
) -> bool:
    """Whether this call settled it: two that finish the same page write one event."""
    row = CasePage
    values: dict[str, object] = {"state": state}
    if renditions:
        whole = b"".join(rendition.content for rendition in renditions)
        values |= {
            "rendition_sha256": hashlib.sha256(whole).hexdigest(),
            "width_px": renditions[0].width_px,
            "height_px": renditions[0].height_px,
            "sheets": len(renditions),
            "ready_ms": now_ms(),
        }
    settled = await session.execute(
        update(row)
        .where(row.id == page.id, row.state == PageState.UPLOADING)
        .values(**values)
        .returning(row.id)
    )
    return settled.scalar_one_or_none() is not None


async def read_rendition(files: PageFiles, page: CasePage, sheet: int = 1) -> bytes:
    """image/webp.

    :param sheet: of a PDF which page; counts from 1.
    :raises NotFound: it is not ready, or has no such sheet.
    :raises Expired: its term is over, and it was let go.
    """
    if not page.file_name:
        raise Expired("page.expired")
    if page.state != PageState.READY or not 1 <= sheet <= page.sheets:
        raise NotFound("page.not_ready")
    return await asyncio.to_thread(files.read, page.file_name, rendition_file(sheet))
