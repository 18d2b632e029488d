"""The journal, its keys, and receipts."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "journal.none": (
        "日志尚未开始：请先启动节点",
        "There is no journal yet: start the node first",
    ),
    "journal.entry": ("没有这条日志，请重新查找", "There is no such entry: search again"),
    "journal.checkpoint": (
        "没有该大小的检查点，请取最新的检查点",
        "No checkpoint has that size: fetch the latest one",
    ),
    "journal.cosignature": (
        "不是见证签名，请检查格式",
        "This is no co-signature: check its format",
    ),
    "journal.cosignature_foreign": (
        "该签名不属于任何在用的镇级密钥，请在县级机器上登记密钥",
        "No town's key in use made this signature: register the key at the county's machine",
    ),
    "journal.town": (
        "没有编码为 {organisation} 的镇，请核对编码",
        "No town has the code {organisation}: check it",
    ),
    "journal.town_key": (
        "不是镇级见证密钥，请复制 shipinban cosign init 显示的整行",
        "Not a town's key: copy the whole line that shipinban cosign init showed",
    ),
    "journal.key_known": ("该密钥已经登记，无需再做", "This key is registered already"),
    "receipt.not_found": (
        "没有这个回执码，请对照回执重新输入",
        "There is no such receipt: compare the code with the paper and try again",
    ),
    "receipt.wait": (
        "错误次数过多，请等待 {retry_after_s} 秒后再试",
        "Too many wrong codes: wait {retry_after_s} seconds",
    ),
    "receipt.no_checkpoint": (
        "回执暂时无法生成，请稍后再打印",
        "The receipt can't be sealed at the moment: print it again in a minute",
    ),
}
