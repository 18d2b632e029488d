"""Opening a case at a window, and finding one that the person may see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepCall
from casework.case_events import add_event
from casework.catalogue import (
    UnknownRegisteredTown,
    deciding_organisation,
    is_offered_at,
    may_begin_at,
)
from casework.consents import Answer, give_consent
from casework.counties import county_organisation
from casework.county_time import county_moment
from casework.database import new_id, now_ms, read_clock
from casework.errors import Forbidden, Invalid, NotFound
from casework.id_number import parse_id_number
from casework.organisations import Node, OrganisationTree
from casework.phone import parse_phone
from casework.policy import may_see_case
from casework.protected import Field, ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import Case, Organisation, ServiceItem, Subject, Window
from casework.vocabulary import CaseMode, CaseState, ConsentAnswer, OrganisationKind, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the helper entered about one matter of one resident."""

    item_id: str
    mode: CaseMode
    subject_name: str
    subject_id_number: str
    subject_phone: str
    registered_organisation_id: str | None
    elderly: bool
    disabled: bool
    present_relation: Relation
    present_name: str


async def open_case(
    session: AsyncSession, protected: ProtectedFields, helper: SignedIn, draft: Draft
) -> Case:
    """A draft case at the helper's window. All is checked before anything is kept.

    :raises Invalid: a number that can't be, a town that is none, a mode the item does not have.
    :raises Forbidden: the item is not begun at this window.
    :raises NotFound: no such item.
    """
    item = await _current_item(session, helper.county_id, draft.item_id)
    if draft.mode not in item.modes:
        raise Invalid("case.mode", modes=list(item.modes))
    window = await _window(session, helper.window_id)
    decides = await _deciding(session, item, window, draft.registered_organisation_id)
    subject = await _subject(session, protected, helper.county_id, draft)
    session.add(subject)
    await session.flush()
    present = _Present(_name(draft.present_name), draft.present_relation, helper.staff_id)
    case = await _new_case(session, item, window, subject.id, draft.mode, present, decides)
    add_event(session, case, "case.opened", actor_staff_id=helper.staff_id)
    await session.flush()
    return case


@dataclass(frozen=True, slots=True)
class _Present:
    """Who sits at the window."""

    name: str
    relation: str
    helper_staff_id: str


async def _new_case(
    session: AsyncSession,
    item: ServiceItem,
    window: Window,
    subject_id: str,
    mode: CaseMode,
    present: _Present,
    decides: str,
) -> Case:
    case = Case(
        id=new_id(),
        county_id=item.county_id,
        item_id=item.id,
        window_id=window.id,
        subject_id=subject_id,
        present_name=present.name,
        present_relation=present.relation,
        mode=mode,
        state=CaseState.DRAFT,
        opened_by_staff_id=present.helper_staff_id,
        home_organisation_id=window.organisation_id,
        county_organisation_id=(await county_organisation(session, item.county_id)).id,
        deciding_organisation_id=decides,
        created_ms=now_ms(),
        changed_ms=now_ms(),
    )
    session.add(case)
    await session.flush()
    return case


async def add_matter(
    session: AsyncSession,
    first: Case,
    person: SignedIn,
    call: StepCall,
    *,
    item_id: str,
    mode: CaseMode,
    answer: Answer,
) -> Case:
    """Another matter of the same resident in a call (一件事), with a consent of its own.

    :param first: a case of the call; the new one is of the same people, at the same window.
    :param person: the helper or the agent of the call.
    :raises Forbidden: the item is not begun at this window; or the call is recorded and the
        resident does not agree for this matter.
    """
    item = await _current_item(session, first.county_id, item_id)
    if mode not in item.modes:
        raise Invalid("case.mode", modes=list(item.modes))
    if call.recorded and answer.answer is not ConsentAnswer.YES:
        raise Forbidden("course.consent_for_matter")
    window = await session.get_one(Window, first.window_id)
    subject = await session.get_one(Subject, first.subject_id)
    decides = await _deciding(session, item, window, subject.registered_organisation_id)
    present = _Present(first.present_name, first.present_relation, call.helper_staff_id)
    case = await _new_case(session, item, window, subject.id, mode, present, decides)
    body = {"with_case_id": first.id}
    add_event(
        session, case, "case.opened", actor_staff_id=person.staff_id, call_id=call.id, body=body
    )
    await give_consent(session, case, person.staff_id, answer, call_id=call.id)
    return case


