"""The demo county's appointments and grants: every helper has what the own window handles.

They go through the same use cases as on the pages: the home line nominates and signs, the county's
line approves and signs.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.appointments import decide_nomination, nominate
from casework.authority.grants import GrantDraft, propose_grant, sign_grant
from casework.authority.item_sets import make_item_set
from casework.database import read_clock
from casework.sign_in import SignedIn
from casework.tables import (
    Appointment,
    Grant,
    ItemSet,
    Organisation,
    ServiceItem,
    StaffMember,
    StaffRole,
)
from casework.vocabulary import AppointmentState, GrantState, Role, Surface

SETS: Final = (
    ("joint", "联办事项", "Jointly handled items", "东政数〔2026〕1号"),
    ("delegated", "帮办代办事项", "Assisted and delegated items", "东政数〔2026〕2号"),
    ("cross_area", "县域通办事项", "Items open across areas", "东政数〔2026〕3号"),
)
"""Flag of the item, name of the set, and the invented document that lends it."""
GRANTED_MS: Final = 365 * 24 * 3_600_000


async def lend_authority(session: AsyncSession, county_id: str) -> None:
    """Idempotent; a grant that has ended by its date is made anew, one that was revoked is not."""
    people = await _people(session, county_id)
    county = people["county-supervisor"]
    sets = {flag: await _item_set(session, county, flag, name, en) for flag, name, en, _ in SETS}
    for helper in people.values():
        if Role.HELPER in helper.roles and helper.window_id is not None:
            home = await _home_supervisor(session, people, helper)
            appointment = await _appointment(session, helper, home, county)
            if appointment.state == AppointmentState.APPOINTED:
                await _grants(session, appointment, home, county, sets)


async def _people(session: AsyncSession, county_id: str) -> Mapping[str, SignedIn]:
    """By user name, on the pages where each of them signs."""
    row = StaffMember
    roles: dict[str, set[Role]] = {}
    for staff_id, role in await session.execute(
        select(StaffRole.staff_id, StaffRole.role).where(
            StaffRole.county_id == county_id, StaffRole.revoked_ms.is_(None)
        )
    ):
        roles.setdefault(staff_id, set()).add(Role(role))
    found = await session.scalars(
        select(row).where(row.county_id == county_id).order_by(row.username)
    )
    return {
        staff.username: SignedIn(
            sign_in_id="",
            staff_id=staff.id,
            county_id=county_id,
            organisation_id=staff.organisation_id,
            roles=frozenset(roles.get(staff.id, ())),
            surface=Surface.SUPERVISION,
            window_id=staff.window_id,
        )
        for staff in found
    }


async def _home_supervisor(
    session: AsyncSession, people: Mapping[str, SignedIn], helper: SignedIn
) -> SignedIn:
    """Of the helper's own organisation, or of the town above a village without one."""
    home = await session.get_one(Organisation, helper.organisation_id)
    for organisation_id in (home.id, home.parent_id):
        for person in people.values():
            at_home = person.organisation_id == organisation_id
            if at_home and Role.HOME_SUPERVISOR in person.roles:
                return person
    raise LookupError(f"nobody signs for the home line of {helper.staff_id}")


async def _item_set(
    session: AsyncSession, county: SignedIn, flag: str, name: str, name_en: str
) -> ItemSet:
    known = await session.scalar(
        select(ItemSet).where(ItemSet.county_id == county.county_id, ItemSet.name == name)
    )
    if known is not None:
        return known
    codes = await session.scalars(
        select(ServiceItem.code).where(
            ServiceItem.county_id == county.county_id,
            ServiceItem.current,
            getattr(ServiceItem, flag),
        )
    )
    return await make_item_set(
        session,
        county.county_id,
        name=name,
        name_en=name_en,
        item_codes=codes.all(),
        made_by_staff_id=county.staff_id,
    )


async def _appointment(
    session: AsyncSession, helper: SignedIn, home: SignedIn, county: SignedIn
) -> Appointment:
    row, window_id = Appointment, str(helper.window_id)
    known = await session.scalar(
        select(row)
        .where(row.staff_id == helper.staff_id, row.window_id == window_id)
        .order_by(row.nominated_ms.desc(), row.id.desc())
        .limit(1)
    )
    if known is not None:
        return known
    made = await nominate(session, home, staff_id=helper.staff_id, window_id=window_id)
    return await decide_nomination(session, county, made.id, approved=True)


async def _grants(
    session: AsyncSession,
    appointment: Appointment,
    home: SignedIn,
    county: SignedIn,
    sets: Mapping[str, ItemSet],
) -> None:
    now_ms = await read_clock(session)
    held = await session.scalars(
        select(Grant.item_set_id).where(
            Grant.appointment_id == appointment.id,
            (Grant.until_ms > now_ms) | (Grant.state != GrantState.SIGNED),
        )
    )
    kept = frozenset(held)
    for flag, _, _, document in SETS:
        if sets[flag].id in kept:
            continue
        draft = GrantDraft(
            appointment_id=appointment.id,
            item_code=None,
            item_set_id=sets[flag].id,
            from_ms=now_ms,
            until_ms=now_ms + GRANTED_MS,
            document_number=document,
        )
        grant = await propose_grant(session, home, draft)
        await sign_grant(session, county, grant.id)
