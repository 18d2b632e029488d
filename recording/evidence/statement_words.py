"""The words of a bundle's statement, Chinese and English, and what events are called in it."""

from collections.abc import Mapping
from typing import Any, Literal

from signaling.edge.texts.acts import TITLES

Language = Literal["zh-CN", "en"]

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("录像证据说明", "Statement on recorded evidence"),
    "lead": (
        (
            "本压缩包是一次视频办事通话的完整录像及其证明材料。录像自第一秒起逐段计算哈希、由本次通话专用的密钥"
            "签名，并每十秒记入县台账；此后任何改动（哪怕一个比特）都会被核验命令发现并指出位置。本页说明包里有"
            "什么、怎样核验、核验能说明什么。"
        ),
        (
            "This archive holds the whole recording of one video call for a government service, with what "
            "proves it. From its first second the recording was hashed part by part, signed with a key "
            "made for this call, and entered in the county's journal every ten seconds. The check finds "
            "any later change, be it one bit, and names where it is. This page says what the archive "
            "holds, how it is checked, and what the check shows."
        ),
    ),
    "call": ("通话", "The call"),
    "call_id": ("通话编号", "Call"),
    "recording_id": ("录像编号", "Recording"),
    "began": ("开始时间", "Began"),
    "length": ("时长", "Length"),
    "window": ("窗口", "Window"),
    "agent": ("坐席", "Agent"),
    "guest": ("其他参与人", "Other participant"),
    "supervisor": ("管理人员", "Supervisor"),
    "state": ("录制状态", "State"),
    "sealed": ("完整", "complete"),
    "interrupted": (
        "录制提前结束，此前的内容完整有效",
        "it came to an early end; what was recorded before is whole",
    ),
    "signed": ("签名", "Signed by"),
    "by_call": (
        "本次通话专用密钥（封存后已销毁，此后任何人都无法再用它签名）",
        "the call's own key, destroyed at the seal: nobody can sign with it again",
    ),
    "by_node": (
        "服务节点密钥（录制进程曾重启，专用密钥已失）",
        "the node's key: the recorder was started again and had lost the call's own",
    ),
    "chain": ("证据链", "Chain"),
    "links": ("{links} 节，其中事件 {events} 个", "{links} links, {events} of them events"),
    "gaps": ("声明的缺口", "Declared gaps"),
    "no_gaps": ("无", "none"),
    "gap": ("{stream} {start}–{end}（{reason}）", "{stream} {start}–{end} ({reason})"),
    "hold": ("通话保持", "on hold"),
    "lost": ("未收到", "not received"),
    "more": ("……另有 {count} 处", "… and {count} more"),
    "events": ("通话中发生了什么", "What happened in the call"),
    "before": ("通话前", "before"),
    "later": ("封存之后（县台账所记）", "After the seal (from the county's journal)"),
    "later_lead": (
        "下列事项发生在录像封存之后，不在证据链内；县台账的条目及其证明在包内 entries 文件夹。",
        (
            "These came after the seal and are not in the chain; the journal's entries and their proofs "
            "are in the folder “entries”."
        ),
    ),
    "export": ("导出", "The export"),
    "requested_by": ("申请人", "Asked for by"),
    "approved_by": ("批准人", "Approved by"),
    "reason": ("理由", "Reason"),
    "taken_by": ("取出人", "Taken out by"),
    "command_line": ("在服务器上用命令导出", "by command on the server"),
    "exported": ("取出时间", "Taken out"),
    "files": ("录像文件", "The recorded files"),
    "audio_camera": ("声音与画面", "sound and picture"),
    "document": ("材料画面", "document camera"),
    "opens": (
        (
            "在任何浏览器或播放器中可直接打开。通话中拍摄的材料原图在 pages 文件夹，出示过的每一版表单在 forms "
            "文件夹，签名笔迹在 signatures 文件夹。"
        ),
        (
            "Any browser or player opens them as they are. Pages taken in the call are in “pages”, every "
            "version of a form that was shown in “forms”, strokes of signatures in “signatures”."
        ),
    ),
    "missing": ("未能放入本包的材料", "What could not be put into this archive"),
    "missing_lead": (
        "证据链记有下列材料的哈希，材料本身已无法取得：",
        "The chain has the hashes of these; they themselves could not be had any more:",
    ),
    "pages": ("拍摄的材料", "page taken"),
    "forms": ("出示的表单", "form shown"),
    "signatures": ("签名", "signature"),
    "erased": ("保存期满，已销毁", "erased at the end of its term"),
    "unreadable": ("文件无法读取", "its file cannot be read"),
    "check": ("怎样核验", "How to check"),
    "step_1": (
        "1. 在任何一台装有 shipinban 的电脑上（无需联网，不必是本县的电脑）运行：",
        "1. On any machine with shipinban (no network, and not the county's own) run:",
    ),
    "step_2": (
        "2. 县公钥请向县政务服务中心另行取得，与下面一行逐字核对。不要只用本包内的公钥。",
        (
            "2. Get the county's public key from its service centre by another way, and compare it with "
            "the line below. Do not rely on the one in this archive."
        ),
    ),
    "step_3": (
        "3. 若有人以前保存过台账检查点、证明或带二维码的回执，用 --seen 一并比对。",
        (
            "3. If anybody kept a checkpoint, a proof or a receipt with its code from before, compare it, "
            "too: --seen."
        ),
    ),
    "shows": ("核验通过说明什么", "What a check that passes shows"),
    "proves": (
        (
            "录像文件与封存时逐字节一致；每一事件的时间和内容与当时所记一致；没有一段被删去、调换、重复或拼接；"
            "缺口都已声明；上面的导出人和理由属实。"
        ),
        (
            "The files are those that were sealed, byte for byte; every event has the time and content "
            "that was noted then; nothing was cut out, exchanged, repeated or spliced; every gap is "
            "declared; who took it out, and why, is as said above."
        ),
    ),
    "does_not": ("不能说明什么", "What it cannot show"),
    "limits": (
        (
            "镜头和话筒之外发生的事；说话人说的是否属实；掌握县密钥者是否另造了一套台账（只有与以前见过的检查点"
            "比对才能发现）。"
        ),
        (
            "What no camera or microphone took in; whether what was said is true; whether who holds the "
            "county's key made a second history, which only a checkpoint seen before can tell."
        ),
    ),
    "foot": ("第 {page} 页", "Page {page}"),
}

