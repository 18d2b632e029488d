"""A demo county that runs for the tests alone: a node of its own, on free ports."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from casework.database import Base
from casework.master_key import MasterKey
from recording.archive import Archive, stream_label
from recording.keys import unwrap_data_key
from recording.playback import Player
from recording.tables import Recording, Stream
from shipinban.migrate import sync_url
from tests.setup.local_compose import ROOT, free_ports

Row = TypeVar("Row", bound=Base)

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 40.0


@dataclass(frozen=True)
class Installation:
    folder: Path
    origin: str
    passwords: dict[str, str]

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'shipinban.db'}"

    def stream(self, recording: Recording, stream: Stream) -> bytes:
        """The plaintext of one file of the archive, as playback would serve it."""
        # Playwright has a loop of its own running in this thread.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._read(recording, stream)).result()

    async def _read(self, recording: Recording, stream: Stream) -> bytes:
        master = MasterKey.load_or_create(self.folder / "master.key")
        assert recording.wrapped_key is not None
        key = unwrap_data_key(master, recording.id, recording.wrapped_key)
        archive = Archive(self.folder / "archive")
        player = Player(archive)
        try:
            label = stream_label(stream.participant_id, stream.kind)  # type: ignore[arg-type]
            opened = await player.open(recording.folder, stream.file_name, key, recording.id, label)
            async with opened:
                return await opened.read(0, opened.size)
        finally:
            player.close()
            archive.close()

    def rows(self, table: type[Row]) -> list[Row]:
        """Everything in a table now."""
        engine = create_engine(sync_url(self.database_url))
        try:
            with Session(engine) as session:
                return list(session.scalars(select(table)))
        finally:
            engine.dispose()


def shipinban(installation: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    """The command on the server, beside the running node."""
    environment = {**os.environ, "SHIPINBAN_DATA_FOLDER": str(installation.folder)}
    return _run(words, ROOT, environment)


def stranger(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command of somebody who has the program and nothing of any installation."""
    return _run(words, folder, {"PATH": os.environ["PATH"], "HOME": str(folder)})


def _run(
    words: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shipinban", *words],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@contextmanager
def installed(folder: Path, **settings: str) -> Iterator[Installation]:
    """A node with the demo county; ended in order when the block ends."""
    http_port, media_port = free_ports(2)
    environment = {
        **os.environ,
        "SHIPINBAN_DATA_FOLDER": str(folder),
        "SHIPINBAN_HTTP_PORT": str(http_port),
        "SHIPINBAN_MEDIA_PORT": str(media_port),
        **settings,
    }
    log = folder / "node.log"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "shipinban", "demo", "run"]
    with log.open("wb") as output:
        node = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    origin = f"http://localhost:{http_port}"
    try:
        _wait_until_healthy(node, origin, log)
        passwords = json.loads((folder / "demo-passwords.json").read_text())
        yield Installation(folder, origin, passwords)
    finally:
        node.send_signal(signal.SIGTERM)
        try:
            node.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            node.kill()
            raise
    assert node.returncode == 0, log.read_text()[-4_000:]


def _wait_until_healthy(node: subprocess.Popen[bytes], origin: str, log: Path) -> None:
    deadline_s = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline_s:
        if node.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{origin}/health", timeout=2):  # noqa: S310 - http
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the node did not come up:\n{log.read_text()[-4_000:]}")
