"""Asks a worker that limits itself (see :mod:`casework.process_limits`): one process a question."""

import asyncio
import contextlib
import os
import sys

MOST_BYTES = 128 << 20
"""Of an answer: far more than twenty sheets of an upload or a bulletin take."""


async def ask(module: str, argument: str, content: bytes) -> tuple[bytes, int | None]:
    """What ``python -m module argument < content`` answers, and its exit code.

    The caller sets the deadline; the process does not outlive the question. One that answers without
    end was broken into: it is killed, and has answered nothing.
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
        answer = await _talk(worker, content)
    finally:
        if worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    return answer, worker.returncode


async def _talk(worker: asyncio.subprocess.Process, content: bytes) -> bytes:
    given, taken = worker.stdin, worker.stdout
    assert given is not None  # noqa: S101 - both are pipes
    assert taken is not None  # noqa: S101
    answer = bytearray()
    async with asyncio.TaskGroup() as group:
        group.create_task(_give(given, content))
        while part := await taken.read(1 << 16):
            answer += part
            if len(answer) > MOST_BYTES:
                worker.kill()
                answer.clear()
                break
    await worker.wait()
    return bytes(answer)


async def _give(pipe: asyncio.StreamWriter, content: bytes) -> None:
    """It may end before it has read everything: its answer then says why."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(content)
        await pipe.drain()
    pipe.close()
