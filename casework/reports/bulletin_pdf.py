"""A bulletin as PDF. Works on what :meth:`casework.reports.bulletin.Bulletin.as_json` gives."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

FONT = "STSong-Light"
"""One of the Chinese fonts that every PDF reader brings along (Adobe-GB1)."""
_WIDTH = A4[0] - 36 * mm
_LINES = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, "#b8c0cc"),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]
_BAR, _BAR_MM, CHARTED_ROWS, _SAID = HexColor("#0b5cad"), 4.6, 12, 7.5
_HEADED = [*_LINES, ("BACKGROUND", (0, 0), (-1, 0), "#eef2f5")]


class _Styles:
    """Chinese is broken between any two characters, English between words."""

    def __init__(self, *, chinese: bool) -> None:
        wrap = "CJK" if chinese else None
        self.text = ParagraphStyle("text", fontName=FONT, fontSize=9, leading=13, wordWrap=wrap)
        self.small = ParagraphStyle("small", parent=self.text, fontSize=7.5, leading=10.5)
        self.number = ParagraphStyle("number", parent=self.text, alignment=2)
        self.small_number = ParagraphStyle("small_number", parent=self.small, alignment=2)
        self.title = ParagraphStyle("title", parent=self.text, fontSize=18, leading=26, alignment=1)
        self.unit = ParagraphStyle("unit", parent=self.text, fontSize=11, leading=16, alignment=1)
        self.head = ParagraphStyle("head", parent=self.text, fontSize=12, leading=20, spaceBefore=8)


def draw_pdf(bulletin: Mapping[str, Any]) -> bytes:
    registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"{bulletin['title']} {bulletin['unit']}",
        author="shipinban",
    )

    def foot(canvas: Canvas, _document: object) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, str(canvas.getPageNumber()))

    document.build(list(_story(bulletin)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(bulletin: Mapping[str, Any]) -> Iterator[Flowable]:
    styles = _Styles(chinese=bulletin["language"] != "en")
    yield Paragraph(escape(bulletin["title"]), styles.title)
    yield Paragraph(escape(bulletin["unit"]), styles.unit)
    yield Spacer(1, 3 * mm)
    yield Table(
        [[_cell(name, styles.text), _cell(text, styles.text)] for name, text in bulletin["facts"]],
        colWidths=(_WIDTH * 0.25, _WIDTH * 0.75),
        style=_LINES,
    )
    yield Spacer(1, 4 * mm)
    yield _figures(bulletin, styles)
    for table in bulletin["tables"]:
        yield CondPageBreak(45 * mm)
        yield Paragraph(escape(table["title"]), styles.head)
        yield from _chart(table, styles)
        yield _table(table, bulletin["most_rows"], styles)
        if len(table["rows"]) > bulletin["most_rows"]:
            yield Paragraph(escape(bulletin["more"]), styles.small)
    yield CondPageBreak(45 * mm)
    yield Paragraph(escape(bulletin["definitions"]), styles.head)
    for line in bulletin["figures"]:
        yield Paragraph(
            f"<b>{escape(line['name'])}</b>: {escape(line['definition'])}", styles.small
        )


def _chart(table: Mapping[str, Any], styles: _Styles) -> Iterator[Flowable]:
    """Bars of one column of the first rows; each says its number."""
    rows = [(name, cells[table["charted"]]) for name, cells in table["rows"][:CHARTED_ROWS]]
    most = max((cell["value"] or 0 for _, cell in rows), default=0)
    if most == 0:
        return
    name_width, room = _WIDTH * 0.28, _WIDTH * 0.62
    drawing = Drawing(_WIDTH, len(rows) * _BAR_MM * mm)
    for number, (name, cell) in enumerate(rows, start=1):
        y = (len(rows) - number) * _BAR_MM * mm + 1.2 * mm
        width = room * (cell["value"] or 0) / most
        said = _fitting(name, name_width - 2 * mm)
        drawing.add(String(0, y, said, fontName=FONT, fontSize=_SAID))
        drawing.add(Rect(name_width, y - 0.6 * mm, width, 3 * mm, fillColor=_BAR, strokeColor=None))
        at = name_width + width + 1.5 * mm
        drawing.add(String(at, y, cell["text"], fontName=FONT, fontSize=_SAID))
    yield Paragraph(escape(table["columns"][table["charted"]]), styles.small)
    yield drawing
    yield Spacer(1, 2 * mm)


def _fitting(name: str, width: float) -> str:
    """On one line: the table below has the whole name."""
    if stringWidth(name, FONT, _SAID) <= width:
        return name
    while name and stringWidth(f"{name}…", FONT, _SAID) > width:
        name = name[:-1]
    return f"{name}…"


def _figures(bulletin: Mapping[str, Any], styles: _Styles) -> Flowable:
    name, now, before, _ = bulletin["headings"]
    rows = [[_cell(name, styles.text), _cell(now, styles.number), _cell(before, styles.number)]]
    rows += [
        [
            _cell(line["name"], styles.text),
            _cell(line["now"]["text"], styles.number),
            _cell(line["before"]["text"], styles.number),
        ]
        for line in bulletin["figures"]
    ]
    widths = (_WIDTH * 0.5, _WIDTH * 0.25, _WIDTH * 0.25)
    return Table(rows, colWidths=widths, style=_HEADED, repeatRows=1)


def _table(table: Mapping[str, Any], most: int, styles: _Styles) -> Flowable:
    columns: Sequence[str] = table["columns"]
    head = [
        _cell(table["heading"], styles.small),
        *(_cell(one, styles.small_number) for one in columns),
    ]
    rows = [
        [_cell(name, styles.small), *(_cell(cell["text"], styles.small_number) for cell in cells)]
        for name, cells in table["rows"][:most]
    ]
    first = 0.28
    rest = (1 - first) / len(columns)
    widths = [_WIDTH * first, *(_WIDTH * rest for _ in columns)]
    return Table([head, *rows], colWidths=widths, style=_HEADED, repeatRows=1)


def _cell(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)
