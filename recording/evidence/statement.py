"""The pages of a bundle that people read: what it holds and how it is checked, in Chinese and English.

On every page stands who took it out, and when: a copy that goes astray says whose it was.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from recording.evidence.faults import clock
from recording.evidence.statement_words import Language, event_words, word

FONT = "STSong-Light"
"""One of the Chinese fonts that every PDF reader brings along (Adobe-GB1)."""
_TEXT = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK")
_LATIN = ParagraphStyle("latin", parent=_TEXT, wordWrap="LTR")
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=8, leading=11)
_CODE = ParagraphStyle(
    "code", parent=_SMALL, fontName="Courier", backColor="#f1f3f6", borderPadding=4
)
_TITLE = ParagraphStyle("title", parent=_TEXT, fontSize=18, leading=28)
_HEAD = ParagraphStyle("head", parent=_TEXT, fontSize=12, leading=20, spaceBefore=8, keepWithNext=1)
_GREY = "#b8c0cc"
LISTED = 60
"""Events and gaps that are named one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Who took the bundle out, why, and who agreed."""

    requested_by: str
    approved_by: str
    reason: str
    at_ms: int
    taken_by: str
    """Empty: by command on the server."""


@dataclass(frozen=True, slots=True)
class Person:
    """Of the call."""

    participant_id: str
    kind: str
    name: str
    name_en: str
    organisation: str
    organisation_en: str

    def told(self, language: Language) -> str:
        if language == "en":
            return f"{self.name_en or self.name}, {self.organisation_en or self.organisation}"
        return f"{self.name}（{self.organisation}）"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, by its position in the call, or afterwards by its time."""

    what: str
    body: Mapping[str, Any]
    at_ms: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement says."""

    manifest: Mapping[str, Any]
    signed_by: str
    exported: Exported
    county_key: str
    """As ``--key`` takes it."""
    file_name: str
    zone: ZoneInfo
    people: Sequence[Person] = ()
    events: Sequence[Happened] = ()
    """``at_ms`` since the call's start."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Why, by paper: ``pages/ID`` and the like, which the chain names."""
    later: Sequence[Happened] = ()
    """``at_ms`` as a time; what the journal says of the call besides its chain."""


def make_statement(told: Told) -> bytes:
    """A PDF: Chinese first, English after it."""
    registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title="录像证据说明 Statement on recorded evidence",
        author="shipinban",
        invariant=True,
    )
    frame = Frame(18 * mm, 18 * mm, A4[0] - 36 * mm, A4[1] - 34 * mm, 0, 0, 0, 0)
    languages: tuple[Language, ...] = ("zh-CN", "en")
    document.addPageTemplates(
        [PageTemplate(each, [frame], onPage=_mark(told, each)) for each in languages]
    )
    story = [*_story(told, "zh-CN"), NextPageTemplate("en"), PageBreak(), *_story(told, "en")]
    document.build(story)
    return out.getvalue()


def _mark(told: Told, language: Language) -> Callable[[Canvas, BaseDocTemplate], None]:
    """Who and when across the page, in grey under the text, and the page's number at its foot."""
    who = told.exported.taken_by or word("command_line", language)
    text = f"{who}  {_moment(told, told.exported.at_ms)}"

    def draw(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 13)
        canvas.setFillColor("#e3e6eb")
        canvas.rotate(30)
        for row in range(-4, 22):
            for column in range(-1, 5):
                canvas.drawString((column * 105 + row % 2 * 50) * mm, row * 20 * mm, text)
        canvas.restoreState()
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.setFillColor("#5b6573")
        canvas.drawString(18 * mm, 10 * mm, f"{told.file_name}    {text}")
        number = word("foot", language).format(page=document.page)
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, number)
        canvas.restoreState()

    return draw


def _story(told: Told, language: Language) -> Iterator[Flowable]:
    style = _LATIN if language == "en" else _TEXT
    yield Paragraph(word("title", language), _TITLE)
    yield from _paragraphs([word("lead", language)], style)
    yield from _section("call", language, [_table(_call(told, language))])
    yield from _section("export", language, [_table(_export(told, language))])
    yield from _section("files", language, list(_files(told, language, style)))
    yield from _section("check", language, list(_check(told, language, style)))
    for head, text in (("shows", "proves"), ("does_not", "limits")):
        yield from _section(head, language, _paragraphs([word(text, language)], style))
    if told.missing:
        lead = _paragraphs([word("missing_lead", language)], style)
        table = _table(_missing(told, language), _SMALL, left_mm=90)
        yield from _section("missing", language, [*lead, table])
    yield Paragraph(word("events", language), _HEAD)
    yield from _timeline(told, language)
    if told.later:
        later = [
            *_paragraphs([word("later_lead", language)], style),
            _table(_later(told, language), left_mm=70),
        ]
        yield from _section("later", language, later)


def _section(head: str, language: Language, content: Sequence[Flowable]) -> Iterator[Flowable]:
    yield KeepTogether([Paragraph(word(head, language), _HEAD), *content])


