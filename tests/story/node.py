"""One node that a test may kill, stop and start again over the same folder and ports."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.setup.local_compose import ROOT, free_ports, listens, wait_until
from tests.story.processes import kill_tree, parts, tree, wait_gone

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 40.0


class LocalNode:
    """``shipinban demo run`` over ``folder``; its log is ``node.log`` there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http_port, self.media_port = free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.http_port}"

    @property
    def passwords(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "demo-passwords.json").read_text())
        return found

    @property
    def log(self) -> str:
        return (self.folder / "node.log").read_text()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Seconds until the node was healthy."""
        begun_s = time.monotonic()
        environment = {
            **os.environ,
            "SHIPINBAN_DATA_FOLDER": str(self.folder),
            "SHIPINBAN_HTTP_PORT": str(self.http_port),
            "SHIPINBAN_MEDIA_PORT": str(self.media_port),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "node.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "shipinban", "demo", "run"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_healthy()
        return time.monotonic() - begun_s

    def wait_healthy(self) -> None:
        """Raises ``AssertionError`` with the end of the log."""
        try:
            wait_until(self._healthy, START_DEADLINE_S)
        except AssertionError:
            raise AssertionError(f"the node is not healthy:\n{self.log[-4_000:]}") from None

    def _healthy(self) -> bool:
        """A node that ended answers no more, and none of its parts is away."""
        if not listens("127.0.0.1", self.http_port):
            return False
        command = ["curl", "--fail", "--silent", "--max-time", "2", f"{self.origin}/health"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def stop(self, *, from_keyboard: bool = False) -> tuple[float, int]:
        """Seconds that it took to end in order, and its exit code.

        ``from_keyboard``: a terminal's Ctrl-C goes to every process of the foreground group.
        """
        assert self._process is not None
        pids = tree(self.pid)
        begun_s = time.monotonic()
        if from_keyboard:
            os.killpg(self.pid, signal.SIGINT)
        else:
            self._process.terminate()
        code = self._process.wait(STOP_DEADLINE_S)
        took_s = time.monotonic() - begun_s
        wait_gone(pids, STOP_DEADLINE_S)
        return took_s, code

    def kill(self) -> None:
        """All of it at once, as a power cut would."""
        assert self._process is not None
        pids = kill_tree(self.pid)
        self._process.wait(STOP_DEADLINE_S)
        wait_gone(pids, STOP_DEADLINE_S)

    def kill_watcher(self) -> None:
        """Only ``serve`` itself: the others see their parent end."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_DEADLINE_S)

    def kill_part(self, name: str) -> int:
        """SIGKILL to edge, relay or recorder alone; the process id that it had."""
        pid = parts(self.pid)[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_replaced(self, name: str, former_pid: int) -> None:
        """Until another process does the part's work, and the node is healthy."""
        wait_until(lambda: parts(self.pid).get(name, former_pid) != former_pid, START_DEADLINE_S)
        self.wait_healthy()

    def end(self) -> None:
        """Whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


@contextmanager
def running_node(folder: Path) -> Iterator[LocalNode]:
    node = LocalNode(folder)
    try:
        node.start()
        yield node
    finally:
        node.end()
