"""The pages for people: in both languages, with who took the bundle out on every one of them."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2

from recording.evidence.statement import Exported, Happened, Person, Told, make_statement

OUTPUT = Path(__file__).parents[3] / "test-output" / "evidence"
WINDOW = Person("aa", "window", "李小梅", "Li Xiaomei", "灯塔镇", "Dengta town")
EXPORTED = Exported("陈主管", "刘督导", "法院调取 <1>", 1_795_100_000_000, "陈主管")


def told(**more: object) -> Told:
    manifest = {
        "call_id": "0194b2c4-1111-7abc-8def-0123456789ab",
        "recording_id": "0194b2c4-2222-7abc-8def-0123456789ab",
        "clock": {"started_ms": 1_795_000_000_000},
        "duration_ms": 641_300,
        "state": "interrupted",
        "reason": "the packet log breaks off",
        "chain": {"links": 412, "head": "ab", "events": 37},
        "files": [
            {
                "stream": f"aa/{kind}",
                "codecs": ["vp8"],
                "duration_ms": 641_300,
                "size_bytes": 83_212_345,
                "sha256": "ab" * 32,
                "gaps": [[12_000, 14_500, "camera"], [301_000, 320_000, "hold"]] * 20,
            }
            for kind in ("audio_camera", "document")
        ],
    }
    events = [
        Happened("consent.given", {}, -60_000),
        Happened("hold.changed", {"on": True}, 301_000),
        Happened("quality", {}, 302_000),
        Happened("listening.begun", {"mode": "listen"}, 303_000),
        Happened("listening.changed", {"mode": "whisper"}, 304_000),
        *(Happened("page.taken", {}, 1_000 * number) for number in range(80)),
    ]
    later = [Happened("rating.given", {"grade": "satisfied"}, 1_795_000_700_000)]
    missing = {"pages/0194b2c4": "unreadable"}
    facts = {"missing": missing, "people": [WINDOW], "events": events, "later": later} | more
    return Told(
        manifest, "node", EXPORTED, "county+ab+cd", "evidence.zip", ZoneInfo("Asia/Shanghai"),
        **facts,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_statement_says_in_two_languages_what_a_judge_needs_and_whose_copy_it_is() -> None:
    document = pypdfium2.PdfDocument(make_statement(told()))
    pages = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(document):
        page.render(scale=1.4).to_pil().save(OUTPUT / f"statement-{number}.png")
    for number, page in enumerate(pages):
        assert page.count("陈主管2026-11-1922:53:20") > 10, number
    whole = "".join(pages)
    for said in (
        "录像证据说明", "Statement on recorded evidence", "李小梅（灯塔镇）", "Li Xiaomei, Dengta town",
        "法院调取 <1>", "刘督导", "服务节点密钥", "群众评价: 满意", "Rating given: satisfied",
        "county+ab+cd", "通话保持（不传不录）", "Put on hold", "and 70 more", "另有 24 处", "ab" * 32,
        "拍摄的材料 0194b2c4", "its file cannot be read", "管理人员旁听", "to the agent alone",
    ):  # fmt: skip
        assert "".join(said.split()) in whole, said
    assert "quality" not in whole


def test_what_was_exported_by_command_says_so() -> None:
    exported = Exported("陈主管", "刘督导", "复议", 1_795_100_000_000, "")
    statement = Told(
        told().manifest, "call", exported, "", "evidence.zip", ZoneInfo("Asia/Shanghai")
    )
    text = [
        page.get_textpage().get_text_bounded()
        for page in pypdfium2.PdfDocument(make_statement(statement))
    ]
    assert "在服务器上用命令导出" in text[0]
    assert "by command on the server" in text[-1]
