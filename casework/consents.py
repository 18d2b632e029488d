"""The question before the recording, and what the answer leads to."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.consent_text import TEXTS, VERSION
from casework.database import now_ms
from casework.errors import Conflict, Invalid
from casework.tables import Case, Consent, ServiceItem
from casework.vocabulary import CaseState, ConsentAnswer, ConsentGiver, ConsentPolicy, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    answer: ConsentAnswer
    answered_by: ConsentGiver
    language: str
    text_version: str


async def give_consent(
    session: AsyncSession,
    case: Case,
    asked_by: str,
    given: Answer,
    *,
    call_id: str | None = None,
) -> None:
    """Keeps the answer; the latest one counts.

    A withdrawal belongs to the call that it ends the recording of: :func:`withdraw_consent`.

    :param asked_by: who put the question: the helper, or in a call the agent.
    :param call_id: set for a matter that comes up in a call.
    :raises Invalid: another text is asked now; or the helper answers for one who is present, or
        the other way round.
    :raises Conflict: the case is past the question.
    """
    if given.text_version != VERSION or given.language not in TEXTS[VERSION]:
        raise Invalid("consent.text", text_version=VERSION)
    if given.answer is ConsentAnswer.WITHDRAWN:
        raise Invalid("consent.withdrawal")
    # Without the resident there is no resident's consent: the helper's answer is kept as such.
    absent = case.present_relation == Relation.HELPER
    if (given.answered_by is ConsentGiver.HELPER) != absent:
        raise Invalid("consent.answered_by")
    if case.state not in (CaseState.DRAFT, CaseState.RETURNED, CaseState.SUBMITTED):
        raise Conflict("case.state", state=case.state)
    session.add(_row(case, asked_by, given, call_id=call_id))
    body = {"answer": given.answer, "text_version": given.text_version}
    add_event(session, case, "consent.given", actor_staff_id=asked_by, call_id=call_id, body=body)
    await session.flush()


async def withdraw_consent(
    session: AsyncSession, case: Case, *, asked_by: str, call_id: str
) -> None:
    """The present person takes the consent back in a call: advice only from here on.

    :raises Conflict: there is no yes to take back.
    """
    latest = await latest_consent(session, case.id)
    if latest is None or latest.answer != ConsentAnswer.YES:
        raise Conflict("consent.none")
    given = Answer(
        answer=ConsentAnswer.WITHDRAWN,
        answered_by=ConsentGiver(latest.answered_by),
        language=latest.language,
        text_version=latest.text_version,
    )
    session.add(_row(case, asked_by, given, call_id=call_id))
    add_event(session, case, "consent.withdrawn", actor_staff_id=asked_by, call_id=call_id)
    await session.flush()


def _row(case: Case, asked_by: str, given: Answer, call_id: str | None) -> Consent:
    return Consent(
        county_id=case.county_id,
        case_id=case.id,
        call_id=call_id,
        text_version=given.text_version,
        language=given.language,
        asked_by_staff_id=asked_by,
        answered_by=given.answered_by,
        answer=given.answer,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        at_ms=now_ms(),
    )


async def latest_consent(session: AsyncSession, case_id: str) -> Consent | None:
    """The answer that counts. Ids of version 7 break a tie within a millisecond."""
    return await session.scalar(
        select(Consent)
        .where(Consent.case_id == case_id)
        .order_by(Consent.at_ms.desc(), Consent.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class CallTerms:
    """On what terms a call about the case may begin."""

    recorded: bool
    """Otherwise for advice only."""


async def call_terms(session: AsyncSession, case: Case) -> CallTerms:
    """:raises Conflict: nobody has been asked yet, or the county wants no call without recording."""
    latest = await latest_consent(session, case.id)
    if latest is None:
        raise Conflict("consent.not_asked")
    if latest.answer == ConsentAnswer.YES:
        return CallTerms(recorded=True)
    item = await session.get_one(ServiceItem, case.item_id)
    if item.consent_policy == ConsentPolicy.NO_CALL:
        raise Conflict("consent.needed")
    return CallTerms(recorded=False)
