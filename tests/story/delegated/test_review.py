"""A supervisor who has never seen the program, from a name to evidence that a stranger verifies;
and two reviewers who disagree."""

import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from casework.tables import CasePage, Review, ReviewVerdict, StaffMember
from casework.vocabulary import ReviewState
from recording.tables import EvidenceExport, RecordingView
from tests.story.delegated.handling import ITEM, Told
from tests.story.evidence import read_mark
from tests.story.installation import Installation, stranger
from tests.story.people import PICTURES, SUBJECT, WAIT_MS, Supervisor, one_profile, until

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(300)]

ID_CARD = "居民身份证"
WHY = "法院调取"
NEAR_MS = 3_000
"""Between the picture that the window took and the player's at the moment that the card names."""


def look(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"review-{name}.png")


def reviewers(installation: Installation) -> dict[str, str]:
    """The user name of who reviews for each line; it falls by lot among those with least to do."""
    names = {row.id: row.username for row in installation.rows(StaffMember)}
    given = installation.rows(ReviewVerdict)
    return {row.line: names[row.reviewer_staff_id] for row in given if row.reviewer_staff_id}


@pytest.fixture(scope="module")
def lines(told: Told) -> dict[str, str]:
    return until(
        lambda: found if len(found := reviewers(told.installation)) == 2 else None, timeout_s=60
    )


def supervision(chromium: Browser, installation: Installation, username: str) -> Supervisor:
    supervisor = Supervisor(one_profile(chromium), installation)
    supervisor.sign_in(username)
    supervisor.page.locator(".sections").wait_for()
    return supervisor


def leave(supervisor: Supervisor) -> None:
    assert supervisor.errors == []
    supervisor.page.context.close()


def find_call(page: Page) -> None:
    """By what a person would know of it: a name, and how it ended."""
    page.locator("nav a[href='#calls']").first.click()
    page.fill("#filter-text", SUBJECT[0])
    page.get_by_label("结果").select_option(label="受理")
    page.get_by_role("button", name="查询").click()
    found = page.locator("tbody tr", has_text=ITEM)
    expect(found).to_have_count(1)
    look(page, "found")
    found.locator("a").click()


def open_recording(page: Page, reason: str) -> None:
    page.fill("#view-reason", reason)
    page.locator("button.open").click()
    expect(page.locator(".player video")).to_have_count(3)


def shown_clock(papers: Locator) -> int | None:
    """By the clock that the sample document carries; in ms."""
    mark = read_mark(Image.open(io.BytesIO(papers.screenshot())).convert("L"))
    return mark[2] if mark is not None and mark[0] == "D" else None


def test_she_finds_the_call_and_the_moment_of_the_id_card(
    told: Told, lines: dict[str, str], chromium: Browser
) -> None:
    supervisor = supervision(chromium, told.installation, lines["home"])
    page = supervisor.page
    find_call(page)
    open_recording(page, "质检抽查")
    card = page.locator(".recording-desk li.page", has_text=ID_CARD).last
    card.locator("button.go").click()
    expect(card).to_have_attribute("aria-current", "true")
    papers = page.locator(".player .stream.large")
    expect(papers).to_be_in_viewport(ratio=0.9)
    expect(papers.locator(".cover")).to_have_count(0)
    expect(papers).to_have_attribute("aria-busy", "false")
    seen_ms = until(lambda: shown_clock(papers))
    look(page, "id-card")
    (row,) = [row for row in told.installation.rows(CasePage) if row.id == page_id(card)]
    taken = page.request.get(f"{told.installation.origin}/api/supervision/pages/{row.id}/rendition")
    mark = read_mark(Image.open(io.BytesIO(taken.body())).convert("L"))
    assert mark is not None
    assert abs(mark[2] - seen_ms) < NEAR_MS
    views = told.installation.rows(RecordingView)
    assert [view.reason for view in views] == ["质检抽查"]
    page.fill("#export-reason", WHY)
    page.get_by_role("button", name="申请导出").click()
    expect(page.locator(".evidence")).to_contain_text("等待另一位管理人员批准")
    look(page, "export-asked")
    leave(supervisor)


def page_id(card: Locator) -> str:
    found = re.search(r"/pages/([^/]+)/", str(card.locator("img").get_attribute("src")))
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def judged(told: Told, lines: dict[str, str], chromium: Browser) -> None:
    """By the home line, whose reviewer touches nothing but keys from the queue on."""
    supervisor = supervision(chromium, told.installation, lines["home"])
    page = at_review(supervisor, "待我复核")
    expect(page.locator("#view-reason")).to_have_value("两级复核")
    open_recording(page, "两级复核")
    page.locator(".player").focus()
    for line in page.locator(".sheet .line").all():
        page.keyboard.type(digits_for(line))
    page.locator(".sheet .draft").wait_for()
    look(page, "scored")
    page.keyboard.press("Alt+Enter")
    page.locator(".el-message-box").get_by_role("button", name="提交评定").wait_for()
    page.keyboard.press("Enter")
    page.locator(".verdict-card").first.wait_for()
    leave(supervisor)


def digits_for(line: Locator) -> str:
    """1: kept, or without fault; of points all there are."""
    field = line.locator("input[type=number]")
    return str(field.get_attribute("max")) if field.count() else "1"


