"""Reports stay quick; the full count, on both databases, is in ``make bench``."""

from tests.bench.report_load import run

CASES = 1_000
GOAL_S = 2.0


async def test_every_report_is_answered_in_time(sqlite_url: str) -> None:
    measured = await run(sqlite_url, CASES)
    assert measured["cases"] > CASES * 0.8
    assert measured["slowest_s"] < 5 * GOAL_S, measured["slowest"]
