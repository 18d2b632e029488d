"""Deadlines by a calendar that has changed."""

from dataclasses import asdict

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.course.calendar import load_calendar
from casework.course.deadlines import Now
from casework.course.moving import clock_of
from casework.database import read_clock
from casework.sign_in import SignedIn
from casework.tables import Case


async def reckon_again(session: AsyncSession, person: SignedIn) -> int:
    """Moves the deadlines of all cases whose clock runs and that are not overdue; how many moved.

    :param person: who changed the calendar.
    """
    calendar = await load_calendar(session, person.county_id)
    now = Now(calendar, await read_clock(session), 0)
    running = (
        select(Case)
        .where(
            Case.county_id == person.county_id,
            Case.clock_from_ms.is_not(None),
            Case.due_ms.is_not(None),
            Case.overdue_ms.is_(None),
        )
        .order_by(Case.id)
        .with_for_update(key_share=True)
    )
    moved = 0
    for case in (await session.scalars(running)).all():
        clock = now.reckoned(clock_of(case))
        if clock == clock_of(case):
            continue
        await session.execute(update(Case).where(Case.id == case.id).values(**asdict(clock)))
        body = {"due_ms": clock.due_ms}
        add_event(session, case, "case.due_moved", actor_staff_id=person.staff_id, body=body)
        moved += 1
    await session.flush()
    return moved
