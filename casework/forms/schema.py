"""An item's form: a small part of JSON Schema (draft 2020-12), so that every form can be drawn,
checked and shown by the same few lines.

Questions are strings (short texts, dates, choices), numbers, yes-or-no, and lists of short strings.
Titles stand in both languages: ``title`` is Chinese, ``title_en`` an annotation of our own, as are
``enum_en`` and ``fill_with``. References, patterns and everything that nests are refused: nothing
is ever fetched, and no check can be made to take long.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)

FORM_BYTES = 16 * 1024
FIELDS = 40
CHOICES = 30

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80)]
TitleEn = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class InvalidForm(ValueError):
    """``place`` is the path inside the form, ``problem`` what is wrong there, in English.

    ``code`` is pydantic's type of the error, or ``json``, ``repeated``, ``too_large``,
    ``characters``.
    """

    def __init__(self, place: str, problem: str, code: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem
        self.code = code


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Question(_Part):
    title: Title
    title_en: TitleEn
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    description_en: Annotated[str, StringConstraints(max_length=300)] = ""


class TextQuestion(_Question):
    type: Literal["string"]
    minLength: Annotated[int, Field(ge=0, le=500)] = 0  # noqa: N815 - the word of JSON Schema
    maxLength: Annotated[int, Field(ge=1, le=500)]  # noqa: N815
    fill_with: Literal["subject_name", "present_name"] | None = None
    """What the console suggests."""


class DateQuestion(_Question):
    type: Literal["string"]
    format: Literal["date"]


class ChoiceQuestion(_Question):
    type: Literal["string"]
    enum: Annotated[list[Label], Field(min_length=2, max_length=CHOICES)]
    enum_en: Annotated[list[Label], Field(min_length=2, max_length=CHOICES)]

    @model_validator(mode="after")
    def _in_pairs(self) -> Self:
        if len(self.enum) != len(self.enum_en) or len(set(self.enum)) != len(self.enum):
            raise ValueError("enum and enum_en must be as long as each other, without repetition")
        return self


class NumberQuestion(_Question):
    type: Literal["number", "integer"]
    minimum: Annotated[float, Field(ge=-1e12, le=1e12)]
    maximum: Annotated[float, Field(ge=-1e12, le=1e12)]


class YesNoQuestion(_Question):
    type: Literal["boolean"]


class ListItems(_Part):
    type: Literal["string"]
    minLength: Literal[1] = 1  # noqa: N815
    maxLength: Annotated[int, Field(ge=1, le=80)]  # noqa: N815


class ListQuestion(_Question):
    type: Literal["array"]
    items: ListItems
    maxItems: Annotated[int, Field(ge=1, le=20)]  # noqa: N815


def _kind(value: object) -> str | None:
    given: Mapping[str, object] = {}
    if isinstance(value, BaseModel):
        given = dict(value)
    elif isinstance(value, Mapping):
        given = value
    match given.get("type"):
        case "string" if "enum" in given:
            return "choice"
        case "string" if "format" in given:
            return "date"
        case "string":
            return "text"
        case "number" | "integer":
            return "number"
        case "boolean":
            return "yes_no"
        case "array":
            return "list"
    return None


Question = Annotated[
    Annotated[TextQuestion, Tag("text")]
    | Annotated[DateQuestion, Tag("date")]
    | Annotated[ChoiceQuestion, Tag("choice")]
    | Annotated[NumberQuestion, Tag("number")]
    | Annotated[YesNoQuestion, Tag("yes_no")]
    | Annotated[ListQuestion, Tag("list")],
    Discriminator(_kind),
]


class FormSchema(_Part):
    """Questions in the order in which they are asked."""

    title: Title
    title_en: TitleEn
    type: Literal["object"]
    properties: Annotated[dict[Key, Question], Field(min_length=1, max_length=FIELDS)]
    required: Annotated[list[Key], Field(max_length=FIELDS)] = []
    additionalProperties: Literal[False] = False  # noqa: N815

    @model_validator(mode="after")
    def _asks_what_it_requires(self) -> Self:
        if not set(self.required) <= self.properties.keys():
            raise ValueError("required names a question that is not asked")
        return self

    def as_json(self) -> dict[str, Any]:
        """The JSON Schema, as it was given."""
        schema: dict[str, Any] = self.model_dump(mode="json", exclude_unset=True)
        return schema | {"additionalProperties": False}


def parse_form(value: object) -> FormSchema:
    """The form, when it is one that we take.

    :param value: parsed JSON.
    :raises InvalidForm: names the first place that is wrong.
    """
    try:
        form = FormSchema.model_validate(value)
        size = len(rfc8785.dumps(form.as_json()))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidForm(place, first["msg"], first["type"]) from None
    except rfc8785.CanonicalizationError as error:
        raise InvalidForm("", str(error), "characters") from None
    if size > FORM_BYTES:
        raise InvalidForm("", f"larger than {FORM_BYTES} bytes", "too_large")
    return form


def read_form(text: str) -> FormSchema:
    """:raises InvalidForm: not JSON, or not a form that we take."""
    try:
        return parse_form(json.loads(text, object_pairs_hook=_each_once))
    except InvalidForm:
        raise
    except (ValueError, RecursionError):
        raise InvalidForm("", "not JSON", "json") from None


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """JSON's last one would win, and a question would be lost in silence."""
    read = dict(pairs)
    if len(read) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidForm(twice[:40], "is there more than once", "repeated")
    return read


def schema_sha256(form: FormSchema) -> str:
    """Which questions were asked: SHA-256 of the form as canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(form.as_json())).hexdigest()
