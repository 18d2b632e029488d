"""The checklist of a case over HTTP and in the room: what was given, and what was said of it.

====================================================  ================  ==========================
route                                                 request           answer
====================================================  ================  ==========================
GET  /api/SURFACE/cases/CASE/materials                –                 MaterialsView
POST /api/window/cases/CASE/materials/page            PageGiven         MaterialsView
POST /api/window/cases/CASE/materials/licence         LicenceGiven      MaterialsView
GET  /api/window/cases/CASE/materials/MATERIAL/earlier  –               EarlierList
POST /api/window/cases/CASE/materials/earlier         EarlierGiven      MaterialsView
POST /api/window/cases/CASE/materials/promise         PromiseGiven      MaterialsView
POST /api/window/cases/CASE/materials/GIVEN/take-back –                 MaterialsView
POST /api/console/cases/CASE/materials/GIVEN/judge    MaterialJudged    MaterialsView
POST /api/console/cases/CASE/notice                   –                 MaterialsView
GET  /api/SURFACE/pages/PAGE/rendition?sheet=         SheetAsked        image/webp
====================================================  ================  ==========================

A page or file for a line is uploaded as ever (PageStarted with ``material_id``); it is given for
the line when it is ready.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from casework.vocabulary import (
    LineState,
    MaterialSource,
    MaterialState,
    PageFault,
    SendBackReason,
)
from signaling.wire.base import Event, Id, Wire
from signaling.wire.views import MaterialView

Reference = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z一-鿿〔〕()（）/_.·-]*$")]


class PageGiven(Wire):
    """A page that was taken unasked, now for a line."""

    material_id: Id
    page_id: Id


class LicenceGiven(Wire):
    material_id: Id
    name: Annotated[str, Field(min_length=2, max_length=80)]
    number: Annotated[Reference, Field(min_length=4)]


class EarlierGiven(Wire):
    material_id: Id
    earlier_id: Id


class PromiseGiven(Wire):
    material_id: Id
    due_day: date
    pick_up_code: Reference = ""
    consignment_number: Reference = ""


class MaterialJudged(Wire):
    """Accepted without a reason, sent back with one."""

    reason: SendBackReason | None = None
    text: Annotated[str, Field(max_length=200)] = ""
    """For the resident; ``other`` needs it."""


class SheetAsked(Wire):
    sheet: Annotated[int, Field(ge=1, le=99)] = 1
    """Of a PDF which page."""


class GivenView(Wire):
    """One thing that was given for a line."""

    id: Id
    source: MaterialSource
    state: MaterialState
    page_id: Id | None
    """Its rendition is at ``…/pages/ID/rendition``; of an earlier material that of then."""
    sheets: int
    faults: list[PageFault]
    """What the window found wrong when it was taken."""
    licence_name: str
    licence_number: str
    earlier_case_number: str | None
    due_ms: int | None
    pick_up_code: str
    consignment_number: str
    reason: SendBackReason | None
    reason_text: str
    created_ms: int


class LineView(Wire):
    material: MaterialView
    state: LineState
    given: list[GivenView]


class NoticeLineView(Wire):
    material_id: Id
    name: str
    name_en: str
    note: str
    note_en: str = ""
    """Older notices have none."""
    copies: int
    requirement: str
    state: LineState
    reason: SendBackReason | None
    reason_text: str
    due_ms: int | None


class NoticeView(Wire):
    """一次性告知书: everything that is missing, as it was told."""

    id: Id
    issued_by_name: str
    issued_by_name_en: str
    sha256: str
    lines: list[NoticeLineView]
    created_ms: int


class MaterialsView(Wire):
    case_id: Id
    lines: list[LineView]
    notice: NoticeView | None
    """The latest."""


class EarlierView(Wire):
    id: Id
    case_number: str | None
    source: MaterialSource
    judged_ms: int | None


class EarlierList(Wire):
    earlier: list[EarlierView]


class MaterialsChanged(Event):
    """A line was met, accepted or sent back, or a notice was issued; told to everybody in the room."""

    type: Literal["materials.changed"] = "materials.changed"
    materials: MaterialsView
