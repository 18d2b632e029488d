import hashlib
import json
from dataclasses import replace

from casework.forms.answers import tidy
from casework.forms.schema import parse_form
from casework.forms.showing import DECLARATION_BY_MANDATE, Language, Matter, Shown, show
from tests.casework.forms.sample import FORM

form = parse_form(FORM)
matter = Matter("case", "RS003", "养老待遇资格认证", "Pension check")
ANSWERS = tidy(
    {"name": "陈秀英", "kind": "乙", "agreed": True, "members": ["甲", "乙"], "count": 3}
)


def shown(language: Language = "zh-CN", version: int = 1, **changes: str) -> Shown:
    return show(form, ANSWERS | changes, matter=matter, version=version, language=language)


def test_every_question_is_shown_in_the_form_s_order_with_what_was_not_answered() -> None:
    assert [(line.label, line.text) for line in shown().lines] == [
        ("姓名", "陈秀英"),
        ("类别", "乙"),
        ("日期", "—"),
        ("人数", "3"),
        ("同意", "是"),
        ("成员", "甲、乙"),
    ]


def test_labels_and_choices_speak_the_language_that_was_shown() -> None:
    assert [(line.label, line.text) for line in shown("en").lines][:2] == [
        ("Name", "陈秀英"),
        ("Kind", "B"),
    ]


def test_the_hash_is_that_of_the_canonical_text_and_of_nothing_else() -> None:
    one = shown()
    assert one.sha256() == hashlib.sha256(one.canonical()).hexdigest()
    told = json.loads(one.canonical())
    assert told["version"] == 1
    assert told["language"] == "zh-CN"
    assert told["lines"][0] == {"key": "name", "label": "姓名", "text": "陈秀英"}


def test_another_word_version_language_or_case_is_another_hash() -> None:
    other = show(
        form, ANSWERS, matter=Matter("other", "RS003", "养老", "x"), version=1, language="zh-CN"
    )
    hashes = {
        shown().sha256(),
        shown("en").sha256(),
        shown(version=2).sha256(),
        shown(name="陈秀荣").sha256(),
        other.sha256(),
    }
    assert len(hashes) == 5


def test_for_an_absent_resident_nobody_declares_in_the_resident_s_name() -> None:
    absent = replace(matter, absent=True)
    for language in ("zh-CN", "en"):
        told = show(form, ANSWERS, matter=absent, version=1, language=language)
        assert told.declaration == DECLARATION_BY_MANDATE[language]
        assert told.declaration != shown(language).declaration
