"""The packages that tests need: installed as root, otherwise named in one line."""

import os
import subprocess

import pytest

from scripts import debian_packages


def test_whoever_is_not_root_is_told_the_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian_packages, "installed", lambda package: package != "coturn")
    assert debian_packages.main() == 1
    assert "sudo apt-get install --no-install-recommends coturn\n" in capsys.readouterr().out


def test_root_gets_what_is_missing_and_nothing_asks_a_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[list[str]] = []

    def apt(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        environment = options["env"]
        assert isinstance(environment, dict)
        assert environment["DEBIAN_FRONTEND"] == "noninteractive"
        assert options["stdin"] is subprocess.DEVNULL
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian_packages, "installed", lambda package: package != "nginx")
    monkeypatch.setattr(subprocess, "run", apt)
    assert debian_packages.main() == 0
    assert [command[2] for command in ran] == ["update", "install"]
    assert ran[1][-1] == "nginx"


def test_an_installation_that_fails_stops_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian_packages, "installed", lambda _package: False)
    failed: subprocess.CompletedProcess[bytes] = subprocess.CompletedProcess([], 100)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    assert debian_packages.main() == 100


def test_what_is_installed_is_known() -> None:
    assert debian_packages.installed("dpkg")
    assert not debian_packages.installed("no-such-package-anywhere")
