"""How the pages get built: with which Node, when at all, and what is said when it can't be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import build_web


def _node(folder: Path, version: str, *, npm: bool = True) -> str:
    """A folder with a Node that only tells its version; as a PATH."""
    folder.mkdir()
    for name in ("node", "npm") if npm else ("node",):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ("v20.19.0", True),
        ("v24.19.0", True),
        ("v20.18.3", False),
        ("v18.20.8", False),
        ("?", False),
    ],
)
def test_a_node_that_is_too_old_is_passed_over(tmp_path: Path, version: str, good: bool) -> None:
    folder = _node(tmp_path / "bin", version)
    assert (build_web.folder_of_node(folder) is not None) == good


def test_the_first_folder_with_both_node_and_npm_is_taken(tmp_path: Path) -> None:
    path = os.pathsep.join(
        [
            str(tmp_path / "nothing"),
            _node(tmp_path / "without", "v22.0.0", npm=False),
            _node(tmp_path / "old", "v18.0.0"),
            _node(tmp_path / "good", "v20.19.4"),
        ]
    )
    assert build_web.folder_of_node(path) == tmp_path / "good"


def test_without_node_and_without_pip_the_reason_and_the_remedy_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def offline(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert "--require-hashes" in command
        return subprocess.CompletedProcess(command, 1, "", "Could not find a version\n")

    monkeypatch.setattr(build_web, "folder_of_node", lambda _path: None)
    monkeypatch.setattr(subprocess, "run", offline)
    with pytest.raises(build_web.CannotBuildError) as caught:
        build_web.find_node()
    assert "Could not find a version" in str(caught.value)
    assert "Install Node 20.19 or newer" in str(caught.value)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source folder with two rooms, whose build writes down what it was called with."""
    for room in build_web.ROOMS:
        (tmp_path / room / "web").mkdir(parents=True)
        (tmp_path / room / "web" / "page.ts").write_text("1")
        (tmp_path / room / "static").mkdir()
    (tmp_path / "web_shared").mkdir()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(build_web, "ROOT", tmp_path)
    monkeypatch.setattr(build_web, "find_node", lambda: tmp_path)

    def record(_node: Path, *command: str) -> None:
        with (tmp_path / "ran").open("a") as ran:
            ran.write(f"{command[-1]}\n")

    monkeypatch.setattr(build_web, "run", record)
    return tmp_path


def _ran(project: Path) -> list[str]:
    """What was run since the last look."""
    file = project / "ran"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def test_a_second_build_does_nothing(project: Path) -> None:
    build_web.build()
    assert _ran(project) == ["--loglevel=error", *build_web.ROOMS]
    build_web.build()
    assert _ran(project) == []


def test_only_the_room_that_changed_is_built_again(project: Path) -> None:
    build_web.build()
    _ran(project)
    (project / "agent_console" / "web" / "page.ts").write_text("2")
    build_web.build()
    assert _ran(project) == ["agent_console"]
    (project / "web_shared" / "new.ts").write_text("3")
    build_web.build()
    assert _ran(project) == list(build_web.ROOMS)


def test_a_new_lock_fetches_the_packages_again(project: Path) -> None:
    build_web.build()
    _ran(project)
    (project / "package-lock.json").write_text('{"changed": true}')
    build_web.build()
    assert _ran(project) == ["--loglevel=error", *build_web.ROOMS]


def test_pages_that_were_removed_are_built_again(project: Path) -> None:
    build_web.build()
    _ran(project)
    shutil.rmtree(project / "village_client" / "static")
    (project / "village_client" / "static").mkdir()
    build_web.build()
    assert _ran(project) == ["village_client"]


def test_a_failed_build_is_told_and_tried_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise build_web.CannotBuildError("vite said: syntax error in page.ts")

    monkeypatch.setattr(build_web, "run", fail)
    monkeypatch.setattr(sys, "argv", ["build_web.py"])
    for _ in range(2):
        assert build_web.main() == 1
        assert "syntax error in page.ts" in capsys.readouterr().err
    assert not (project / "village_client" / "static" / ".sources").exists()


def test_the_built_pages_hold_nothing_inline() -> None:
    """The content policy refuses inline script and style, and anything from elsewhere."""
    pages = [
        page
        for room in build_web.ROOMS
        for page in (build_web.ROOT / room / "static").glob("*.html")
    ]
    assert len(pages) == 5
    for page in pages:
        text = page.read_text()
        assert "<style" not in text
        assert "style=" not in text
        assert 'src="http' not in text
        assert 'href="http' not in text
        assert text.count("<script") == text.count(
            '<script type="module" crossorigin src="/static/'
        )
