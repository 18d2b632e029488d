"""Forms and signatures: what was shown, and what the resident says to it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.forms.versions import (
    confirm_form,
    latest_version,
    object_to_form,
    sign_form,
    signature_of,
)
from casework.moments import Moment
from casework.policy import may_see_case
from casework.tables import Case, Signature
from casework.vocabulary import Surface
from signaling.acting_now import acting_now, tell_call
from signaling.edge.roles import AGENTS, HELPERS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.edge.scope import served_cases, visible_case
from signaling.form_views import form_desk, form_list, form_view, masked, signature_view
from signaling.pairing.topics import announcing
from signaling.wire.forms import (
    FormAnswered,
    FormDesk,
    FormList,
    FormSigned,
    FormView,
    SignatureView,
)

Act = Callable[[AsyncSession, Case, Moment], Awaitable[object]]


async def show_form(asked: Asked[None]) -> FormDesk:
    """The questions of the case's form, the answers so far (not for supervision, which reads what
    was shown), and the version shown last."""
    context = asked.context
    async with context.database.reading() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        desk = await form_desk(session, context.protected, case)
    if asked.person.surface is not Surface.SUPERVISION:
        return desk
    form = None if desk.form is None else masked(desk.form)
    return desk.model_copy(update={"answers": {}, "form": form})


async def list_forms(asked: Asked[None]) -> FormList:
    """Every version that was ever shown, word for word; for supervision with numbers masked."""
    context = asked.context
    async with context.database.reading() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        found = await form_list(session, context.protected, case.id)
    if asked.person.surface is not Surface.SUPERVISION:
        return found
    return FormList(forms=[masked(form) for form in found.forms])


async def show_signature(asked: Asked[None]) -> SignatureView:
    """The strokes, and the hash of what they were set under."""
    context = asked.context
    async with context.database.reading() as session:
        row = await session.scalar(
            select(Signature)
            .join(Case, Case.id == Signature.case_id)
            .where(
                Signature.id == asked.id("signature_id"),
                may_see_case(asked.person, served_cases(asked.person)),
            )
        )
        if row is None:
            raise NotFound("signature.not_found")
        return signature_view(context.protected, row)


async def _answered(asked: Asked[Any], kind: str, act: Act) -> FormView:
    context = asked.context
    async with announcing(context.database, context.bus) as session:
        case = await visible_case(session, asked.person, asked.id("case_id"), lock=True)
        moment = await acting_now(session, asked.person, case.id)
        await act(session, case, moment)
        row = await latest_version(session, case.id)
        if row is None:
            raise NotFound("form.not_found")
        view = await form_view(session, context.protected, row)
        body = {
            "case_id": case.id,
            "form_id": view.id,
            "version": view.version,
            "sha256": view.sha256,
        }
        signature = await signature_of(session, row.id)
        if signature is not None:
            body["signature_id"] = signature.id
            body["strokes_sha256"] = signature.strokes_sha256
        await tell_call(session, moment, kind, body)
    return view


async def confirm(asked: Asked[FormAnswered]) -> FormView:
    """The resident says that what was shown is right; signing comes next."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        await confirm_form(session, case, moment, given.form_id, given.sha256)

    return await _answered(asked, "form.confirmed", act)


async def dispute(asked: Asked[FormAnswered]) -> FormView:
    """The resident says that something in it is wrong; the agent corrects it."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        await object_to_form(session, case, moment, given.form_id, given.sha256)

    return await _answered(asked, "form.objected", act)


async def sign(asked: Asked[FormSigned]) -> FormView:
    """Binds the signature to the hash of what was shown and confirmed."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        protected, strokes = asked.context.protected, given.strokes
        await sign_form(session, protected, case, moment, given.form_id, given.sha256, strokes)

    return await _answered(asked, "form.signed", act)


_window = partial(Route, surface=Surface.WINDOW, roles=HELPERS)
_READERS = (
    (Surface.WINDOW, HELPERS),
    (Surface.CONSOLE, AGENTS),
    (Surface.SUPERVISION, SUPERVISORS),
)
_AT_WINDOW = "/api/window/cases/{case_id}/form"

ROUTES: Sequence[Route] = (
    *(
        Route(
            method="GET", path=f"/api/{surface}/cases/{{case_id}}/form", surface=surface,
            roles=roles, handler=show_form, answer=FormDesk,
        )
        for surface, roles in _READERS
    ),
    *(
        Route(
            method="GET", path=f"/api/{surface}/cases/{{case_id}}/forms", surface=surface,
            roles=roles, handler=list_forms, answer=FormList,
        )
        for surface, roles in _READERS
    ),
    *(
        Route(
            method="GET", path=f"/api/{surface}/signatures/{{signature_id}}", surface=surface,
            roles=roles, handler=show_signature, answer=SignatureView,
        )
        for surface, roles in _READERS
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/confirm", handler=confirm,
        request=FormAnswered, answer=FormView,
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/object", handler=dispute,
        request=FormAnswered, answer=FormView,
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/sign", handler=sign,
        request=FormSigned, answer=FormView,
    ),
)  # fmt: skip
