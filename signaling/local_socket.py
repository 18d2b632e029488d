"""JSON lines over a Unix stream socket: how the processes of one node talk to each other.

The socket file has mode 0600 and lives in the node's run folder; nobody but the node's own user
can open it. A line is one message of at most :data:`LINE_LIMIT_BYTES`; a longer one, or one that
is no message, ends the connection: the two ends are one program, so it can only be a defect.
"""

import asyncio
import contextlib
import socket
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

LINE_LIMIT_BYTES = 1 << 20

Received = TypeVar("Received")


class LocalChannel(Generic[Received]):
    """One end of a control connection. ``receive`` raises ``ConnectionError`` when it has ended."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        adapter: TypeAdapter[Received],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._adapter = adapter

    def send(self, message: BaseModel) -> None:
        """Queues one message; the transport's buffer is bounded by :meth:`drain` at the caller."""
        self._writer.write(message.model_dump_json().encode() + b"\n")

    @property
    def backlog_bytes(self) -> int:
        """What the other end has not taken yet: callers drop lossy reports above a bound."""
        return self._writer.transport.get_write_buffer_size()

    async def drain(self) -> None:
        await self._writer.drain()

    async def receive(self) -> Received:
        try:
            line = await self._reader.readuntil(b"\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the control connection has ended") from error
        return self._adapter.validate_json(line)

    def close(self) -> None:
        self._writer.close()


async def connect(path: Path, adapter: TypeAdapter[Received]) -> LocalChannel[Received]:
    """Raises ``OSError`` while nobody listens."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=LINE_LIMIT_BYTES)
    return LocalChannel(reader, writer, adapter)


def private_socket(path: Path) -> socket.socket:
    """A socket to listen on, bound and closed to other users before anybody can connect.

    Replaces what a process that was killed left there. Raises ``OSError``.
    """
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.setblocking(False)
        bound.bind(str(path))
        path.chmod(0o600)
    except OSError:
        bound.close()
        raise
    return bound
