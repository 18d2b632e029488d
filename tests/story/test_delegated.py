"""A pension matter handled for an absent resident: from the mandate on paper to a receipt that
anybody verifies, and two reviewers who disagree about it."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from casework.tables import (
    Case,
    CaseMandate,
    Mandate,
    Review,
    ReviewVerdict,
    Signature,
    StaffMember,
)
from casework.vocabulary import CaseMode, CaseState, MandateState, ReviewState, Signer
from tests.setup.local_compose import ROOT
from tests.story.installation import Installation
from tests.story.people import (
    PICTURES,
    SUBJECT,
    WAIT_MS,
    Agent,
    Helper,
    Supervisor,
    one_profile,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(300)]

ITEM = "城乡居民养老保险待遇领取资格认证"
PAUSE_MS = 850


@dataclass
class Told:
    """What the call leaves behind for the tests after it."""

    installation: Installation
    code: str
    address: str


@pytest.fixture(scope="module")
def context(chromium: Browser) -> BrowserContext:
    return one_profile(chromium)


def look(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"delegated-{name}.png")


@pytest.fixture(scope="module")
def told(installation: Installation, context: BrowserContext) -> Told:
    """The call itself, told once; each test looks at one side of it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    agent = Agent(context, installation)
    agent.sign_in("county-agent")
    agent.go_on_duty()
    helper = Helper(context, installation)
    helper.sign_in("helper")
    helper.check_devices()
    helper.pick_item(ITEM)
    helper.enter_people(absent=True)
    helper.page.locator(".answers").wait_for()
    look(helper.page, "window-consent")
    helper.answer_consent(yes=True)
    agent.accept()
    expect(helper.page.locator(".mark.recording")).to_be_visible(timeout=15_000)
    give_mandate(helper.page, agent.page)
    give_materials(helper.page, agent.page)
    sign_form(helper.page, agent.page)
    agent.page.get_by_role("button", name="结束通话").click()
    accept_matter(agent.page)
    code, address = print_receipt(helper.page)
    assert agent.errors == []
    assert helper.errors == []
    return Told(installation, code, address)


def give_mandate(window: Page, desk: Page) -> None:
    """On paper, page by page; the agent compares and confirms."""
    window.get_by_role("button", name="登记书面委托").click()
    look(window, "window-mandate")
    window.get_by_role("button", name="下一步：拍摄").click()
    for kind in ("拍摄委托书", "拍摄本人身份证件"):
        take = window.locator(".takes .button", has_text=kind)
        take.click()
        expect(take).to_contain_text("已拍1页", timeout=2 * WAIT_MS)
    desk.get_by_role("tab", name="依据").click()
    compared = desk.locator(".mandate input[type=checkbox]")
    compared.check(timeout=WAIT_MS)
    look(desk, "console-mandate")
    desk.get_by_role("button", name="确认委托").click()
    expect(desk.get_by_text("本办件所需的授权和委托齐全有效。")).to_be_visible(timeout=WAIT_MS)
    expect(window.locator(".mandate .tag.green")).to_be_visible(timeout=WAIT_MS)


def give_materials(window: Page, desk: Page) -> None:
    """A page for every line that must be there; what the frame lacks is the helper's to decide."""
    desk.get_by_role("tab", name="材料清单").click()
    lines = window.locator(".checklist .lines > li.missing")
    anyway = window.get_by_role("button", name="仍然提交")
    lines.first.wait_for()
    for left in range(lines.count(), 0, -1):
        lines.first.get_by_role("button", name="提供这项材料").click()
        lines.first.get_by_role("button", name="现场拍摄").click()
        until(lambda left=left: anyway.count() or lines.count() < left)  # type: ignore[misc]
        if anyway.count():
            anyway.click()
        expect(lines).to_have_count(left - 1, timeout=WAIT_MS)
    accept = desk.locator(".given").get_by_role("button", name="通过", exact=True)
    accept.first.wait_for()
    look(desk, "console-materials")
    for left in range(accept.count(), 0, -1):
        accept.first.click()
        expect(accept).to_have_count(left - 1)
    look(window, "window-materials")


def sign_form(window: Page, desk: Page) -> None:
    """Filled by the agent, confirmed and signed by the helper under the mandate."""
    desk.get_by_role("tab", name="申请表").click()
    desk.locator(".question").first.wait_for()
    expect(desk.locator("#form-pensioner")).to_have_value(SUBJECT[0])
    desk.fill("#form-year", "2026")
    desk.select_option("#form-lives", label="本村")
    desk.select_option("#form-seen", label="村干部上门")
    # Longer than the pause after which it is sent: the field stays with who types.
    desk.locator("#form-address").press_sequentially("洞源村", delay=PAUSE_MS)
    expect(desk.locator("#form-address")).to_have_value("洞源村")
    desk.get_by_role("button", name="请群众确认").click()
    right = window.get_by_role("button", name="内容无误，确认")
    # Among the papers, further down, the helper sees it at once.
    right.wait_for()
    expect(window.locator(".sheet .state")).to_be_in_viewport()
    look(window, "window-form")
    right.click()
    expect(right).to_be_hidden()
    draw(window, window.locator(".pad .field"))
    drawn = window.locator(".pad path")
    expect(drawn).to_have_count(1)
    assert str(drawn.get_attribute("d")).count("L") > 10
    look(window, "window-signature")
    window.get_by_role("button", name="确认签名").click()
    expect(desk.locator("figure.signed")).to_contain_text("凭委托", timeout=WAIT_MS)
    look(desk, "console-form")


