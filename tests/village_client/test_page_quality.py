"""How many faults of a page are found, and how many good pages are blamed: the figures."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.figures import ROOT, count, write_figures

JUDGED = ROOT / "test-output" / "page-quality-third.json"
NAMES = {"blur": "blurred", "glare": "glare", "cut_edge": "cut edge", "skew": "skewed"}
DRAWN = (
    "Pages are drawn (tests/village_client/materials/third_page_set.ts): certificates with few "
    "letters, pages with a photo, forms filled by hand and copies of cards, with other seeds, desks, "
    "light and noise than the two sets by which the limits were chosen."
)


@pytest.mark.proof
@pytest.mark.timeout(240)
def test_judging_pages_that_no_limit_was_chosen_by_leaves_figures() -> None:
    JUDGED.unlink(missing_ok=True)
    npm = [sys.executable, "scripts/build_web.py", "npm", "run", "-s", "test", "--"]
    subprocess.run(
        [*npm, "tests/village_client/materials/quality_other.test.ts"], cwd=ROOT, check=True
    )
    judged = json.loads(JUDGED.read_text())
    assert judged["pages"] == count(200, 80)
    at_the_limit = [point for point in judged["curve"] if point["factor"] == 1]
    assert {point["fault"] for point in at_the_limit} == NAMES.keys()
    write_found(judged, at_the_limit)
    write_curve(judged["curve"])


def write_found(judged: dict[str, Any], points: list[dict[str, Any]]) -> None:
    rows = [
        [NAMES[p["fault"]], p["limit"], p["faulty"], p["found"], p["good"], p["blamed"]]
        for p in points
    ]
    met = judged["found"] >= 0.95 and judged["alarms"] <= 0.05
    write_figures(
        "page-quality",
        "Faults of a page, found and told of good pages",
        ["fault", "limit", "pages with it", "found", "good pages", "good pages blamed"],
        rows,
        note=f"{DRAWN} In all {judged['found']:.1%} of the faults are found and "
        f"{judged['alarms']:.1%} of the good pages blamed. The goal, at least 95 % found and at "
        f"most 5 % blamed, is {'met' if met else 'not met'}.",
    )


def write_curve(curve: list[dict[str, Any]]) -> None:
    write_figures(
        "page-quality-curve",
        "Faults of a page, at other limits",
        ["fault", "limit", "times the limit in use", "found", "good pages blamed"],
        [
            [
                NAMES[p["fault"]],
                p["limit"],
                p["factor"],
                f"{p['found'] / p['faulty']:.0%}",
                f"{p['blamed'] / p['good']:.0%}",
            ]
            for p in curve
        ],
        note="The pages of “Faults of a page, found and told of good pages”, which no limit was chosen "
        "by. A page is called blurred below the limit, anything else above it.",
    )
