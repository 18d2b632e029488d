"""What a server would show the review desk, the draws, follow-ups and reports."""

from casework.reviews.draw import Lot, commitment, drawn, population_sha256, seed
from casework.reviews.risk import WEIGHTS_TENTHS
from casework.reviews.sheets import DEFAULT_LINES
from casework.vocabulary import AccountableLine, SheetLineKind
from signaling.wire import reviews
from tests.village_client.views import JSON, an_id, plain

DAY_MS = 24 * 3_600_000
ABOUT = {
    "case_number": "441625-20261122-00017",
    "item_name": "城乡居民基本养老保险待遇领取申请",
    "item_name_en": "Claiming a residents' basic pension",
    "organisation_name": "新回龙镇",
    "organisation_name_en": "Xinhuilong Town",
}
LINES = [
    {"key": one.key, "kind": one.kind, "zh": one.zh, "en": one.en, "points": one.points}
    for one in DEFAULT_LINES
]


def review(now_ms: int, **more: object) -> JSON:
    known = {
        "id": an_id(801),
        "about": ABOUT,
        "reasons": ["delegated"],
        "state": "open",
        "line": "county",
        "given": False,
        "unassigned": [],
        "opened_ms": now_ms - DAY_MS,
        "due_ms": now_ms + 6 * DAY_MS,
    }
    return plain(reviews.ReviewBrief.model_validate({**known, **more}))


def review_list(*found: JSON) -> JSON:
    return {"reviews": list(found), "total": len(found), "page": 1, "page_size": 50}


def verdict(line: str, **more: object) -> JSON:
    scores = {
        one.key: True if one.kind is SheetLineKind.DONT else one.points for one in DEFAULT_LINES
    }
    known = {
        "line": line,
        "reviewer_name": "程雅琴" if line == "county" else "刁志明",
        "scores": scores,
        "verdict": "proper",
        "comment": "",
        "points": 100,
        "submitted_ms": 1_795_316_400_000,
    }
    return plain(reviews.VerdictView.model_validate({**known, **more}))


def review_detail(case: JSON, now_ms: int, **more: object) -> JSON:
    blank: JSON = {"scores": {}, "verdict": None, "points": None, "submitted_ms": None}
    known = {
        "review": review(now_ms),
        "case": case,
        "call_id": an_id(50),
        "helper_name": "陈帮办",
        "helper_name_en": "Chen",
        "lines": LINES,
        "own": verdict("county", **blank),
        "verdicts": [],
        "differences": [],
        "decision": None,
        "decision_reason": "",
        "decided_by_name": None,
        "may_decide": False,
    }
    return plain(reviews.ReviewDetail.model_validate({**known, **more}))


def apart(case: JSON, now_ms: int) -> JSON:
    """Both verdicts are in, and the chief looks."""
    poor = verdict(
        "county", verdict="flawed", comment="材料分三次告知。", points=80,
        scores={**verdict("county")["scores"], "piecemeal": False, "materials": 0},
    )  # fmt: skip
    return review_detail(
        case, now_ms, review=review(now_ms, state="disagreed", line=None), own=None,
        verdicts=[poor, verdict("home")], differences=["verdict", "piecemeal"], may_decide=True,
    )  # fmt: skip


def rules() -> JSON:
    known = {
        "version": 1,
        "lines": LINES,
        "sample_permille": 50,
        "due_days": 7,
        "changed_by_name": None,
        "created_ms": 1_795_316_400_000,
        "weights_tenths": {str(factor): tenths for factor, tenths in WEIGHTS_TENTHS.items()},
    }
    return plain(reviews.ReviewRulesView.model_validate(known))


def agreement() -> JSON:
    row = {"id": an_id(5), "compared": 40, "agreed": 34, "waiting": 1, "resolved": 5, "flawed": 4}
    town = {**row, "name": "新回龙镇", "name_en": "Xinhuilong Town"}
    return {"units": [town], "helpers": [{**row, "name": "黎春花", "name_en": "Li Chunhua"}]}