async def open_towns(
    session: AsyncSession, window_id: str, item_id: str, county_id: str
) -> frozenset[str] | None:
    """Of which towns' residents the item can be begun at the window; ``None``: of all.

    :raises NotFound: no such item.
    """
    item = await _current_item(session, county_id, item_id)
    window = await session.get_one(Window, window_id)
    tree = await _tree(session, county_id)
    if may_begin_at(item, window, None, tree):
        return None
    towns = [node.id for node in tree if node.kind == OrganisationKind.TOWN]
    return frozenset(town for town in towns if may_begin_at(item, window, town, tree))


async def offered_items(
    session: AsyncSession, county_id: str, window_id: str | None
) -> frozenset[str]:
    """Ids of the items of which a case may be begun at the window.

    :raises Forbidden: there is no window, or it is not in use.
    """
    window = await _window(session, window_id)
    tree = await _tree(session, county_id)
    items = await session.execute(
        select(
            ServiceItem.id,
            ServiceItem.receiving_levels,
            ServiceItem.deciding_rule,
            ServiceItem.deciding_organisation_id,
            ServiceItem.cross_area,
        ).where(
            ServiceItem.county_id == county_id,
            ServiceItem.current,
            ServiceItem.video_level.is_not(None),
        )
    )
    return frozenset(item.id for item in items if is_offered_at(item, window, tree))


async def _current_item(session: AsyncSession, county_id: str, item_id: str) -> ServiceItem:
    item = await session.scalar(
        select(ServiceItem).where(
            ServiceItem.id == item_id,
            ServiceItem.county_id == county_id,
            ServiceItem.current,
            ServiceItem.video_level.is_not(None),
        )
    )
    if item is None:
        raise NotFound("item.not_found")
    return item


async def _window(session: AsyncSession, window_id: str | None) -> Window:
    window = await session.scalar(select(Window).where(Window.id == window_id, Window.active))
    if window is None:
        raise Forbidden("window.none")
    return window


async def _deciding(
    session: AsyncSession, item: ServiceItem, window: Window, registered_id: str | None
) -> str:
    tree = await _tree(session, item.county_id)
    if registered_id is not None and (
        registered_id not in tree or tree[registered_id].kind != OrganisationKind.TOWN
    ):
        raise Invalid("case.registered_town")
    try:
        decides = deciding_organisation(item, registered_id)
    except UnknownRegisteredTown:
        raise Invalid("case.registered_town_missing") from None
    if not may_begin_at(item, window, registered_id, tree):
        raise Forbidden("case.not_at_this_window")
    return decides


async def _tree(session: AsyncSession, county_id: str) -> OrganisationTree[Node]:
    rows = await session.scalars(
        select(Organisation).where(Organisation.county_id == county_id, Organisation.active)
    )
    return OrganisationTree(rows.all())


async def _subject(
    session: AsyncSession, protected: ProtectedFields, county_id: str, draft: Draft
) -> Subject:
    today = county_moment(await read_clock(session)).date()
    id_number = parse_id_number(draft.subject_id_number, today=today).text
    phone = parse_phone(draft.subject_phone)
    row_id = new_id()
    return Subject(
        id=row_id,
        county_id=county_id,
        name=_name(draft.subject_name),
        id_number_sealed=protected.seal(id_number, Field.ID_NUMBER, row_id),
        id_number_index=protected.index(id_number, Field.ID_NUMBER),
        phone_sealed=protected.seal(phone, Field.PHONE, row_id),
        phone_index=protected.index(phone, Field.PHONE),
        registered_organisation_id=draft.registered_organisation_id,
        elderly=draft.elderly,
        disabled=draft.disabled,
        created_ms=now_ms(),
    )


def _name(text: str) -> str:
    """A person's name: one line, no control characters (they would forge lines in print and log).

    :raises Invalid: nothing is left.
    """
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise Invalid("case.name")
    return name


async def find_case(
    session: AsyncSession,
    person: SignedIn,
    case_id: str,
    *,
    served: Select[Any] | None = None,
    lock: bool = False,
) -> Case:
    """The case, when the person may see it.

    :param served: see :func:`casework.policy.may_see_case`.
    :param lock: nobody else changes it until the transaction ends.
    :raises NotFound: absent, or not for this person.
    """
    query = select(Case).where(Case.id == case_id, may_see_case(person, served))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    case = await session.scalar(query)
    if case is None:
        raise NotFound("case.not_found")
    return case


async def lock_case(session: AsyncSession, case_id: str) -> Case:
    """The case, which nobody else changes until the transaction ends. Who may see it is asked
    before.

    :raises NotFound: absent.
    """
    query = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    case = await session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound("case.not_found")
    return case
