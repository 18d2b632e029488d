"""What users are told, in both languages: every code that is raised anywhere has its two sentences.

A sentence says what is wrong and what to do. ``{name}`` stands for a detail of the error. A code
without a row of its own is told by its area's (``sdp`` for ``sdp.lines``). Each module holds the
sentences of one area; no code stands in two.
"""

from collections.abc import Mapping

from casework.errors import ShipinbanError
from signaling.edge.texts import (
    authority,
    cases,
    course,
    evidence,
    imports,
    journal,
    keeping,
    listening,
    materials,
    pages,
    queue,
    reports,
    requests,
    review_desk,
    reviews,
    rooms,
)

_ENGLISH = "en"
AREAS = (
    requests,
    cases,
    course,
    evidence,
    journal,
    materials,
    pages,
    queue,
    reports,
    rooms,
    listening,
    imports,
    keeping,
    reviews,
    review_desk,
    authority,
)

TEXTS: Mapping[str, tuple[str, str]] = {
    code: row for area in AREAS for code, row in area.TEXTS.items()
}


def text_of(error: ShipinbanError, language: str) -> str:
    """The sentence for the error's code; the error's own text when there is none."""
    row = TEXTS.get(error.code) or TEXTS.get(error.code.partition(".")[0])
    if row is None:
        return error.text
    try:
        return row[language == _ENGLISH].format_map(dict(error.details))
    except KeyError:
        return error.text
