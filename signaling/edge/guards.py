"""What stands between a request and its handler: rate, Origin, sign-in and role, body.

Middlewares in this order; each refuses by raising, and :func:`~signaling.edge.errors.map_errors`
around them answers.
"""

import asyncio
import math
from http.cookies import SimpleCookie
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from casework.errors import Forbidden, Invalid, SignedOut, TooLarge, TooMany
from casework.sign_in import SignedIn, check_sign_in, hash_token, keep_alive
from casework.vocabulary import Surface
from signaling.edge.context import EdgeContext
from signaling.edge.errors import invalid_request, language_of
from signaling.edge.rate_limit import RateLimit, rate_key, source_of
from signaling.edge.route import Asked, Route
from signaling.wire.base import Wire

CONTEXT: web.AppKey[EdgeContext] = web.AppKey("context", EdgeContext)
ROUTES: web.AppKey[dict[web.AbstractRoute, Route]] = web.AppKey("routes", dict)
LIMITS: web.AppKey[tuple[RateLimit, RateLimit]] = web.AppKey("limits", tuple)
PERSON: web.RequestKey[SignedIn] = web.RequestKey("person", SignedIn)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_CHARACTERS = 43


def route_of(request: web.Request) -> Route | None:
    """``None`` for a path that is no route of ours."""
    return request.app[ROUTES].get(request.match_info.route)


@web.middleware
async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Before anything that costs: no look at cookie or database yet."""
    key = rate_key(source_of(request, request.app[CONTEXT].trusted_proxies))
    all_requests, sign_ins = request.app[LIMITS]
    wait_s = all_requests.wait_s(key)
    route = route_of(request)
    if route is not None and route.signs_in:
        wait_s = max(wait_s, sign_ins.wait_s(key))
    if wait_s:
        raise TooMany("rate", retry_after_s=math.ceil(wait_s))
    return await handler(request)


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every write and every socket names an origin of ours, exactly (ASVS 5.0, 4.4.2).

    A page of somebody else's can make a browser send our cookies; it can't choose this header.
    """
    route = route_of(request)
    if request.method not in SAFE_METHODS or (route is not None and route.socket):
        origin = request.headers.get("Origin")
        if origin is None:
            raise Forbidden("origin.missing")
        if origin not in request.app[CONTEXT].origins:
            raise Forbidden("origin.foreign")
    return await handler(request)


@web.middleware
async def check_role(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The route's surface says which cookie counts, its roles who may."""
    route = route_of(request)
    if route is not None and route.roles:
        person = await signed_in(request, route.surface)
        if not person.roles & route.roles:
            raise Forbidden("role")
        request[PERSON] = person
    return await handler(request)


async def signed_in(request: web.Request, surface: Surface | None) -> SignedIn:
    """Who holds the surface's cookie.

    :raises SignedOut: nobody, or no longer.
    """
    token = surface and cookie_token(request, surface)
    if surface is None or token is None:
        raise SignedOut("signed_out")
    database = request.app[CONTEXT].database
    async with database.reading() as session:
        person = await check_sign_in(session, surface, hash_token(token))
    if person is None:
        raise SignedOut("signed_out")
    if person.unseen:
        await keep_alive(database, person.sign_in_id)
    return person


def cookie_name(surface: Surface) -> str:
    """``__Host-``: only this host set it, over a secure connection, for every path (RFC 6265bis)."""
    return f"__Host-{surface}"


def cookie_token(request: web.Request, surface: Surface) -> str | None:
    token = request.cookies.get(cookie_name(surface))
    return token if token is not None and len(token) == TOKEN_CHARACTERS else None


def new_cookie(surface: Surface, token: str | None) -> str:
    """The Set-Cookie value; without a token, the one that takes the cookie away."""
    name = cookie_name(surface)
    cookie: SimpleCookie = SimpleCookie({name: token or ""})
    kept = cookie[name]
    kept["path"], kept["samesite"] = "/", "Lax"
    kept["secure"] = kept["httponly"] = True
    if token is None:
        kept["max-age"] = 0
    return kept.OutputString()


async def asked(request: web.Request, route: Route) -> Asked[Any]:
    """Reads and checks what the route takes."""
    context = request.app[CONTEXT]
    return Asked(
        context=context,
        request=request,
        route=route,
        given=await _given(request, route),
        body=await read_body(request, route) if route.takes_bytes else b"",
        source=source_of(request, context.trusted_proxies),
        language=language_of(request),
        signed_in=request.get(PERSON),
    )


async def _given(request: web.Request, route: Route) -> Any:  # noqa: ANN401 - the route's model
    if route.query is not None:
        return _validated(route.query, {k: v for k, v in request.query.items() if k != "lang"})
    if route.request is None:
        return None
    if request.content_type != "application/json":
        raise Invalid("body.media_type")
    body = await read_body(request, route)
    try:
        return route.request.model_validate_json(body)
    except ValidationError as error:
        raise invalid_request(error) from None


def _validated(model: type[Wire], values: dict[str, str]) -> Wire:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid_request(error) from None


async def read_body(request: web.Request, route: Route) -> bytes:
    """The whole body, never more than the route's limit of it.

    :raises TooLarge: over the limit; what follows is not read.
    :raises Invalid: compressed, or not here in time.
    """
    limit = route.body_limit_bytes
    if "Content-Encoding" in request.headers:
        raise Invalid("body.encoding")
    body = bytearray()
    if (request.content_length or 0) <= limit:
        try:
            async with asyncio.timeout(route.body_deadline_s):
                while len(body) <= limit and (chunk := await request.content.readany()):
                    body += chunk
        except TimeoutError:
            raise Invalid("body.too_slow") from None
        if len(body) <= limit:
            return bytes(body)
    raise TooLarge("body.too_large", limit_bytes=limit)
