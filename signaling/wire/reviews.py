"""Could-not reports, follow-ups, reviews by both lines, and their draw."""

from typing import Annotated

from pydantic import Field

from signaling.wire.base import Token, Wire

Said = Annotated[str, Field(min_length=1, max_length=4000)]


class CouldNotOpened(Wire):
    text: Said


class CouldNotByResident(Wire):
    """From the resident's own screen; the token is the right to it, not a cookie."""

    token: Token
    text: Said


class CouldNotReceipt(Wire):
    """What the reporter is promised."""

    number: str
    due_ms: int
