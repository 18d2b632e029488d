"""Cases, items and consents."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "id_number.length": (
        "身份证号码应为18位，请逐位核对",
        "An ID number has 18 characters: compare it digit by digit",
    ),
    "id_number.characters": (
        "身份证号码只能是数字，最后一位可以是X，请核对",
        "An ID number has digits only, and the last one may be X: check it",
    ),
    "id_number.region": (
        "身份证号码前六位不是有效的地区代码，请核对",
        "The first six digits of the ID number are no region: check them",
    ),
    "id_number.birth": (
        "身份证号码中的出生日期不合理，请核对",
        "The date of birth in the ID number is not possible: check it",
    ),
    "id_number.check_character": (
        "身份证号码校验位不对，请逐位核对",
        "The ID number's check digit is wrong: compare it digit by digit",
    ),
    "phone.number": (
        "电话号码不对：请填11位手机号码，或带区号的固定电话",
        "Not a phone number: give a mobile number of 11 digits or a landline with area code",
    ),
    "item.not_found": ("没有这个事项，请重新查找", "There is no such service item: search again"),
    "item.not_by_video": (
        "该事项暂不支持视频办理，请到办事大厅办理",
        "This item is not handled by video: go to the service hall",
    ),
    "window.none": (
        "您没有可用的窗口，请联系系统管理员",
        "You have no window in use: tell the administrator",
    ),
    "window.gone": ("窗口已断开，请稍候", "The window has lost its connection: wait a moment"),
    "window.busy": ("窗口正在使用中，请稍后再拨", "The window is in use: call again later"),
    "case.not_found": (
        "没有这个办件，请返回重新选择",
        "There is no such case: go back and choose again",
    ),
    "case.mode": (
        "该事项不支持这种办理方式，请另选一种",
        "The item is not handled in this mode: choose another one",
    ),
    "case.name": ("请填写姓名", "Enter the name"),
    "case.registered_town": ("户籍所在镇不对，请重新选择", "Choose the town of registration again"),
    "case.registered_town_missing": (
        "该事项由户籍所在镇办理，请选择户籍所在镇",
        "The town of registration decides this item: choose that town",
    ),
    "case.not_at_this_window": (
        "该事项不能在本窗口办理，请到户籍所在镇的窗口或办事大厅办理",
        "This item cannot be begun here: go to a window of the town of registration or to the service hall",
    ),
    "case.state": ("办件的状态已变，请刷新后查看", "The case has moved on: look at it again"),
    "case.over": ("该办件已办结，请新建办件", "The case is over: open a new one"),
    "consent.text": ("告知书已更新，请刷新页面", "The consent text has changed: reload the page"),
    "consent.withdrawal": (
        "只能在通话中收回同意，请在通话中操作",
        "Consent is taken back in a call only: do it there",
    ),
    "consent.answered_by": (
        "群众在场时由本人回答；不在场时由帮办员回答",
        "Who is present answers; the helper answers only for a resident who is absent",
    ),
    "consent.none": (
        "没有可收回的同意，请刷新页面",
        "There is no consent to take back: reload the page",
    ),
    "consent.not_asked": (
        "请先征得群众对录音录像的意见",
        "Ask first whether the call may be recorded",
    ),
    "consent.needed": (
        "该事项必须录音录像，不同意则不能视频办理，请到办事大厅办理",
        "This item is only handled in a recorded call: without consent, go to the service hall",
    ),
    "outcome.given": (
        "该办件已登记办理结果，请刷新后查看",
        "The outcome of this case has been given: reload to see it",
    ),
    "outcome.twice": (
        "同一办件只能登记一个结果，请只选一个",
        "A case has one outcome only: choose one",
    ),
    "outcome.missing_needed": ("请列出缺少的材料", "Name the missing materials"),
    "outcome.missing_given": (
        "这种结果不能列缺少的材料，请清空材料清单",
        "Nothing may be missing with this outcome: clear the list",
    ),
    "outcome.material": (
        "材料不属于该事项，请刷新后重选",
        "A material is not of this item: choose again",
    ),
    "outcome.material_required": (
        "必备材料不能容缺，只有可容缺的材料可以后补",
        "A required material cannot follow later; only those marked so may",
    ),
    "outcome.text_needed": ("请写明情况", "Say what happened"),
    "outcome.group": ("请选择转交的技能组", "Choose the skill group to pass the case to"),
    "rating.not_found": (
        "评价链接无效，请向窗口工作人员反映",
        "This rating link is not valid: tell the helper at the window",
    ),
    "rating.expired": (
        "评价时间已过，感谢您；还有意见请点“我要反映”",
        "The time for rating is over, thank you; you can still report what went wrong",
    ),
    "rating.given": (
        "您已经评价过了，无需再评，感谢您",
        "You have rated already: nothing is left to do, thank you",
    ),
}
