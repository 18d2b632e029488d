"""Materials, forms and signatures."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "material.page_used": (
        "这一页已用于一项材料，请另选一页或重新拍摄",
        "This page stands for a material already: choose or take another",
    ),
    "material.earlier": (
        "没有可复用的以往材料，请刷新后重选",
        "There is no such earlier material: reload and choose again",
    ),
    "material.may_not_follow": (
        "该材料不能后补，请现在提供",
        "This material may not follow later: provide it now",
    ),
    "material.due_day": (
        "补交日期须在今天至{days}天之内，请重新选择",
        "The day must lie between today and {days} days from now: choose again",
    ),
    "material.judged": (
        "坐席已审核这份材料，不能撤回；如需更换请重新提供",
        "The agent has looked at it already: give another instead",
    ),
    "material.replaced": (
        "这份材料已被替换，请查看最新的一份",
        "It was replaced meanwhile: look at the newest",
    ),
    "material.reason_text": (
        "请写明退回的原因，群众会看到",
        "Write down why it is sent back: the resident will read it",
    ),
    "notice.nothing_missing": (
        "材料已齐，无需出具一次性告知书",
        "Nothing is missing: no notice is needed",
    ),
    "form.not_found": ("没有这份表单，请刷新页面", "There is no such form: reload"),
    "form.signed": (
        "表单已签名并锁定；如需修改，请先撤回",
        "The form is signed and locked: withdraw it first to change it",
    ),
    "form.needs_mandate": (
        "群众不在场，须持有本人委托方可代为确认和签名，请先办理委托",
        "The resident is absent: only a mandate lets you confirm and sign; have one given first",
    ),
    "form.too_many": (
        "该表单的修改次数已达上限，请使用最近的版本",
        "The form was changed too often: use its latest version",
    ),
    "form.too_large": ("表单内容太长，请精简后再试", "The answers are too long: shorten them"),
    "form.answers": (
        "表单中有需要改正的内容，请查看标出的项目",
        "Some answers need correction: see the marked ones",
    ),
    "form.changed": (
        "表单已有变动，请查看最新内容后再操作",
        "The form has changed meanwhile: look at it again",
    ),
    "signature.not_found": ("没有这个签名，请刷新页面", "There is no such signature: reload"),
    "signature.empty": ("签名太短，请重新签写全名", "That is too little: please sign in full"),
    "signature.strokes": (
        "签名数据不正确或过长，请点“重写”后再签",
        "The signature can't be read or is too long: sign again",
    ),
}
