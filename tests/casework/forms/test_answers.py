from typing import Any

import pytest

from casework.forms.answers import problems, tidy
from casework.forms.schema import parse_form
from tests.casework.forms.sample import FORM

form = parse_form(FORM)


def codes(*, whole: bool = True, **answers: Any) -> dict[str, str]:  # noqa: ANN401
    return {one.key: one.code for one in problems(form, tidy(answers), whole=whole)}


def test_good_answers_have_no_problem() -> None:
    assert not codes(
        name="陈秀英", kind="甲", born="1949-10-01", count=3, agreed=True, members=["甲", "乙"]
    )


def test_a_draft_may_lack_what_the_whole_needs() -> None:
    assert codes(whole=False) == {}
    assert codes() == {"name": "missing"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"name": "x" * 41}, "too_long"),
        ({"kind": "丙"}, "choice"),
        ({"born": "2026-02-30"}, "date"),
        ({"count": 21}, "range"),
        ({"count": 1.5}, "type"),
        ({"agreed": "yes"}, "type"),
        ({"members": ["a", "b", "c", "d"]}, "too_many"),
        ({"members": ["x" * 21]}, "too_long"),
        ({"other": "x"}, "unknown"),
        ({"count": 10**400}, "range"),
        ({"name": "a\u202eb"}, "characters"),
        ({"name": "a\nb"}, "characters"),
        ({"members": ["a\tb"]}, "characters"),
    ],
)
def test_each_fault_is_named_at_its_question(answer: dict[str, Any], code: str) -> None:
    assert codes(whole=False, **answer) == {next(iter(answer)): code}


def test_blank_answers_are_left_out_and_text_is_normalised() -> None:
    assert tidy({"name": "  Cafe\u0301 ", "kind": " ", "members": ["", " a "], "born": None}) == {
        "name": "Café",
        "members": ["a"],
    }


def test_formula_text_stays_the_text_that_was_said() -> None:
    assert tidy({"name": '=HYPERLINK("http://x")'}) == {"name": '=HYPERLINK("http://x")'}
