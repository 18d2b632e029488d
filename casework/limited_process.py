"""Asks a worker that limits itself (see :mod:`casework.process_limits`): one process a question."""

import asyncio
import contextlib
import os
import sys


async def ask(module: str, argument: str, content: bytes) -> tuple[bytes, int | None]:
    """What ``python -m module argument < content`` answers, and its exit code.

    The caller sets the deadline; the process does not outlive the question.
    """
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", module, argument,
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
