"""The journal is read by people: what was done is said in words."""

import re
from pathlib import Path

import pytest

from casework.vocabulary import AppointmentState, GrantState, RoleChangeState
from signaling.edge.texts.acts import TITLES, title_of

ROOT = Path(__file__).parents[3]
WRITTEN = re.compile(
    r'what="([a-z_]+\.[a-z_]+)"|note_(review|follow_up|draw)\(\s*[^"()]*"([a-z_]+)"'
)
PREFIX = {"review": "review", "follow_up": "follow_up", "draw": "review_draw"}


def written() -> set[str]:
    """Codes of acts as they stand in the code of the product."""
    found = set()
    for package in ("casework", "recording", "shipinban", "signaling"):
        for file in (ROOT / package).rglob("*.py"):
            for whole, noun, kind in WRITTEN.findall(file.read_text()):
                found.add(whole or f"{PREFIX[noun]}.{kind}")
    return found


def test_every_act_that_is_written_has_words_in_both_languages() -> None:
    codes = written()
    assert {"review.opened", "recording.expired"} <= codes, "the search itself finds acts"
    assert sorted(codes - set(TITLES)) == []
    assert all(chinese and english for chinese, english in TITLES.values())


@pytest.mark.parametrize(
    "code",
    [
        *(f"appointment.{state}" for state in AppointmentState),
        *(f"grant.{state}" for state in (GrantState.DECLINED, GrantState.REVOKED)),
        *(f"role.{state}" for state in RoleChangeState),
    ],
)
def test_every_state_that_is_an_act_has_words(code: str) -> None:
    assert title_of(code, "en") != code
