"""Mandates (委托): how one is given, confirmed by an agent, and chosen for a case.

The absent subject is the normal case. A *live* mandate is given in an earlier, recorded call in
which the subject was present: the subject says so, which the agent marks in the recording, and signs. A *paper*
one is captured page by page, with the subject's ID page, which the agent compares. Either way it
counts when an agent, who is never the acting helper, has confirmed it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import rfc8785
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.lines import demand_reason
from casework.authority.steps import StepCall
from casework.case_events import add_event
from casework.consents import latest_consent
from casework.database import insert_for, new_id, now_ms, read_clock
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.forms.signatures import NewSignature, keep_signature
from casework.forms.strokes import Stroke
from casework.moments import Moment
from casework.protected import ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import (
    Case,
    CaseMandate,
    CasePage,
    Mandate,
    MandateItem,
    MandatePage,
    ServiceItem,
    Subject,
)
from casework.vocabulary import (
    CaseMode,
    ConsentAnswer,
    MandateForm,
    MandateKind,
    MandatePageKind,
    MandatePower,
    MandateState,
    PageState,
    Relation,
    SignaturePurpose,
)

LONGEST_MS = 3 * 366 * 24 * 3_600_000
"""A mandate is looked at anew after three years."""
PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateDraft:
    kind: MandateKind
    form: MandateForm
    item_codes: frozenset[str]
    powers: frozenset[MandatePower]
    limits: str
    from_ms: int
    until_ms: int
    once: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """The stretch of a call's recording in which the subject gives a live mandate aloud."""

    call_id: str
    from_ms: int
    until_ms: int | None
    """``None`` while the subject speaks."""


async def draft_mandate(
    session: AsyncSession, case: Case, moment: Moment, draft: MandateDraft
) -> Mandate:
    """For the subject of ``case``, to the helper at its window; an agent has to confirm it.

    :raises Invalid: no item that is open to delegated handling, no power, a wrong span.
    :raises Forbidden: a live one without the subject or without a recorded call; guardianship
        without the guardian.
    """
    await _check_terms(session, case, draft)
    await _check_occasion(session, case, moment, draft)
    subject = await session.get_one(Subject, case.subject_id)
    nonce = secrets.token_hex(16)
    guardian = draft.kind is MandateKind.GUARDIANSHIP
    mandate = Mandate(
        id=new_id(),
        county_id=case.county_id,
        nonce=nonce,
        kind=draft.kind,
        form=draft.form,
        state=MandateState.PROPOSED,
        id_number_index=subject.id_number_index,
        subject_id=subject.id,
        helper_staff_id=moment.actor.staff_id,
        guardian_name=case.present_name if guardian else "",
        powers=sorted(draft.powers),
        limits=" ".join(draft.limits.split()),
        from_ms=draft.from_ms,
        until_ms=draft.until_ms,
        once=draft.once,
        given_case_id=case.id,
        terms_sha256=_terms_sha256(nonce, subject, moment.actor.staff_id, draft),
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        created_ms=now_ms(),
        reason="",
    )
    session.add(mandate)
    await session.flush()
    session.add_all(
        MandateItem(mandate_id=mandate.id, item_code=code, county_id=case.county_id)
        for code in sorted(draft.item_codes)
    )
    _note(session, case, moment, mandate, "mandate.drafted")
    await session.flush()
    return mandate


async def _check_terms(session: AsyncSession, case: Case, draft: MandateDraft) -> None:
    now = await read_clock(session)
    if not now < draft.until_ms <= now + LONGEST_MS or draft.from_ms >= draft.until_ms:
        raise Invalid("mandate.span")
    if not draft.powers:
        raise Invalid("mandate.powers")
    delegated = await session.scalars(
        select(ServiceItem.code).where(
            ServiceItem.county_id == case.county_id,
            ServiceItem.current,
            ServiceItem.delegated,
            ServiceItem.code.in_(draft.item_codes),
        )
    )
    if not draft.item_codes or draft.item_codes != frozenset(delegated):
        raise Invalid("mandate.items")


async def _check_occasion(
    session: AsyncSession, case: Case, moment: Moment, draft: MandateDraft
) -> None:
    if draft.form is MandateForm.LIVE:
        if draft.kind is MandateKind.GUARDIANSHIP:
            raise Invalid("mandate.guardianship_paper")
        await _check_live(session, case, moment)
    if draft.kind is MandateKind.GUARDIANSHIP and case.present_relation != Relation.GUARDIAN:
        raise Forbidden("mandate.guardian_absent")


async def _check_live(session: AsyncSession, case: Case, moment: Moment) -> None:
    """The subject sits at the window, and is recorded with consent."""
    if case.present_relation != Relation.SELF:
        raise Forbidden("mandate.subject_absent")
    consent = await latest_consent(session, case.id)
    agreed = consent is not None and consent.answer == ConsentAnswer.YES
    if moment.call is None or not moment.call.recorded or not agreed:
        raise Forbidden("mandate.not_recorded")


