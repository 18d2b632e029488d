"""The edge's one place where errors become answers: ``{"code", "text", "details"}`` and a status."""

import asyncio
import traceback
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.errors import Invalid, ShipinbanError, Unavailable
from signaling.edge.texts import text_of
from signaling.wire.api import ErrorView

FIELDS_TOLD = 20

logger = structlog.get_logger()


def language_of(request: web.Request) -> str:
    """``?lang=`` first, then the first language of Accept-Language that we have; Chinese else."""
    asked = request.query.get("lang", "") or request.headers.get("Accept-Language", "")
    for part in asked.split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag.split("-")[0] == "en":
            return "en"
        if tag.split("-")[0] == "zh":
            return "zh-CN"
    return "zh-CN"


def error_answer(error: ShipinbanError, language: str) -> web.Response:
    view = ErrorView(code=error.code, text=text_of(error, language), details=dict(error.details))
    answer = web.json_response(text=view.model_dump_json(), status=error.status)
    retry_after_s = error.details.get("retry_after_s")
    if isinstance(retry_after_s, int):
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def invalid_request(error: ValidationError) -> Invalid:
    """Names the fields and what is wrong with each, and never what was in them."""
    fields = [
        {"field": ".".join(str(part) for part in problem["loc"]), "problem": problem["type"]}
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Invalid("request.invalid", fields=fields[:FIELDS_TOLD])


class _Plain(ShipinbanError):
    """What the server framework says, in our shape."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status


_CODES: Mapping[int, str] = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body.too_large",
}


@web.middleware
async def map_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: whatever is raised inside, the client gets one shape."""
    try:
        return await handler(request)
    except asyncio.CancelledError:
        raise
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        plain = _Plain(error.status, _CODES.get(error.status, "request.refused"))
        return error_answer(plain, language_of(request))
    except Exception as error:  # noqa: BLE001 - the last one to see it
        return error_answer(known(error, request), language_of(request))


def known(error: Exception, request: web.Request) -> ShipinbanError:
    """The error as users may see it. What nobody foresaw is logged with its trace.

    Only the route's template is logged: paths and queries may name people.
    """
    if isinstance(error, ShipinbanError):
        return error
    if isinstance(error, ValidationError):
        logger.error("the answer does not fit its model", route=_template(request), exc_info=error)
        return _Plain(500, "internal")
    if isinstance(error, PoolTimeout | OperationalError) or _is_disconnect(error):
        logger.warning("the database did not answer", route=_template(request), exc_info=error)
        return Unavailable("database.unavailable")
    if isinstance(error, DBAPIError):
        # PostgreSQL quotes the failing row, which names people: the places in the code will do.
        places = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error.orig).__name__
        logger.error("statement failed", route=_template(request), error=kind, exception=places)
    else:
        logger.error("unhandled", route=_template(request), exc_info=error)
    return _Plain(500, "internal")


def _is_disconnect(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _template(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
