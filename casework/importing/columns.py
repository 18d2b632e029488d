"""Cells into values: parsers for one cell, columns with Chinese and English headers, whole tables.

A parser takes the stripped text of a cell and returns a value or raises :class:`CellError`. Columns
stand in any order; an unknown one is a problem, since a misspelt header would lose a column.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from casework.importing.problems import CellError, Report
from casework.importing.sheets import Table, TableRow

Parser = Callable[[str], Any]
T = TypeVar("T")

CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
TRUE: Final = frozenset({"是", "有", "√", "yes", "y", "true", "1"})
FALSE: Final = frozenset({"", "否", "无", "no", "n", "false", "0"})
LIST_SEPARATOR: Final = re.compile(r"[;；,，、\s]+")
TIME: Final = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` and ``zh`` are the headers it answers to; without ``required`` a cell may be empty."""

    key: str
    zh: str
    parse: Parser
    required: bool = True
    default: Any = ""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """``key`` and ``zh`` are the names that a sheet or section may have."""

    key: str
    zh: str
    columns: tuple[Column, ...]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Numbered(Generic[T]):
    """A checked row with its number in the file, for problems that are found later."""

    row: int
    value: T


def text(longest: int, *, lines: bool = False) -> Parser:
    """Up to ``longest`` characters in NFC, without control characters (line feeds if ``lines``)."""

    def parse(cell: str) -> str:
        value = unicodedata.normalize("NFC", cell).replace("\r\n", "\n")
        if len(value) > longest:
            raise CellError(f"超过{longest}个字符", f"More than {longest} characters")
        allowed = "\n" if lines else ""
        if any(unicodedata.category(c) == "Cc" and c not in allowed for c in value):
            raise CellError("含有换行或控制字符", "Contains line breaks or control characters")
        return value

    return parse


def matching(pattern: re.Pattern[str], zh: str, en: str) -> Parser:
    """Text that fits ``pattern`` in full; ``zh`` and ``en`` say what is expected."""

    def parse(cell: str) -> str:
        if not pattern.fullmatch(cell):
            raise CellError(f"“{cell}”不符合要求：{zh}", f"“{cell}” is not valid: {en}")
        return cell

    return parse


code = matching(
    CODE, "字母、数字、横线，最长40个", "letters, digits and hyphens, at most 40 characters"
)


def choice(values: type[StrEnum], zh_names: Mapping[Any, str]) -> Parser:
    """A member of ``values`` by its value or its Chinese name."""
    by_name = {name: values(value) for value, name in zh_names.items()}
    by_name |= {member.value: member for member in values}

    def parse(cell: str) -> StrEnum:
        member = by_name.get(cell) or by_name.get(cell.casefold())
        if member is None:
            listed_zh = "、".join(zh_names.values())
            listed_en = ", ".join(member.value for member in values)
            raise CellError(
                f"“{cell}”不在可选值中：{listed_zh}", f"“{cell}” is not one of: {listed_en}"
            )
        return member

    return parse


def several(parse_one: Parser) -> Parser:
    """A list separated by ``;``, ``、``, commas or blanks; each element once."""

    def parse(cell: str) -> tuple[Any, ...]:
        parts = [part for part in LIST_SEPARATOR.split(cell) if part]
        return tuple(dict.fromkeys(parse_one(part) for part in parts))

    return parse


def boolean(cell: str) -> bool:
    folded = cell.casefold()
    if folded not in TRUE | FALSE:
        raise CellError(f"“{cell}”应为是或否", f"“{cell}” must be yes or no")
    return folded in TRUE


def integer(smallest: int, largest: int) -> Parser:
    def parse(cell: str) -> int:
        digits = cell.isascii() and cell.isdigit() and len(cell) <= 9
        if not digits or not smallest <= int(cell) <= largest:
            raise CellError(
                f"“{cell}”应为{smallest}至{largest}的整数",
                f"“{cell}” must be a whole number from {smallest} to {largest}",
            )
        return int(cell)

    return parse


def minute_of_day(cell: str) -> int:
    """``08:30`` as minutes since midnight; ``24:00`` is the end of the day."""
    match = TIME.fullmatch(cell)
    minute = int(match[1]) * 60 + int(match[2]) if match else 24 * 60 + 1
    if minute > 24 * 60:
        raise CellError(f"“{cell}”应为时:分，如08:30", f"“{cell}” must be a time such as 08:30")
    return minute


