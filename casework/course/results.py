"""A finished case, and how its result reaches the resident."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.course.moving import Moving, move_case
from casework.database import now_ms, read_clock
from casework.errors import Invalid
from casework.sign_in import SignedIn
from casework.tables import Case, CaseResult
from casework.vocabulary import CaseMove, ResultWay


async def finish_case(
    session: AsyncSession, case: Case, officer: SignedIn, *, text: str
) -> CaseResult:
    """:param text: what the case came to, for the resident."""
    await move_case(session, Moving(case=case, move=CaseMove.FINISH, actor=officer, text=text))
    result = CaseResult(
        case_id=case.id,
        county_id=case.county_id,
        text=text.strip(),
        carrier="",
        consignment_number="",
        finished_by_staff_id=officer.staff_id,
        finished_ms=now_ms(),
    )
    session.add(result)
    await session.flush()
    return result


async def hand_result(
    session: AsyncSession,
    case: Case,
    actor: SignedIn,
    *,
    way: ResultWay,
    carrier: str = "",
    consignment_number: str = "",
) -> CaseResult:
    """The resident was given the result, or it is on its way.

    :raises Invalid: sent without a carrier and a consignment number.
    """
    number = consignment_number.strip()
    if way is ResultWay.SENT and not (carrier.strip() and number):
        raise Invalid("course.consignment_needed")
    moving = Moving(
        case=case, move=CaseMove.HAND_RESULT, actor=actor, way=way, body={"way": way.value}
    )
    await move_case(session, moving)
    result = await session.get_one(CaseResult, case.id)
    result.way = way
    result.carrier, result.consignment_number = carrier.strip(), number
    result.handed_by_staff_id = actor.staff_id
    result.handed_ms = await read_clock(session)
    await session.flush()
    return result
