from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Invalid
from casework.id_number import (
    CHECK_CHARACTERS,
    IdNumberProblem,
    Sex,
    check_character,
    mask,
    parse_id_number,
)

TODAY = date(2026, 1, 15)
EXAMPLE = "11010519491231002X"
"""The example of GB 11643-1999 itself."""

births = st.dates(date(1900, 1, 1), TODAY)
sequences = st.integers(0, 999)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["441625", "110105", "830000", "944156"]))
    first_17 = f"{region}{draw(births):%Y%m%d}{draw(sequences):03}"
    return first_17 + check_character(first_17)


def problem_of(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        parse_id_number(text, today=TODAY)
    return refused.value.code


def test_the_standards_example_is_read() -> None:
    number = parse_id_number(EXAMPLE, today=TODAY)
    assert (number.region, number.born, number.sex) == ("110105", date(1949, 12, 31), Sex.FEMALE)


def test_full_width_digits_spaces_and_a_small_x_are_accepted() -> None:
    assert parse_id_number("１１０１０５ 19491231 002x", today=TODAY).text == EXAMPLE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("110105194912310021", IdNumberProblem.CHECK_CHARACTER),
        ("1101051949123100", IdNumberProblem.LENGTH),
        ("", IdNumberProblem.LENGTH),
        ("11010519491231O02X", IdNumberProblem.CHARACTERS),
        ("1101051949123100X2", IdNumberProblem.CHARACTERS),
        ("11010519490231002X", IdNumberProblem.BIRTH),
        ("11010520491231002X", IdNumberProblem.BIRTH),
        ("99010519491231002X", IdNumberProblem.REGION),
        ("00010519491231002X", IdNumberProblem.REGION),
    ],
)
def test_each_fault_has_its_own_code(text: str, problem: IdNumberProblem) -> None:
    assert problem_of(text) == problem


def test_nobody_is_born_tomorrow() -> None:
    first_17 = f"441625{TODAY + timedelta(days=1):%Y%m%d}001"
    assert problem_of(first_17 + check_character(first_17)) == IdNumberProblem.BIRTH


@given(numbers(), st.integers(0, 17), st.sampled_from(CHECK_CHARACTERS))
def test_every_single_wrong_character_is_found(number: str, place: int, character: str) -> None:
    assert parse_id_number(number, today=TODAY).text == number
    if character != number[place]:
        assert problem_of(number[:place] + character + number[place + 1 :])


@given(numbers(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(number: str, place: int) -> None:
    if number[place] != number[place + 1]:
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert problem_of(swapped)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        outcome = parse_id_number(text, today=TODAY).text
    except Invalid as refused:
        outcome = refused.code
    assert len(outcome) == 18 or outcome in set(IdNumberProblem)


def test_masking_hides_birth_and_anything_of_another_shape() -> None:
    assert mask(EXAMPLE) == "110***********002X"
    assert mask("4416251990") == "*" * 10
