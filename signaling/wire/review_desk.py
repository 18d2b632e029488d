"""The review desk: what happened in a call, and marks at a position of its recording."""

from typing import Annotated

from pydantic import Field

from casework.vocabulary import AccountableLine
from signaling.wire.base import Id, Wire
from signaling.wire.forms import FormView, SignatureView

MARK_CHARACTERS = 1000
PositionMs = Annotated[int, Field(ge=0, le=86_400_000)]
"""On the call's clock."""


class MarkMade(Wire):
    position_ms: PositionMs
    text: Annotated[str, Field(max_length=MARK_CHARACTERS)]
    """Empty: the moment alone is marked."""


class MarkView(Wire):
    id: Id
    position_ms: int
    text: str
    line: AccountableLine
    author_name: str
    author_name_en: str
    own: bool
    """Made by the person who asks, who may withdraw it."""
    made_ms: int
    withdrawn_ms: int | None


class MarkList(Wire):
    marks: list[MarkView]
    """By position."""
    blind: bool
    """A review of the case is open: the other line's marks are not shown yet."""


class FormMoment(Wire):
    """A form version, with numbers of people masked, and when it was shown in the call."""

    form: FormView
    shown_position_ms: int
    confirmed_position_ms: int | None
    signed_position_ms: int | None


class SignatureMoment(Wire):
    signature: SignatureView
    position_ms: int


class CallMoments(Wire):
    """What was shown and signed in a call, on its clock. Pages taken stand in the call itself."""

    forms: list[FormMoment]
    signatures: list[SignatureMoment]
