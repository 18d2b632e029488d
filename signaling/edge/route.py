"""One route of the HTTP API or one socket: who may, what comes in, what goes out."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import web

from casework.errors import SignedOut
from casework.sign_in import SignedIn
from casework.vocabulary import Role, Surface
from signaling.edge.context import EdgeContext
from signaling.wire.base import Wire

JSON_LIMIT_BYTES = 64 * 1024
ID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

Given = TypeVar("Given")


@dataclass(frozen=True)
class Asked(Generic[Given]):
    """A request that has passed policy, with its body or query checked."""

    context: EdgeContext
    request: web.Request
    route: "Route"
    given: Given
    """The route's request or query model, checked; or ``None``."""
    body: bytes
    """Of a route that takes bytes; else empty."""
    source: str
    """The client's address."""
    language: str
    signed_in: SignedIn | None

    @property
    def person(self) -> SignedIn:
        """Who asks. Never missing on a route with roles."""
        if self.signed_in is None:
            raise SignedOut("signed_out")
        return self.signed_in

    @property
    def surface(self) -> Surface:
        """Whose pages ask. Never missing on a route with a surface."""
        if self.route.surface is None:
            raise LookupError(f"{self.route.path} belongs to no surface")
        return self.route.surface

    def id(self, name: str) -> str:
        """An id from the path."""
        return self.request.match_info[name]


Handler = Callable[[Asked[Any]], Awaitable[Wire | web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """``{…_id}`` in the path takes ids only: anything else is answered like an absent one."""

    method: str
    path: str
    handler: Handler
    """Its docstring is the route's description in the OpenAPI document."""
    answer: type[Wire] | str
    """A model, or the media type of what is sent."""
    surface: Surface | None = None
    """Whose cookie counts."""
    roles: frozenset[Role] = frozenset()
    """Any of them lets in; empty: no sign-in is needed."""
    request: type[Wire] | None = None
    """The JSON body."""
    query: type[Wire] | None = None
    takes_bytes: bool = False
    """The body is taken as it is."""
    body_limit_bytes: int = JSON_LIMIT_BYTES
    body_deadline_s: float = 15.0
    socket: bool = False
    """A WebSocket upgrade: checked for its Origin although it is a GET."""
    signs_in: bool = False
    """Guesses of passwords and tokens: a source may try these less often."""

    @property
    def aiohttp_path(self) -> str:
        return re.sub(r"\{(\w+_id)\}", rf"{{\1:{ID_PATTERN}}}", self.path)

    @property
    def plain_path(self) -> str:
        """Without patterns, as OpenAPI writes it."""
        return re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})+\}", r"{\1}", self.path)
