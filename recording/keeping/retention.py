"""How long recordings are kept: years by class of item, changed by the county.

A call is kept as long as the longest of its cases' items says, counted from the recording's end. A
longer term counts at once. A shorter one destroys what was promised to be kept, so two roles are
needed: the county's line proposes it, the security administrator, who sees no recording, decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, new_id, now_ms, read_clock
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.journal.acts import Act, add_entry
from casework.policy import COUNTY_LINE
from casework.sign_in import SignedIn
from casework.tables import Case, Organisation, ServiceItem
from casework.vocabulary import OrganisationKind, RetentionChangeState, RetentionClass, Role
from recording.keeping.tables import RetentionChange, RetentionTerm
from recording.tables import Recording
from signaling.tables import CallCase

DEFAULT_YEARS: Mapping[RetentionClass, int | None] = {
    RetentionClass.BRIEF: 1,
    RetentionClass.STANDARD: 5,
    RetentionClass.LONG: 10,
    RetentionClass.PERMANENT: None,
}
"""Ten years and "permanent" are terms of the archives' rules (国家档案局令第8号)."""
_ORDER = list(RetentionClass)


@dataclass(frozen=True, slots=True)
class NewTerm:
    retention_class: RetentionClass
    years: int
    reason: str


async def terms(session: AsyncSession, county_id: str) -> dict[RetentionClass, int | None]:
    """Years by class; ``None``: for ever."""
    changed = await session.execute(
        select(RetentionTerm.retention_class, RetentionTerm.years).where(
            RetentionTerm.county_id == county_id
        )
    )
    return dict(DEFAULT_YEARS) | {RetentionClass(row.retention_class): row.years for row in changed}


def class_of_recording() -> ColumnElement[str]:
    """The class of a row of ``recordings``: the longest of its call's items; standard without one."""
    rank = case(
        {value: index for index, value in enumerate(_ORDER)}, value=ServiceItem.retention_class
    )
    longest = (
        select(func.max(rank))
        .select_from(CallCase)
        .join(Case, Case.id == CallCase.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .where(CallCase.call_id == Recording.call_id)
        .scalar_subquery()
    )
    fallback = _ORDER.index(RetentionClass.STANDARD)
    return case(
        {index: value.value for index, value in enumerate(_ORDER)},
        value=func.coalesce(longest, fallback),
    )


async def past_term(
    session: AsyncSession,
    county_id: str,
    of_class: ColumnElement[str],
    ended_before: Callable[[int], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """SQL: whether a row ended longer ago than its class is kept.

    :param ended_before: of a row, whether nothing was done with it since so many ms.
    """
    now = await read_clock(session)
    return or_(
        *(
            and_(of_class == name.value, ended_before(years_after(now, -years)))
            for name, years in (await terms(session, county_id)).items()
            if years is not None
        )
    )


def years_after(at_ms: int, years: int) -> int:
    """The same day of the calendar, so many years on; the 29th of February becomes the 28th."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    day = 28 if (at.month, at.day) == (2, 29) else at.day
    return int(at.replace(year=at.year + years, day=day).timestamp() * 1000)


async def set_term(session: AsyncSession, person: SignedIn, new: NewTerm) -> bool:
    """Whether it counts at once; a shorter term waits for another role.

    :raises Forbidden: not of the county's line.
    :raises Invalid: the class has no years, or the term is as it was.
    :raises Conflict: a proposal for the class is open, or somebody was quicker.
    """
    if not person.roles & COUNTY_LINE:
        raise Forbidden("role")
    present = (await terms(session, person.county_id))[new.retention_class]
    if present is None:
        raise Invalid("retention.permanent")
    if new.years == present:
        raise Invalid("retention.unchanged")
    if new.years < present:
        await _propose(session, person, new, present)
        return False
    await _put(session, person, new, longer=True)
    await _tell(session, person, "retention.lengthened", new, present)
    return True


async def _propose(session: AsyncSession, person: SignedIn, new: NewTerm, present: int) -> None:
    session.add(
        RetentionChange(
            id=new_id(),
            county_id=person.county_id,
            retention_class=new.retention_class,
            from_years=present,
            to_years=new.years,
            reason=new.reason,
            state=RetentionChangeState.PROPOSED,
            proposed_by_staff_id=person.staff_id,
            proposed_ms=now_ms(),
        )
    )
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("retention.change_open") from None
    await _tell(session, person, "retention.shortening_proposed", new, present)


async def decide_change(
    session: AsyncSession, person: SignedIn, change_id: str, *, approved: bool
) -> None:
    """:raises Forbidden: not the security administrator, or the person who proposed it.
    :raises Conflict: decided already, or none of this county's.
    """
    if Role.SECURITY_ADMINISTRATOR not in person.roles:
        raise Forbidden("role")
    state = RetentionChangeState.APPROVED if approved else RetentionChangeState.REJECTED
    row = RetentionChange
    change = await session.scalar(
        select(row).where(row.id == change_id, row.county_id == person.county_id)
    )
    if change is None:
        raise NotFound("retention.change_decided")
    if change.proposed_by_staff_id == person.staff_id:
        raise Forbidden("retention.same_person")
    decided = await session.scalar(
        update(row)
        .where(row.id == change_id, row.state == RetentionChangeState.PROPOSED)
        .values(state=state, decided_by_staff_id=person.staff_id, decided_ms=now_ms())
        .returning(row.id)
    )
    if decided is None:
        raise Conflict("retention.change_decided")
    new = NewTerm(RetentionClass(change.retention_class), change.to_years, change.reason)
    if approved:
        await _put(session, person, new, longer=False)
    what = "retention.shortened" if approved else "retention.shortening_rejected"
    await _tell(session, person, what, new, change.from_years)


async def _put(session: AsyncSession, person: SignedIn, new: NewTerm, *, longer: bool) -> None:
    """What somebody alone makes longer must not shorten what another has just made longer."""
    values = {"years": new.years, "changed_by_staff_id": person.staff_id, "changed_ms": now_ms()}
    kept = await session.scalar(
        insert_for(session, RetentionTerm)
        .values(
            id=new_id(),
            county_id=person.county_id,
            retention_class=new.retention_class,
            **values,
        )
        .on_conflict_do_update(
            index_elements=["county_id", "retention_class"],
            set_=values,
            where=RetentionTerm.years < new.years if longer else None,
        )
        .returning(RetentionTerm.id)
    )
    if kept is None:
        raise Conflict("retention.changed")


async def _tell(
    session: AsyncSession, person: SignedIn, what: str, new: NewTerm, present: int
) -> None:
    county = (
        await session.execute(
            select(Organisation.id).where(
                Organisation.county_id == person.county_id,
                Organisation.kind == OrganisationKind.COUNTY,
            )
        )
    ).scalar_one()
    await add_entry(
        session,
        Act(
            what=what,
            county_id=person.county_id,
            home_organisation_id=person.organisation_id,
            county_organisation_id=county,
            actor_staff_id=person.staff_id,
            evidence={
                "class": new.retention_class,
                "from_years": present,
                "to_years": new.years,
            },
            personal={"reason": new.reason},
        ),
    )
