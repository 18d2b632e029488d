"""Asks a limited process to lay out a bulletin."""

import asyncio
import contextlib
import json
import os
import sys

from casework.errors import Unavailable
from casework.reports.bulletin import Bulletin
from casework.vocabulary import BulletinFormat

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
            answer, code = await _ask(content, form)
    except TimeoutError:
        raise Unavailable("reports.bulletin_slow") from None
    if code != 0 or not answer:
        raise Unavailable("reports.bulletin_slow")
    return answer


async def _ask(content: bytes, form: BulletinFormat) -> tuple[bytes, int | None]:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "casework.reports.bulletin_worker", form.value,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # Nothing of our environment: it may hold passwords of databases.
        env={"PATH": os.defpath},
    )  # fmt: skip
    try:
        answer, _ = await worker.communicate(content)
    finally:
        if worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    return answer, worker.returncode
