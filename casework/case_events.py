"""The record of what was done in a case: appended in the transaction of the act itself."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.tables import Case, CaseEvent
from casework.vocabulary import Outcome


def add_event(
    session: AsyncSession,
    case: Case,
    kind: str,
    *,
    actor_staff_id: str | None,
    call_id: str | None = None,
    outcome: Outcome | None = None,
    body: dict[str, Any] | None = None,
) -> None:
    """:param kind: such as ``case.opened``; the noun of the glossary, a dot, what happened.

    ``body`` names rows by id; of people's own words it holds only what the agent wrote.
    """
    session.add(
        CaseEvent(
            county_id=case.county_id,
            case_id=case.id,
            call_id=call_id,
            actor_staff_id=actor_staff_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            kind=kind,
            outcome=outcome,
            body=body or {},
            at_ms=now_ms(),
        )
    )
