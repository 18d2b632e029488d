"""Headers on every answer, errors and files included."""

from collections.abc import Iterable

from aiohttp import web

from signaling.edge.guards import CONTEXT


def content_policy(origins: Iterable[str]) -> str:
    """Everything from here, nothing inline, no frame around us.

    Sockets are named one by one: older browsers' ``'self'`` does not cover ``ws:``. Previews of
    pages and recordings under MediaSource are ``blob:``. What runs or is read as HTML is made by the
    named policies alone: Vue's for the fixed parts of templates, ours for the files of workers
    (web_shared/workers.ts).
    """
    sockets = " ".join(sorted("ws" + origin.removeprefix("http") for origin in origins))
    return "; ".join(
        [
            "default-src 'self'",
            f"connect-src 'self' {sockets}".rstrip(),
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types vue shipinban",
        ]
    )


_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal of aiohttp's ``on_response_prepare``, so that no answer escapes it."""
    response.headers.update(_FIXED)
    response.headers["Content-Security-Policy"] = content_policy(request.app[CONTEXT].origins)
    # Answers are about people: no cache keeps them. Files say otherwise themselves.
    response.headers.setdefault("Cache-Control", "no-store")
    if "Server" in response.headers:
        del response.headers["Server"]
