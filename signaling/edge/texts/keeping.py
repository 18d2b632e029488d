"""Recordings kept, protected and let go."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "recording.store_away": (
        "录像存储暂时无法访问，请稍后重试；如持续出现，请通知系统管理员",
        "The store does not answer: try again soon; if it goes on, tell the system administrator",
    ),
    "recording.expired": (
        "录像已按保存期限销毁，请查看销毁凭证和办件记录",
        "The recording was destroyed when its term ended: see the tombstone and the case",
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
    "backup.not_empty": (
        "{folder} 不是空文件夹，请换一个",
        "{folder} is not empty: name another folder",
    ),
    "backup.keys_inside": (
        "密钥不能与备份放在一起，请另选文件夹",
        "Keys must lie apart from the backup: name another folder",
    ),
    "backup.none": (
        "{folder} 中没有完整的备份，请检查路径",
        "There is no finished backup in {folder}: check the path",
    ),
    "backup.format": (
        "{folder} 中的备份来自其他版本，请用做备份时的版本恢复",
        "The backup in {folder} is of another version: restore with the program that made it",
    ),
    "backup.damaged": (
        "备份中的 {file} 缺失或已改变，请使用另一份备份",
        "{file} is missing from the backup or was changed: use another backup",
    ),
    "backup.database": (
        "数据库无法备份或恢复：{reason}",
        "The database can't be copied: {reason}. Mend that and run the command again",
    ),
    "backup.program": (
        "本机没有 {program}，请安装 postgresql-client",
        "There is no {program} on this machine: install postgresql-client",
    ),
    "restore.not_blank": (
        "{what} 不是空的，恢复只能在空白主机上进行",
        "Not blank: {what}. A restore needs a blank host; move it away or use another data folder",
    ),
    "restore.kind": (
        "备份是 {database} 的，请相应设置 SHIPINBAN_DATABASE_URL",
        "The backup is of {database}: set SHIPINBAN_DATABASE_URL to such a database",
    ),
    "restore.no_key": (
        "没有主密钥 {file}，请用 --keys 指明密钥备份所在的文件夹",
        "There is no master key at {file}: name the folder of keys with --keys",
    ),
    "restore.other_key": (
        "主密钥不是这份备份的（需要 {key_id}），请找到对应的密钥文件",
        "The master key is not this backup's ({key_id} is needed): find the right key file",
    ),
}
