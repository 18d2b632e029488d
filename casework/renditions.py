"""Asks a limited process for the renditions of a page or file."""

import asyncio
import json
from dataclasses import dataclass

from casework.errors import Invalid, Unavailable
from casework.image_files import NotAPageError
from casework.limited_process import ask

WORKER = "casework.rendition_worker"
DEADLINE_S = 25.0
AT_ONCE = 2
"""Decoding takes a core each; calls need the others."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """Of a picture, or of one page of a PDF."""

    content: bytes
    """image/webp"""
    width_px: int
    height_px: int


class Renderer:
    """Starts one process a picture, at most two at a time."""

    def __init__(self, *, at_once: int = AT_ONCE, deadline_s: float = DEADLINE_S) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._deadline_s = deadline_s

    async def render(self, content: bytes, media_type: str) -> list[Rendition]:
        """At least one.

        :raises NotAPageError: the worker refused the picture, or died of it.
        :raises Unavailable: it took too long; the same picture may be tried again.
        """
        try:
            async with asyncio.timeout(self._deadline_s), self._places:
                answer, _ = await ask(WORKER, media_type, content)
        except TimeoutError:
            raise Unavailable("page.slow") from None
        line, _, rest = answer.partition(b"\n")
        if not line:
            raise NotAPageError("page.format")  # killed by its limits
        head = json.loads(line)
        if "code" in head:
            raise NotAPageError(head["code"])
        return _split(head["sheets"], rest)


def _split(sheets: list[dict[str, int]], rest: bytes) -> list[Rendition]:
    renditions, place = [], 0
    for sheet in sheets:
        content = rest[place : place + sheet["bytes"]]
        renditions.append(Rendition(content, sheet["width_px"], sheet["height_px"]))
        place += sheet["bytes"]
    return renditions


def refused(error: NotAPageError) -> Invalid:
    """As the window is told."""
    return Invalid(error.code)
