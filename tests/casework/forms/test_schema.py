import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from casework.forms.general import GENERAL_FORM
from casework.forms.schema import InvalidForm, parse_form, read_form, schema_sha256
from tests.casework.forms.sample import FORM


def changed(**question: Any) -> dict[str, Any]:  # noqa: ANN401
    form = copy.deepcopy(FORM)
    form["properties"]["name"] |= question
    return form


def test_a_form_is_the_json_schema_that_was_given() -> None:
    form = parse_form(FORM)
    assert form.as_json() == FORM | {"additionalProperties": False}
    assert list(form.properties) == list(FORM["properties"])
    Draft202012Validator.check_schema(form.as_json())


def test_the_general_application_is_a_form() -> None:
    Draft202012Validator.check_schema(GENERAL_FORM.as_json())


@pytest.mark.parametrize(
    "wrong",
    [
        changed(pattern="(a+)+$"),
        changed(**{"$ref": "https://example.org/schema"}),
        changed(maxLength=100_000),
        changed(title=""),
        changed(type="null"),
        changed(type="object"),
        FORM | {"required": ["absent"]},
        FORM | {"properties": {}},
        FORM | {"properties": {"Bad key": FORM["properties"]["name"]}},
        FORM | {"properties": {f"q{n}": FORM["properties"]["name"] for n in range(41)}},
        FORM | {"allOf": [{"$ref": "#"}]},
        FORM | {"additionalProperties": True},
        [],
        None,
    ],
)
def test_what_could_fetch_nest_or_take_long_is_no_form(wrong: object) -> None:
    with pytest.raises(InvalidForm):
        parse_form(wrong)


def test_choices_need_both_languages() -> None:
    form = copy.deepcopy(FORM)
    form["properties"]["kind"]["enum_en"] = ["A"]
    with pytest.raises(InvalidForm, match=r"properties\.kind"):
        parse_form(form)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '"x"', "NaN"])
def test_text_that_is_no_form_is_told_so(text: str) -> None:
    with pytest.raises(InvalidForm):
        read_form(text)


def test_a_question_that_is_there_twice_is_told_and_not_lost() -> None:
    question = '{"type": "boolean", "title": "甲", "title_en": "A"}'
    text = f'{{"title": "表", "properties": {{"a": {question}, "a": {question}}}}}'
    with pytest.raises(InvalidForm, match="a: is there more than once"):
        read_form(text)


def test_the_hash_of_the_questions_does_not_depend_on_how_they_were_written() -> None:
    turned = dict(reversed(list(FORM.items())))
    assert schema_sha256(parse_form(turned)) == schema_sha256(parse_form(FORM))
    other = parse_form(changed(title="姓名（全名）"))
    assert schema_sha256(other) != schema_sha256(parse_form(FORM))
