"""Meeting a line of the checklist: a page or file, an e-licence, an earlier material, a promise.

What is given takes the place of what was sent back or promised for the same line; pages add up.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.authority.steps import StepKind
from casework.county_time import county_moment
from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict, Invalid, NotFound
from casework.moments import Moment, note_act, permitted
from casework.organisations import COUNTY_TIME
from casework.protected import Field, ProtectedFields
from casework.tables import Case, CaseMaterial, CasePage, ItemMaterial, Subject
from casework.vocabulary import (
    CaseState,
    MaterialRequirement,
    MaterialSource,
    MaterialState,
    PageState,
)

GIVEN_A_CASE = 300
LONGEST_PROMISE = timedelta(days=180)
GIVING_STATES = frozenset(
    {
        CaseState.DRAFT,
        CaseState.SUBMITTED,
        CaseState.RETURNED,
        CaseState.ACCEPTED_TO_FOLLOW,
        CaseState.MATERIALS_OVERDUE,
        CaseState.SUSPENDED,
    }
)
REUSABLE = (MaterialSource.PAGE, MaterialSource.UPLOAD, MaterialSource.E_LICENCE)


@dataclass(frozen=True, slots=True)
class Licence:
    """An electronic licence (电子证照), as the resident states it; the agent looks it up."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Promise:
    due_day: date
    pick_up_code: str = ""
    consignment_number: str = ""
    """Of the courier, once the paper is on its way."""


async def give_page(
    session: AsyncSession, case: Case, moment: Moment, page: CasePage, material_id: str
) -> CaseMaterial:
    """A page or file of the case, for a line of its checklist.

    :param page: ready, and of this case.
    :raises Conflict: the page stands for a line already, or the case takes nothing more.
    """
    if page.case_id != case.id or page.state != PageState.READY:
        raise NotFound("page.not_found")
    live = CaseMaterial.page_id == page.id, CaseMaterial.state != MaterialState.REPLACED
    if await session.scalar(select(CaseMaterial.id).where(*live).limit(1)) is not None:
        raise Conflict("material.page_used")
    source = MaterialSource.UPLOAD if page.uploaded else MaterialSource.PAGE
    row = await _give(session, case, moment, material_id, source, page_id=page.id)
    # The readable version of a page that came first over a thin uplink has done its work.
    if page.replaces_page_id is not None:
        await _replace(session, CaseMaterial.page_id == page.replaces_page_id)
    return await _kept(
        session, case, moment, row, sha256=page.sha256, rendition_sha256=page.rendition_sha256
    )


async def give_licence(
    session: AsyncSession,
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    material_id: str,
    licence: Licence,
) -> CaseMaterial:
    """The authority holds it: its name and number are enough."""
    details = {"name": licence.name, "number": licence.number}
    row = await _give(session, case, moment, material_id, MaterialSource.E_LICENCE)
    row.details_sealed = _seal(protected, row, details)
    return await _kept(session, case, moment, row)


async def give_earlier(
    session: AsyncSession, case: Case, moment: Moment, material_id: str, earlier_id: str
) -> CaseMaterial:
    """What was accepted in an earlier case of the same subject.

    :raises NotFound: it is none of :func:`earlier_materials`.
    """
    found = await session.execute(
        earlier_materials(case, material_id).where(CaseMaterial.id == earlier_id)
    )
    if found.one_or_none() is None:
        raise NotFound("material.earlier")
    source = MaterialSource.EARLIER
    row = await _give(session, case, moment, material_id, source, earlier_id=earlier_id)
    return await _kept(session, case, moment, row, earlier_id=earlier_id)


def earlier_materials(case: Case, material_id: str) -> Select[CaseMaterial, Case]:
    """Accepted in other cases of the same person, for a material of the same name; newest first.

    Not what was let go with its case: nobody could look at it any more.
    """
    gone = exists().where(CasePage.id == CaseMaterial.page_id, CasePage.file_name == "")
    wanted, theirs = aliased(ItemMaterial), aliased(ItemMaterial)
    subject, own = aliased(Subject), aliased(Subject)
    return (
        select(CaseMaterial, Case)
        .join(Case, Case.id == CaseMaterial.case_id)
        .join(subject, subject.id == Case.subject_id)
        .join(own, own.id_number_index == subject.id_number_index)
        .join(theirs, theirs.id == CaseMaterial.material_id)
        .join(wanted, wanted.name == theirs.name)
        .where(
            own.id == case.subject_id,
            wanted.id == material_id,
            Case.county_id == case.county_id,
            Case.id != case.id,
            CaseMaterial.state == MaterialState.ACCEPTED,
            CaseMaterial.source.in_(REUSABLE),
            ~gone,
        )
        .order_by(CaseMaterial.id.desc())
    )


