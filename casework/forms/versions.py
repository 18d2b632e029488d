"""The versions of a case's form: filled, shown, confirmed, signed, taken back.

Every version that a resident saw is a row whose content never changes; only its state moves::

    draft → shown → confirmed → signed
              ↓         ↓          ↓
           objected | withdrawn  withdrawn

One version at most is shown, confirmed or signed (a partial unique index). An edit makes a new
version; it takes back one that was shown or confirmed, but never one that was signed: that is
withdrawn first.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import Permit, StepKind
from casework.database import new_id, now_ms
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.forms.answers import problems, tidy
from casework.forms.general import form_of
from casework.forms.schema import FormSchema
from casework.forms.showing import Language, Matter, Shown, show
from casework.forms.signatures import NewSignature, keep_signature, signer_of
from casework.forms.strokes import Stroke
from casework.moments import Moment, note_act, permitted
from casework.protected import Field, ProtectedFields
from casework.tables import Case, FormVersion, ServiceItem, Signature
from casework.vocabulary import CaseState, FormState, Relation, SignaturePurpose, Signer

VERSIONS_A_CASE = 500
ANSWERS_BYTES = 16 * 1024
FILLABLE_STATES = frozenset({CaseState.DRAFT, CaseState.SUBMITTED, CaseState.RETURNED})
"""A form belongs to what is decided: it rests with the decision."""
ASKED = (FormState.SHOWN, FormState.CONFIRMED)
LIVE = (*ASKED, FormState.SIGNED)


async def fill_form(
    session: AsyncSession,
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    given: Mapping[str, Any],
    language: Language,
) -> FormVersion:
    """A new version, for the resident to follow; the latest one when nothing differs from it.

    :param case: locked by this transaction.
    :raises Invalid: ``details.problems`` says what is wrong with which answer.
    :raises Conflict: it is signed, there are too many versions, or the case is past its form.
    :raises Forbidden: the rule that said no.
    """
    _check_state(case)
    await permitted(session, case, moment, StepKind.FILL_FORM)
    item = await session.get_one(ServiceItem, case.item_id)
    form, answers = form_of(item), tidy(given)
    _check(form, answers, whole=False)
    latest = await latest_version(session, case.id)
    if latest is not None:
        if latest.state == FormState.SIGNED:
            raise Conflict("form.signed")
        if _is_same(protected, latest, answers, language):
            return latest
        await _move(session, latest, ASKED, FormState.WITHDRAWN, must=False)
    version = latest.version + 1 if latest else 1
    if version > VERSIONS_A_CASE:
        raise Conflict("form.too_many")
    absent = case.present_relation == Relation.HELPER
    matter = Matter(case.id, item.code, item.name, item.name_en, absent)
    shown = show(form, answers, matter=matter, version=version, language=language)
    row = _row(protected, case, moment, answers, shown)
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return row


def _check_state(case: Case) -> None:
    if case.state not in FILLABLE_STATES:
        raise Conflict("case.state", state=case.state)


def _check(form: FormSchema, answers: Mapping[str, Any], *, whole: bool) -> None:
    if found := problems(form, answers, whole=whole):
        raise Invalid("form.answers", problems={one.key[:40]: one.code for one in found})
    if len(rfc8785.dumps(dict(answers))) > ANSWERS_BYTES:
        raise Invalid("form.too_large")


def _is_same(
    protected: ProtectedFields, latest: FormVersion, answers: Mapping[str, Any], language: str
) -> bool:
    if latest.state not in (FormState.DRAFT, *ASKED) or latest.language != language:
        return False
    return open_answers(protected, latest) == answers


def _row(
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    answers: Mapping[str, Any],
    shown: Shown,
) -> FormVersion:
    row_id = new_id()
    canonical = rfc8785.dumps(dict(answers)).decode()
    return FormVersion(
        id=row_id,
        county_id=case.county_id,
        case_id=case.id,
        version=shown.version,
        state=FormState.DRAFT,
        schema_sha256=shown.schema_sha256,
        language=shown.language,
        values_sealed=protected.seal(canonical, Field.FORM_VALUES, row_id),
        shown_sealed=protected.seal(shown.canonical().decode(), Field.FORM_SHOWN, row_id),
        shown_sha256=shown.sha256(),
        call_id=moment.call_id,
        filled_by_staff_id=moment.actor.staff_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        created_ms=now_ms(),
    )


async def show_form(
    session: AsyncSession, protected: ProtectedFields, case: Case, moment: Moment, version: int
) -> FormVersion:
    """Asks the resident to confirm the latest version.

    :raises Invalid: something is still missing in it.
    :raises Conflict: there is a newer version, or it is not a draft.
    """
    _check_state(case)
    permit = await permitted(session, case, moment, StepKind.FILL_FORM)
    latest = await latest_version(session, case.id)
    if latest is None or latest.version != version:
        raise Conflict("form.changed")
    item = await session.get_one(ServiceItem, case.item_id)
    _check(form_of(item), open_answers(protected, latest), whole=True)
    await _move(session, latest, (FormState.DRAFT,), FormState.SHOWN, shown_ms=now_ms())
    await note_act(session, case, moment, permit, "form.shown", _evidence(latest))
    return latest


async def confirm_form(
    session: AsyncSession, case: Case, moment: Moment, form_id: str, sha256: str
) -> FormVersion:
    """The resident says that what was shown is right.

    :param sha256: of what the page showed.
    :raises Conflict: something else is shown meanwhile.
    """
    _check_state(case)
    permit = await _permit_to_answer(session, case, moment)
    row = await _shown(session, case, form_id, sha256)
    await _move(session, row, (FormState.SHOWN,), FormState.CONFIRMED, confirmed_ms=now_ms())
    await note_act(session, case, moment, permit, "form.confirmed", _evidence(row))
    return row


async def sign_form(
    session: AsyncSession,
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    form_id: str,
    sha256: str,
    strokes: Sequence[Stroke],
) -> Signature:
    """Binds the strokes to what was shown and confirmed.

    :raises Invalid: too little or too much was drawn.
    :raises Conflict: something else is shown meanwhile, or it was not confirmed.
    """
    _check_state(case)
    permit = await _permit_to_answer(session, case, moment)
    row = await _shown(session, case, form_id, sha256)
    await _move(session, row, (FormState.CONFIRMED,), FormState.SIGNED, signed_ms=now_ms())
    signature = await keep_signature(
        session,
        protected,
        case,
        moment,
        NewSignature(
            purpose=SignaturePurpose.FORM,
            signed_sha256=row.shown_sha256,
            strokes=strokes,
            form_version_id=row.id,
        ),
    )
    evidence = _evidence(row) | {
        "signature_id": signature.id,
        "strokes_sha256": signature.strokes_sha256,
        "signer": signature.signer,
    }
    await note_act(session, case, moment, permit, "form.signed", evidence)
    return signature


async def object_to_form(
    session: AsyncSession, case: Case, moment: Moment, form_id: str, sha256: str
) -> FormVersion:
    """The resident says that something in it is wrong; the agent corrects it.

    :raises Conflict: something else is shown meanwhile.
    """
    permit = await permitted(session, case, moment, StepKind.CONFIRM_FORM)
    row = await _shown(session, case, form_id, sha256)
    await _move(session, row, ASKED, FormState.OBJECTED)
    await note_act(session, case, moment, permit, "form.objected", _evidence(row))
    return row


async def withdraw_form(
    session: AsyncSession, case: Case, moment: Moment, version: int
) -> FormVersion:
    """The agent takes back what was shown, confirmed or signed; the signature stays on record.

    :raises Conflict: another version is shown meanwhile, or the case is past its form.
    """
    _check_state(case)
    permit = await permitted(session, case, moment, StepKind.FILL_FORM)
    latest = await latest_version(session, case.id)
    if latest is None or latest.version != version:
        raise Conflict("form.changed")
    await _move(session, latest, LIVE, FormState.WITHDRAWN)
    await note_act(session, case, moment, permit, "form.withdrawn", _evidence(latest))
    return latest


async def _permit_to_answer(session: AsyncSession, case: Case, moment: Moment) -> Permit:
    """Whatever the mode of the case: for an absent resident nobody signs without a mandate."""
    permit = await permitted(session, case, moment, StepKind.CONFIRM_FORM)
    if signer_of(case) is Signer.HELPER and permit.mandate_id is None:
        raise Forbidden("form.needs_mandate")
    return permit


async def latest_version(session: AsyncSession, case_id: str) -> FormVersion | None:
    newest = select(func.max(FormVersion.version)).where(FormVersion.case_id == case_id)
    return await session.scalar(
        select(FormVersion)
        .where(FormVersion.case_id == case_id, FormVersion.version == newest.scalar_subquery())
        .execution_options(populate_existing=True)
    )


async def signature_of(session: AsyncSession, form_version_id: str) -> Signature | None:
    return await session.scalar(
        select(Signature).where(Signature.form_version_id == form_version_id)
    )


def open_answers(protected: ProtectedFields, row: FormVersion) -> dict[str, Any]:
    """What was filled in. Raises :class:`~casework.master_key.WrongKey`."""
    answers: dict[str, Any] = json.loads(
        protected.open(row.values_sealed, Field.FORM_VALUES, row.id)
    )
    return answers


def open_shown(protected: ProtectedFields, row: FormVersion) -> dict[str, Any]:
    """What was shown, as :class:`casework.forms.showing.Shown` writes it."""
    shown: dict[str, Any] = json.loads(protected.open(row.shown_sealed, Field.FORM_SHOWN, row.id))
    return shown


async def _shown(session: AsyncSession, case: Case, form_id: str, sha256: str) -> FormVersion:
    row = await session.get(FormVersion, form_id, populate_existing=True)
    if row is None or row.case_id != case.id:
        raise NotFound("form.not_found")
    if row.shown_sha256 != sha256:
        raise Conflict("form.changed")
    return row


async def _move(
    session: AsyncSession,
    row: FormVersion,
    expected: tuple[FormState, ...],
    target: FormState,
    *,
    must: bool = True,
    **values: object,
) -> None:
    moved = await session.execute(
        update(FormVersion)
        .where(FormVersion.id == row.id, FormVersion.state.in_(expected))
        .values(state=target, **values)
        .returning(FormVersion.id)
        .execution_options(synchronize_session=False)
    )
    if moved.scalar_one_or_none() is not None:
        await session.refresh(row)
    elif must:
        raise Conflict("form.changed")


def _evidence(row: FormVersion) -> dict[str, str | int]:
    return {"form_id": row.id, "version": row.version, "sha256": row.shown_sha256}