def _call(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    manifest = told.manifest
    yield word("call_id", language), manifest["call_id"]
    yield word("recording_id", language), manifest["recording_id"]
    yield word("began", language), _moment(told, manifest["clock"]["started_ms"])
    yield word("length", language), clock(manifest["duration_ms"])
    for person in told.people:
        yield word(person.kind, language), person.told(language)
    state = word(manifest["state"], language)
    yield word("state", language), f"{state} {manifest['reason']}".strip()
    yield word("gaps", language), _gaps(told, language)
    chain = manifest["chain"]
    links = word("links", language).format(links=chain["links"], events=chain["events"])
    yield word("chain", language), links
    yield word("signed", language), word(f"by_{told.signed_by}", language)


def _gaps(told: Told, language: Language) -> str:
    gaps = [
        word("gap", language).format(
            stream=_stream(told, file["stream"], language),
            start=clock(start),
            end=clock(end),
            reason=word("hold" if reason == "hold" else "lost", language),
        )
        for file in told.manifest["files"]
        for start, end, reason in file["gaps"]
    ]
    more = len(gaps) - LISTED // 6
    if more > 0:
        gaps = [*gaps[:-more], word("more", language).format(count=more)]
    return "; ".join(gaps) or word("no_gaps", language)


def _export(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    exported = told.exported
    yield word("requested_by", language), exported.requested_by
    yield word("approved_by", language), exported.approved_by
    yield word("reason", language), exported.reason
    yield word("taken_by", language), exported.taken_by or word("command_line", language)
    yield word("exported", language), _moment(told, exported.at_ms)


def _files(told: Told, language: Language, style: ParagraphStyle) -> Iterator[Flowable]:
    yield from _paragraphs([word("opens", language)], style)
    rows = []
    for file in told.manifest["files"]:
        name = f"streams/{file['stream'].replace('/', '-')}.webm"
        size = f"{clock(file['duration_ms'])}, {', '.join(file['codecs'])}"
        facts = f"{escape(_stream(told, file['stream'], language))}<br/>{size}<br/>{name}"
        rows.append((facts, f"{file['size_bytes']:,} B<br/>SHA-256 {file['sha256']}"))
    yield _table(rows, _SMALL, left_mm=72)


def _stream(told: Told, stream: str, language: Language) -> str:
    participant, _, kind = stream.partition("/")
    person = next((p for p in told.people if p.participant_id == participant), None)
    who = participant[:8] if person is None else word(person.kind, language)
    return f"{who}: {word(kind, language)}"


def _check(told: Told, language: Language, style: ParagraphStyle) -> Iterator[Flowable]:
    yield Paragraph(word("step_1", language), style)
    yield Spacer(1, 2 * mm)
    command = f"shipinban evidence verify {escape(told.file_name)} --key COUNTY_KEY"
    yield Paragraph(command, _CODE)
    yield Spacer(1, 2 * mm)
    yield Paragraph(word("step_2", language), style)
    yield Spacer(1, 2 * mm)
    yield Paragraph(escape(told.county_key), _CODE)
    yield Spacer(1, 2 * mm)
    yield Paragraph(word("step_3", language), style)


def _timeline(told: Told, language: Language) -> Iterator[Flowable]:
    rows = []
    for event in told.events:
        text = event_words(event.what, event.body, language)
        if text is not None:
            at = clock(event.at_ms) if event.at_ms >= 0 else word("before", language)
            rows.append((at, text))
    more = len(rows) - LISTED
    if more > 0:
        rows = [*rows[:LISTED], ("", word("more", language).format(count=more))]
    yield _table(rows or [("", word("no_gaps", language))], left_mm=22)


def _missing(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    for paper, why in told.missing.items():
        folder, _, paper_id = paper.partition("/")
        yield f"{word(folder, language)} {paper_id}", word(why, language)


def _later(told: Told, language: Language) -> Iterator[tuple[str, str]]:
    for event in told.later:
        text = event_words(event.what, event.body, language)
        yield _moment(told, event.at_ms), text or event.what


def _table(
    rows: Iterable[tuple[str, str]], style: ParagraphStyle = _TEXT, *, left_mm: int = 44
) -> Flowable:
    """Files bring their own line breaks; everything else is plain text."""
    marked = style is _SMALL
    cells = [[Paragraph(c if marked else escape(c), style) for c in row] for row in rows]
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.3, _GREY), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table(cells, colWidths=(left_mm * mm, (174 - left_mm) * mm), style=lines)


def _paragraphs(texts: Iterable[str], style: ParagraphStyle) -> list[Flowable]:
    return [
        part for text in texts for part in (Paragraph(escape(text), style), Spacer(1, 1.5 * mm))
    ]


def _moment(told: Told, at_ms: int) -> str:
    """In the county's time and in UTC."""
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    return f"{at.astimezone(told.zone):%Y-%m-%d %H:%M:%S} (UTC {at:%H:%M:%S})"
