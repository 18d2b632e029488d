"""Figures that a proof or a bench leaves behind; scripts/write_figures.py puts them on their page."""

import functools
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "test-output" / "figures"
PROVING = os.environ.get("SHIPINBAN_PROVE") == "1"


def count(proved: int, reduced: int) -> int:
    """The full count in ``make prove``, the reduced one in ``make test``."""
    return proved if PROVING else reduced


@functools.cache
def origin() -> dict[str, str]:
    """Where and when this run measures: read once, as early as the first figures are written.

    The commit ends in ``-dirty`` when the tree was changed.
    """
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    described = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "commit": described.stdout.strip() or "no commit",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
    }


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
    body = {
        "title": title, "command": command, "columns": columns, "rows": rows, "note": note,
        **origin(),
    }  # fmt: skip
    (FOLDER / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False, indent=1))
