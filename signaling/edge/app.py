"""Puts the edge together: routes in, an aiohttp application out, and a server around it."""

import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from signaling.edge.context import EdgeContext
from signaling.edge.errors import map_errors
from signaling.edge.guards import (
    CONTEXT,
    LIMITS,
    ROUTES,
    asked,
    check_origin,
    check_role,
    limit_rate,
)
from signaling.edge.headers import add_headers
from signaling.edge.rate_limit import RateLimit
from signaling.edge.route import Route
from signaling.wire.base import Wire

HEADER_DEADLINE_S = 10.0
"""Also the keep-alive: aiohttp runs one timer from connection to the end of a request's head."""
STOP_DEADLINE_S = 3.0


@dataclass(frozen=True)
class Site:
    """Where to listen; with ``tls``, for https."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


def build_app(context: EdgeContext, routes: Iterable[Route]) -> web.Application:
    """The application of all ``routes``; rooms above this one add theirs to the list."""
    app = web.Application(middlewares=[map_errors, limit_rate, check_origin, check_role])
    app[CONTEXT] = context
    app[LIMITS] = (RateLimit(context.rates.requests), RateLimit(context.rates.sign_ins))
    app[ROUTES] = {}
    for route in routes:
        _add(app, route)
    app.on_response_prepare.append(add_headers)
    return app


def _add(app: web.Application, route: Route) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        answer = await route.handler(await asked(request, route))
        if isinstance(answer, Wire):
            return web.json_response(text=answer.model_dump_json())
        return answer

    added = app.router.add_route(route.method, route.aiohttp_path, handle)
    app[ROUTES][added] = route


async def start_server(app: web.Application, sites: Sequence[Site]) -> web.AppRunner:
    """Listens. The caller ends it with ``runner.cleanup()``.

    A head that takes longer than ten seconds to arrive ends its connection (slow loris).
    """
    runner = web.AppRunner(
        app,
        keepalive_timeout=HEADER_DEADLINE_S,
        shutdown_timeout=STOP_DEADLINE_S,
        access_log=None,
    )
    await runner.setup()
    for site in sites:
        await web.TCPSite(runner, site.host, site.port, ssl_context=site.tls).start()
    return runner
