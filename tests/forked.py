"""Processes that are forked from one that has loaded everything: starting one costs no imports.

For tests that kill many. ``python -m tests.forked MODULE …`` loads the modules and forks on request; a
request comes with the descriptor that becomes the new process's standard output.
"""

import asyncio
import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn

ROOT = Path(__file__).resolve().parents[1]
REQUEST_BYTES = 64 * 1024


class Forked:
    """A forked process; it is named by a descriptor, so that no other one is ever killed."""

    def __init__(self, pid: int, output: BinaryIO) -> None:
        self._pidfd: int | None = os.pidfd_open(pid)
        self.output = output

    def kill(self) -> None:
        """SIGKILL; nothing when it has ended."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    async def ended(self) -> None:
        """Waits for its end, and lets go of it."""
        pidfd, self._pidfd = self._pidfd, None
        if pidfd is None:
            return
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(pidfd, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(pidfd)
            os.close(pidfd)
            self.output.close()

    async def line(self) -> bytes:
        """The next line that it writes; empty at its end."""
        return await asyncio.to_thread(self.output.readline)


class ForkServer:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def fork(self, function: Callable[..., None], *given: str) -> Forked:
        """A process that runs a function of one of the modules that were loaded."""
        reading, writing = os.pipe()
        request = json.dumps([function.__module__, function.__qualname__, *given]).encode()
        socket.send_fds(self._channel, [request], [writing])
        os.close(writing)
        return Forked(int(self._channel.recv(16)), os.fdopen(reading, "rb"))


@contextmanager
def fork_server(*modules: str) -> Iterator[ForkServer]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", __name__, str(theirs.fileno()), *modules]
    with ours, subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT) as process:
        theirs.close()
        yield ForkServer(ours)
        ours.shutdown(socket.SHUT_RDWR)
        process.wait()


def _serve(channel: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process waits to be waited for
    while True:
        request, descriptors, _, _ = socket.recv_fds(channel, REQUEST_BYTES, 1)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            channel.close()
            _become(json.loads(request), descriptors[0])
        os.close(descriptors[0])
        channel.send(str(pid).encode())


def _become(request: list[str], output: int) -> NoReturn:
    module, function, *given = request
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(output, sys.stdout.fileno())
    os.close(output)
    status = 1
    try:
        getattr(sys.modules[module], function)(*given)
        sys.stdout.flush()
        status = 0
    finally:  # never back into the server's loop
        if status:
            traceback.print_exc()
        os._exit(status)


if __name__ == "__main__":
    for _module in sys.argv[2:]:
        importlib.import_module(_module)
    with socket.socket(fileno=int(sys.argv[1])) as _channel:
        _serve(_channel)
