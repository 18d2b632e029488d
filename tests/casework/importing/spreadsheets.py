"""Spreadsheets for the import tests, made the way that spreadsheet programs make them."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

Cell = str | int | float | bool | dt.time
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

ORGANISATION_HEADER = ["code", "name", "name_en", "kind", "parent"]
WINDOW_HEADER = ["code", "name", "name_en", "organisation", "kind", "place", "serves"]
GROUP_HEADER = ["code", "name", "name_en", "organisation", "letters", "general"]
HOURS_HEADER = ["organisation", "weekdays", "opens", "closes"]
STAFF_HEADER = ["username", "name", "organisation", "roles", "skill_groups", "window", "kind"]

SMALL_COUNTY: Sheets = {
    "organisations": [
        ORGANISATION_HEADER,
        ["441600", "试点县", "Pilot County", "county", ""],
        ["GA", "公安局", "Police", "department", "441600"],
        ["XHL", "新回龙镇", "Xinhuilong", "town", "441600"],
        ["XHL-DY", "洞源村", "Dongyuan Village", "village", "XHL"],
    ],
    "windows": [
        WINDOW_HEADER,
        ["W1", "村窗口", "Village window", "XHL-DY", "joint", "党群服务中心", ""],
    ],
    "skill_groups": [
        GROUP_HEADER,
        ["general", "综合组", "General", "441600", "K", "yes"],
        ["police", "户政组", "Household", "441600", "H", ""],
    ],
    "opening_hours": [HOURS_HEADER, ["441600", "1;2;3;4;5", "08:30", "12:00"]],
}
SMALL_STAFF: Sheets = {
    "staff": [
        STAFF_HEADER,
        ["helper", "黎春花", "XHL-DY", "helper", "", "W1", "cadre"],
        ["agent", "陈美玲", "441600", "agent", "K;H", "", ""],
    ]
}
SMALL_ITEMS: Sheets = {
    "items": [
        [
            "code",
            "name",
            "name_en",
            "department",
            "skill_group",
            "receiving_levels",
            "video_level",
            "deciding",
            "authority_source",
            "authority_document",
            "modes",
            "immediate",
            "time_limit_days",
            "joint",
            "conditions",
            "steps",
        ],
        [
            *["GA001", "新生儿出生登记", "Birth registration", "GA", "H", "county;village"],
            *["county", "GA", "户口登记条例", "1958", "advice;assisted", "yes", "", "yes"],
            *["父母一方为本县户籍", "提出\n办理"],
        ],
        [
            *["GA002", "居民身份证换领", "Identity card", "GA", "H", "county"],
            *["town", "registered_town", "身份证法", "2003", "advice", "", "20", ""],
            *["期满", "提出\n制证"],
        ],
    ],
    "materials": [
        ["item", "name", "name_en", "requirement", "copies", "note", "note_en"],
        ["GA001", "出生医学证明", "Birth certificate", "required", "1", "", ""],
        ["GA001", "居民户口簿", "Household register", "exempt", "", "免交", "not needed"],
        ["GA002", "居民身份证", "Identity card", "may_follow", "2", "", ""],
    ],
}


def csv_file(sheets: Sheets, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    for name, rows in sheets.items():
        if name:
            writer.writerow([f"[{name}]"])
        writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(sheets: Sheets) -> bytes:
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    time_format = workbook.add_format({"num_format": "hh:mm"})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for row_number, row in enumerate(rows):
            for column_number, cell in enumerate(row):
                if isinstance(cell, dt.time):
                    sheet.write_datetime(row_number, column_number, cell, time_format)
                elif isinstance(cell, str):
                    sheet.write_string(row_number, column_number, cell)
                else:
                    sheet.write(row_number, column_number, cell)
    workbook.close()
    return content.getvalue()


def with_row(sheets: Sheets, table: str, row: Sequence[Cell]) -> Sheets:
    """The sheets with one more row at the end of a table."""
    return {**sheets, table: [*sheets[table], row]}


def with_cell(sheets: Sheets, table: str, row: int, column: str, cell: Cell) -> Sheets:
    """The sheets with one cell changed; ``row`` counts from 1, the header is 1."""
    rows = [list(cells) for cells in sheets[table]]
    rows[row - 1][rows[0].index(column)] = cell
    return {**sheets, table: rows}
