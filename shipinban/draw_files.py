"""A draw as supervision saves it to a file, followed to its end once more."""

from pydantic import ValidationError
from rich.console import Console

from casework.errors import Invalid
from casework.reviews.draw import faults
from casework.vocabulary import DrawState
from signaling.draw_views import record_of
from signaling.wire.reviews import DrawDetail

WHAT = {
    "county_secret": "The county's secret is not the one that it had committed to.",
    "home_secret": "The home line's secret is not the one that it had committed to.",
    "population": "The list of cases is not the one that was fixed before the secrets were shown.",
    "drawn": "The lot falls on other cases than those that were reviewed.",
    "not_hex": "A secret or the root is not 32 bytes in hex.",
}


def examine_draw(content: bytes, out: Console) -> bool:
    """Whether the draw is what it says; prints what was found.

    :raises Invalid: not a draw, or one that is not done yet.
    """
    try:
        saved = DrawDetail.model_validate_json(content)
    except ValidationError:
        raise Invalid("draw.file") from None
    if saved.draw.state is not DrawState.DRAWN:
        raise Invalid("draw.not_done")
    found = faults(record_of(saved.draw, saved.lots))
    for fault in found:
        out.print(WHAT[fault], style="red")
    for part in saved.draw.missing:
        out.print(f"The draw had to do without: {part}")
    if not found:
        out.print(
            f"{len(saved.lots)} cases, {saved.draw.drawn} drawn: the draw is what it says.",
            highlight=False,
        )
    return not found
