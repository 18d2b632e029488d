"""The wheel: everything that a node needs to run, the built pages included."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.setup.local_compose import ROOT


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of a wheel built from this tree, as deploy/Dockerfile builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("shipinban-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_carries_the_built_pages_and_not_their_sources(names: set[str]) -> None:
    for page in ("village_client/static/index.html", "village_client/static/resident.html"):
        assert page in names
    for page in ("index", "supervision", "api"):
        assert f"agent_console/static/{page}.html" in names
    assert any(name.startswith("village_client/static/assets/") for name in names)
    assert not any("/web/" in name or name.endswith(".vue") for name in names)


def test_it_carries_whatever_the_program_reads_beside_its_code(names: set[str]) -> None:
    rooms = ("casework", "signaling", "recording", "agent_console", "village_client", "shipinban")
    listed = subprocess.run(
        ["git", "ls-files", "-z", *rooms], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    files = {name for name in listed.split("\0") if name and "/web/" not in name}
    assert {name for name in files if (ROOT / name).is_file()} - names == set()


def test_it_carries_the_licence_and_no_tests(names: set[str]) -> None:
    assert any(Path(name).name == "LICENSE" for name in names)
    assert not any(name.startswith(("tests/", "scripts/", "docs/")) for name in names)