async def give_promise(
    session: AsyncSession,
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    material_id: str,
    promise: Promise,
) -> CaseMaterial:
    """The paper follows by a day (容缺).

    :raises Invalid: the line must not follow, or the day is past or half a year away.
    """
    material = await _line(session, case, material_id)
    if material.requirement != MaterialRequirement.MAY_FOLLOW:
        raise Invalid("material.may_not_follow")
    today = county_moment(await read_clock(session)).date()
    if not today <= promise.due_day <= today + LONGEST_PROMISE:
        raise Invalid("material.due_day", days=LONGEST_PROMISE.days)
    end = datetime.combine(promise.due_day, time.max, COUNTY_TIME)
    row = await _give(
        session, case, moment, material_id, MaterialSource.PROMISED,
        due_ms=int(end.timestamp() * 1000),
    )  # fmt: skip
    details = {
        "pick_up_code": promise.pick_up_code,
        "consignment_number": promise.consignment_number,
    }
    row.details_sealed = _seal(protected, row, details)
    return await _kept(session, case, moment, row, due_ms=row.due_ms)


async def take_back(session: AsyncSession, case: Case, moment: Moment, given_id: str) -> None:
    """Undoes what was given by mistake and has not been judged yet.

    :raises Conflict: it was judged or replaced meanwhile.
    """
    _check_state(case)
    permit = await permitted(session, case, moment, StepKind.ADD_MATERIAL)
    taken = await session.execute(
        update(CaseMaterial)
        .where(
            CaseMaterial.id == given_id,
            CaseMaterial.case_id == case.id,
            CaseMaterial.state == MaterialState.GIVEN,
        )
        .values(state=MaterialState.REPLACED)
        .returning(CaseMaterial.material_id)
        .execution_options(synchronize_session=False)
    )
    material_id = taken.scalar_one_or_none()
    if material_id is None:
        raise Conflict("material.judged")
    evidence = {"given_id": given_id, "material_id": material_id}
    await note_act(session, case, moment, permit, "material.taken_back", evidence)


def open_details(protected: ProtectedFields, row: CaseMaterial) -> dict[str, str]:
    """Of an e-licence or a promise; of others nothing."""
    if row.details_sealed is None:
        return {}
    details: dict[str, str] = json.loads(
        protected.open(row.details_sealed, Field.MATERIAL_DETAILS, row.id)
    )
    return details


def _seal(protected: ProtectedFields, row: CaseMaterial, details: dict[str, str]) -> bytes:
    return protected.seal(json.dumps(details), Field.MATERIAL_DETAILS, row.id)


def _check_state(case: Case) -> None:
    if case.state not in GIVING_STATES:
        raise Conflict("case.state", state=case.state)


async def _line(session: AsyncSession, case: Case, material_id: str) -> ItemMaterial:
    material = await session.get(ItemMaterial, material_id)
    if material is None or material.item_id != case.item_id:
        raise Invalid("page.material")
    return material


async def _give(
    session: AsyncSession,
    case: Case,
    moment: Moment,
    material_id: str,
    source: MaterialSource,
    **values: Any,  # noqa: ANN401 - columns
) -> CaseMaterial:
    _check_state(case)
    await _line(session, case, material_id)
    count = select(func.count()).where(CaseMaterial.case_id == case.id)
    if ((await session.scalar(count)) or 0) >= GIVEN_A_CASE:
        raise Conflict("page.too_many")
    return CaseMaterial(
        id=new_id(),
        county_id=case.county_id,
        case_id=case.id,
        material_id=material_id,
        source=source,
        state=MaterialState.GIVEN,
        call_id=moment.call_id,
        position_ms=moment.position_ms,
        given_by_staff_id=moment.actor.staff_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        created_ms=now_ms(),
        **values,
    )


async def _kept(
    session: AsyncSession,
    case: Case,
    moment: Moment,
    row: CaseMaterial,
    **evidence: str | int | None,
) -> CaseMaterial:
    permit = await permitted(session, case, moment, StepKind.ADD_MATERIAL)
    await _replace(
        session,
        CaseMaterial.case_id == case.id,
        CaseMaterial.material_id == row.material_id,
        (CaseMaterial.source == MaterialSource.PROMISED)
        | (CaseMaterial.state == MaterialState.SENT_BACK),
    )
    session.add(row)
    await session.flush()
    told = {"given_id": row.id, "material_id": row.material_id, "source": row.source, **evidence}
    if row.page_id is not None:
        told["page_id"] = row.page_id
    await note_act(session, case, moment, permit, "material.given", told)
    return row


async def _replace(session: AsyncSession, *which: Any) -> None:  # noqa: ANN401 - SQL conditions
    await session.execute(
        update(CaseMaterial)
        .where(*which, CaseMaterial.state != MaterialState.REPLACED)
        .values(state=MaterialState.REPLACED)
        .execution_options(synchronize_session=False)
    )
