import pytest

from casework.errors import Invalid
from casework.forms.strokes import POINTS, STROKES, Stroke, check_strokes, strokes_sha256

LINE: Stroke = [(1000 + 100 * step, 2000, 10 * step, 500) for step in range(30)]


def test_a_signature_is_taken() -> None:
    check_strokes([LINE, LINE])


@pytest.mark.parametrize("strokes", [[], [[(5, 5, 0, 500)]], [[(5, 5, 0, 500), (60, 5, 9, 500)]]])
def test_a_tap_is_no_signature(strokes: list[Stroke]) -> None:
    with pytest.raises(Invalid, match=r"signature\.empty"):
        check_strokes(strokes)


@pytest.mark.parametrize(
    "strokes",
    [
        [LINE] * (STROKES + 1),
        [[LINE[0]] * (POINTS + 1)],
        [[]],
        [[(0, 0, 0, 0), (20_000, 0, 1, 0)]],
        [[(-1, 0, 0, 0), (9_000, 0, 1, 0)]],
        [[(0, 0, 5, 0), (9_000, 0, 1, 0)]],
        [[(0, 0, 0, 0), (9_000, 0, 1, 1_001)]],
    ],
)
def test_what_no_pad_draws_is_refused(strokes: list[Stroke]) -> None:
    with pytest.raises(Invalid, match=r"signature\.strokes"):
        check_strokes(strokes)


def test_the_hash_is_that_of_the_numbers() -> None:
    assert strokes_sha256([LINE]) == strokes_sha256([list(LINE)])
    assert strokes_sha256([LINE]) != strokes_sha256([list(reversed(LINE))])