def _terms_sha256(nonce: str, subject: Subject, helper_id: str, draft: MandateDraft) -> str:
    terms = {
        "nonce": nonce,
        "subject": subject.id_number_index.hex(),
        "helper": helper_id,
        "kind": draft.kind.value,
        "items": sorted(draft.item_codes),
        "powers": sorted(power.value for power in draft.powers),
        "limits": " ".join(draft.limits.split()),
        "from_ms": draft.from_ms,
        "until_ms": draft.until_ms,
        "once": draft.once,
    }
    return hashlib.sha256(rfc8785.dumps(terms)).hexdigest()


async def find_mandate(
    session: AsyncSession, mandate_id: str, *, helper: SignedIn | None = None, case: Case
) -> Mandate:
    """One of the subject of ``case``, locked; to a helper only the own ones exist.

    :raises NotFound: absent, another subject's, or another helper's.
    """
    subject = select(Subject.id_number_index).where(Subject.id == case.subject_id)
    query = select(Mandate).where(
        Mandate.id == mandate_id,
        Mandate.county_id == case.county_id,
        Mandate.id_number_index == subject.scalar_subquery(),
    )
    if helper is not None:
        query = query.where(Mandate.helper_staff_id == helper.staff_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    mandate = await session.scalar(query)
    if mandate is None:
        raise NotFound("mandate.not_found")
    return mandate


async def mandates_of_subject(session: AsyncSession, helper_id: str, case: Case) -> list[Mandate]:
    """What the subject of ``case`` has given this helper, whichever case it was given at."""
    subject = select(Subject.id_number_index).where(Subject.id == case.subject_id)
    found = await session.scalars(
        select(Mandate)
        .where(
            Mandate.county_id == case.county_id,
            Mandate.id_number_index == subject.scalar_subquery(),
            Mandate.helper_staff_id == helper_id,
        )
        .order_by(Mandate.created_ms.desc(), Mandate.id.desc())
        .limit(50)
    )
    return list(found)


async def add_mandate_page(
    session: AsyncSession,
    case: Case,
    moment: Moment,
    mandate: Mandate,
    *,
    page_id: str,
    kind: MandatePageKind,
) -> None:
    """One captured page of a paper mandate, or the subject's ID page. A page that was taken again
    stands where the one before it stood.

    :raises Invalid: the page is another case's.
    :raises Conflict: not on paper, confirmed or declined already, enough pages, or taken twice.
    """
    _demand(mandate, MandateState.PROPOSED, MandateForm.PAPER)
    page = await session.get(CasePage, page_id)
    if page is None or page.case_id != case.id or mandate.given_case_id != case.id:
        raise Invalid("mandate.page")
    if not await _stands_for_another(session, mandate, page):
        await _append_page(session, mandate, page, kind)
    _note(session, case, moment, mandate, "mandate.page_added", page_id=page.id, sha256=page.sha256)


async def _stands_for_another(session: AsyncSession, mandate: Mandate, page: CasePage) -> bool:
    changed = await session.execute(
        update(MandatePage)
        .where(MandatePage.mandate_id == mandate.id, MandatePage.page_id == page.replaces_page_id)
        .values(page_id=page.id)
        .returning(MandatePage.page_id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


async def _append_page(
    session: AsyncSession, mandate: Mandate, page: CasePage, kind: MandatePageKind
) -> None:
    count = select(func.count()).where(MandatePage.mandate_id == mandate.id)
    position = (await session.scalar(count)) or 0
    if position >= PAGES:
        raise Conflict("mandate.pages")
    added = await session.execute(
        insert_for(session, MandatePage)
        .values(
            mandate_id=mandate.id,
            page_id=page.id,
            county_id=mandate.county_id,
            kind=kind,
            position=position,
        )
        .on_conflict_do_nothing()
        .returning(MandatePage.page_id)
    )
    if added.scalar_one_or_none() is None:
        raise Conflict("mandate.page_twice")


async def sign_mandate(
    session: AsyncSession,
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    mandate: Mandate,
    strokes: Sequence[Stroke],
) -> None:
    """The subject signs a live one, in the call.

    :raises Invalid: too little or too much was drawn.
    :raises Forbidden: the subject is not there, or nothing is recorded.
    :raises Conflict: signed already, on paper, or decided.
    """
    _demand(mandate, MandateState.PROPOSED, MandateForm.LIVE)
    if mandate.signature_id is not None or mandate.given_case_id != case.id:
        raise Conflict("mandate.signed")
    await _check_live(session, case, moment)
    given = NewSignature(
        purpose=SignaturePurpose.MANDATE, signed_sha256=mandate.terms_sha256, strokes=strokes
    )
    signature = await keep_signature(session, protected, case, moment, given)
    mandate.signature_id = signature.id
    drawn = {"signature_id": signature.id, "strokes_sha256": signature.strokes_sha256}
    _note(session, case, moment, mandate, "mandate.signed", **drawn)
    await session.flush()


def _demand(mandate: Mandate, state: MandateState, form: MandateForm) -> None:
    if mandate.state != state or mandate.form != form:
        raise Conflict("mandate.state", state=mandate.state)


async def check_spoken(session: AsyncSession, case: Case, moment: Moment, mandate: Mandate) -> None:
    """The agent may mark when the subject of a live one says so.

    :raises Forbidden: as :func:`confirm_mandate`.
    :raises Conflict: on paper, decided, or begun at another case.
    """
    _demand(mandate, MandateState.PROPOSED, MandateForm.LIVE)
    _witnessing_call(moment, mandate)
    if mandate.given_case_id != case.id:
        raise Conflict("mandate.state", state=mandate.state)
    await _check_live(session, case, moment)


def _witnessing_call(moment: Moment, mandate: Mandate) -> StepCall:
    agent, call = moment.actor, moment.call
    if call is None or call.agent_staff_id != agent.staff_id or not call.recorded:
        raise Forbidden("mandate.not_recorded")
    if agent.staff_id == mandate.helper_staff_id:
        raise Forbidden("mandate.witness")
    return call


async def confirm_mandate(
    session: AsyncSession,
    case: Case,
    moment: Moment,
    mandate: Mandate,
    spoken: Spoken | None = None,
) -> None:
    """The agent has compared the ID page (paper), or heard the subject say so (live), in this call.

    :param spoken: where in the recording a live one was given aloud; it stands in the entry.
    :raises Forbidden: not the agent of a recorded call; the agent is the acting helper; the
        subject of a live one is not there.
    :raises Conflict: pages, the signature or the spoken words are missing; or it was decided
        already.
    """
    call = _witnessing_call(moment, mandate)
    evidence = {"position_ms": moment.position_ms}
    if mandate.form == MandateForm.LIVE:
        await _check_live(session, case, moment)
        if mandate.signature_id is None or mandate.given_case_id != case.id:
            raise Conflict("mandate.unsigned")
        if spoken is None or spoken.until_ms is None or spoken.call_id != call.id:
            raise Conflict("mandate.unspoken")
        evidence |= {"spoken_from_ms": spoken.from_ms, "spoken_until_ms": spoken.until_ms}
    else:
        await _check_pages(session, mandate)
    await _decide(
        session,
        mandate,
        state=MandateState.IN_FORCE,
        witness_staff_id=moment.actor.staff_id,
        given_call_id=call.id,
        given_position_ms=moment.position_ms if spoken is None else spoken.from_ms,
    )
    _note(session, case, moment, mandate, "mandate.confirmed", **evidence)


async def _check_pages(session: AsyncSession, mandate: Mandate) -> None:
    rows = await session.execute(
        select(MandatePage.kind, CasePage.state)
        .join(CasePage, CasePage.id == MandatePage.page_id)
        .where(MandatePage.mandate_id == mandate.id)
    )
    pages = list(rows)
    if {kind for kind, _ in pages} != {str(kind) for kind in MandatePageKind}:
        raise Conflict("mandate.pages_missing")
    if any(state != PageState.READY for _, state in pages):
        raise Conflict("mandate.pages_not_ready")


async def decline_mandate(
    session: AsyncSession, case: Case, moment: Moment, mandate: Mandate, reason: str
) -> None:
    """The agent does not accept what was shown.

    :raises Invalid: without a reason.
    :raises Conflict: it was decided already.
    """
    await _decide(session, mandate, state=MandateState.DECLINED, reason=demand_reason(reason))
    _note(session, case, moment, mandate, "mandate.declined")


async def _decide(session: AsyncSession, mandate: Mandate, **values: object) -> None:
    decided = await session.execute(
        update(Mandate)
        .where(Mandate.id == mandate.id, Mandate.state == MandateState.PROPOSED)
        .values(decided_ms=now_ms(), **values)
        .returning(Mandate.id)
    )
    if decided.scalar_one_or_none() is None:
        raise Conflict("mandate.state", state=mandate.state)
    await session.refresh(mandate)


async def choose_mandate(
    session: AsyncSession, case: Case, moment: Moment, mandate: Mandate
) -> None:
    """The case rests on this one from here on. Whether it may, each step asks for itself.

    :raises Conflict: the case is not delegated.
    """
    if case.mode != CaseMode.DELEGATED:
        raise Conflict("mandate.not_delegated")
    values = {
        "mandate_id": mandate.id,
        "chosen_by_staff_id": moment.actor.staff_id,
        "chosen_ms": now_ms(),
    }
    await session.execute(
        insert_for(session, CaseMandate)
        .values(case_id=case.id, county_id=case.county_id, **values)
        .on_conflict_do_update(index_elements=[CaseMandate.case_id], set_=values)
    )
    _note(session, case, moment, mandate, "mandate.chosen")


def _note(
    session: AsyncSession,
    case: Case,
    moment: Moment,
    mandate: Mandate,
    kind: str,
    **body: object,
) -> None:
    """The case's event and its journal entry."""
    add_event(
        session,
        case,
        kind,
        actor_staff_id=moment.actor.staff_id,
        call_id=moment.call_id,
        mandate_id=mandate.id,
        body={"mandate_id": mandate.id, "terms_sha256": mandate.terms_sha256, **body},
    )
