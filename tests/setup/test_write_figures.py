"""docs/benchmarks.md: each table replaced on its own, with where and when it was measured."""

import json
from pathlib import Path

import pytest

from scripts import write_figures
from scripts.write_figures import Figures
from tests import figures as measuring

ORIGIN = {"commit": "abc1234", "date": "2026-11-22", "machine": "2 cores"}


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(write_figures, "ROOT", tmp_path)
    monkeypatch.setattr(write_figures, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(write_figures, "PAGE", tmp_path / "docs" / "benchmarks.md")
    (tmp_path / "figures").mkdir()
    return tmp_path / "docs" / "benchmarks.md"


def _measured(page: Path, name: str, floors: float) -> None:
    figures = {
        "title": f"Cost of {name}",
        "command": "make bench",
        "columns": ["calls", "floors"],
        "rows": [[24, floors]],
        **ORIGIN,
    }
    (page.parents[1] / "figures" / f"{name}.json").write_text(json.dumps(figures))


def test_a_table_carries_command_commit_date_and_machine(page: Path) -> None:
    _measured(page, "relay", 14.8125)
    assert write_figures.main() == 0
    assert "| calls | floors |\n| --- | --- |\n| 24 | 14.8 |\n" in page.read_text()
    assert "`make bench`, commit abc1234, 2026-11-22, 2 cores." in page.read_text()


def test_figures_that_were_not_measured_again_stay_and_the_others_are_replaced(page: Path) -> None:
    _measured(page, "relay", 14.5)
    _measured(page, "recorder", 5.5)
    write_figures.main()
    page.write_text(page.read_text().replace("# Figures", "# Figures\n\nWritten by hand."))
    (page.parents[1] / "figures" / "recorder.json").unlink()
    _measured(page, "relay", 12.25)
    write_figures.main()
    text = page.read_text()
    assert "| 24 | 12.2 |" in text
    assert "14.5" not in text
    assert "| 24 | 5.5 |" in text
    assert "Written by hand." in text


def test_a_run_that_measured_nothing_fails_and_changes_nothing(page: Path) -> None:
    assert write_figures.main() == 1
    assert not page.exists()


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        write_figures.table(Figures("Relay", "make bench", ["calls"], [[1, 2]], **ORIGIN))


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    text = write_figures.table(Figures("Relay", "make bench", ["what"], [["a|b"]], **ORIGIN))
    assert r"| a\|b |" in text


def test_figures_keep_where_and_when_they_were_measured(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes the page later, at another commit and on another day."""
    monkeypatch.setattr(measuring, "FOLDER", page.parents[1] / "figures")
    monkeypatch.setattr(measuring, "origin", lambda: ORIGIN)
    measuring.write_figures("relay", "Cost", ["calls"], [[24]])
    monkeypatch.undo()
    kept = json.loads((page.parents[1] / "figures" / "relay.json").read_text())
    assert ORIGIN.items() <= kept.items()


def test_the_origin_names_this_commit_and_says_when_the_tree_was_changed() -> None:
    origin = measuring.origin()
    assert origin["commit"]
    assert "cores" in origin["machine"]
