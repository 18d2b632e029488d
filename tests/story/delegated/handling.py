"""The steps of a pension matter handled for an absent resident, at window and console."""

import re
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.story.installation import Installation
from tests.story.people import PICTURES, SUBJECT, WAIT_MS, Agent, Helper, until

ITEM = "城乡居民养老保险待遇领取资格认证"
PAUSE_MS = 850


@dataclass
class Told:
    """What the call leaves behind for the tests after it."""

    installation: Installation
    code: str
    address: str


def look(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"delegated-{name}.png")


def handle(installation: Installation, context: BrowserContext) -> Told:
    """From the call to the printed receipt."""
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
