"""Signing in and out, on each of the three surfaces."""

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.counties import the_county
from casework.sign_in import SignedIn, sign_in, sign_out
from casework.tables import Organisation, StaffMember, Window
from casework.vocabulary import WindowKind
from signaling.edge.guards import new_cookie
from signaling.edge.route import Asked
from signaling.wire.api import Empty, Me, SignInRequest, WindowBrief


async def open_sign_in(asked: Asked[SignInRequest]) -> web.StreamResponse:
    """Signs in on this surface; the cookie is HttpOnly, and another surface's counts nothing here."""
    context, surface = asked.context, asked.surface
    async with context.database.reading() as session:
        county_id = (await the_county(session)).id
    new = await sign_in(
        context.database,
        context.passwords,
        county_id=county_id,
        surface=surface,
        username=asked.given.username,
        password=asked.given.password,
        source=asked.source,
    )
    async with context.database.reading() as session:
        view = await _me(session, new.person)
    answer = web.json_response(text=view.model_dump_json())
    answer.headers["Set-Cookie"] = new_cookie(surface, new.token)
    return answer


async def end_sign_in(asked: Asked[None]) -> web.StreamResponse:
    """Ends the sign-in, with everything that is open under it."""
    async with asked.context.database.transaction() as session:
        await sign_out(session, asked.person.sign_in_id)
    answer = web.json_response(text=Empty().model_dump_json())
    answer.headers["Set-Cookie"] = new_cookie(asked.person.surface, None)
    return answer


async def me(asked: Asked[None]) -> Me:
    """Who is signed in here, and with what roles."""
    async with asked.context.database.reading() as session:
        return await _me(session, asked.person)


async def _me(session: AsyncSession, person: SignedIn) -> Me:
    query = (
        select(StaffMember, Organisation, Window)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .outerjoin(Window, Window.id == person.window_id)
        .where(StaffMember.id == person.staff_id)
    )
    staff, organisation, window = (await session.execute(query)).one()
    return Me(
        staff_id=staff.id,
        name=staff.name,
        name_en=staff.name_en,
        organisation_name=organisation.name,
        organisation_name_en=organisation.name_en,
        roles=sorted(person.roles),
        surface=person.surface,
        window=None if window is None else window_brief(window),
    )


def window_brief(window: Window) -> WindowBrief:
    return WindowBrief(
        id=window.id,
        name=window.name,
        name_en=window.name_en,
        place=window.place,
        kind=WindowKind(window.kind),
        uplink_bps=window.uplink_bps,
        checked_ms=window.checked_ms,
    )
