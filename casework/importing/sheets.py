"""CSV and XLSX files as named tables of text. Nothing is interpreted here, and nothing executed.

A CSV file has one table, or several: a line ``[windows]`` starts a table of that name, and the line
after it is its header. An XLSX file has one table a sheet. A cell that looks like a formula is text
like any other; of a real formula only the value that was saved with it is read.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import python_calamine

from casework.importing.problems import ImportRefused, Problem

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 16_384
"""The longest is an item's form; Excel itself ends at 32,767."""
EXACT_INTEGER: Final = 10**15
"""Spreadsheets keep 15 digits of a number: a longer code has lost its end already."""
ZIP_MAGIC: Final = b"PK\x03\x04"
OLD_EXCEL_MAGIC: Final = b"\xd0\xcf\x11\xe0"
UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class TableRow:
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is empty for a CSV file without sections."""

    name: str
    header_row: int
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_tables(content: bytes) -> list[Table]:
    """The tables of a CSV or XLSX file, told apart by their first bytes. Blocking: use a thread.

    :raises ImportRefused: the file cannot be read, or is over a limit.
    """
    if len(content) > MAX_BYTES:
        raise _refused("文件超过5MB", "The file is larger than 5 MB")
    if content.startswith(OLD_EXCEL_MAGIC):
        raise _refused("不支持XLS格式，请另存为XLSX", "XLS is not read: save the file as XLSX")
    if content.startswith(ZIP_MAGIC):
        return [table for name, rows in _xlsx(content) if (table := _table(name, rows))]
    tables = (_table(name, rows) for name, rows in _csv_sections(_decode(content)))
    return [table for table in tables if table]


def _decode(content: bytes) -> str:
    if content.startswith(UTF_16_MARKS) or b"\0" in content:
        raise _refused("文件编码应为UTF-8或GB18030", "The file must be UTF-8 or GB18030 text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("文件编码应为UTF-8或GB18030", "The file must be UTF-8 or GB18030 text")


def _csv_sections(text: str) -> Iterator[tuple[str, list[TableRow]]]:
    name: str = ""
    rows: list[TableRow] = []
    for row in _csv_rows(text):
        first, *rest = row.cells
        if first.startswith("[") and first.endswith("]") and not any(rest):
            yield name, rows
            name, rows = first[1:-1].strip(), []
        else:
            rows.append(row)
    yield name, rows


def _csv_rows(text: str) -> Iterator[TableRow]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            _check_row_count(number)
            if any(cell.strip() for cell in cells):
                yield _row("", number, cells)
    except csv.Error as error:
        raise _refused(
            "CSV格式有误，可能引号没有成对", f"Not well-formed CSV: {error}", row=number + 1
        ) from None


def _delimiter(text: str) -> str:
    """Commas; tabs or semicolons when a program of another locale wrote the first lines."""
    head = "".join(islice(io.StringIO(text), 2))
    return max(",\t;", key=head.count)


def _xlsx(content: bytes) -> list[tuple[str, list[TableRow]]]:
    _check_unpacked_size(content)
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(content))
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
        return [(name, _sheet_rows(name, sheet)) for name, sheet in sheets]
    except (python_calamine.CalamineError, OSError) as error:
        raise _refused("无法读取XLSX文件", f"The XLSX file cannot be read: {error}") from None


def _sheet_rows(name: str, sheet: python_calamine.CalamineSheet) -> list[TableRow]:
    _check_row_count(sheet.height)
    rows = []
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        texts = [_cell_text(name, number, cell) for cell in cells]
        if any(text.strip() for text in texts):
            rows.append(_row(name, number, texts))
    return rows


def _cell_text(table: str, number: int, cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_INTEGER:
            raise _refused(
                "数字超过15位，末尾已丢失，请把该列设为文本格式",
                "A number of more than 15 digits has lost its end: make the column text",
                table=table,
                row=number,
            )
        return str(int(cell)) if cell == int(cell) else str(cell)
    if isinstance(cell, dt.time):
        return cell.strftime("%H:%M")
    if isinstance(cell, dt.timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(cell)


def _check_unpacked_size(content: bytes) -> None:
    """Refuses a zip bomb: sizes as declared, and read once so that the declarations are true."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked <= MAX_UNPACKED_BYTES and archive.testzip() is None:
                return
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _refused("无法读取XLSX文件", "The XLSX file is damaged") from None
    raise _refused("XLSX文件过大或已损坏", "The XLSX file is too large or damaged")


def _check_row_count(rows: int) -> None:
    if rows > MAX_ROWS:
        raise _refused(f"超过{MAX_ROWS}行", f"There are more than {MAX_ROWS} rows")


def _row(table: str, number: int, cells: Sequence[str]) -> TableRow:
    texts = [cell.strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > MAX_COLUMNS:
        raise _refused("列数过多", f"More than {MAX_COLUMNS} columns", table=table, row=number)
    if any(len(text) > MAX_CELL for text in texts):
        raise _refused(
            f"单元格超过{MAX_CELL}个字符",
            f"A cell has more than {MAX_CELL} characters",
            table=table,
            row=number,
        )
    return TableRow(number, tuple(texts))


def _table(name: str, rows: list[TableRow]) -> Table | None:
    if not rows:
        return None
    header, *body = rows
    return Table(name.strip(), header.number, header.cells, tuple(body))


def _refused(zh: str, en: str, *, table: str = "", row: int | None = None) -> ImportRefused:
    return ImportRefused([Problem(table, row, "", zh, en)])
