"""Figures that a proof or a bench leaves behind; scripts/write_figures.py puts them on their page."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "test-output" / "figures"
PROVING = os.environ.get("SHIPINBAN_PROVE") == "1"


def count(proved: int, reduced: int) -> int:
    """The full count in ``make prove``, the reduced one in ``make test``."""
    return proved if PROVING else reduced


def write_figures(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    command: str = "make prove",
    note: str = "",
) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    body = {"title": title, "command": command, "columns": columns, "rows": rows, "note": note}
    (FOLDER / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False, indent=1))
