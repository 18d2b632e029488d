"""A bulletin as XLSX. Works on what :meth:`casework.reports.bulletin.Bulletin.as_json` gives.

Names are written with ``write_string``: an item called ``=1+1`` stays a name.
"""

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

NOTHING = "—"
_FORMATS = {
    "count": "#,##0",
    "share": "0.0%",
    "minutes": "#,##0.0",
    "hours": "#,##0",
    "of_ten": "0.00",
}
_SHEET_NAME_LIMIT = 31
CHARTED_ROWS = 12


class _Sheets:
    """One workbook in memory."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self.out, options)
        self.head = self.book.add_format({"bold": True, "bg_color": "#EEF2F5", "text_wrap": True})
        self.title = self.book.add_format({"bold": True, "font_size": 16})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.numbers = {
            unit: self.book.add_format({"num_format": form, "valign": "top"})
            for unit, form in _FORMATS.items()
        }
        self.nothing = self.book.add_format({"align": "right", "valign": "top"})

    def put(self, sheet: Any, row: int, column: int, cell: Mapping[str, Any]) -> None:  # noqa: ANN401
        if cell["value"] is None:
            sheet.write_string(row, column, NOTHING, self.nothing)
        else:
            sheet.write_number(row, column, cell["value"], self.numbers[cell["unit"]])


def draw_xlsx(bulletin: Mapping[str, Any]) -> bytes:
    sheets = _Sheets()
    _figures(sheets, bulletin)
    for table in bulletin["tables"]:
        _table(sheets, table)
    sheets.book.close()
    return sheets.out.getvalue()


def _figures(sheets: _Sheets, bulletin: Mapping[str, Any]) -> None:
    sheet = sheets.book.add_worksheet(_sheet_name(bulletin["title"]))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 3, 90)
    sheet.write_string(0, 0, f"{bulletin['title']} {bulletin['unit']}", sheets.title)
    row = 2
    for name, text in bulletin["facts"]:
        sheet.write_string(row, 0, name, sheets.wrapped)
        sheet.write_string(row, 1, text)
        row += 1
    row += 1
    for column, heading in enumerate(bulletin["headings"]):
        sheet.write_string(row, column, heading, sheets.head)
    for line in bulletin["figures"]:
        row += 1
        sheet.write_string(row, 0, line["name"], sheets.wrapped)
        sheets.put(sheet, row, 1, line["now"])
        sheets.put(sheet, row, 2, line["before"])
        sheet.write_string(row, 3, line["definition"], sheets.wrapped)


def _table(sheets: _Sheets, table: Mapping[str, Any]) -> None:
    sheet = sheets.book.add_worksheet(_sheet_name(table["title"]))
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, len(table["columns"]), 14)
    sheet.freeze_panes(1, 1)
    for column, heading in enumerate((table["heading"], *table["columns"])):
        sheet.write_string(0, column, heading, sheets.head)
    for row, (name, cells) in enumerate(table["rows"], start=1):
        sheet.write_string(row, 0, name, sheets.wrapped)
        for column, cell in enumerate(cells, start=1):
            sheets.put(sheet, row, column, cell)
    _chart(sheets, sheet, table)


def _chart(sheets: _Sheets, sheet: Any, table: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Beside the table, of the cells themselves."""
    column, last = 1 + table["charted"], min(len(table["rows"]), CHARTED_ROWS)
    if last == 0:
        return
    name = _sheet_name(table["title"])
    chart = sheets.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": [name, 0, column],
            "categories": [name, 1, 0, last, 0],
            "values": [name, 1, column, last, column],
            "data_labels": {"value": True},
        }
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    sheet.insert_chart(1, len(table["columns"]) + 2, chart)


def _sheet_name(text: str) -> str:
    """Excel takes no more, and none of these characters."""
    return "".join(c for c in text if c not in "[]:*?/\\")[:_SHEET_NAME_LIMIT]