def test_she_scores_it_with_digit_keys(told: Told, lines: dict[str, str], judged: None) -> None:
    (home,) = [row for row in told.installation.rows(ReviewVerdict) if row.line == "home"]
    assert home.verdict == "proper"
    assert home.submitted_ms is not None
    assert sorted({type(score) for score in home.scores.values()}, key=str) == [bool, int]
    assert all(home.scores.values())


@pytest.fixture(scope="module")
def taken_out(
    told: Told, lines: dict[str, str], chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The bundle, as the second person downloads it after agreeing."""
    supervisor = supervision(chromium, told.installation, lines["county"])
    page = supervisor.page
    waiting = page.locator(".waiting a")
    expect(waiting).to_contain_text(WHY)
    look(page, "export-waiting")
    waiting.click()
    page.locator(".evidence button.approve").click()
    page.locator(".el-message-box").get_by_role("button", name="批准", exact=True).click()
    with page.expect_download(timeout=WAIT_MS) as download:
        page.locator(".evidence a.download").click()
    bundle = tmp_path_factory.mktemp("stranger") / download.value.suggested_filename
    download.value.save_as(bundle)
    look(page, "export-taken")
    leave(supervisor)
    return bundle


def test_a_stranger_verifies_the_bundle_with_nothing_of_the_installation(
    told: Told, taken_out: Path
) -> None:
    checked = stranger(taken_out.parent, "evidence", "verify", taken_out.name)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.startswith("GOOD: call ")
    assert WHY in checked.stdout
    assert "pages: 3, forms: 1, signatures: 1" in checked.stdout
    (export,) = told.installation.rows(EvidenceExport)
    assert export.downloads == 1


def test_a_flipped_byte_of_the_bundle_is_named(taken_out: Path) -> None:
    raw = bytearray(taken_out.read_bytes())
    with ZipFile(taken_out) as archive:
        name = next(n for n in archive.namelist() if n.startswith("streams/"))
        at = archive.getinfo(name).header_offset + archive.getinfo(name).file_size // 2
    raw[at] ^= 1
    (taken_out.parent / "flipped.zip").write_bytes(raw)
    checked = stranger(taken_out.parent, "evidence", "verify", "flipped.zip")
    assert checked.returncode == 1
    stream = "/".join(name.removeprefix("streams/").removesuffix(".webm").rsplit("-", 1))
    said = " ".join(checked.stdout.split())  # as wide as the terminal
    told = re.search(rf"NOT GOOD: stream: {stream}, bytes (\d+)–(\d+)", said)
    assert told is not None, said
    assert int(told[1]) <= at - content_at(taken_out, name) < int(told[2])


def content_at(path: Path, name: str) -> int:
    """Where a stored member's content begins: behind its head of 30 bytes and its name."""
    with ZipFile(path) as archive:
        head = archive.getinfo(name).header_offset
    fields = path.read_bytes()[head + 26 : head + 30]
    return head + 30 + int.from_bytes(fields[:2], "little") + int.from_bytes(fields[2:], "little")


def test_two_reviewers_disagree_and_the_chief_decides(
    told: Told, lines: dict[str, str], judged: None, chromium: Browser
) -> None:
    find_fault(chromium, told.installation, lines["county"], "委托书第二页未拍全。")
    until(lambda: told.installation.rows(Review)[0].state == ReviewState.DISAGREED)
    decide(chromium, told.installation)
    (review,) = told.installation.rows(Review)
    assert review.state == ReviewState.RESOLVED
    assert review.decision == "flawed"
    assert review.decision_reason == "以县级意见为准，补拍后归档。"


def at_review(supervisor: Supervisor, tab: str) -> Page:
    page = supervisor.page
    page.locator("nav a[href='#reviews']").first.click()
    page.get_by_role("button", name=tab).click()
    page.locator("table a", has_text=ITEM).click()
    return page


def find_fault(chromium: Browser, installation: Installation, username: str, comment: str) -> None:
    """The whole sheet with the mouse: everything kept, every line with its full points."""
    supervisor = supervision(chromium, installation, username)
    page = at_review(supervisor, "待我复核")
    page.get_by_role("button", name="未选的都记为遵守").click()
    for field in page.locator(".points input").all():
        field.fill(str(field.get_attribute("max")))
    page.locator("fieldset.verdict label", has_text=re.compile(r"^\s*有瑕疵\s*$")).click()
    page.fill("#verdict-comment", comment)
    look(page, "fault")
    page.locator("button.give").click()
    page.locator(".el-message-box").get_by_role("button", name="提交评定").click()
    page.locator(".verdict-card").first.wait_for()
    leave(supervisor)


def decide(chromium: Browser, installation: Installation) -> None:
    supervisor = supervision(chromium, installation, "chief-county-supervisor")
    page = at_review(supervisor, "意见不一致")
    expect(page.locator(".verdict-card")).to_have_count(2)
    page.locator(".decision label", has_text="有瑕疵").click()
    page.fill("#decision-reason", "以县级意见为准，补拍后归档。")
    look(page, "chief")
    page.locator("button.decide").click()
    page.locator(".el-message-box").get_by_role("button", name="作出裁定").click()
    expect(page.get_by_text("已裁定").first).to_be_visible()
    look(page, "resolved")
    leave(supervisor)
