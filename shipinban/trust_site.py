"""Serves the page ``/trust``: on a plain-HTTP port of its own, and among the node's other pages.

The port is for machines that reach the node directly; behind a reverse proxy, the proxy lets
``/trust`` through over plain HTTP. Three files, made once, the same for everybody.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from shipinban.certificates import CertificateFolder, read
from shipinban.settings import Settings
from shipinban.trust_page import (
    AUTHORITY_PATH,
    AUTHORITY_TYPE,
    PAGE_PATH,
    STYLE,
    STYLE_PATH,
    authority_file,
    trust_page,
)
from signaling.edge.route import Asked, Route

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class TrustFile:
    content: bytes
    media_type: str


def trust_files(settings: Settings) -> Mapping[str, TrustFile]:
    """By path. Empty without an authority of this installation's own: nothing needs trust then."""
    folder = CertificateFolder(settings.certificate_folder)
    if not folder.authority.is_file():
        return {}
    authority = read(folder.authority)
    secure = [origin for origin in settings.public_origins if origin.startswith("https:")]
    page = trust_page(authority, secure)
    return {
        PAGE_PATH: TrustFile(page.encode(), "text/html"),
        STYLE_PATH: TrustFile(STYLE.encode(), "text/css"),
        AUTHORITY_PATH: TrustFile(authority_file(authority), AUTHORITY_TYPE),
    }


def trust_routes(files: Mapping[str, TrustFile]) -> list[Route]:
    """For the node's own pages: they add the headers that all pages have."""
    return [
        Route(method="GET", path=path, handler=_handler(file), answer=file.media_type)
        for path, file in files.items()
    ]


def trust_app(files: Mapping[str, TrustFile]) -> web.Application:
    """For the plain-HTTP port: these files, and from anywhere else the way to the page."""
    app = web.Application()
    for path, file in files.items():
        app.router.add_get(path, partial(_answer_plainly, file))
    app.router.add_get("/{path:.*}", _to_the_page)
    return app


def _handler(file: TrustFile) -> Callable[[Asked[Any]], Awaitable[web.StreamResponse]]:
    async def trust_file(_asked: Asked[Any]) -> web.StreamResponse:
        """How to trust this installation's own authority, and the authority itself."""
        return _response(file)

    return trust_file


async def _answer_plainly(file: TrustFile, _request: web.Request) -> web.StreamResponse:
    response = _response(file)
    response.headers.update(HEADERS)
    return response


async def _to_the_page(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": PAGE_PATH, **HEADERS})


def _response(file: TrustFile) -> web.Response:
    charset = "utf-8" if file.media_type.startswith("text/") else None
    return web.Response(body=file.content, content_type=file.media_type, charset=charset)
