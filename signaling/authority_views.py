"""Appointments, grants, mandates and role changes as they are shown. Who may see is asked before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.lines import line_of
from casework.authority.mandates import Spoken
from casework.errors import Forbidden
from casework.sign_in import SignedIn
from casework.tables import (
    Appointment,
    CasePage,
    Grant,
    GrantSuspension,
    ItemSet,
    Mandate,
    MandateItem,
    MandatePage,
    Organisation,
    RoleChange,
    ServiceItem,
    StaffMember,
    Window,
)
from casework.vocabulary import (
    AccountableLine,
    AppointmentState,
    GrantCondition,
    GrantState,
    HelperKind,
    MandateForm,
    MandateKind,
    MandatePageKind,
    MandatePower,
    MandateState,
    PageState,
    Role,
    RoleChangeKind,
    RoleChangeState,
)
from signaling.spoken import spoken_of
from signaling.wire.authority import (
    AppointmentView,
    GrantView,
    MandateItemView,
    MandatePageView,
    MandateView,
    PersonBrief,
    PlaceBrief,
    RoleChangeView,
    SignedBy,
    SpokenView,
    SuspensionView,
)

People = Mapping[str, StaffMember]
AppointmentActs = list[Literal["approve", "decline", "end"]]
GrantActs = list[Literal["sign", "decline", "suspend", "lift", "revoke"]]


async def people_of(session: AsyncSession, ids: Iterable[str | None]) -> People:
    known = {one for one in ids if one is not None}
    rows = await session.scalars(select(StaffMember).where(StaffMember.id.in_(known)))
    return {row.id: row for row in rows}


async def _places(
    session: AsyncSession, table: type[Window] | type[Organisation], ids: Collection[str]
) -> Mapping[str, PlaceBrief]:
    rows = await session.execute(
        select(table.id, table.name, table.name_en).where(table.id.in_(ids))
    )
    return {row.id: PlaceBrief(id=row.id, name=row.name, name_en=row.name_en) for row in rows}


def person_brief(person: StaffMember) -> PersonBrief:
    return PersonBrief(id=person.id, name=person.name, name_en=person.name_en)


def _signed(people: People, staff_id: str | None, at_ms: int | None) -> SignedBy | None:
    if staff_id is None or at_ms is None:
        return None
    return SignedBy(person=person_brief(people[staff_id]), at_ms=at_ms)


def _must(signed: SignedBy | None) -> SignedBy:
    if signed is None:
        raise LookupError("a row without the one who made it")
    return signed


def _line(person: SignedIn) -> AccountableLine | None:
    try:
        return line_of(person)
    except Forbidden:
        return None


async def appointment_views(
    session: AsyncSession, person: SignedIn, rows: Sequence[Appointment]
) -> list[AppointmentView]:
    people = await people_of(
        session,
        (
            staff_id
            for row in rows
            for staff_id in (
                row.staff_id,
                row.nominated_by_staff_id,
                row.decided_by_staff_id,
                row.ended_by_staff_id,
            )
        ),
    )
    windows = await _places(session, Window, {row.window_id for row in rows})
    homes = await _places(session, Organisation, {row.home_organisation_id for row in rows})
    return [
        AppointmentView(
            id=row.id,
            person=person_brief(people[row.staff_id]),
            kind=HelperKind(people[row.staff_id].kind),
            window=windows[row.window_id],
            organisation=homes[row.home_organisation_id],
            state=AppointmentState(row.state),
            nominated=_must(_signed(people, row.nominated_by_staff_id, row.nominated_ms)),
            decided=_signed(people, row.decided_by_staff_id, row.decided_ms),
            ended=_signed(people, row.ended_by_staff_id, row.ended_ms),
            reason=row.reason,
            may=_appointment_acts(person, row),
        )
        for row in rows
    ]


def _appointment_acts(person: SignedIn, row: Appointment) -> AppointmentActs:
    line = _line(person)
    if line is None or row.state not in (AppointmentState.NOMINATED, AppointmentState.APPOINTED):
        return []
    if row.state == AppointmentState.APPOINTED or line is AccountableLine.HOME:
        return ["end"]
    return [] if person.staff_id == row.staff_id else ["approve", "decline"]


async def grant_views(
    session: AsyncSession, person: SignedIn, found: Sequence[tuple[Grant, GrantCondition]]
) -> list[GrantView]:
    rows = [row for row, _ in found]
    suspensions = await _suspensions(session, [row.id for row in rows])
    people = await people_of(session, _involved(rows, suspensions))
    windows = await _places(session, Window, {row.window_id for row in rows})
    homes = await _places(session, Organisation, {row.home_organisation_id for row in rows})
    names = await _names(session, rows)
    return [
        GrantView(
            id=row.id,
            appointment_id=row.appointment_id,
            person=person_brief(people[row.staff_id]),
            window=windows[row.window_id],
            organisation=homes[row.home_organisation_id],
            item_code=row.item_code,
            item_set_id=row.item_set_id,
            name=names[row.item_code or row.item_set_id or ""][0],
            name_en=names[row.item_code or row.item_set_id or ""][1],
            from_ms=row.from_ms,
            until_ms=row.until_ms,
            document_number=row.document_number,
            state=GrantState(row.state),
            condition=condition,
            home_signed=_signed(people, row.home_signed_by_staff_id, row.home_signed_ms),
            county_signed=_signed(people, row.county_signed_by_staff_id, row.county_signed_ms),
            suspensions=[_suspension(people, one) for one in suspensions.get(row.id, ())],
            ended=_signed(people, row.ended_by_staff_id, row.ended_ms),
            reason=row.reason,
            may=_grant_acts(person, row, condition, suspensions.get(row.id, ())),
        )
        for row, condition in found
    ]


async def _suspensions(
    session: AsyncSession, grant_ids: Collection[str]
) -> Mapping[str, list[GrantSuspension]]:
    row = GrantSuspension
    found = await session.scalars(
        select(row)
        .where(row.grant_id.in_(grant_ids), row.lifted_ms.is_(None))
        .order_by(row.grant_id, row.suspended_ms)
    )
    return {key: list(rows) for key, rows in groupby(found, lambda one: one.grant_id)}


def _involved(
    rows: Sequence[Grant], suspensions: Mapping[str, Sequence[GrantSuspension]]
) -> Iterable[str | None]:
    for row in rows:
        yield from (row.staff_id, row.home_signed_by_staff_id, row.county_signed_by_staff_id)
        yield row.ended_by_staff_id
        yield from (one.suspended_by_staff_id for one in suspensions.get(row.id, ()))


async def _names(session: AsyncSession, rows: Sequence[Grant]) -> Mapping[str, tuple[str, str]]:
    """Of items by code, of sets by id. An item that is no longer current keeps its last name."""
    codes = {row.item_code for row in rows if row.item_code is not None}
    names = await item_names(session, rows[0].county_id, codes) if rows else {}
    sets = await session.execute(
        select(ItemSet.id, ItemSet.name, ItemSet.name_en).where(
            ItemSet.id.in_({row.item_set_id for row in rows if row.item_set_id is not None})
        )
    )
    return {**names, **{row.id: (row.name, row.name_en) for row in sets}}


async def item_names(
    session: AsyncSession, county_id: str, codes: Collection[str]
) -> dict[str, tuple[str, str]]:
    found = await session.execute(
        select(ServiceItem.code, ServiceItem.name, ServiceItem.name_en)
        .where(ServiceItem.county_id == county_id, ServiceItem.code.in_(codes))
        .order_by(ServiceItem.version)
    )
    return {row.code: (row.name, row.name_en) for row in found}


def _suspension(people: People, row: GrantSuspension) -> SuspensionView:
    return SuspensionView(
        line=AccountableLine(row.line),
        suspended=_must(_signed(people, row.suspended_by_staff_id, row.suspended_ms)),
        reason=row.reason,
    )


def _grant_acts(
    person: SignedIn,
    row: Grant,
    condition: GrantCondition,
    suspensions: Iterable[GrantSuspension],
) -> GrantActs:
    line = _line(person)
    if line is None:
        return []
    if row.state == GrantState.PROPOSED:
        home = line is AccountableLine.HOME
        own = row.home_signed_by_staff_id if home else row.county_signed_by_staff_id
        unsigned = own is None and person.staff_id != row.staff_id
        return ["sign", "decline"] if unsigned else ["decline"]
    if row.state != GrantState.SIGNED or condition is GrantCondition.EXPIRED:
        return []
    suspended = any(one.line == line for one in suspensions)
    return ["lift" if suspended else "suspend", "revoke"]


async def role_change_views(
    session: AsyncSession, person: SignedIn, rows: Sequence[RoleChange]
) -> list[RoleChangeView]:
    people = await people_of(
        session,
        (
            staff_id
            for row in rows
            for staff_id in (row.staff_id, row.proposed_by_staff_id, row.decided_by_staff_id)
        ),
    )
    return [
        RoleChangeView(
            id=row.id,
            person=person_brief(people[row.staff_id]),
            role=Role(row.role),
            kind=RoleChangeKind(row.kind),
            state=RoleChangeState(row.state),
            reason=row.reason,
            proposed=_must(_signed(people, row.proposed_by_staff_id, row.proposed_ms)),
            decided=_signed(people, row.decided_by_staff_id, row.decided_ms),
            decision_reason=row.decision_reason,
            may_decide=row.state == RoleChangeState.PROPOSED
            and Role.SECURITY_ADMINISTRATOR in person.roles
            and person.staff_id not in (row.staff_id, row.proposed_by_staff_id),
        )
        for row in rows
    ]


async def mandate_views(session: AsyncSession, rows: Sequence[Mandate]) -> list[MandateView]:
    people = await people_of(
        session, (one for row in rows for one in (row.helper_staff_id, row.witness_staff_id))
    )
    items, pages = await _mandate_items(session, rows), await _mandate_pages(session, rows)
    spoken = await spoken_of(session, rows)
    return [
        MandateView(
            id=row.id,
            kind=MandateKind(row.kind),
            form=MandateForm(row.form),
            state=MandateState(row.state),
            helper=person_brief(people[row.helper_staff_id]),
            guardian_name=row.guardian_name,
            items=items.get(row.id, []),
            powers=[MandatePower(power) for power in row.powers],
            limits=row.limits,
            from_ms=row.from_ms,
            until_ms=row.until_ms,
            once=row.once,
            used=row.used_case_id is not None,
            signature_id=row.signature_id,
            spoken=_spoken_view(spoken.get(row.id)),
            terms_sha256=row.terms_sha256,
            pages=pages.get(row.id, []),
            witness=None
            if row.witness_staff_id is None
            else person_brief(people[row.witness_staff_id]),
            decided_ms=row.decided_ms,
            reason=row.reason,
            given_case_id=row.given_case_id,
            given_call_id=row.given_call_id,
            given_position_ms=row.given_position_ms,
        )
        for row in rows
    ]


def _spoken_view(spoken: Spoken | None) -> SpokenView | None:
    if spoken is None:
        return None
    return SpokenView(call_id=spoken.call_id, from_ms=spoken.from_ms, until_ms=spoken.until_ms)


async def _mandate_items(
    session: AsyncSession, rows: Sequence[Mandate]
) -> dict[str, list[MandateItemView]]:
    found = (
        await session.scalars(
            select(MandateItem)
            .where(MandateItem.mandate_id.in_([row.id for row in rows]))
            .order_by(MandateItem.mandate_id, MandateItem.item_code)
        )
    ).all()
    names: Mapping[str, tuple[str, str]] = {}
    if rows:
        codes = {one.item_code for one in found}
        names = await item_names(session, rows[0].county_id, codes)
    views: dict[str, list[MandateItemView]] = {}
    for one in found:
        name, name_en = names[one.item_code]
        view = MandateItemView(code=one.item_code, name=name, name_en=name_en)
        views.setdefault(one.mandate_id, []).append(view)
    return views


async def _mandate_pages(
    session: AsyncSession, rows: Sequence[Mandate]
) -> dict[str, list[MandatePageView]]:
    found = await session.execute(
        select(MandatePage, CasePage.state)
        .join(CasePage, CasePage.id == MandatePage.page_id)
        .where(MandatePage.mandate_id.in_([row.id for row in rows]))
        .order_by(MandatePage.mandate_id, MandatePage.position)
    )
    views: dict[str, list[MandatePageView]] = {}
    for one, state in found:
        view = MandatePageView(
            page_id=one.page_id, kind=MandatePageKind(one.kind), ready=state == PageState.READY
        )
        views.setdefault(one.mandate_id, []).append(view)
    return views
