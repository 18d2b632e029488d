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


class FramesAsked(Wire):
    at_ms: Annotated[int, Field(ge=0, le=100_000_000)]
    """On the call's clock."""


class FramesView(Wire):
    frames_ms: list[int]
    """Ascending; of a few seconds around what was asked for."""


class LoudnessAsked(Wire):
    points: Annotated[int, Field(ge=10, le=2_000)] = 1_000


class VoiceView(Wire):
    participant_kind: str
    participant_name: str
    loudness: list[int]
    """0 to 127 for each of so many equal parts of the call, the loudest of each."""


class LoudnessView(Wire):
    """Of the levels that came with the packets; nothing is decoded for it."""

    duration_ms: int
    voices: list[VoiceView]
    """Empty: none were kept."""
    quiet: list[tuple[int, int]]
    """``[from_ms, to_ms]`` in which no voice was to be heard for two seconds and more; empty when
    some voice came without levels."""
