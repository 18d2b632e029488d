"""Whatever is raised anywhere has its sentence in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework import errors
from casework.authority.rules import RULES
from casework.errors import ShipinbanError, TooMany
from casework.id_number import IdNumberProblem
from signaling.edge.texts import AREAS, TEXTS, text_of
from signaling.edge.texts.start_page import PAGE_TEXTS

ROOT = Path(__file__).parents[3]
ROOMS = ("casework", "signaling", "recording", "shipinban")
"""Of those that run in the node; what headless clients say of their own is for the terminal."""
RAISED = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, ShipinbanError)
} | {"NotAPageError"}
CODE = re.compile(r"[a-z_]+(\.[a-z0-9_]+)?")


def raised_codes() -> Iterator[tuple[str, str]]:
    """(code, file) of every error made with a code that is written there."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(name), args=[ast.Constant(str(code)), *_]):
                        if name in RAISED:
                            yield code, str(path.relative_to(ROOT))


def test_every_code_that_is_raised_is_told_in_both_languages() -> None:
    found = dict(raised_codes())
    assert len(found) > 50
    told = {*TEXTS, *(code for code in found if code.partition(".")[0] in TEXTS)}
    assert {code: path for code, path in found.items() if code not in told} == {}
    assert {problem.value for problem in IdNumberProblem} <= set(TEXTS)


def test_every_rule_of_a_step_tells_the_user_what_to_do() -> None:
    assert {rule.code for rule in RULES} <= set(TEXTS)


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_in_its_language(code: str) -> None:
    chinese, english = TEXTS[code]
    assert CODE.fullmatch(code)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert re.findall(r"{\w+}", chinese) == re.findall(r"{\w+}", english)


def test_details_stand_in_the_sentence() -> None:
    error = TooMany("sign_in.wait", retry_after_s=8)
    assert text_of(error, "en") == "Too many attempts: try again in 8 s"
    assert text_of(error, "zh-CN") == "尝试次数过多，请8秒后再试"


def test_an_area_speaks_for_codes_without_a_sentence_and_the_error_for_unknown_areas() -> None:
    assert text_of(errors.Invalid("sdp.lines", "Three lines."), "en") == TEXTS["sdp"][1]
    assert text_of(errors.Invalid("new.thing", "As raised."), "en") == "As raised."


def test_pages_without_script_have_the_same_sentences_in_both_languages() -> None:
    assert set(PAGE_TEXTS["zh-CN"]) == set(PAGE_TEXTS["en"])


def test_no_code_is_told_by_two_areas() -> None:
    assert sum(len(area.TEXTS) for area in AREAS) == len(TEXTS)
