"""A relay and a recorder as a node runs them, and the orders that an edge would give.

Beside them a whole node idles, whose edge is counted too: what it does for each call once the call
stands is little, what it does without any (leases, dispatcher, hearts) is not.
"""

import base64
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from recording.archive import Archive
from recording.control import RecordingStart
from recording.control import report_adapter as recorder_reports
from recording.keys import new_data_key
from signaling.relay.control import Done, Refused, RelayReady, Statistics, TapOpen
from signaling.relay.control import report_adapter as relay_reports
from tests.conftest import free_port

START_DEADLINE_S = 30.0
EDGE = "shipinban.processes.edge"


class Control:
    """One control connection, blocking for orders and drained in between."""

    def __init__(self, path: Path, adapter: TypeAdapter[Any]) -> None:
        self._adapter = adapter
        self._socket = socket.socket(socket.AF_UNIX)
        self._rest = b""
        self.statistics: list[Statistics] = []
        self.ready: RelayReady | None = None
        deadline = time.monotonic() + START_DEADLINE_S
        while True:
            try:
                self._socket.connect(str(path))
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self._socket.settimeout(START_DEADLINE_S)
        self._keep(self._read())

    def fileno(self) -> int:
        return self._socket.fileno()

    def order(self, order: BaseModel) -> Done:
        """Sends and waits. Raises ``RuntimeError`` when it is refused."""
        self._socket.sendall(order.model_dump_json().encode() + b"\n")
        while True:
            for message in self._read():
                if message.type == "done":
                    return Done(request_id=message.request_id)
                if isinstance(message, Refused) or message.type == "refused":
                    raise RuntimeError(f"{message.code}: {message.text}")
                self._keep([message])

    def drain(self) -> None:
        """Takes what is there; called when the socket is readable."""
        self._keep(self._read())

    def _read(self) -> list[Any]:
        received = self._socket.recv(1 << 20)
        if not received:
            raise ConnectionError("a process of the node ended")
        *lines, self._rest = (self._rest + received).split(b"\n")
        return [self._adapter.validate_json(line) for line in lines]

    def _keep(self, messages: list[Any]) -> None:
        for message in messages:
            if isinstance(message, Statistics):
                self.statistics.append(message)
            elif isinstance(message, RelayReady):
                self.ready = message


class BenchNode:
    """Started in ``folder``; ended with :meth:`close`."""

    def __init__(self, folder: Path) -> None:
        self._archive = Archive(folder / "archive")
        environment = {
            **os.environ,
            "SHIPINBAN_DATA_FOLDER": str(folder),
            "SHIPINBAN_MEDIA_PORT": str(free_port()),
        }
        self._processes = [
            subprocess.Popen([sys.executable, "-m", f"shipinban.processes.{name}"], env=environment)
            for name in ("relay", "recorder")
        ]
        self._edge = IdleEdge(folder / "edge")
        run = folder / "run" / "a"
        self.relay = Control(run / "relay", relay_reports)
        self.recorder = Control(run / "recorder", recorder_reports)

    @property
    def pids(self) -> dict[str, list[int]]:
        """By part: the edge's are its own and that of the process that watches over the node."""
        relay, recorder = (process.pid for process in self._processes)
        return {"relay": [relay], "recorder": [recorder], "edge": self._edge.pids}

    @property
    def address(self) -> tuple[str, int]:
        assert self.relay.ready is not None
        host, _, port = self.relay.ready.addresses[0].rpartition(":")
        return host, int(port)

    def record(self, room_id: str) -> None:
        """Opens the tap of a room and lets the recorder follow its log."""
        recording_id, key = secrets.token_hex(16), new_data_key()
        key_base64 = base64.b64encode(key).decode()
        name = self._archive.create_folder()
        self.relay.order(
            TapOpen(
                request_id="0",
                room_id=room_id,
                recording_id=recording_id,
                log_path=str(self._archive.log_path(name, key, recording_id)),
                key_base64=key_base64,
                started_monotonic_us=time.monotonic_ns() // 1000,
            )
        )
        self.recorder.order(
            RecordingStart(
                request_id="0",
                recording_id=recording_id,
                call_id="0",
                county_id="0",
                started_ms=time.time_ns() // 1_000_000,
                folder=name,
                key_base64=key_base64,
                longest_call_s=3600,
            )
        )

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=30)
        self._edge.close()
        self._archive.close()


class IdleEdge:
    """A node without calls, for the sake of its edge."""

    def __init__(self, folder: Path) -> None:
        """Returns when it is up. Raises ``TimeoutError``."""
        http_port = free_port()
        environment = {
            **os.environ,
            "SHIPINBAN_DATA_FOLDER": str(folder),
            "SHIPINBAN_HTTP_PORT": str(http_port),
            "SHIPINBAN_MEDIA_PORT": str(free_port()),
        }
        folder.mkdir(parents=True)
        for command in ("migrate", "serve"):
            with (folder / f"{command}.log").open("wb") as log:
                self._serve = subprocess.Popen(
                    [sys.executable, "-m", "shipinban", command],
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            if command == "migrate" and self._serve.wait(timeout=60):
                raise RuntimeError((folder / "migrate.log").read_text()[-2_000:])
        self._wait_until_healthy(f"http://localhost:{http_port}/health")
        self.pids = [self._serve.pid, _child(self._serve.pid, EDGE)]

    def close(self) -> None:
        self._serve.terminate()
        self._serve.wait(timeout=30)

    @staticmethod
    def _wait_until_healthy(address: str) -> None:
        deadline_s = time.monotonic() + START_DEADLINE_S
        while time.monotonic() < deadline_s:
            try:
                with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the idle node did not come up")


def _child(parent: int, module: str) -> int:
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if module in Path(f"/proc/{pid}/cmdline").read_text():
            return int(pid)
    raise RuntimeError(f"{module} does not run")
