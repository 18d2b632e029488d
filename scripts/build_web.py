"""Builds the pages, with the Node that is there or the one from the Python registry.

Run by ``make`` in the project's environment, and by the wheel's build hook. Does nothing when the
sources are those of the last build, so a second start is quick. ``build_web.py npm ARGUMENTS`` runs
npm with the same Node. Standard library only.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("village_client", "agent_console")
OLDEST_NODE = (20, 19)
COMMON_SOURCES = ("package-lock.json", "vite.config.ts", "tsconfig.json", "web_shared")


class CannotBuildError(Exception):
    """The sentence says what is missing and what to do."""


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents of the files, and of the files below the folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                total.update(f"{file.relative_to(ROOT)}\0".encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def stamped(stamp: Path, expected: str) -> bool:
    return stamp.is_file() and stamp.read_text() == expected


def new_enough(node: str) -> bool:
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return version is not None and tuple(map(int, version.groups())) >= OLDEST_NODE


def folder_of_node(path: str) -> Path | None:
    """The first folder on ``path`` that holds npm and a Node that is new enough."""
    for folder in path.split(os.pathsep):
        node, npm = (shutil.which(name, path=folder) for name in ("node", "npm"))
        if node is not None and npm is not None and new_enough(node):
            return Path(folder)
    return None


def install_node_wheel() -> None:
    """Puts Node into this Python environment, by the locked hashes.

    Raises :class:`CannotBuildError` when pip can't.
    """
    print(
        "pages: no Node 20.19 or newer here; installing the one from the Python registry",
        flush=True,
    )
    lock = ROOT / "requirements-node.lock"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", "--require-hashes", "-r", lock],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotBuildError(
            "The pages need Node 20.19 or newer to be built. None is installed, and pip could not "
            f"install it either:\n{done.stderr.strip()}\n"
            "Install Node 20.19 or newer, or let pip reach its package registry; then run again."
        )


def find_node() -> Path:
    """The folder to put first on PATH."""
    own = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    found = folder_of_node(path) or folder_of_node(own)
    if found is None:
        install_node_wheel()
        found = folder_of_node(own)
    if found is None:
        raise CannotBuildError(
            "Node was installed from the Python registry but does not run on this machine. "
            "Install Node 20.19 or newer; then run again."
        )
    return found


def environment(node: Path) -> dict[str, str]:
    path = f"{node}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1"}


def run(node: Path, *command: str) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(node),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tool = Path(command[0]).name
        raise CannotBuildError(f"The pages could not be built; {tool} said:\n{done.stdout.strip()}")


def install_packages(node: Path) -> None:
    stamp = ROOT / "node_modules" / ".shipinban-lock"
    expected = digest([ROOT / "package-lock.json"])
    if stamped(stamp, expected):
        return
    print("pages: fetching the packages that they are built with (about a minute)", flush=True)
    run(node, str(node / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(expected)


def build(rooms: Iterable[str] = ROOMS) -> None:
    """Raises :class:`CannotBuildError`; leaves the last good build of the other rooms alone."""
    node: Path | None = None
    for room in rooms:
        stamp = ROOT / room / "static" / ".sources"
        sources = digest([*(ROOT / name for name in COMMON_SOURCES), ROOT / room / "web"])
        if stamped(stamp, sources):
            continue
        if node is None:
            node = find_node()
            install_packages(node)
        print(f"pages: building {room}", flush=True)
        run(node, str(node / "node"), "node_modules/vite/bin/vite.js", "build", "--mode", room)
        stamp.write_text(sources)


@contextmanager
def alone() -> Iterator[None]:
    """One build at a time: a test run and a start may meet in one folder."""
    with (ROOT / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def npm(arguments: list[str]) -> int:
    """Runs npm with the Node and the packages that the build uses; its exit code."""
    with alone():
        node = find_node()
        install_packages(node)
    command = [str(node / "npm"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(node), check=False).returncode


def main() -> int:
    started = time.monotonic()
    try:
        if sys.argv[1:2] == ["npm"]:
            return npm(sys.argv[2:])
        with alone():
            build()
    except CannotBuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"pages: ready ({time.monotonic() - started:.1f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
