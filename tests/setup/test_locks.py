"""Lock files: hashes everywhere, no download addresses, and one version of everything."""

import json
import re
from pathlib import Path

import pytest

from scripts import check_locks
from tests.setup.local_compose import ROOT

HASH = "--hash=sha256:" + 64 * "0"


def test_this_projects_lock_files_are_without_fault() -> None:
    assert check_locks.faults() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"rich==14.0 \\\n    {HASH}\n", None),
        ("rich==14.0\n", "has no hash: rich"),
        (f"rich>=14.0 \\\n    {HASH}\n", "is not pinned"),
        (f"--index-url https://example.org/simple\nrich==14.0 {HASH}\n", "download address"),
        (f"rich @ https://example.org/rich.whl {HASH}\n", "download address"),
    ],
)
def test_a_fault_in_a_python_lock_is_found(text: str, fault: str | None) -> None:
    found = list(check_locks.python_faults(text))
    assert found == [] if fault is None else any(fault in line for line in found)


@pytest.mark.parametrize(
    ("package", "fault"),
    [
        ({"version": "3.5.45", "integrity": "sha512-x"}, None),
        ({"version": "3.5.45"}, "has no integrity sum"),
        ({"version": "3.5.45", "integrity": "x", "resolved": "https://example.org"}, "address"),
        ({"version": "git+ssh://example.org/x.git", "integrity": "x"}, "address"),
    ],
)
def test_a_fault_in_the_node_lock_is_found(package: dict[str, str], fault: str | None) -> None:
    text = json.dumps({"packages": {"": {}, "node_modules/vue": package}})
    found = list(check_locks.node_faults(text))
    assert found == [] if fault is None else any(fault in line for line in found)


def test_a_missing_lock_is_found(tmp_path: Path) -> None:
    assert len(check_locks.faults(tmp_path)) == 2


def _versions(name: str) -> dict[str, str]:
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(pinned)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock"])
def test_tests_run_on_the_versions_that_are_installed(name: str) -> None:
    developed = _versions("requirements-dev.lock")
    assert {package: developed.get(package) for package in _versions(name)} == _versions(name)


def test_every_front_end_package_is_named_in_one_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    named = {**package["dependencies"], **package["devDependencies"]}
    assert named
    assert [name for name, version in named.items() if not re.fullmatch(r"\d[\d.]*", version)] == []
