import asyncio

from sqlalchemy import select

from casework.course.overdue import OverdueWatch
from casework.database import now_ms
from casework.tables import CaseEvent
from casework.vocabulary import CaseState
from tests.casework.course.county import CourseCounty


def watch(county: CourseCounty, told: list[str]) -> OverdueWatch:
    return OverdueWatch(
        county.database, county.database.transaction, lambda _, case: told.append(case.id)
    )


async def events(county: CourseCounty, case_id: str) -> list[str]:
    async with county.database.reading() as session:
        rows = await session.scalars(
            select(CaseEvent.kind).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        )
        return list(rows)


async def test_what_its_day_has_passed_is_marked_once_and_told(county: CourseCounty) -> None:
    late = await county.case(CaseState.ACCEPTED)
    in_time = await county.case(CaseState.ACCEPTED)
    suspended = await county.case(CaseState.SUSPENDED, before=CaseState.ACCEPTED)
    await county.set(late, due_ms=now_ms() - 1000)
    await county.set(in_time, due_ms=now_ms() + 3_600_000)
    await county.set(suspended, clock_days=0)
    told: list[str] = []
    assert await watch(county, told).look() == 1
    assert await watch(county, told).look() == 0
    assert told == [late]
    assert await events(county, late) == ["case.overdue"]
    assert (await county.row(late)).overdue_ms is not None
    assert (await county.row(in_time)).overdue_ms is None


async def test_papers_that_did_not_follow_move_the_case(county: CourseCounty) -> None:
    missed = await county.case(CaseState.ACCEPTED_TO_FOLLOW)
    await county.set(
        missed, due_ms=now_ms() + 3_600_000, materials_days=10, materials_due_ms=now_ms() - 1000
    )
    told: list[str] = []
    assert await watch(county, told).look() == 1
    case = await county.row(missed)
    assert case.state == CaseState.MATERIALS_OVERDUE
    assert case.due_ms is not None
    assert await events(county, missed) == ["case.materials_missed"]


async def test_watches_of_many_nodes_mark_a_case_once(county: CourseCounty) -> None:
    cases = [await county.case(CaseState.ACCEPTED) for _ in range(4)]
    for case_id in cases:
        await county.set(case_id, due_ms=now_ms() - 1000)
    told: list[str] = []
    await asyncio.gather(*(watch(county, told).look() for _ in range(4)))
    assert sorted(told) == sorted(cases)
    for case_id in cases:
        assert await events(county, case_id) == ["case.overdue"]
