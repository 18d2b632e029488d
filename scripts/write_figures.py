"""Writes measured figures into docs/benchmarks.md, with the commit and date of the measurement.

A bench or a proof leaves ``test-output/figures/NAME.json``::

    {"title": "Relay at 24 calls", "command": "make bench",
     "columns": ["calls", "floors a packet"], "rows": [[1, 4.2], [24, 14.8]], "note": "optional",
     "commit": "abc1234", "date": "2026-11-22", "machine": "2 cores"}

Its table replaces what stands between ``<!-- figures:NAME -->`` and ``<!-- /figures:NAME -->``, or
is added at the end. Figures that were not measured this time stay as they are.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "test-output" / "figures"
PAGE = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Figures

Measured by `make bench` and `make prove`, which write this page. CPU is given in floors: one floor
is the CPU of one local 900-byte UDP send and receive in C, sampled in the same seconds.
"""


@dataclass(frozen=True)
class Figures:
    """One file of figures, as the module's docstring shows it."""

    title: str
    command: str
    columns: list[object]
    rows: list[list[object]]
    commit: str
    date: str
    machine: str
    note: str = ""


def cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value).replace("|", "\\|")


def table(figures: Figures) -> str:
    """The Markdown of one figures file. Raises ``ValueError`` if a row does not fit the columns."""
    if any(len(row) != len(figures.columns) for row in figures.rows):
        raise ValueError(f"{figures.title}: a row must have as many cells as there are columns")
    rule: list[object] = ["---"]
    head = [figures.columns, rule * len(figures.columns)]
    return "\n".join(
        [
            f"## {figures.title}\n",
            *([f"{figures.note}\n"] if figures.note else []),
            *("| " + " | ".join(map(cell, row)) + " |" for row in [*head, *figures.rows]),
            "",
            f"`{figures.command}`, commit {figures.commit}, {figures.date}, {figures.machine}.",
        ]
    )


def replaced(page: str, name: str, body: str) -> str:
    """``page`` with the body of the section ``name`` exchanged, or the section added."""
    start, end = f"<!-- figures:{name} -->", f"<!-- /figures:{name} -->"
    section = f"{start}\n{body}\n{end}"
    old = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if old.search(page):
        return old.sub(lambda _: section, page, count=1)
    return f"{page.rstrip()}\n\n{section}\n"


def main() -> int:
    written = sorted(FIGURES.glob("*.json"))
    page = PAGE.read_text() if PAGE.is_file() else INTRODUCTION
    for file in written:
        page = replaced(page, file.stem, table(Figures(**json.loads(file.read_text()))))
    if not written:
        print(f"no figures in {FIGURES.relative_to(ROOT)}: nothing was measured", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page)
    print(f"{PAGE.relative_to(ROOT)}: {', '.join(file.stem for file in written)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
