"""The course of a case: steps, refusals, appeals, hand-overs, the working calendar."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "course.call_needed": (
        "这一步要在通话中办理：请群众到窗口取号后办理",
        "This step is taken in a call: let the resident take a number at the window",
    ),
    "course.text_needed": (
        "请写明理由或结果，群众会看到",
        "Give the reason or the result in words: the resident reads it",
    ),
    "course.legal_basis_needed": (
        "请写明法律依据（文件名称和条款）",
        "Name the legal basis: the document and the article",
    ),
    "course.way_needed": (
        "请选择结果送达方式",
        "Choose how the result reaches the resident",
    ),
    "course.consignment_needed": (
        "邮寄须填写快递公司和单号",
        "For a result that is sent, give the carrier and the consignment number",
    ),
    "course.appeal_too_late": (
        "申诉期限（{days}天）已过；可到县政务服务中心咨询其他救济途径",
        "The {days} days for an appeal are over: ask the county's service centre what else is open",
    ),
    "course.nothing_proposed": (
        "没有待复核的不予受理建议，请刷新后查看",
        "No refusal is proposed any more: look at the case again",
    ),
    "course.not_refused": (
        "该办件没有不予受理决定，请刷新页面看它现在的状态",
        "The case was not refused: reload to see where it stands",
    ),
    "course.no_appeal": (
        "没有待处理的申诉，请刷新后查看",
        "No appeal is open any more: look at the case again",
    ),
    "course.same_matter": (
        "本次通话已有这个事项，请直接办理",
        "The call has this item already: go on with it",
    ),
    "course.consent_for_matter": (
        "本次通话正在录音录像：新事项也须群众同意；不同意请另外取号",
        "The call is recorded: the resident must agree for this matter too, or take it up in another call",
    ),
    "hand_over.nobody": (
        "请选择一位可以接办的同事",
        "Choose a colleague who can take the case",
    ),
    "hand_over.offered": (
        "该办件已在移交中：请等对方答复，或先撤回",
        "The case is offered to somebody already: wait for the answer, or take the offer back",
    ),
    "hand_over.answered": (
        "移交已有答复或已撤回，请刷新后查看",
        "The offer was answered or taken back: look again",
    ),
    "hand_over.not_found": (
        "没有这项移交，请刷新页面",
        "There is no such hand-over: reload the page",
    ),
}
