"""Who took part in a case: such a person reviews, decides and closes nothing of it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Case, CaseEvent, CasePage, Consent, HandOver

SENT_BACK = "case.refusal_sent_back"
"""Who only sent a proposal back may decide the next one: nothing was held against the resident."""


@dataclass(frozen=True, slots=True)
class CallsOfCase:
    """How the calls of one case went."""

    latest_call_id: str | None = None
    unrecorded: bool = False
    link_lost: bool = False


NO_CALLS = CallsOfCase()


@dataclass(frozen=True, slots=True)
class Calls:
    """What this room is told of calls by the room that has them."""

    facts: Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, CallsOfCase]]]
    """Case id → its calls; cases without one are left out."""
    parts: Sequence[Select[Any, Any]]
    """Each selects (case id, staff id) of people who were in a call of the case."""


def _parts(calls: Calls | None, *, deciding: bool) -> list[Select[Any, Any]]:
    """Each selects (case id, staff id) of people who did something in the case."""
    acted = select(CaseEvent.case_id, CaseEvent.actor_staff_id)
    return [
        select(Case.id, Case.opened_by_staff_id),
        select(Case.id, Case.owner_staff_id),
        select(HandOver.case_id, HandOver.from_staff_id),
        select(Consent.case_id, Consent.asked_by_staff_id),
        select(CasePage.case_id, CasePage.requested_by_staff_id),
        acted.where(CaseEvent.kind != SENT_BACK) if deciding else acted,
        *(calls.parts if calls else ()),
    ]


def took_part_in(
    staff_id: str,
    case_id: SQLColumnExpression[Any],
    calls: Calls | None,
    *,
    deciding: bool = False,
) -> ColumnElement[bool]:
    """SQL: whether the person took part in the case that a row names.

    :param calls: ``None``: what was done in its calls alone doesn't count.
    :param deciding: asked of the county's second person; see :data:`SENT_BACK`.
    """
    own = []
    for part in _parts(calls, deciding=deciding):
        of_case, by_staff = part.selected_columns
        own.append(part.where(by_staff == staff_id).with_only_columns(of_case))
    return case_id.in_(union(*own))


async def who_took_part(session: AsyncSession, calls: Calls, case_id: str) -> frozenset[str]:
    """Staff ids of everybody who did anything in the case."""
    found = []
    for part in _parts(calls, deciding=False):
        of_case, by_staff = part.selected_columns
        found.append(part.where(of_case == case_id).with_only_columns(by_staff))
    rows = await session.scalars(union(*found))
    return frozenset(staff_id for staff_id in rows if staff_id is not None)
