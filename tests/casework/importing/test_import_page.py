"""docs/import.md names every table, column and value that the importer knows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from casework.importing import items, organisations, staff
from casework.importing.columns import TableSpec

PAGE = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
SPECS = (*organisations.SPECS, staff.STAFF, *items.SPECS)
NAMES: list[Mapping[Any, str]] = [
    organisations.KIND_NAMES,
    organisations.WINDOW_KIND_NAMES,
    staff.ROLE_NAMES,
    staff.HELPER_KIND_NAMES,
    items.LEVEL_NAMES,
    items.MODE_NAMES,
    items.REQUIREMENT_NAMES,
    items.CONSENT_NAMES,
]


def documented_columns(spec: TableSpec) -> dict[str, str]:
    """Key to Chinese header, from the rows of the table's section; one row may have several."""
    section = PAGE.split(f"Table `{spec.key}` ({spec.zh})")[1].split("\nTable `")[0].split("\n#")[0]
    columns: dict[str, str] = {}
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith(("| column", "| ---")):
            keys, zh = (cell.strip() for cell in line.split("|")[1:3])
            columns |= dict(zip(keys.split(", "), zh.split("、"), strict=True))
    return columns


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_each_table_is_documented_column_by_column(spec: TableSpec) -> None:
    assert documented_columns(spec) == {column.key: column.zh for column in spec.columns}


def test_each_value_is_documented_with_its_chinese_name() -> None:
    listed = [f"`{value}` {zh}" for names in NAMES for value, zh in names.items()]
    assert [entry for entry in listed if entry not in PAGE] == []
