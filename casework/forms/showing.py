"""What the resident is shown of a form, word for word, and the hash that a signature is bound to.

Pages show these lines and nothing of their own making; the hash is SHA-256 over their canonical
JSON (RFC 8785), with the version, the language and the hash of the questions inside.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import rfc8785

from casework.forms.answers import Answer, Answers
from casework.forms.schema import ChoiceQuestion, FormSchema, schema_sha256

Language = Literal["zh-CN", "en"]
NOT_FILLED = "—"
DECLARATION: Mapping[Language, str] = {
    "zh-CN": "以上内容由坐席根据本人陈述填写，本人已核对，确认真实无误。",
    "en": "The agent filled this in as I stated it. I have checked it and confirm that it is true.",
}
DECLARATION_BY_MANDATE: Mapping[Language, str] = {
    "zh-CN": "以上内容由坐席根据代办人转述填写，代办人受本人委托已核对，确认与本人所述一致。",
    "en": "The agent filled this in as the helper stated it for the absent resident. Under the "
    "resident's mandate the helper has checked it and confirms that it is what the resident said.",
}
"""The resident is absent: nobody may declare in the resident's own name."""
_YES_NO: Mapping[Language, tuple[str, str]] = {"zh-CN": ("否", "是"), "en": ("No", "Yes")}
_BETWEEN: Mapping[Language, str] = {"zh-CN": "、", "en": ", "}


@dataclass(frozen=True, slots=True)
class ShownLine:
    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    case_id: str
    item_code: str
    item_name: str
    schema_sha256: str
    version: int
    language: Language
    title: str
    lines: tuple[ShownLine, ...]
    declaration: str

    def canonical(self) -> bytes:
        """JSON by RFC 8785."""
        return rfc8785.dumps({**asdict(self), "lines": [asdict(line) for line in self.lines]})

    def sha256(self) -> str:
        return hashlib.sha256(self.canonical()).hexdigest()


@dataclass(frozen=True, slots=True)
class Matter:
    """The case that a form belongs to."""

    case_id: str
    item_code: str
    item_name: str
    item_name_en: str
    absent: bool = False
    """The resident is not there; the helper signs under the resident's mandate."""


def show(
    form: FormSchema, answers: Answers, *, matter: Matter, version: int, language: Language
) -> Shown:
    """Every question with its answer, in the order of the form."""
    english = language == "en"
    declaration = DECLARATION_BY_MANDATE if matter.absent else DECLARATION
    return Shown(
        case_id=matter.case_id,
        item_code=matter.item_code,
        item_name=matter.item_name_en if english else matter.item_name,
        schema_sha256=schema_sha256(form),
        version=version,
        language=language,
        title=form.title_en if english else form.title,
        lines=tuple(
            ShownLine(
                key,
                question.title_en if english else question.title,
                _text(question, answers.get(key), language),
            )
            for key, question in form.properties.items()
        ),
        declaration=declaration[language],
    )


def _text(question: object, answer: Answer | None, language: Language) -> str:
    if answer is None:
        return NOT_FILLED
    if isinstance(answer, bool):
        return _YES_NO[language][answer]
    if isinstance(answer, list):
        return _BETWEEN[language].join(answer)
    if isinstance(question, ChoiceQuestion) and language == "en":
        return question.enum_en[question.enum.index(str(answer))]
    return str(answer)
