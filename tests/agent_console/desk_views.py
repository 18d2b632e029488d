"""What a server would show beside a recording: forms, signatures, marks."""

from signaling.wire import forms, review_desk
from tests.village_client.views import JSON, an_id, plain

MADE_MS = 1_795_316_400_000
STROKES = [
    [[1_000 + 90 * step, 1_600 + (step % 7) * 140, step * 12, 500] for step in range(40)],
    [[5_200 + 60 * step, 1_200 + (step % 5) * 180, 600 + step * 12, 500] for step in range(50)],
]


def form(version: int, state: str, **more: object) -> JSON:
    known = {
        "id": an_id(560 + version),
        "case_id": an_id(20),
        "version": version,
        "state": state,
        "language": "zh-CN",
        "title": "通用申请表",
        "item_name": "城乡居民基本养老保险待遇领取申请",
        "lines": [
            {"key": "applicant", "label": "申请人姓名", "text": "陈秀英"},
            {"key": "address", "label": "常住地址", "text": "新回龙镇洋塘村3组"},
            {"key": "matter", "label": "申请事由", "text": "补发高龄津贴，证号441***********122X"},
            {"key": "delivery", "label": "结果领取方式", "text": "窗口领取"},
        ],
        "declaration": "以上内容由坐席根据本人陈述填写，本人已核对，确认真实无误。",
        "sha256": "5e" * 32,
        "signature_id": an_id(570) if state == "signed" else None,
        "created_ms": MADE_MS,
        "shown_ms": MADE_MS,
        "confirmed_ms": None,
        "signed_ms": None,
        **more,
    }
    return plain(forms.FormView.model_validate(known))


def moments() -> JSON:
    """A form that was taken back, the one after it, and its signature."""
    first = {"form": form(1, "withdrawn"), "shown_position_ms": 26_000}
    second = {"form": form(2, "signed"), "shown_position_ms": 36_000}
    signature = {
        "id": an_id(570),
        "case_id": an_id(20),
        "purpose": "form",
        "signer": "present_person",
        "signed_sha256": "5e" * 32,
        "strokes_sha256": "ab" * 32,
        "strokes": STROKES,
        "signed_ms": MADE_MS,
        "position_ms": 44_000,
    }
    known = {
        "forms": [
            {**first, "confirmed_position_ms": None, "signed_position_ms": None},
            {**second, "confirmed_position_ms": 40_000, "signed_position_ms": 44_000},
        ],
        "signatures": [{"signature": signature, "position_ms": 44_000}],
    }
    return plain(review_desk.CallMoments.model_validate(known))


def mark(number: int, position_ms: int, text: str, **more: object) -> JSON:
    known = {
        "id": an_id(580 + number),
        "position_ms": position_ms,
        "text": text,
        "line": "county",
        "author_name": "程雅琴",
        "author_name_en": "Cheng Yaqin",
        "own": True,
        "made_ms": MADE_MS,
        "withdrawn_ms": None,
        **more,
    }
    return plain(review_desk.MarkView.model_validate(known))


def marks(*found: JSON, blind: bool = False) -> JSON:
    return {"marks": list(found), "blind": blind}


def loudness() -> JSON:
    """Of a minute: they talk by turns, and nobody from 30 to 42 s."""
    talk = [80 + (at * 7) % 30 for at in range(600)]
    quiet = range(300, 420)
    window = [40 if at in quiet or at % 90 > 50 else talk[at] for at in range(600)]
    agent = [38 if at in quiet or at % 90 <= 50 else talk[at] for at in range(600)]
    known = {
        "duration_ms": 60_000,
        "voices": [
            {"participant_kind": "window", "participant_name": "陈帮办", "loudness": window},
            {"participant_kind": "agent", "participant_name": "王坐席", "loudness": agent},
        ],
        "quiet": [(30_300, 41_700)],
    }
    return plain(review_desk.LoudnessView.model_validate(known))
