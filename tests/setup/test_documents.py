"""What the documents promise is there: files, commands, settings, in both languages."""

import re
from pathlib import Path

import pytest
import typer

from shipinban import settings
from shipinban.cli import app
from tests.setup.local_compose import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def commands(group: typer.Typer, before: str = "shipinban") -> set[str]:
    own = {
        f"{before} {command.name or getattr(command.callback, '__name__', '').replace('_', '-')}"
        for command in group.registered_commands
    }
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        own |= commands(inner.typer_instance, f"{before} {inner.name}")
    return own


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    missing = [
        target
        for target in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_command_and_no_other(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    rows = [line for line in lines if line.startswith("| `shipinban ")]
    there = commands(app)
    named = {
        _command(text, there) for row in rows for text in re.findall(r"`(shipinban [^`]+)`", row)
    }
    assert named == there


def _command(text: str, there: set[str]) -> str:
    """The command at the head of ``text``: arguments may follow it."""
    words = text.split()
    for length in range(len(words), 1, -1):
        if " ".join(words[:length]) in there:
            return " ".join(words[:length])
    return text


def test_both_readmes_have_the_same_shape() -> None:
    shapes = [
        [
            (line.split()[0], line.count("|"))
            for line in (ROOT / name).read_text().splitlines()
            if line.startswith(("#", "|", "    ", "1.", "2.", "3.", "4.", "5."))
        ]
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", ["docs/operations.md", "docker-compose.yml", "deploy/Dockerfile"])
def test_settings_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    known = {settings.CONFIG_VARIABLE} | {
        f"{settings.PREFIX}{field}".upper() for field in settings.Settings.model_fields
    }
    assert set(re.findall(r"\bSHIPINBAN_[A-Z_]+", text)) <= known
