"""Asks a limited process to lay out a bulletin."""

import asyncio
import json

from casework.errors import Unavailable
from casework.limited_process import ask
from casework.reports.bulletin import Bulletin
from casework.vocabulary import BulletinFormat

WORKER = "casework.reports.bulletin_worker"
DEADLINE_S = 45.0
_PLACE = asyncio.Semaphore(1)
"""One at a time: calls need the other cores."""


async def lay_out(bulletin: Bulletin, form: BulletinFormat) -> bytes:
    """The file.

    :raises Unavailable: it took too long, or the process was killed by its limits.
    """
    content = json.dumps(bulletin.as_json(), ensure_ascii=False).encode()
    try:
        async with asyncio.timeout(DEADLINE_S), _PLACE:
            answer, code = await ask(WORKER, form.value, content)
    except TimeoutError:
        raise Unavailable("reports.bulletin_slow") from None
    if code != 0 or not answer:
        raise Unavailable("reports.bulletin_slow")
    return answer
