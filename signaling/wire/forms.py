"""A case's form: filled by the agent in the room, followed, confirmed and signed at the window.

==============================================  ==============  ==============
route                                           request         answer
==============================================  ==============  ==============
GET  /api/SURFACE/cases/CASE/form               –               FormDesk
GET  /api/SURFACE/cases/CASE/forms              –               FormList
GET  /api/SURFACE/signatures/SIGNATURE          –               SignatureView
POST /api/window/cases/CASE/form/confirm        FormAnswered    FormView
POST /api/window/cases/CASE/form/object         FormAnswered    FormView
POST /api/window/cases/CASE/form/sign           FormSigned      FormView
==============================================  ==============  ==============

Filling, showing and withdrawing are commands of the room's socket.
"""

from typing import Annotated, Literal

from pydantic import Field

from casework.forms.schema import FIELDS
from casework.forms.strokes import LONGEST_MS, POINTS, PRESSURE, SIDE, STROKES
from casework.vocabulary import FormState, SignaturePurpose, Signer
from signaling.wire.base import Command, Event, Id, Language, Wire

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[int, Field(ge=0, le=SIDE)]
Point = tuple[
    Place,
    Place,
    Annotated[int, Field(ge=0, le=LONGEST_MS)],
    Annotated[int, Field(ge=0, le=PRESSURE)],
]
Stroke = Annotated[list[Point], Field(min_length=1, max_length=POINTS)]
Strokes = Annotated[list[Stroke], Field(min_length=1, max_length=STROKES)]
FormAnswer = (
    Annotated[str, Field(max_length=500)]
    | bool
    | int
    | float
    | Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=20)]
)
AnswerKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class FormFill(Command):
    """The agent's answers so far, for the resident to follow. Done: ``{"version", "sha256"}``."""

    type: Literal["form.fill"] = "form.fill"
    case_id: Id
    answers: Annotated[dict[AnswerKey, FormAnswer], Field(max_length=FIELDS)]
    language: Language
    """In which the resident reads it."""


class FormShow(Command):
    """Asks the resident to confirm this version."""

    type: Literal["form.show"] = "form.show"
    case_id: Id
    version: Annotated[int, Field(ge=1)]


class FormWithdraw(Command):
    """Takes back what was shown, confirmed or signed; the next answers are a new version."""

    type: Literal["form.withdraw"] = "form.withdraw"
    case_id: Id
    version: Annotated[int, Field(ge=1)]


class InkPiece(Wire):
    """Points of one stroke, from the place ``start`` on."""

    stroke: Annotated[int, Field(ge=0, lt=STROKES)]
    start: Annotated[int, Field(ge=0, lt=POINTS)]
    points: Annotated[list[Point], Field(min_length=1, max_length=200)]


class SignatureDraw(Command):
    """What the signer has drawn since the last message, at most ten a second. It is shown and not
    kept: the signature itself is sent when the signer says that it is done.
    """

    type: Literal["signature.draw"] = "signature.draw"
    case_id: Id
    purpose: SignaturePurpose
    signed_id: Id
    """The form's version, or the mandate."""
    afresh: bool = False
    """What was drawn before is taken back."""
    pieces: Annotated[list[InkPiece], Field(max_length=20)]


class SignatureDrawn(Event):
    """To the agent: as in :class:`SignatureDraw`."""

    type: Literal["signature.drawn"] = "signature.drawn"
    case_id: Id
    purpose: SignaturePurpose
    signed_id: Id
    afresh: bool
    pieces: list[InkPiece]


class FormLineView(Wire):
    key: str
    label: str
    text: str


class FormView(Wire):
    """One version, word for word as it is shown; ``sha256`` is of exactly that."""

    id: Id
    case_id: Id
    version: int
    state: FormState
    language: Language
    title: str
    item_name: str
    lines: list[FormLineView]
    declaration: str
    sha256: str
    signature_id: Id | None
    created_ms: int
    shown_ms: int | None
    confirmed_ms: int | None
    signed_ms: int | None


class FormDesk(Wire):
    """What the agent fills: the questions as a JSON Schema, and the answers so far."""

    questions: dict[str, object]
    answers: dict[str, FormAnswer]
    form: FormView | None
    """The latest version; ``None`` before the first answer."""


class FormList(Wire):
    """Every version that was ever shown, oldest first."""

    forms: list[FormView]


class FormAnswered(Wire):
    """The hash of what the page showed: nothing else can be confirmed by this."""

    form_id: Id
    sha256: Sha256


class FormSigned(Wire):
    form_id: Id
    sha256: Sha256
    strokes: Strokes


class SignatureView(Wire):
    """Strokes as numbers; pages draw them as lines."""

    id: Id
    case_id: Id
    purpose: SignaturePurpose
    signer: Signer
    signed_sha256: str
    strokes_sha256: str
    strokes: Strokes
    signed_ms: int
    position_ms: int | None


class FormChanged(Event):
    """The latest version, whatever happened to it; told to everybody in the room."""

    type: Literal["form.changed"] = "form.changed"
    form: FormView