def draw(now_ms: int, **more: object) -> JSON:
    known = {
        "id": an_id(850),
        "organisation_name": "新回龙镇",
        "organisation_name_en": "Xinhuilong Town",
        "state": "committing",
        "starts_ms": now_ms - 4 * DAY_MS,
        "ends_ms": now_ms + 3 * DAY_MS,
        "reveal_until_ms": now_ms + 5 * DAY_MS,
        "county": None,
        "home": None,
        "line": "county",
        "tree_size": None,
        "tree_root": None,
        "sample_permille": None,
        "population_sha256": None,
        "cases": None,
        "drawn": None,
        "missing": [],
        "drawn_ms": None,
    }
    return plain(reviews.DrawView.model_validate({**known, **more}))


def done_draw(now_ms: int) -> JSON:
    """A draw that can be followed to its end: the page draws it again."""
    county, root = bytes(range(32)), b"r" * 32
    lots = [
        Lot(an_id(900 + index), chance) for index, chance in enumerate((50, 50, 250, 100, 1000))
    ]
    found = drawn(seed(county, None, root), lots)
    part = {
        "commitment": commitment(an_id(850), AccountableLine.COUNTY, county),
        "committed_by_name": "程雅琴",
        "committed_ms": now_ms - 6 * DAY_MS,
        "revealed_ms": now_ms - DAY_MS,
        "secret": county.hex(),
    }
    view = draw(
        now_ms, state="drawn", county=part, tree_size=4711, tree_root=root.hex(),
        sample_permille=50, population_sha256=population_sha256(lots), cases=5, drawn=len(found),
        missing=["home.commitment"], drawn_ms=now_ms,
    )  # fmt: skip
    rows = [
        {
            "case_id": lot.case_id,
            "case_number": f"441625-20261122-{index + 1:05d}",
            "chance_permille": lot.chance_permille,
            "factors": ["poor_rating", "new_helper"] if lot.chance_permille > 50 else [],
            "drawn": lot.case_id in found,
        }
        for index, lot in enumerate(lots)
    ]
    return plain(reviews.DrawDetail.model_validate({"draw": view, "lots": rows, "faults": []}))


def contact(now_ms: int) -> JSON:
    known = {
        "channel": "phone",
        "reached": True,
        "note": "群众说等了一个小时。",
        "staff_name": "刁志明",
        "at_ms": now_ms - DAY_MS,
    }
    return plain(reviews.ContactView.model_validate(known))


def follow_up(now_ms: int) -> JSON:
    known = {
        "id": an_id(820),
        "about": ABOUT,
        "grade": "very_dissatisfied",
        "state": "open",
        "contacts": 1,
        "opened_ms": now_ms - 2 * DAY_MS,
        "due_ms": now_ms - 3_600_000 * 5,
        "closed_ms": None,
    }
    return plain(reviews.FollowUpBrief.model_validate(known))


def follow_up_detail(case: JSON, now_ms: int) -> JSON:
    known = {
        "follow_up": follow_up(now_ms),
        "case": case,
        "call_id": an_id(50),
        "contacts": [contact(now_ms)],
        "finding": "",
        "closed_by_name": None,
    }
    return plain(reviews.FollowUpDetail.model_validate(known))


def report(now_ms: int) -> JSON:
    known = {
        "id": an_id(830),
        "number": "B20261127-0003",
        "reporter": "resident",
        "about": ABOUT,
        "state": "open",
        "level": "county",
        "owner_name": "田慧娟",
        "mine": True,
        "due_ms": now_ms + 3 * DAY_MS,
        "level_due_ms": now_ms + 3 * DAY_MS,
        "created_ms": now_ms - 2 * DAY_MS,
    }
    return plain(reviews.CouldNotBrief.model_validate(known))


def report_detail(case: JSON, now_ms: int) -> JSON:
    event = {"actor_name": None, "owner_name": "田慧娟", "at_ms": now_ms - 2 * DAY_MS}
    known = {
        "report": report(now_ms),
        "text": "等得太久；没办成也没说原因",
        "opened_by_name": None,
        "case": case,
        "call_id": an_id(50),
        "contacts": [contact(now_ms)],
        "events": [
            {**event, "kind": "opened", "level": "home"},
            {**event, "kind": "escalated", "level": "county"},
        ],
        "answer": "",
        "may_work": True,
    }
    return plain(reviews.CouldNotDetail.model_validate(known))