def find_table(tables: Sequence[Table], spec: TableSpec, report: Report) -> Table | None:
    found = [table for table in tables if table.name in (spec.key, spec.zh)]
    if len(found) > 1:
        report.add(spec.key, None, "", "同名的表出现多次", "The table is there more than once")
    if found:
        return found[0]
    if spec.required:
        report.add(spec.key, None, "", f"缺少表“{spec.zh}”", f"The table “{spec.key}” is missing")
    return None


def name_only_table(tables: Sequence[Table], spec: TableSpec) -> list[Table]:
    """A file with one table need not name it: a CSV without sections, or a sheet “Sheet1”."""
    if len(tables) == 1:
        return [replace(tables[0], name=spec.key)]
    return list(tables)


def cells_of(tables: Sequence[Table], spec: TableSpec, key: str) -> set[str]:
    """What stands in one column, in bad rows too: a bad row shall not make others look wrong."""
    column = next(column for column in spec.columns if column.key == key)
    return {
        row.cells[place]
        for table in tables
        if table.name in (spec.key, spec.zh)
        for place, name in enumerate(table.header)
        if name in (column.key, column.zh)
        for row in table.rows
        if place < len(row.cells)
    }


def check_names(tables: Iterable[Table], specs: Sequence[TableSpec], report: Report) -> None:
    """A table that no spec knows is a problem: its rows would be lost in silence."""
    known = {name for spec in specs for name in (spec.key, spec.zh)}
    for table in tables:
        if table.name not in known:
            listed = "、".join(spec.zh for spec in specs)
            report.add(
                table.name,
                table.header_row,
                "",
                f"不认识的表“{table.name}”，可用的有：{listed}",
                f"Unknown table “{table.name}”; known: {', '.join(spec.key for spec in specs)}",
            )


def read_rows(
    tables: Sequence[Table], spec: TableSpec, report: Report
) -> list[Numbered[dict[str, Any]]]:
    """The good rows of a table, one dictionary by column key; the bad ones go to ``report``."""
    table = find_table(tables, spec, report)
    if table is None:
        return []
    places = _places(table, spec, report)
    rows = []
    for row in table.rows:
        values = _read_row(row, places, spec, len(table.header), report)
        if values is not None:
            rows.append(Numbered(row.number, values))
    return rows


def _places(table: Table, spec: TableSpec, report: Report) -> dict[str, int]:
    """Where each column stands. A missing required column is told once, not for every row."""
    keys = {name: column.key for column in spec.columns for name in (column.key, column.zh)}
    places: dict[str, int] = {}
    for place, name in enumerate(table.header):
        key = keys.get(name) or keys.get(name.casefold())
        if key is None:
            report.add(
                spec.key, table.header_row, name, f"不认识的列“{name}”", f"Unknown column “{name}”"
            )
        elif key in places:
            report.add(spec.key, table.header_row, name, "列重复", "The column is there twice")
        else:
            places[key] = place
            report.headings[spec.key, key] = name
    in_chinese = not {column.zh for column in spec.columns}.isdisjoint(table.header)
    for column in spec.columns:
        if column.required and column.key not in places:
            report.add(
                spec.key,
                table.header_row,
                column.zh if in_chinese else column.key,
                f"缺少列“{column.zh}”",
                f"The column “{column.key}” is missing",
            )
    return places


def _read_row(
    row: TableRow, places: Mapping[str, int], spec: TableSpec, width: int, report: Report
) -> dict[str, Any] | None:
    before = len(report.problems)
    if len(row.cells) > width:
        report.add(
            spec.key, row.number, "", "单元格多于表头的列", "More cells than the header has columns"
        )
    values = {}
    for column in spec.columns:
        place = places.get(column.key)
        if place is None:
            values[column.key] = column.default
            continue
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            values[column.key] = _read_cell(cell, column)
        except CellError as error:
            report.add(spec.key, row.number, column.key, error.zh, error.en)
    missing_column = any(c.required and c.key not in places for c in spec.columns)
    return None if missing_column or len(report.problems) > before else values


def _read_cell(cell: str, column: Column) -> object:
    if cell:
        return column.parse(cell)
    if column.required:
        raise CellError("不能为空", "Must not be empty")
    return column.default


def check_unique(
    table: str, column: str, keys: Iterable[tuple[int, object]], report: Report
) -> None:
    """Each key once; ``keys`` are (row number, key)."""
    first: dict[object, int] = {}
    for row, key in keys:
        if key in first:
            report.add(
                table,
                row,
                column,
                f"“{key}”与第{first[key]}行重复",
                f"“{key}” is in row {first[key]} already",
            )
        else:
            first[key] = row