def draw(page: Page, field: Locator) -> None:
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    for part in (0.3, 0.45, 0.6, 0.75):
        height = 0.7 if part in {0.3, 0.6} else 0.3
        page.mouse.move(box["x"] + part * box["width"], box["y"] + height * box["height"], steps=6)
    page.mouse.up()


def accept_matter(desk: Page) -> None:
    confirm = desk.locator(".el-dialog, .el-message-box, dialog[open]").get_by_role("button")
    if confirm.count():
        confirm.last.click()
    desk.locator(".wrap-up").wait_for()
    desk.locator(".outcome-form .el-radio", has_text=re.compile(r"^\s*受理\s*$")).click()
    desk.locator(".outcome-form .submit").click()
    expect(desk.get_by_text("结果已登记")).to_be_visible()


def print_receipt(window: Page) -> tuple[str, str]:
    """The code as it is printed, and the address in its QR code."""
    expect(window.locator(".outcome")).to_have_text("已受理", timeout=WAIT_MS)
    with window.expect_response(re.compile("/receipt$")) as answer:
        window.get_by_role("button", name="打印回执").click()
    code = window.locator(".receipt .code").inner_text()
    issued = window.locator(".receipt dd").nth(2)
    expect(issued).to_have_text(re.compile(r"^20\d\d年\d+月\d+日"))
    look(window, "window-receipt")
    window.emulate_media(media="print")
    look(window, "window-receipt-printed")
    window.emulate_media(media="screen")
    return code, answer.value.json()["address"]


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


def shipinban(installation: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SHIPINBAN_DATA_FOLDER": str(installation.folder)}
    return subprocess.run(
        [sys.executable, "-m", "shipinban", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


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


def reviewers(installation: Installation) -> dict[str, str]:
    """The user name of who reviews for each line; it falls by lot among those with least to do."""
    names = {row.id: row.username for row in installation.rows(StaffMember)}
    given = installation.rows(ReviewVerdict)
    return {row.line: names[row.reviewer_staff_id] for row in given if row.reviewer_staff_id}


def test_two_reviewers_disagree_and_the_chief_decides(told: Told, chromium: Browser) -> None:
    until(lambda: len(reviewers(told.installation)) == 2, timeout_s=60)
    lines = reviewers(told.installation)
    judge(chromium, told.installation, lines["home"], "规范", "")
    judge(chromium, told.installation, lines["county"], "有瑕疵", "委托书第二页未拍全。")
    until(lambda: told.installation.rows(Review)[0].state == ReviewState.DISAGREED)
    decide(chromium, told.installation)
    (review,) = told.installation.rows(Review)
    assert review.state == ReviewState.RESOLVED
    assert review.decision == "flawed"
    assert review.decision_reason == "以县级意见为准，补拍后归档。"


def at_review(chromium: Browser, installation: Installation, username: str, tab: str) -> Supervisor:
    supervisor = Supervisor(one_profile(chromium), installation)
    supervisor.sign_in(username)
    supervisor.page.locator("nav a[href='#reviews']").click()
    supervisor.page.get_by_role("button", name=tab).click()
    supervisor.page.locator("table a", has_text=ITEM).click()
    return supervisor


def judge(
    chromium: Browser, installation: Installation, username: str, verdict: str, comment: str
) -> None:
    """The whole sheet: everything kept, every line with its full points but one."""
    supervisor = at_review(chromium, installation, username, "待我复核")
    page = supervisor.page
    page.get_by_role("button", name="未选的都记为遵守").click()
    for field in page.locator(".points input").all():
        field.fill(str(field.get_attribute("max")))
    page.locator("fieldset.verdict label", has_text=re.compile(rf"^\s*{verdict}\s*$")).click()
    page.fill("#verdict-comment", comment)
    look(page, f"review-{username}")
    page.locator("button.give").click()
    page.locator(".el-message-box").get_by_role("button", name="提交评定").click()
    page.locator(".verdict-card").first.wait_for()
    assert supervisor.errors == []
    page.context.close()


def decide(chromium: Browser, installation: Installation) -> None:
    supervisor = at_review(chromium, installation, "chief-county-supervisor", "意见不一致")
    page = supervisor.page
    expect(page.locator(".verdict-card")).to_have_count(2)
    page.locator(".decision label", has_text="有瑕疵").click()
    page.fill("#decision-reason", "以县级意见为准，补拍后归档。")
    look(page, "review-chief")
    page.locator("button.decide").click()
    page.locator(".el-message-box").get_by_role("button", name="作出裁定").click()
    expect(page.get_by_text("已裁定").first).to_be_visible()
    look(page, "review-resolved")
    assert supervisor.errors == []
    page.context.close()
