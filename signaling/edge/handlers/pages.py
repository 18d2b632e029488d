"""Pages taken and files brought along: the upload from the window, and what the others see."""

from aiohttp import web

from casework.authority.steps import StepKind
from casework.errors import Conflict
from casework.moments import Moment, permitted
from casework.pages import NewPage, finish_page, read_rendition, receive_part, start_page
from casework.vocabulary import CaseState
from signaling.acting_now import acting_now
from signaling.case_views import page_view, views_of_pages
from signaling.edge.route import Asked
from signaling.edge.scope import visible_case, visible_page
from signaling.wire.api import PageStarted, PartPlace
from signaling.wire.materials import SheetAsked
from signaling.wire.views import PageView


async def begin_page(asked: Asked[PageStarted]) -> PageView:
    """Announces a page or file with its length and hash; its bytes follow, a part at a time."""
    given, person = asked.given, asked.person
    async with asked.context.database.transaction() as session:
        case = await visible_case(session, person, asked.id("case_id"), lock=True)
        if case.state == CaseState.CLOSED:
            raise Conflict("case.state", state=case.state)
        moment = await acting_now(session, person, case.id)
        await permitted(session, case, moment, StepKind.ADD_MATERIAL)
        page = await start_page(session, case, _new_page(given, moment))
        view = page_view(page)
    await asked.context.page_changed(view.id)
    return view


def _new_page(given: PageStarted, moment: Moment) -> NewPage:
    asked_for = moment.call is not None and given.request is not None
    return NewPage(
        kind=given.kind,
        sha256=given.sha256,
        total_bytes=given.total_bytes,
        media_type=given.media_type,
        material_id=given.material_id,
        replaces_page_id=given.replaces_page_id,
        uploaded=given.uploaded,
        faults=given.faults,
        call_id=moment.call_id,
        position_ms=moment.position_ms,
        requested_by_staff_id=moment.call.agent_staff_id if moment.call and asked_for else None,
    )


async def put_part(asked: Asked[PartPlace]) -> PageView:
    """The bytes from ``offset`` on. The same part again changes nothing; the last part is answered
    when the page is checked and ready. After a lost connection, go on at ``received_bytes``.
    """
    context, page_id = asked.context, asked.id("page_id")
    async with context.database.reading() as session:
        page = await visible_page(session, asked.person, page_id)
        moment = await acting_now(session, asked.person, page.case_id)
    received = await receive_part(
        context.database, context.page_files, page, asked.given.offset, asked.body
    )
    try:
        if received == page.total_bytes:
            await finish_page(context.database, context.page_files, context.renderer, page, moment)
    finally:
        await context.page_changed(page_id)
    if received < page.total_bytes:
        page.received_bytes = received
        return page_view(page)
    async with context.database.reading() as session:
        page = await visible_page(session, asked.person, page_id)
        (view,) = await views_of_pages(session, [page])
        return view


async def show_page(asked: Asked[None]) -> PageView:
    """How far a page has come."""
    async with asked.context.database.reading() as session:
        page = await visible_page(session, asked.person, asked.id("page_id"))
        (view,) = await views_of_pages(session, [page])
        return view


async def rendition(asked: Asked[SheetAsked]) -> web.StreamResponse:
    """The page as a WebP of at most 2,560 px, made by the server; the original is never sent. Of a
    PDF one ``sheet``.
    """
    async with asked.context.database.reading() as session:
        page = await visible_page(session, asked.person, asked.id("page_id"))
    content = await read_rendition(asked.context.page_files, page, asked.given.sheet)
    return web.Response(body=content, content_type="image/webp")
