"""Recordings kept, protected and let go."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "recording.store_away": (
        "录像存储暂时无法访问，请稍后重试；如持续出现，请通知系统管理员",
        "The store does not answer: try again soon; if it goes on, tell the system administrator",
    ),
    "recording.expired": (
        "录像已按保存期限销毁，只保留销毁凭证",
        "The recording was destroyed when its term ended; only the tombstone is kept",
    ),
    "hold.not_found": (
        "没有这条封存记录，请刷新后再看",
        "There is no such hold: reload the page",
    ),
    "hold.other_line": (
        "这条封存由另一条管理线设置，只能由该线解除，请与其联系",
        "The other line of management placed this hold and alone lifts it: ask them",
    ),
    "hold.lifted": (
        "这条封存已经解除，请刷新后再看",
        "This hold is lifted already: reload the page",
    ),
    "retention.permanent": (
        "永久保存的类别没有年限，请选择其他类别",
        "What is kept for ever has no term of years: choose another class",
    ),
    "retention.unchanged": (
        "新的年限与现在相同，请填写不同的年限",
        "The new term is the present one: enter another",
    ),
    "retention.changed": (
        "年限刚被他人修改，请刷新后再试",
        "Somebody has just changed the term: reload and try again",
    ),
    "retention.change_open": (
        "该类别已有待审批的缩短申请，请等待审批后再提出",
        "A proposal to shorten this class is waiting: propose again when it is decided",
    ),
    "retention.change_decided": (
        "这项申请已处理，或没有这项申请，请刷新后再看",
        "This proposal is decided already, or there is none: reload the page",
    ),
    "retention.same_person": (
        "缩短年限须由另一人审批，请请安全管理员处理",
        "Another person must approve a shorter term: ask the security administrator",
    ),
    "key.node_runs": (
        "节点 {node_id} 正在运行，请先停止所有节点再更换主密钥",
        "Node {node_id} is running: stop every node, then rotate the key",
    ),
    "key.rotating": (
        "主密钥更换尚未完成，请运行 shipinban key rotate 完成后再启动",
        "A rotation of the master key is not finished: run `shipinban key rotate`, then start",
    ),
    "key.retired": (
        "密钥文件（{key_id}）已被更换停用，请放回现用的密钥文件",
        "The key file ({key_id}) was replaced by a rotation: put back the one now in use",
    ),
    "key.other": (
        "密钥文件（{key_id}）不属于这个数据库，请放回原来的密钥文件",
        "The key file ({key_id}) is not this database's: put back the one that belongs to it",
    ),
}
