"""Roles, given and ended by two: one person proposes, a security administrator decides.

On the page the first is a security administrator, too; in a file of staff it is the system
administrator who imports it.
"""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.lines import demand_reason, write_down
from casework.counties import county_organisation
from casework.database import insert_for, new_id, now_ms
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.sign_in import SignedIn, revoke_sign_ins, roles_of
from casework.staff import StaffMember as Member
from casework.staff import role_problems
from casework.tables import (
    Organisation,
    RoleChange,
    SkillGroup,
    SkillGroupMember,
    StaffMember,
    StaffRole,
)
from casework.vocabulary import HelperKind, Role, RoleChangeKind, RoleChangeState

SOURCE = "supervision"
"""Written beside a role that two people gave."""
SOURCE_FILE = "import"
"""Beside one that a file proposed: another file may propose its end."""
FROM_FILE = "人员导入 · staff import"
"""The reason of what a file proposes."""


async def propose_role_change(
    session: AsyncSession,
    person: SignedIn,
    *,
    staff_id: str,
    role: Role,
    kind: RoleChangeKind,
    reason: str,
) -> RoleChange:
    """:raises NotFound: nobody of that id works in the county.
    :raises Forbidden: it is the person's own role.
    :raises Invalid: no reason; or the role does not go with the home or the other roles.
    :raises Conflict: the role is held already, or is not; or a change of it waits.
    """
    staff = await _colleague(session, person, staff_id)
    text = demand_reason(reason)
    await _check_possible(session, staff, role, kind)
    change = await _propose(session, person, staff, role, kind, text)
    if change is None:
        raise Conflict("role_change.waiting")
    return change


async def propose_from_file(
    session: AsyncSession,
    importer: SignedIn,
    staff: StaffMember,
    role: Role,
    kind: RoleChangeKind,
) -> bool:
    """Whether a proposal was made: none is while one of this role waits.

    Whether the roles go together is checked with the whole file.
    """
    return await _propose(session, importer, staff, role, kind, FROM_FILE) is not None


async def _propose(
    session: AsyncSession,
    person: SignedIn,
    staff: StaffMember,
    role: Role,
    kind: RoleChangeKind,
    reason: str,
) -> RoleChange | None:
    """``None``: a change of this role waits already."""
    row_id = new_id()
    made = await session.execute(
        insert_for(session, RoleChange)
        .values(
            id=row_id,
            county_id=person.county_id,
            staff_id=staff.id,
            role=role,
            kind=kind,
            state=RoleChangeState.PROPOSED,
            reason=reason,
            home_organisation_id=staff.organisation_id,
            county_organisation_id=(await county_organisation(session, person.county_id)).id,
            proposed_by_staff_id=person.staff_id,
            proposed_ms=now_ms(),
            decision_reason="",
        )
        .on_conflict_do_nothing()
        .returning(RoleChange.id)
    )
    if made.scalar_one_or_none() is None:
        return None
    change = await session.get_one(RoleChange, row_id)
    await _write(session, change, "role.proposed", person)
    return change


async def _colleague(session: AsyncSession, person: SignedIn, staff_id: str) -> StaffMember:
    if staff_id == person.staff_id:
        raise Forbidden("role_change.oneself")
    staff = await session.scalar(
        select(StaffMember).where(
            StaffMember.id == staff_id,
            StaffMember.county_id == person.county_id,
            StaffMember.active,
        )
    )
    if staff is None:
        raise NotFound("role_change.person")
    return staff


async def _check_possible(
    session: AsyncSession, staff: StaffMember, role: Role, kind: RoleChangeKind
) -> None:
    held = await roles_of(session, staff.id)
    if (role in held) == (kind is RoleChangeKind.GIVE):
        raise Conflict("role_change.held" if role in held else "role_change.not_held")
    if kind is RoleChangeKind.END:
        return
    home = await session.get_one(Organisation, staff.organisation_id)
    groups = await session.scalars(
        select(SkillGroup.letters)
        .join(SkillGroupMember, SkillGroupMember.skill_group_id == SkillGroup.id)
        .where(SkillGroupMember.staff_id == staff.id)
    )
    member = Member(
        username=staff.username,
        name=staff.name,
        name_en=staff.name_en,
        organisation_id=staff.organisation_id,
        roles=tuple(sorted(held | {role})),
        skill_groups=tuple(groups),
        window_id=staff.window_id,
        kind=HelperKind(staff.kind),
    )
    if any(role_problems(member, home.kind)):
        raise Invalid("role_change.unfit")


async def decide_role_change(
    session: AsyncSession,
    person: SignedIn,
    role_change_id: str,
    *,
    approved: bool,
    reason: str = "",
) -> RoleChange:
    """The second person's answer; an approved change ends the sign-ins made before it.

    :raises NotFound: no such change in the county.
    :raises Forbidden: the person proposed it, or it is about the person.
    :raises Invalid: declined without a reason.
    :raises Conflict: decided already, or the roles have changed since.
    """
    change = await _find(session, person, role_change_id)
    if person.staff_id in (change.proposed_by_staff_id, change.staff_id):
        raise Forbidden("role_change.second_person")
    state = RoleChangeState.APPROVED if approved else RoleChangeState.DECLINED
    decided = await session.execute(
        update(RoleChange)
        .where(RoleChange.id == change.id, RoleChange.state == RoleChangeState.PROPOSED)
        .values(
            state=state,
            decided_by_staff_id=person.staff_id,
            decided_ms=now_ms(),
            decision_reason=reason.strip() if approved else demand_reason(reason),
        )
        .returning(RoleChange.id)
    )
    if decided.scalar_one_or_none() is None:
        raise Conflict("role_change.state")
    if approved:
        await _apply(session, person, change)
    await session.refresh(change)
    await _write(session, change, f"role.{state}", person)
    return change


async def _find(session: AsyncSession, person: SignedIn, role_change_id: str) -> RoleChange:
    change = await session.scalar(
        select(RoleChange)
        .where(RoleChange.id == role_change_id, RoleChange.county_id == person.county_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if change is None:
        raise NotFound("role_change.not_found")
    return change


async def _apply(session: AsyncSession, person: SignedIn, change: RoleChange) -> None:
    staff = await session.get_one(StaffMember, change.staff_id)
    kind = RoleChangeKind(change.kind)
    await _check_possible(session, staff, Role(change.role), kind)
    if kind is RoleChangeKind.GIVE:
        session.add(
            StaffRole(
                county_id=change.county_id,
                staff_id=staff.id,
                role=change.role,
                proposed_by_staff_id=change.proposed_by_staff_id,
                approved_by_staff_id=person.staff_id,
                source=SOURCE_FILE if change.reason == FROM_FILE else SOURCE,
                granted_ms=now_ms(),
            )
        )
    else:
        row = StaffRole
        await session.execute(
            update(row)
            .where(row.staff_id == staff.id, row.role == change.role, row.revoked_ms.is_(None))
            .values(revoked_ms=now_ms())
        )
    await session.flush()
    await revoke_sign_ins(session, staff.id)


async def _write(session: AsyncSession, change: RoleChange, what: str, person: SignedIn) -> None:
    await write_down(
        session,
        change,
        what,
        person,
        evidence={
            "role_change_id": change.id,
            "staff_id": change.staff_id,
            "role": change.role,
            "kind": change.kind,
        },
    )
