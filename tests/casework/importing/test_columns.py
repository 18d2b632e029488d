from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.importing.columns import (
    Column,
    Parser,
    TableSpec,
    boolean,
    check_unique,
    choice,
    code,
    integer,
    minute_of_day,
    read_rows,
    several,
    text,
)
from casework.importing.problems import CellError, Report
from casework.importing.sheets import Table, TableRow
from casework.vocabulary import CaseMode

MODES = choice(CaseMode, {CaseMode.ADVICE: "咨询", CaseMode.GUIDANCE: "导办"})
SPEC = TableSpec(
    "things",
    "东西",
    (
        Column("code", "编码", code),
        Column("count", "数量", integer(1, 9)),
        Column("note", "说明", text(5), required=False),
    ),
)


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (boolean, "是", True),
        (boolean, "YES", True),
        (boolean, "否", False),
        (integer(0, 365), "015", 15),
        (minute_of_day, "8:30", 510),
        (minute_of_day, "08：30", 510),
        (minute_of_day, "24:00", 1440),
        (MODES, "咨询", CaseMode.ADVICE),
        (MODES, "Guidance", CaseMode.GUIDANCE),
        (several(MODES), "咨询；advice、 导办", (CaseMode.ADVICE, CaseMode.GUIDANCE)),
        (text(4), "e\u0301", "é"),
        (text(4, lines=True), "a\r\nb", "a\nb"),
        (text(9), "=1+1", "=1+1"),
    ],
)
def test_cells_as_people_write_them(parse: Parser, cell: str, value: object) -> None:
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (boolean, "maybe"),
        (integer(1, 9), "10"),
        (integer(1, 9), "1.5"),
        (integer(1, 9), "²"),
        (integer(1, 9), "٣"),
        (integer(1, 9), "-1"),
        (minute_of_day, "24:01"),
        (minute_of_day, "8h30"),
        (MODES, "代劳"),
        (several(MODES), "咨询;代劳"),
        (code, "新"),
        (code, "-A"),
        (code, "a" * 41),
        (text(4), "12345"),
        (text(9), "a\nb"),
        (text(9, lines=True), "a\x07b"),
    ],
)
def test_cells_that_are_wrong_say_so_in_both_languages(parse: Parser, cell: str) -> None:
    with pytest.raises(CellError) as wrong:
        parse(cell)
    assert wrong.value.zh
    assert wrong.value.en


@given(st.text(max_size=40))
@pytest.mark.parametrize(
    "parse", [boolean, integer(0, 9), minute_of_day, MODES, several(MODES), code, text(9)]
)
def test_no_text_breaks_a_parser(parse: Callable[[str], Any], cell: str) -> None:
    try:
        parse(cell)
    except CellError as wrong:
        reason = wrong.zh
    else:
        reason = "read"
    assert reason


def table(header: list[str], *rows: list[str], name: str = "things") -> Table:
    numbered = tuple(TableRow(number, tuple(row)) for number, row in enumerate(rows, start=2))
    return Table(name, 1, tuple(header), numbered)


def problems(*tables: Table) -> list[tuple[int | None, str]]:
    report = Report()
    read_rows(tables, SPEC, report)
    return [(problem.row, problem.column) for problem in report.problems]


def test_headers_in_any_order_and_either_language() -> None:
    report = Report()
    rows = read_rows([table(["数量", "Code"], ["3", "A"], name="东西")], SPEC, report)
    assert not report.problems
    assert [(row.row, row.value) for row in rows] == [(2, {"code": "A", "count": 3, "note": ""})]


def test_a_problem_names_the_column_by_its_heading_in_the_file() -> None:
    assert problems(table(["数量", "Code"], ["x", "新"])) == [(2, "Code"), (2, "数量")]
    assert problems(table(["数量"], ["1"])) == [(1, "编码")], "missing: as it is to be written"
    report = Report()
    read_rows([table(["编码", "Count"], ["A", "1"])], SPEC, report)
    report.add("things", 2, "code", "重复", "twice")
    report.add("things", 2, "count", "太多", "too many")
    assert [problem.column for problem in report.problems] == ["编码", "Count"]


def test_every_bad_cell_is_named_and_good_rows_are_kept() -> None:
    report = Report()
    bad = table(["code", "count"], ["新", "x"], ["B", "1"], ["C", ""], ["", "12"])
    rows = read_rows([bad], SPEC, report)
    assert [row.value["code"] for row in rows] == ["B"]
    assert [(p.row, p.column) for p in report.problems] == [
        (2, "code"),
        (2, "count"),
        (4, "count"),
        (5, "code"),
        (5, "count"),
    ]


def test_wrong_headers_are_told_once() -> None:
    assert problems(table(["code"], ["A"], ["B"])) == [(1, "count")]
    assert problems(table(["code", "count", "colour"], ["A", "1", "red"])) == [(1, "colour")]
    assert problems(table(["code", "count", "编码"], ["A", "1", "B"])) == [(1, "编码")]
    assert problems(table(["code", "count"], ["A", "1", "astray"])) == [(2, "")]
    assert problems() == [(None, "")]
    assert problems(table(["code", "count"]), table(["code", "count"])) == [(None, "")]


def test_a_repeated_key_names_the_row_where_it_was_first() -> None:
    report = Report()
    check_unique("things", "code", [(2, "A"), (3, "B"), (4, "A")], report)
    assert [(p.row, p.en) for p in report.problems] == [(4, "“A” is in row 2 already")]
