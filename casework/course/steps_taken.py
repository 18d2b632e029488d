"""Steps outside of a call, by the window, an officer or the county; and which are open to whom."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import examine
from casework.course.appeals import decide_appeal, open_appeal
from casework.course.missing import listed_materials
from casework.course.moving import Moving, check_needs, move_case, step_of
from casework.course.refusals import confirm_refusal, latest_refusal, propose_refusal, send_back
from casework.course.results import finish_case, hand_result
from casework.course.transitions import FROM, REMEMBERED, Need, Transition
from casework.errors import Forbidden, Invalid, ShipinbanError
from casework.participants import Calls
from casework.sign_in import SignedIn
from casework.tables import Case
from casework.vocabulary import CaseMove, CaseParty, CaseState, ResultWay

_GIVEN = frozenset({Need.MISSING, Need.MAY_FOLLOW, Need.TEXT, Need.LEGAL_BASIS, Need.WAY})
"""What whoever takes the step fills in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody filled in for a step."""

    move: CaseMove
    text: str = ""
    legal_basis: str = ""
    missing_material_ids: list[str] = field(default_factory=list)
    way: ResultWay | None = None
    carrier: str = ""
    consignment_number: str = ""


async def take_step(
    session: AsyncSession,
    case: Case,
    person: SignedIn,
    given: Given,
    calls: Calls,
) -> None:
    """:param case: locked.
    :raises ShipinbanError: as :func:`casework.course.moving.move_case`.
    """
    match given.move:
        case CaseMove.PROPOSE_REFUSAL:
            await propose_refusal(
                session, case, person, reason=given.text, legal_basis=given.legal_basis
            )
        case CaseMove.CONFIRM_REFUSAL:
            await confirm_refusal(session, case, person, calls)
        case CaseMove.SEND_BACK:
            await send_back(session, case, person, calls, answer=given.text)
        case CaseMove.APPEAL:
            await open_appeal(session, case, person, text=given.text)
        case CaseMove.REOPEN | CaseMove.UPHOLD:
            reopen = given.move is CaseMove.REOPEN
            await decide_appeal(session, case, person, calls, reopen=reopen, answer=given.text)
        case CaseMove.FINISH:
            await finish_case(session, case, person, text=given.text)
        case CaseMove.HAND_RESULT:
            await _hand(session, case, person, given)
        case _:
            await _move(session, case, person, given)


async def _hand(session: AsyncSession, case: Case, person: SignedIn, given: Given) -> None:
    if given.way is None:
        raise Invalid("course.way_needed")
    await hand_result(
        session, case, person,
        way=given.way, carrier=given.carrier, consignment_number=given.consignment_number,
    )  # fmt: skip


async def _move(session: AsyncSession, case: Case, person: SignedIn, given: Given) -> None:
    missing = await listed_materials(session, case, given.missing_material_ids)
    body: dict[str, object] = {"missing_material_ids": missing} if missing else {}
    if given.text.strip():
        body["text"] = given.text.strip()
    moving = Moving(
        case=case, move=given.move, actor=person, text=given.text, missing=missing, body=body
    )
    await move_case(session, moving)


@dataclass(frozen=True, slots=True)
class OpenStep:
    row: Transition
    refusal: ShipinbanError | None
    """Why it is not open to the person."""


async def open_steps(
    session: AsyncSession, case: Case, person: SignedIn, calls: Calls
) -> list[OpenStep]:
    """Every step from the case's state, with why it is closed to the person. Changes nothing."""
    before = CaseState(case.state_before) if case.state_before else None
    refusal = await latest_refusal(session, case.id)
    refused_ms = refusal.decided_ms if refusal else None
    steps = []
    for row in FROM[CaseState(case.state)]:
        if row.who == {CaseParty.CLOCK} or (row.move in REMEMBERED and row.target is not before):
            continue
        moving = Moving(case=case, move=row.move, actor=person, calls=calls, refused_ms=refused_ms)
        steps.append(OpenStep(row, await _refusal(session, row, moving)))
    return steps


async def _refusal(session: AsyncSession, row: Transition, moving: Moving) -> ShipinbanError | None:
    code, _ = await examine(session, step_of(row, moving))
    if code is not None:
        return Forbidden(code)
    try:
        await check_needs(session, row.needs - _GIVEN, moving)
    except ShipinbanError as error:
        return error
    return None
