"""Runs the services of docker-compose.yml as local processes, on ports that are free here.

Commands, environment, health checks and configuration files are those of the file. Only what must
differ on a machine that runs other things too is exchanged: port numbers and folders.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::\?([^}]*))?\}")
PORTS = (5432, 6379, 8080, 8081, 8082, 8443, 3478, 40000, 40001)
READY_S = 60.0
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""What nginx makes folders for."""
VALUES = {
    "ADDRESS": "127.0.0.2",
    "HOST_NAME": "localhost",
    "DATABASE_PASSWORD": "not-a-secret",
    "TURN_SECRET": "shared-with-coturn",
}
"""What a person writes into ``.env``, for processes on this machine."""


class MissingValueError(LookupError):
    """A variable that the file demands (``${NAME:?}``) has no value."""


def load(text: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The compose file with its variables filled in, as the compose specification says."""

    def value(match: re.Match[str]) -> str:
        if not values.get(match[1]):
            raise MissingValueError(match[1])
        return values[match[1]]

    loaded: dict[str, Any] = yaml.safe_load(VARIABLE.sub(value, text))
    return loaded


def free_ports(count: int) -> list[int]:
    """Different ones, each free for TCP and for UDP."""
    with contextlib.ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            tcp = held.enter_context(socket.socket())
            tcp.bind(("127.0.0.1", 0))
            udp = held.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                ports.append(tcp.getsockname()[1])
        return ports


class LocalCompose:
    """One set of services below ``folder``."""

    def __init__(
        self,
        folder: Path,
        values: Mapping[str, str] = VALUES,
        ports: Mapping[int, int] | None = None,
    ) -> None:
        """``ports``: those of services that run already, by their number in the file."""
        self.folder = folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True)) | dict(ports or {})
        self.services: dict[str, Any] = self._here(load(FILE.read_text(), values))["services"]

    def _here(self, part: Any) -> Any:  # noqa: ANN401 - any piece of the file
        if isinstance(part, dict):
            return {key: self._here(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self._here(value) for value in part]
        return self.exchange(part) if isinstance(part, str) else part

    def exchange(self, text: str) -> str:
        """``text`` with the ports and folders of this machine."""
        # In one pass: a port of this machine may happen to be another one's number in the file.
        numbers = "|".join(map(str, self.ports))
        text = re.sub(
            rf"(?<![\d.])({numbers})(?!\d)", lambda match: f"{self.ports[int(match[1])]}", text
        )
        text = text.replace("/var/lib/shipinban", str(self.folder / "kept"))
        return text.replace("/etc/coturn/", f"{self.folder}/").replace(
            "/etc/nginx/shipinban", f"{self.folder}/shipinban"
        )

    def configuration(self, name: str, source: str) -> Path:
        """Writes a mounted configuration file where the command looks for it."""
        file = self.folder / name
        file.write_text(self.exchange((ROOT / "deploy" / source).read_text()))
        return file

    def proxy_configuration(self) -> None:
        """nginx's, with its own files here too, and a deadline short enough to wait for."""
        file = self.configuration("shipinban.conf", "nginx.conf")
        folders = "".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        text = file.read_text()
        for written, here in {
            "http {": f"http {{ {folders}",
            "pid /tmp/": f"pid {self.folder}/",
            "client_header_timeout 10s;": "client_header_timeout 1s;",
        }.items():
            assert text.count(written) == 1
            text = text.replace(written, here)
        file.write_text(text)

    def environment(self, service: str) -> dict[str, str]:
        """The service's, on top of what finds this project's programs."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        given = {"SHIPINBAN_DATA_FOLDER": str(self.folder / "kept")}
        return {**own, "PATH": path, **given, **self.services[service].get("environment", {})}

    @contextmanager
    def running(self, service: str, *extra: str) -> Iterator[subprocess.Popen[bytes]]:
        """The service's command with ``extra`` arguments, ended with all its children."""
        command = [*self.services[service]["command"], *extra]
        with (
            (self.folder / f"{service}.log").open("ab") as log,
            subprocess.Popen(
                command,
                env=self.environment(service),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                end(process)

    def run(self, service: str, line: str | None = None, timeout_s: float = READY_S) -> None:
        """A service that ends by itself, or a ``line`` instead of its command.

        Raises ``AssertionError`` with what it said.
        """
        done = subprocess.run(
            ["sh", "-c", line] if line else self.services[service]["command"],
            env=self.environment(service),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def healthy(self, service: str) -> bool:
        """One run of the service's health check, as it stands in the file."""
        kind, *command = self.services[service]["healthcheck"]["test"]
        assert kind == "CMD"
        environment = self.environment(service)
        command[0] = shutil.which(command[0], path=environment["PATH"]) or command[0]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        return done.returncode == 0

    def wait_healthy(self, service: str, process: subprocess.Popen[bytes] | None = None) -> None:
        wait_until(lambda: self.healthy(service) or ended(process, service, self.folder))

    def origin(self, scheme: str = "http") -> str:
        """Where the proxy answers."""
        port = self.ports[8080 if scheme == "http" else 8443]
        return f"{scheme}://localhost:{port}"


def ended(process: subprocess.Popen[bytes] | None, service: str, folder: Path) -> bool:
    """Never true: a process that ended too early raises ``AssertionError`` with what it said."""
    if process is not None and process.poll() is not None:
        log = (folder / f"{service}.log").read_text()[-2000:]
        raise AssertionError(f"{service} ended with {process.returncode}:\n{log}")
    return False


def listens(host: str, port: int) -> bool:
    """Whether somebody takes TCP connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def wait_until(condition: Callable[[], bool], deadline_s: float = READY_S) -> None:
    """Asks again every tenth of a second. Raises ``AssertionError`` after ``deadline_s``."""
    until = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.1)


def end(process: subprocess.Popen[bytes], deadline_s: float = 30.0) -> None:
    """SIGTERM to the process, then SIGKILL to whatever is left of its group."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            process.kill()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
