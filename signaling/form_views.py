"""Forms and signatures as they are shown, on sockets and over HTTP alike."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.forms.general import form_of
from casework.forms.signatures import open_strokes
from casework.forms.versions import latest_version, open_answers, open_shown
from casework.masked_text import mask_numbers
from casework.protected import ProtectedFields
from casework.tables import Case, FormVersion, ServiceItem, Signature
from casework.vocabulary import FormState, SignaturePurpose, Signer
from signaling.wire.forms import FormDesk, FormList, FormView, SignatureView


async def form_view(
    session: AsyncSession, protected: ProtectedFields, row: FormVersion
) -> FormView:
    """The very words that were hashed, opened again."""
    shown = open_shown(protected, row)
    signature = select(Signature.id).where(Signature.form_version_id == row.id)
    return FormView(
        id=row.id,
        case_id=row.case_id,
        version=row.version,
        state=FormState(row.state),
        language=shown["language"],
        title=shown["title"],
        item_name=shown["item_name"],
        lines=shown["lines"],
        declaration=shown["declaration"],
        sha256=row.shown_sha256,
        signature_id=await session.scalar(signature),
        created_ms=row.created_ms,
        shown_ms=row.shown_ms,
        confirmed_ms=row.confirmed_ms,
        signed_ms=row.signed_ms,
    )


def masked(view: FormView) -> FormView:
    """As supervision sees it: numbers of people are shown whole for a reason only."""
    lines = [line.model_copy(update={"text": mask_numbers(line.text)}) for line in view.lines]
    return view.model_copy(update={"lines": lines})


async def latest_form(
    session: AsyncSession, protected: ProtectedFields, case_id: str
) -> FormView | None:
    row = await latest_version(session, case_id)
    return None if row is None else await form_view(session, protected, row)


async def form_desk(session: AsyncSession, protected: ProtectedFields, case: Case) -> FormDesk:
    item = await session.get_one(ServiceItem, case.item_id)
    row = await latest_version(session, case.id)
    return FormDesk(
        questions=form_of(item).as_json(),
        answers={} if row is None else open_answers(protected, row),
        form=None if row is None else await form_view(session, protected, row),
    )


async def form_list(session: AsyncSession, protected: ProtectedFields, case_id: str) -> FormList:
    rows = await session.scalars(
        select(FormVersion).where(FormVersion.case_id == case_id).order_by(FormVersion.version)
    )
    return FormList(forms=[await form_view(session, protected, row) for row in rows.all()])


def signature_view(protected: ProtectedFields, row: Signature) -> SignatureView:
    return SignatureView(
        id=row.id,
        case_id=row.case_id,
        purpose=SignaturePurpose(row.purpose),
        signer=Signer(row.signer),
        signed_sha256=row.signed_sha256,
        strokes_sha256=row.strokes_sha256,
        strokes=open_strokes(protected, row),
        signed_ms=row.signed_ms,
        position_ms=row.position_ms,
    )
