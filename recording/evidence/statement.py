"""The page of a bundle that people read: what it holds and how it is checked, Chinese and English."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from recording.evidence.faults import clock
from recording.evidence.keys import fingerprint

FONT = "STSong-Light"
"""One of the Chinese fonts that every PDF reader brings along (Adobe-GB1)."""
_CHINA = timezone(timedelta(hours=8))
_TEXT = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK")
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=8, leading=11)
_TITLE = ParagraphStyle("title", parent=_TEXT, fontSize=17, leading=26)
_HEAD = ParagraphStyle("head", parent=_TEXT, fontSize=12, leading=20, spaceBefore=8)

_STATES = {
    "sealed": "录像完整 / complete",
    "interrupted": "录制曾中断，中断前内容有效 / came to an early end; valid up to there",
}
_SIGNERS = {
    "call": "本次通话专用密钥（已销毁） / the call's own key, since destroyed",
    "node": "服务节点密钥（录制进程曾重启） / the node's key: the recorder was started again",
}
_HOW = (
    (
        "核验：在任何一台装有 shipinban 的电脑上（无需联网）运行下面的命令。"
        "县公钥请向县政务服务中心另行取得，不要只用本包内的公钥。"
    ),
    (
        "To check it, run the command below on any machine with shipinban, without a network. "
        "Ask the county's service centre for its public key: do not rely on the one in this bundle."
    ),
)
_PROVES = (
    (
        "核验通过表示：录像文件、事件记录与封存时一致，逐段哈希、签名和台账条目相互印证；"
        "如有改动，命令会指出第一处不符的位置。"
    ),
    (
        "If it passes, files and events are those that were sealed: the hash of every part, the "
        "signatures and the journal's entries agree. If not, the first place that differs is named."
    ),
)
_DOES_NOT = (
    "不能说明：镜头之外发生的事；掌握县密钥者另造的一套台账（请用 --seen 与以前见过的检查点比对）。",
    (
        "It cannot tell what no camera saw, nor a second history made by who holds the county's key: "
        "compare with a checkpoint that was seen before (--seen)."
    ),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """Who took the bundle out, why, and who agreed."""

    requested_by: str
    approved_by: str
    reason: str
    at_ms: int


def make_statement(
    manifest: Mapping[str, Any],
    signed_by: str,
    exported: Exported,
    county_key: str,
    file_name: str,
) -> bytes:
    """A PDF of one or two pages. ``county_key``: hexadecimal."""
    registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        title="录像证据说明 Statement on recorded evidence",
        author="shipinban",
    )
    document.build(list(_story(manifest, signed_by, exported, county_key, file_name)))
    return out.getvalue()


def _story(
    manifest: Mapping[str, Any],
    signed_by: str,
    exported: Exported,
    county_key: str,
    file_name: str,
) -> Iterable[Flowable]:
    yield Paragraph("录像证据说明<br/>Statement on recorded evidence", _TITLE)
    yield Spacer(1, 4 * mm)
    yield _table(_facts(manifest, signed_by, exported))
    yield Paragraph("文件 / Files", _HEAD)
    yield _table(_files(manifest["files"]), _SMALL)
    yield Paragraph("核验方法 / How to check", _HEAD)
    yield from _paragraphs(_HOW)
    yield Paragraph(f"shipinban evidence verify {escape(file_name)} --key COUNTY_KEY", _SMALL)
    yield Paragraph(f"县公钥 / county key: {fingerprint(county_key)}", _SMALL)
    yield Paragraph("说明什么 / What it shows", _HEAD)
    yield from _paragraphs(_PROVES)
    yield from _paragraphs(_DOES_NOT)


def _facts(
    manifest: Mapping[str, Any], signed_by: str, exported: Exported
) -> Sequence[tuple[str, str]]:
    state = _STATES.get(manifest["state"], manifest["state"])
    gaps = sum(len(file["gaps"]) for file in manifest["files"])
    chain = manifest["chain"]
    return [
        ("通话 / call", manifest["call_id"]),
        ("录像 / recording", manifest["recording_id"]),
        ("开始 / began", moment(manifest["clock"]["started_ms"])),
        ("时长 / length", clock(manifest["duration_ms"])),
        ("状态 / state", f"{state} {manifest['reason']}".strip()),
        ("声明的缺口 / declared gaps", str(gaps)),
        ("证据链 / chain", f"{chain['links']} 节 / links, {chain['events']} 个事件 / events"),
        ("签名 / signed by", _SIGNERS.get(signed_by, signed_by)),
        ("软件 / software", manifest["software"]),
        ("导出人 / exported by", exported.requested_by),
        ("批准人 / approved by", exported.approved_by),
        ("理由 / reason", exported.reason),
        ("导出时间 / exported", moment(exported.at_ms)),
    ]


def _files(files: Sequence[Mapping[str, Any]]) -> Sequence[tuple[str, str]]:
    return [
        (
            (
                f"{file['stream']}<br/>{', '.join(file['codecs'])}, {clock(file['duration_ms'])}, "
                f"{file['size_bytes']} B"
            ),
            f"SHA-256<br/>{file['sha256']}",
        )
        for file in files
    ]


def _table(rows: Sequence[tuple[str, str]], style: ParagraphStyle = _TEXT) -> Flowable:
    """Files bring their own line breaks; everything else is plain text."""
    marked = style is _SMALL
    cells = [[Paragraph(c if marked else escape(c), style) for c in row] for row in rows]
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.3, "#b8c0cc"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    widths = (82 * mm, 92 * mm) if marked else (52 * mm, 122 * mm)
    return Table(cells, colWidths=widths, style=lines)


def _paragraphs(texts: Iterable[str]) -> Iterable[Flowable]:
    for text in texts:
        yield Paragraph(escape(text), _TEXT)
        yield Spacer(1, 1.5 * mm)


def moment(at_ms: int) -> str:
    """In the county's time and in UTC."""
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M:%S} (UTC {at:%H:%M:%S})"
