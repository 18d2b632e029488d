import datetime as dt
import io
import struct
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from casework.importing.problems import ImportRefused
from casework.importing.sheets import MAX_BYTES, MAX_ROWS, Table, read_tables
from tests.casework.importing.spreadsheets import SMALL_COUNTY, Cell, Sheets, csv_file, xlsx_file


def contents(tables: list[Table]) -> dict[str, list[tuple[str, ...]]]:
    return {table.name: [table.header, *(row.cells for row in table.rows)] for table in tables}


def trimmed(sheets: Sheets) -> dict[str, list[tuple[str, ...]]]:
    """As the reader sees them: empty cells at the end of a row are not there."""
    return {
        name: [tuple(",".join(map(str, row)).rstrip(",").split(",")) for row in rows]
        for name, rows in sheets.items()
    }


def refusal(content: bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        read_tables(content)
    return refused.value.problems[0].en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_common_encoding_and_delimiter_reads_alike(
    encoding: str, delimiter: str
) -> None:
    sheets = {"organisations": SMALL_COUNTY["organisations"]}
    assert contents(read_tables(csv_file(sheets, encoding, delimiter))) == trimmed(sheets)


def test_csv_sections_and_xlsx_sheets_are_the_same_tables() -> None:
    assert contents(read_tables(csv_file(SMALL_COUNTY))) == trimmed(SMALL_COUNTY)
    assert contents(read_tables(xlsx_file(SMALL_COUNTY))) == trimmed(SMALL_COUNTY)


def test_rows_have_the_numbers_that_a_spreadsheet_program_shows() -> None:
    content = b'[a]\ncode\n\n"two\nlines"\nlast\n'
    rows = read_tables(content)[0].rows
    assert [(row.number, row.cells) for row in rows] == [(4, ("two\nlines",)), (5, ("last",))]
    rows = read_tables(xlsx_file({"a": [["code"], [], ["x"]]}))[0].rows
    assert [(row.number, row.cells) for row in rows] == [(3, ("x",))]


def test_numbers_times_and_truth_of_a_spreadsheet_become_plain_text() -> None:
    cells: list[Cell] = [441625, 3.0, 0.5, True, dt.time(8, 30)]
    table = read_tables(xlsx_file({"a": [["h"] * 5, cells]}))[0]
    assert table.rows[0].cells == ("441625", "3", "0.5", "true", "08:30")


def test_a_number_that_lost_its_last_digits_is_refused() -> None:
    assert "lost its end" in refusal(xlsx_file({"a": [["code"], [11441625007207000000]]}))


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1+1", "=HYPERLINK(1)"]
)
def test_what_looks_like_a_formula_stays_text(text: str) -> None:
    sheets = {"a": [["name"], [text]]}
    assert read_tables(csv_file(sheets))[0].rows[0].cells == (text,)
    assert read_tables(xlsx_file(sheets))[0].rows[0].cells == (text,)


def test_of_a_real_formula_only_the_saved_value_is_read() -> None:
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True})
    workbook.add_worksheet("a").write_formula(1, 0, "=1+1", None, 7)
    workbook.get_worksheet_by_name("a").write_string(0, 0, "number")
    workbook.close()
    assert read_tables(content.getvalue())[0].rows[0].cells == ("7",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
        ("编码".encode("utf-16"), "UTF-8 or GB18030"),
        (b"code\0,name\n", "UTF-8 or GB18030"),
        (b"code\n\xff\xff\xff", "UTF-8 or GB18030"),
        (b'code\n"open', "CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "XLS is not read"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"h\n" + b"x\n" * (MAX_ROWS + 1), "more than 20000 rows"),
        (b"h\n" + b"x" * 16_385, "more than 16384 characters"),
        (b"h\n" + b"x," * 60 + b"x", "More than 60 columns"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    assert reason in refusal(content)


def archive(size: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("xl/workbook.xml", b"0" * size)
    return content.getvalue()


def test_a_zip_bomb_is_refused_by_its_sizes_and_when_it_lies_about_them() -> None:
    assert "too large" in refusal(archive(100 * 1024 * 1024))
    lying = archive(100 * 1024 * 1024).replace(
        struct.pack("<I", 100 * 1024 * 1024), struct.pack("<I", 10)
    )
    assert "damaged" in refusal(lying)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    assert "cannot be read" in refusal(archive(10))


def test_an_empty_file_has_no_tables() -> None:
    assert read_tables(b"") == []
    assert read_tables(b"\n\n,,\n") == []


cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="[]"), max_size=20
).map(str.strip)


@given(st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=8))
def test_whatever_a_spreadsheet_program_writes_is_read_back(rows: list[list[str]]) -> None:
    sheets = {"table": [["a", "b", "c", "d", "e"], *rows]}
    expected = [list(row) for row in rows if any(row)]
    for row in expected:
        while not row[-1]:
            row.pop()
    for content in (csv_file(sheets), xlsx_file(sheets)):
        assert [list(row.cells) for row in read_tables(content)[0].rows] == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for opening in (b"", b"PK\x03\x04", b"[organisations]\n"):
        try:
            tables = read_tables(opening + content)
        except ImportRefused as refused:
            tables = []
            reasons = [problem.zh and problem.en for problem in refused.problems]
        else:
            reasons = ["read"]
        assert all(reasons)
        assert all(isinstance(table, Table) for table in tables)
