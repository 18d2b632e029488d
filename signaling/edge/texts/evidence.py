"""What proves a recording, and its export."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "evidence": (
        "录像证据出错，请稍后再试",
        "Something is wrong with the evidence: try again soon",
    ),
    "evidence.not_verified": (
        "录像尚未核验，或内容已按规定销毁，不能导出；核验通常在通话结束后几秒内完成，请稍后再试",
        (
            "The recording is not verified yet, or its content is gone: it cannot be exported. "
            "Verification takes a few seconds after the call"
        ),
    ),
    "evidence.second_person": (
        "导出须由另一位管理人员批准，请其登录后处理",
        "Another supervisor has to approve: ask a colleague to sign in and decide",
    ),
    "evidence.export_decided": (
        "这个申请已处理，请刷新查看结果",
        "This request was decided already: reload to see how",
    ),
    "evidence.export_not_found": (
        "没有这个导出申请，请返回录像重新查看",
        "There is no such request: go back to the recording",
    ),
    "evidence.not_yours": (
        "只有申请人和批准人可以下载，请另行申请",
        "Only who asked and who approved may download: ask for an export of your own",
    ),
    "evidence.not_approved": (
        "没有有效的导出批准：请先在监管页面申请，并由另一人批准",
        "No export is approved: ask for one in supervision and let a second person approve it",
    ),
    "evidence.approval_expired": (
        "批准已过期，请重新申请导出",
        "The approval has expired: ask for the export again",
    ),
    "evidence.no_checkpoint": (
        "台账的下一个检查点尚未签发，请约一分钟后再试",
        "The journal's next checkpoint is not signed yet: try again in about a minute",
    ),
    "node_key.not_found": (
        "没有这把节点密钥，请核对公钥",
        "There is no such node key in use: check the public key",
    ),
}
