"""The record of what was done in a case: appended in the transaction of the act itself."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms
from casework.journal.acts import Act, record
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
    grant_id: str | None = None,
    mandate_id: str | None = None,
) -> str:
    """Adds the event, and its entry of the journal; the entry's id.

    ``body`` names rows by id; of people's own words it holds only what the agent wrote, which the
    journal commits to without showing it.

    :param kind: such as ``case.opened``; the noun of the glossary, a dot, what happened.
    :param grant_id: what the step rested on (casework/authority/steps.py), likewise the mandate.
    """
    event_id = new_id()
    session.add(
        CaseEvent(
            id=event_id,
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
    act = Act(
        what=kind,
        county_id=case.county_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        actor_staff_id=actor_staff_id,
        window_id=case.window_id,
        case_id=case.id,
        call_id=call_id,
        grant_id=grant_id,
        mandate_id=mandate_id,
        result=outcome or "done",
        evidence={"event_id": event_id, **(body or {})},
    )
    return record(session, act)
