"""The glossary: one word for each thing, in code, wire, database and pages, with the Chinese word."""

import inspect
from collections.abc import Iterator
from enum import StrEnum

from casework import vocabulary
from shipinban.generate.schema import enum_docstrings, vocabulary_areas

HEAD = """\
# Glossary

<!-- Written by `python -m shipinban.generate`. Change shipinban/generate/glossary.py or
     casework/vocabulary, not this. -->

One word for each thing, the same in code, wire, database and pages.
"""

TERMS = (
    (
        "resident",
        "群众、办事人",
        "Sits at the window; has no account; consents, shows papers, rates.",
    ),
    ("subject", "办事人", "Whose matter it is; may be absent."),
    ("present person", "在场人", "Who sits at the window, and in what relation to the subject."),
    ("helper", "帮办员", "Starts calls at a window; never called assistant."),
    ("agent", "坐席", "Takes calls, for the county or a town; always a person."),
    ("supervisor", "管理员", "Of the home line (镇、村) or of the county's line."),
    ("coordinator", "协调帮办", "Owns could-not-get-it-done reports."),
    ("organisation", "机构", "County, department, town, village or partner."),
    ("home organisation", "本级", "A person's own; one of the two accountable units of every act."),
    ("window", "窗口", "A registered place with a workstation; also its page."),
    ("console", "坐席台", "The agents' page."),
    ("supervision", "管理页面", "The page of supervisors and administrators."),
    ("surface", "页面种类", "Window, console or supervision; each has a sign-in of its own."),
    ("sign-in", "登录", "A server-side session of one person on one surface."),
    ("service item", "事项", "What can be done, one version at a time."),
    ("material", "材料", "A line of an item's checklist: required, may follow, or exempt."),
    (
        "deciding organisation",
        "决定机构",
        "Who may accept the matter: fixed, or the registered town.",
    ),
    ("case", "办件", "One matter of one resident on one item."),
    ("ticket", "排队号", "A place in the queue, such as K017."),
    ("skill group", "技能组", "Agents who know a field; its letters begin the ticket's label."),
    ("offer", "派号", "A ticket offered to one agent until a deadline."),
    ("call", "视频会话", "A served ticket; “session” is only ever a sign-in."),
    ("call-back", "回拨", "A promise to call the window back."),
    ("room", "房间", "The live space of a call, on one node."),
    ("participant", "参与者", "Window, agent, guest or supervisor in a room."),
    ("connection", "连接", "One-way: up from a participant, or down to one."),
    ("track", "轨道", "Audio, camera or document, in this order."),
    ("page", "页", "A paper taken with the document camera as a still."),
    ("original", "原图", "A page's bytes as they came; kept with their hash, never served."),
    ("rendition", "显示件", "What the server made of an original to be looked at."),
    ("consent", "告知同意", "One answer to one question about recording; the latest counts."),
    ("outcome", "办理结果", "How a call ends for one of its cases."),
    ("rating", "好差评", "Five grades, given by the resident alone."),
    ("could-not report", "办不成事反映", "A complaint with an owner and a clock."),
    ("follow-up", "差评回访", "What a poor rating opens: somebody asks the resident again."),
    ("line", "管理线", "Home or county: the two lines of dual management."),
    ("review", "两级复核", "One case before both lines, each judging blind."),
    ("draw", "随机抽查", "Which cases of a period are reviewed, by lot."),
    ("evidence hold", "证据保留", "Keeps a call's evidence until a matter is closed."),
    ("recording", "录像", "Of a call; a stream is one file of it."),
    ("store", "存储", "Where sealed recordings lie when they have left their node's disk."),
    ("hold", "封存", "Nothing of the call is let go while it lasts; one line places and lifts it."),
    ("tombstone", "销毁凭证", "Signed; what is left of a recording whose key was destroyed."),
    ("packet log", "包日志", "What the relay wrote down of a call as it arrived."),
    ("appointment", "聘任", "A helper at a window: nominated at home, approved by the county."),
    (
        "grant",
        "授权",
        "County authority for an item, lent to a helper at a window; both lines sign.",
    ),
    ("item set", "事项集", "Items named together for grants; never changed."),
    ("mandate", "委托", "The subject's own leave to act, for delegated handling."),
    ("power", "权限", "What a mandate allows: hand in, sign, withdraw, collect, appeal."),
    ("step", "办理步骤", "What somebody is about to do in a case; each asks one table of rules."),
    ("role change", "角色变更", "A role given or ended by two security administrators."),
    ("entry", "日志条目", "Of the journal; a checkpoint signs the journal up to one."),
    ("node", "节点", "One running installation of the program, of three processes."),
)


def glossary() -> str:
    """Markdown."""
    lines = [HEAD, "## Things and people", "", "| word | 中文 | meaning |", "| --- | --- | --- |"]
    lines += [f"| **{word}** | {chinese} | {meaning} |" for word, chinese, meaning in TERMS]
    lines += ["", "## States and kinds", ""]
    for area in vocabulary_areas():
        lines += [f"### {inspect.cleandoc(area.__doc__ or '')}", ""]
        for name, text in enum_docstrings(area):
            lines += _values(name, text)
    return "\n".join(lines).rstrip() + "\n"


def _values(name: str, text: str) -> Iterator[str]:
    values: type[StrEnum] = getattr(vocabulary, name)
    yield f"#### {name}"
    yield ""
    yield " · ".join(f"`{value}`" for value in values)
    yield ""
    if text:
        yield text.replace("``", "`")
        yield ""
