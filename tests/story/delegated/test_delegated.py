"""A pension matter handled for an absent resident: from the mandate on paper to a receipt that
anybody verifies."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from casework.tables import Case, CaseMandate, Mandate, Signature
from casework.vocabulary import CaseMode, CaseState, MandateState, Signer
from tests.story.delegated.handling import Told, look
from tests.story.installation import shipinban
from tests.story.people import one_profile

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(300)]


def test_the_case_is_accepted_under_the_mandate(told: Told) -> None:
    (case,) = told.installation.rows(Case)
    (mandate,) = told.installation.rows(Mandate)
    (chosen,) = told.installation.rows(CaseMandate)
    assert (case.mode, case.state) == (CaseMode.DELEGATED, CaseState.ACCEPTED)
    assert (mandate.state, mandate.used_case_id) == (MandateState.IN_FORCE, case.id)
    assert chosen.mandate_id == mandate.id
    (signature,) = told.installation.rows(Signature)
    assert signature.signer == Signer.HELPER


def test_anybody_with_the_receipt_sees_both_accountable_units(
    told: Told, chromium: Browser
) -> None:
    page = one_profile(chromium).new_page()
    page.goto(f"{told.installation.origin}/verify")
    page.fill("#code", told.code)
    page.locator("button").click()
    expect(page.locator("p.good")).to_be_visible()
    look(page, "verify")
    units = page.locator("dl").inner_text()
    assert "镇、村一级: 洞源村" in units
    assert "县一级: 东源县" in units


def test_the_journal_holds_what_the_receipt_says_and_a_changed_letter_is_named(
    told: Told, tmp_path: Path
) -> None:
    file = tmp_path / "journal.jsonl"
    exported = shipinban(told.installation, "journal", "export", str(file))
    assert exported.returncode == 0, exported.stderr
    whole = shipinban(told.installation, "journal", "verify", str(file), "--seen", told.address)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    lines = file.read_text().splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if "mandate.confirmed" in line)
    _, number, _ = lines[at].split(" ", 2)
    lines[at] = lines[at].replace("mandate.confirmed", "mandate.confirmee", 1)
    file.write_text("".join(lines))
    changed = shipinban(told.installation, "journal", "verify", str(file), "--seen", told.address)
    assert changed.returncode == 1
    assert f"BAD at entry {number}:" in changed.stdout
