"""Pages taken: the upload from the window, and the rendition that the others see."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import read_clock
from casework.errors import Conflict
from casework.pages import NewPage, finish_page, read_rendition, receive_part, start_page
from casework.tables import Case
from casework.vocabulary import CaseState
from signaling.case_views import page_view
from signaling.edge.route import Asked
from signaling.edge.scope import live_call_of, visible_case, visible_page
from signaling.wire.api import PageStarted, PartPlace
from signaling.wire.views import PageView


async def begin_page(asked: Asked[PageStarted]) -> PageView:
    """Announces a page with its length and hash; its bytes follow, a part at a time."""
    given = asked.given
    async with asked.context.database.transaction() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"), lock=True)
        if case.state == CaseState.CLOSED:
            raise Conflict("case.state", state=case.state)
        page = await start_page(session, case, await _new_page(session, case, given))
        view = page_view(page)
    await asked.context.page_changed(view.id)
    return view


async def _new_page(session: AsyncSession, case: Case, given: PageStarted) -> NewPage:
    call = await live_call_of(session, case.id)
    asked_for = given.request is not None
    return NewPage(
        kind=given.kind,
        sha256=given.sha256,
        total_bytes=given.total_bytes,
        media_type=given.media_type,
        material_id=given.material_id,
        replaces_page_id=given.replaces_page_id,
        call_id=call.id if call else None,
        position_ms=await read_clock(session) - call.started_ms if call else None,
        requested_by_staff_id=call.agent_staff_id if call and asked_for else None,
    )


async def put_part(asked: Asked[PartPlace]) -> PageView:
    """The bytes from ``offset`` on. The same part again changes nothing; the last part is answered
    when the page is checked and ready. After a lost connection, go on at ``received_bytes``.
    """
    context, page_id = asked.context, asked.id("page_id")
    async with context.database.reading() as session:
        page = await visible_page(session, asked.person, page_id)
    received = await receive_part(
        context.database, context.page_files, page, asked.given.offset, asked.body
    )
    try:
        if received == page.total_bytes:
            await finish_page(
                context.database, context.page_files, context.renderer, page, asked.person.staff_id
            )
    finally:
        await context.page_changed(page_id)
    if received < page.total_bytes:
        page.received_bytes = received
        return page_view(page)
    async with context.database.reading() as session:
        return page_view(await visible_page(session, asked.person, page_id))


async def show_page(asked: Asked[None]) -> PageView:
    """How far a page has come."""
    async with asked.context.database.reading() as session:
        return page_view(await visible_page(session, asked.person, asked.id("page_id")))


async def rendition(asked: Asked[None]) -> web.StreamResponse:
    """The page as a WebP of at most 2,560 px, made by the server; the original is never sent."""
    async with asked.context.database.reading() as session:
        page = await visible_page(session, asked.person, asked.id("page_id"))
    content = await read_rendition(asked.context.page_files, page)
    return web.Response(body=content, content_type="image/webp")
