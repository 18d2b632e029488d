"""Whatever stands in a cell, a file is parsed to rows and problems, and never breaks the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.importing.files import ImportKind, Parsed, parse_file
from casework.importing.items import ParsedItems
from casework.importing.organisations import ParsedOrganisations
from casework.importing.staff import ParsedStaff
from tests.casework.importing.spreadsheets import (
    SMALL_COUNTY,
    SMALL_ITEMS,
    SMALL_STAFF,
    Sheets,
    csv_file,
    with_cell,
)

SHEETS: dict[ImportKind, Sheets] = {
    ImportKind.ORGANISATIONS: SMALL_COUNTY,
    ImportKind.STAFF: SMALL_STAFF,
    ImportKind.ITEMS: SMALL_ITEMS,
}
PLACES = [
    (kind, table, row, str(column))
    for kind, sheets in SHEETS.items()
    for table, rows in sheets.items()
    for row in range(2, len(rows) + 1)
    for column in rows[0]
]
plausible = st.sampled_from(
    ["", "GA", "441600", "registered_town", "是", "county", "town;village", "0", "1;7", "24:00"]
)
anything = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def rows_in(parsed: Parsed) -> int:
    match parsed:
        case ParsedOrganisations():
            named = len(parsed.organisations) + len(parsed.windows) + len(parsed.skill_groups)
            return named + len({row.row for row in parsed.opening_hours})
        case ParsedStaff():
            return len(parsed.members)
        case ParsedItems():
            return len(parsed.items)


@pytest.mark.parametrize("kind", ImportKind)
def test_the_sample_files_are_sound(kind: ImportKind) -> None:
    parsed = parse_file(kind, csv_file(SHEETS[kind]))
    assert list(parsed.report) == []


@given(st.sampled_from(PLACES), plausible | anything)
def test_any_cell_keeps_its_row_or_is_a_problem_of_its_row(
    place: tuple[ImportKind, str, int, str], cell: str
) -> None:
    kind, table, row, column = place
    sound = rows_in(parse_file(kind, csv_file(SHEETS[kind])))
    changed = parse_file(kind, csv_file(with_cell(SHEETS[kind], table, row, column, cell)))
    problems = list(changed.report)
    assert all(problem.zh and problem.en for problem in problems)
    assert rows_in(changed) == sound or any(problem.row is not None for problem in problems)


@pytest.mark.parametrize("kind", ImportKind)
def test_an_empty_file_lacks_its_first_table(kind: ImportKind) -> None:
    problems = list(parse_file(kind, b"").report)
    assert [(problem.table, problem.row) for problem in problems] == [(kind.value, None)]
