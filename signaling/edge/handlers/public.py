"""What needs no sign-in: configuration, health, the API's description, the resident's rating."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from casework.consent_text import TEXTS, VERSION
from casework.counties import the_county
from casework.database import Database
from casework.ratings import give_rating
from signaling.edge.context import HealthCheck
from signaling.edge.guards import ROUTES
from signaling.edge.openapi import openapi_document
from signaling.edge.route import Asked
from signaling.pairing.topics import announcing, note
from signaling.tables import Call
from signaling.wire.api import Config, Empty, Health, RatingGiven

HEALTH_DEADLINE_S = 2.0


async def config(asked: Asked[None]) -> Config:
    """What every page asks first: the county, and the text that asks for consent."""
    async with asked.context.database.reading() as session:
        county = await the_county(session)
    return Config.model_validate(
        {
            "version": asked.context.version,
            "county_name": county.name,
            "county_name_en": county.name_en,
            "demo": asked.context.demo,
            "consent_text_version": VERSION,
            "consent_text": TEXTS[VERSION],
        }
    )


async def rate(asked: Asked[RatingGiven]) -> Empty:
    """The resident's grade, with the one-time token that the resident's screen got; no cookie."""
    async with announcing(asked.context.database, asked.context.bus) as session:
        rating = await give_rating(session, asked.given.token, asked.given.grade)
        note(session, window=(await session.get_one(Call, rating.call_id)).window_id)
    return Empty()


async def health(asked: Asked[None]) -> web.StreamResponse:
    """200 when this node can serve, else 503 with what is wrong. Asked by proxies and `doctor`."""
    checks: Mapping[str, HealthCheck] = {
        "database": lambda: _database_problem(asked.context.database),
        **asked.context.health_checks,
    }
    found = await asyncio.gather(*(_problem(check) for check in checks.values()))
    problems = {name: text for name, text in zip(checks, found, strict=True) if text is not None}
    view = Health(ok=not problems, problems=problems)
    status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
    return web.json_response(text=view.model_dump_json(), status=status)


async def _problem(check: HealthCheck) -> str | None:
    try:
        async with asyncio.timeout(HEALTH_DEADLINE_S):
            return await check()
    except TimeoutError:
        return f"no answer within {HEALTH_DEADLINE_S:g} s"


async def _database_problem(database: Database) -> str | None:
    try:
        async with database.reading() as session:
            await session.execute(select(1))
    except (SQLAlchemyError, OSError) as error:
        # The class alone: its text may hold the database's address.
        return type(error).__name__
    return None


async def openapi(asked: Asked[None]) -> web.StreamResponse:
    """This API, as OpenAPI 3.1."""
    routes = list(asked.request.app[ROUTES].values())
    return web.json_response(openapi_document(routes, asked.context.version))
