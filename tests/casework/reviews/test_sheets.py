"""A score sheet that holds together, and when two of them agree."""

import pytest

from casework.errors import Invalid
from casework.reviews.sheets import (
    DEFAULT_LINES,
    Filled,
    SheetLine,
    check_filled,
    check_lines,
    differences,
)
from casework.vocabulary import SheetLineKind, Verdict


def filled(verdict: Verdict = Verdict.PROPER, comment: str = "", **scores: int | bool) -> Filled:
    full: dict[str, int | bool] = {
        line.key: True if line.kind is SheetLineKind.DONT else line.points for line in DEFAULT_LINES
    }
    return Filled({**full, **scores}, verdict, comment)


def test_the_sheet_that_comes_with_the_program_has_the_nine_donts() -> None:
    check_lines(DEFAULT_LINES)
    assert sum(line.kind is SheetLineKind.DONT for line in DEFAULT_LINES) == 9
    assert all("不准" in line.zh for line in DEFAULT_LINES if line.kind is SheetLineKind.DONT)
    assert check_filled(DEFAULT_LINES, filled()) == 100
    assert check_filled(DEFAULT_LINES, filled(manner=0, result=10)) == 70


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Filled({}, Verdict.PROPER, ""), "review.lines"),
        (filled(another=True), "review.lines"),
        (filled(manner=21), "review.score"),
        (filled(manner=-1), "review.score"),
        (filled(manner=True), "review.score"),
        (filled(rude=1), "review.score"),
        (filled(rude=False), "review.broken_but_proper"),
        (filled(Verdict.FLAWED, " "), "review.comment"),
        (filled(Verdict.IMPROPER, rude=False), "review.comment"),
    ],
)
def test_a_sheet_that_does_not_hold_together_is_refused(given: Filled, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_filled(DEFAULT_LINES, given)
    assert refused.value.code == code


def test_lines_disagree_about_verdict_and_donts_and_not_about_points() -> None:
    proper, poor = filled(), filled(Verdict.FLAWED, "推诿", passing_off=False)
    assert differences(DEFAULT_LINES, proper, filled(manner=5)) == []
    assert differences(DEFAULT_LINES, proper, poor) == ["verdict", "passing_off"]
    other = filled(Verdict.FLAWED, "态度", rude=False)
    assert differences(DEFAULT_LINES, poor, other) == ["passing_off", "rude"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "review_rules.count"),
        ([DEFAULT_LINES[0]] * 2, "review_rules.twice"),
        ([SheetLine("a", SheetLineKind.POINTS, "甲", "a")], "review_rules.points"),
        ([SheetLine("a", SheetLineKind.DONT, "甲", "a", 5)], "review_rules.points"),
    ],
)
def test_a_sheet_that_could_not_be_filled_in_is_not_kept(lines: list[SheetLine], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_lines(lines)
    assert refused.value.code == code
