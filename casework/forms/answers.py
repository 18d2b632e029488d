"""What was answered to a form's questions: brought into one shape, and checked."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from casework.forms.schema import FormSchema

Answer = str | int | float | bool | list[str]
Answers = Mapping[str, Answer]
_DATES = FormatChecker(["date"])
_CODES = {
    "required": "missing",
    "minLength": "missing",
    "maxLength": "too_long",
    "maxItems": "too_many",
    "format": "date",
    "enum": "choice",
    "minimum": "range",
    "maximum": "range",
    "type": "type",
}


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    key: str
    code: str
    """``missing``, ``too_long``, ``too_many``, ``date``, ``choice``, ``range``, ``type``,
    ``unknown``, ``characters``."""


def tidy(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Without blanks at the ends, in NFC; what is empty is left out."""
    tidied = {key: _tidy(value) for key, value in answers.items()}
    return {key: value for key, value in tidied.items() if value not in ("", None, [])}


def _tidy(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, list):
        return [one for one in map(_tidy, value) if one != ""]
    return value


def problems(form: FormSchema, answers: Mapping[str, Any], *, whole: bool) -> list[AnswerProblem]:
    """What is wrong with tidied answers, a question at most once, in the order of the form.

    :param whole: also what is required and not there yet.
    """
    schema = form.as_json()
    if not whole:
        schema["required"] = []
    found: dict[str, str] = {}
    for error in Draft202012Validator(schema, format_checker=_DATES).iter_errors(answers):
        for key in _keys(error, form.properties):
            found.setdefault(key, _CODES.get(str(error.validator), "unknown"))
    for key, value in answers.items():
        if not _is_printable(value):
            found.setdefault(key, "characters")
    order = [*form.properties, *(key for key in found if key not in form.properties)]
    return [AnswerProblem(key, found[key]) for key in order if key in found]


def _keys(error: ValidationError, asked: Collection[str]) -> list[str]:
    answers: Mapping[str, Any] = error.instance if isinstance(error.instance, Mapping) else {}
    match error.validator:
        case "required":
            return [key for key in asked if key not in answers and f"'{key}'" in error.message]
        case "additionalProperties":
            return [key for key in answers if key not in asked]
    return [str(error.absolute_path[0])] if error.absolute_path else []


def _is_printable(value: object) -> bool:
    """One line each: control characters would forge lines on screen and paper."""
    if isinstance(value, list):
        return all(map(_is_printable, value))
    return not isinstance(value, str) or value.isprintable()