_EVENTS: Mapping[str, tuple[str, str]] = {
    "call.started": ("通话开始", "Call began"),
    "call.resumed": ("断线后恢复通话", "Call resumed after a lost connection"),
    "call.ended": ("通话结束", "Call ended"),
    "participant.joined": ("参与人加入", "Participant joined"),
    "participant.left": ("参与人离开", "Participant left"),
    "page.requested": ("坐席请求拍摄材料", "Agent asked for a page"),
    "consent.withdrawn": ("撤回录像同意", "Consent to recording withdrawn"),
    "recording.stopped": ("录像停止", "Recording stopped"),
    "recording.failed": ("录像发生故障", "Recording had a fault"),
}
_MODES: Mapping[str, tuple[str, str]] = {
    "listen": ("管理人员旁听", "A supervisor listens in"),
    "whisper": ("管理人员对坐席密语（窗口听不到）", "A supervisor speaks to the agent alone"),
    "join": ("管理人员加入通话", "A supervisor joins the call"),
}
"""Of a supervisor's part in the call, as it begins or changes."""
_SWITCHES: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "hold.changed": (("通话保持（不传不录）", "Put on hold: nothing sent or recorded"),
                     ("结束保持", "Hold ended")),
    "voice_and_pages.changed": (("改为语音加拍照", "Voice and pages only"),
                                ("恢复画面", "Video again")),
}  # fmt: skip
_LEFT_OUT = frozenset(
    {"quality", "participant.connection", "notes.saved", "checklist.marked", "prompt.shown"}
)
"""In the chain like all others; of no use to a reader of the statement."""

_GRADES: Mapping[str, tuple[str, str]] = {
    "very_satisfied": ("非常满意", "very satisfied"),
    "satisfied": ("满意", "satisfied"),
    "fair": ("基本满意", "fair"),
    "dissatisfied": ("不满意", "dissatisfied"),
    "very_dissatisfied": ("非常不满意", "very dissatisfied"),
}


def word(name: str, language: Language) -> str:
    return WORDS[name][language == "en"]


def event_words(kind: str, body: Mapping[str, Any], language: Language) -> str | None:
    """``None``: not worth a line. What has no words is shown by its code."""
    if kind in _LEFT_OUT:
        return None
    english = language == "en"
    if kind in _SWITCHES and isinstance(body.get("on"), bool):
        return _SWITCHES[kind][0 if body["on"] else 1][english]
    if kind in ("listening.begun", "listening.changed") and body.get("mode") in _MODES:
        return _MODES[str(body["mode"])][english]
    titles = _EVENTS.get(kind) or TITLES.get(kind)
    text = kind if titles is None else titles[english]
    grade = _GRADES.get(str(body.get("grade")))
    return f"{text}: {grade[english]}" if grade else text
