"""On what the next step of a case would rest: the helper's grant and the subject's mandate."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority import mandates
from casework.authority.facts import Facts
from casework.authority.grant_lists import condition_of
from casework.authority.mandates import MandateDraft
from casework.authority.rules import needs_grant, needs_mandate
from casework.authority.steps import Step, StepKind, examine
from casework.errors import Conflict, Forbidden
from casework.moments import Moment
from casework.sign_in import SignedIn
from casework.tables import Case, CaseMandate, Grant, Mandate
from casework.vocabulary import CaseParty, Surface
from signaling.acting_now import acting_now, tell_call
from signaling.authority_views import grant_views, mandate_views
from signaling.edge.roles import AGENTS, HELPERS
from signaling.edge.route import Asked, Route
from signaling.edge.scope import visible_case
from signaling.edge.texts import text_of
from signaling.spoken import ENDED, STARTED, spoken_of
from signaling.wire import authority as wire


async def show_authority(asked: Asked[None]) -> wire.AuthorityView:
    """What accepting the case would rest on, and which rule would say no."""
    async with asked.context.database.reading() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        moment = await acting_now(session, asked.person, case.id)
        refusal, facts = await examine(session, _next_step(case, moment))
        shown = await _shown(session, asked.person, case)
        chosen = await session.scalar(
            select(CaseMandate.mandate_id).where(CaseMandate.case_id == case.id)
        )
        return wire.AuthorityView(
            grant_needed=needs_grant(StepKind.SUBMIT, facts),
            grant=await _grant(session, asked.person, facts),
            mandate_needed=needs_mandate(StepKind.SUBMIT, facts),
            mandate=next((one for one in shown if one.id == chosen), None),
            mandates=shown,
            refusal=refusal,
            refusal_text="" if refusal is None else text_of(Forbidden(refusal), asked.language),
        )


def _next_step(case: Case, moment: Moment) -> Step:
    """Handing the matter in: helpers and agents both do it, and it rests on all that counts."""
    return Step(
        kind=StepKind.SUBMIT, case=case, actor=moment.actor, call=moment.call,
        who=frozenset({CaseParty.WINDOW, CaseParty.OFFICER}),
    )  # fmt: skip


async def _grant(session: AsyncSession, person: SignedIn, facts: Facts) -> wire.GrantView | None:
    if facts.grant is None:
        return None
    row = await session.get_one(Grant, facts.grant.id)
    (view,) = await grant_views(session, person, [(row, await condition_of(session, row.id))])
    return view


async def _shown(session: AsyncSession, person: SignedIn, case: Case) -> list[wire.MandateView]:
    """A helper sees the own ones; an agent those of this case."""
    if person.surface is Surface.WINDOW:
        rows = await mandates.mandates_of_subject(session, person.staff_id, case)
    else:
        rows = await _of_case(session, case)
    return await mandate_views(session, rows)


async def _of_case(session: AsyncSession, case: Case) -> list[Mandate]:
    chosen = select(CaseMandate.mandate_id).where(CaseMandate.case_id == case.id)
    found = await session.scalars(
        select(Mandate)
        .where(or_(Mandate.id.in_(chosen), Mandate.given_case_id == case.id))
        .order_by(Mandate.created_ms.desc(), Mandate.id.desc())
        .limit(50)
    )
    return list(found)


async def draft_mandate(asked: Asked[wire.MandateDrafted]) -> wire.MandateView:
    """The subject's mandate to this helper: live in this call, or on paper, page by page."""
    async with asked.context.database.transaction() as session:
        case, moment = await _at_case(session, asked)
        row = await mandates.draft_mandate(session, case, moment, _draft(asked.given))
        return await _done(session, moment, "mandate.drafted", row)


def _draft(given: wire.MandateDrafted) -> MandateDraft:
    return MandateDraft(
        kind=given.kind,
        form=given.form,
        item_codes=frozenset(given.item_codes),
        powers=frozenset(given.powers),
        limits=given.limits,
        from_ms=given.from_ms,
        until_ms=given.until_ms,
        once=given.once,
    )


async def choose_mandate(asked: Asked[None]) -> wire.MandateView:
    """The case rests on this mandate from here on."""
    async with asked.context.database.transaction() as session:
        case, moment, row = await _with_mandate(session, asked)
        await mandates.choose_mandate(session, case, moment, row)
        return await _done(session, moment, "mandate.chosen", row)


async def add_page(asked: Asked[wire.MandatePageAdded]) -> wire.MandateView:
    """A captured page of a mandate on paper, or the subject's ID page."""
    given = asked.given
    async with asked.context.database.transaction() as session:
        case, moment, row = await _with_mandate(session, asked)
        await mandates.add_mandate_page(
            session, case, moment, row, page_id=given.page_id, kind=given.kind
        )
        return await _done(session, moment, "mandate.page_added", row)


async def sign_mandate(asked: Asked[wire.MandateSigned]) -> wire.MandateView:
    """The subject signs on the window's screen, in the call."""
    protected = asked.context.protected
    async with asked.context.database.transaction() as session:
        case, moment, row = await _with_mandate(session, asked)
        strokes = [
            [(x, y, at, pressed) for x, y, at, pressed in one] for one in asked.given.strokes
        ]
        await mandates.sign_mandate(session, protected, case, moment, row, strokes)
        return await _done(session, moment, "mandate.signed", row)


async def confirm_mandate(asked: Asked[wire.MandateCompared]) -> wire.MandateView:
    """The agent has compared the ID page, or heard the subject say so, in this call."""
    async with asked.context.database.transaction() as session:
        case, moment, row = await _with_mandate(session, asked)
        spoken = (await spoken_of(session, [row])).get(row.id)
        await mandates.confirm_mandate(session, case, moment, row, spoken)
        return await _done(session, moment, "mandate.confirmed", row)


async def mark_spoken(asked: Asked[wire.MandateSpoken]) -> wire.MandateView:
    """The subject begins, or has ended, giving a live mandate aloud: on the call's clock."""
    async with asked.context.database.transaction() as session:
        case, moment, row = await _with_mandate(session, asked)
        await mandates.check_spoken(session, case, moment, row)
        if asked.given.at == "start":
            return await _done(session, moment, STARTED, row)
        begun = (await spoken_of(session, [row])).get(row.id)
        if begun is None or begun.call_id != moment.call_id or begun.until_ms is not None:
            raise Conflict("mandate.not_begun")
        return await _done(session, moment, ENDED, row)


async def decline_mandate(asked: Asked[wire.Reason]) -> wire.MandateView:
    """The agent does not accept the mandate, and says why."""
    async with asked.context.database.transaction() as session:
        case, moment, row = await _with_mandate(session, asked)
        await mandates.decline_mandate(session, case, moment, row, asked.given.reason)
        return await _done(session, moment, "mandate.declined", row)


async def _at_case(session: AsyncSession, asked: Asked[Any]) -> tuple[Case, Moment]:
    case = await visible_case(session, asked.person, asked.id("case_id"), lock=True)
    return case, await acting_now(session, asked.person, case.id)


async def _with_mandate(session: AsyncSession, asked: Asked[Any]) -> tuple[Case, Moment, Mandate]:
    case = await visible_case(session, asked.person, asked.id("case_id"), lock=True)
    helper = asked.person if asked.person.surface is Surface.WINDOW else None
    row = await mandates.find_mandate(session, asked.id("mandate_id"), case=case, helper=helper)
    return case, await acting_now(session, asked.person, case.id), row


async def _done(session: AsyncSession, moment: Moment, kind: str, row: Mandate) -> wire.MandateView:
    """On the call's clock as well: who reviews the case finds it in the recording."""
    await tell_call(session, moment, kind, {"mandate_id": row.id})
    await session.flush()
    (view,) = await mandate_views(session, [row])
    return view


_window = partial(Route, surface=Surface.WINDOW, roles=HELPERS)
_console = partial(Route, surface=Surface.CONSOLE, roles=AGENTS)
_AT_WINDOW = "/api/window/cases/{case_id}"
_ON_CONSOLE = "/api/console/cases/{case_id}"

ROUTES: Sequence[Route] = (
    _window(
        method="GET", path=f"{_AT_WINDOW}/authority",
        handler=show_authority, answer=wire.AuthorityView,
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/mandates",
        handler=draft_mandate, request=wire.MandateDrafted, answer=wire.MandateView,
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/mandates/{{mandate_id}}/choose",
        handler=choose_mandate, answer=wire.MandateView,
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/mandates/{{mandate_id}}/pages",
        handler=add_page, request=wire.MandatePageAdded, answer=wire.MandateView,
    ),
    _window(
        method="POST", path=f"{_AT_WINDOW}/mandates/{{mandate_id}}/signature",
        handler=sign_mandate, request=wire.MandateSigned, answer=wire.MandateView,
    ),
    _console(
        method="GET", path=f"{_ON_CONSOLE}/authority",
        handler=show_authority, answer=wire.AuthorityView,
    ),
    _console(
        method="POST", path=f"{_ON_CONSOLE}/mandates/{{mandate_id}}/confirm",
        handler=confirm_mandate, request=wire.MandateCompared, answer=wire.MandateView,
    ),
    _console(
        method="POST", path=f"{_ON_CONSOLE}/mandates/{{mandate_id}}/spoken",
        handler=mark_spoken, request=wire.MandateSpoken, answer=wire.MandateView,
    ),
    _console(
        method="POST", path=f"{_ON_CONSOLE}/mandates/{{mandate_id}}/decline",
        handler=decline_mandate, request=wire.Reason, answer=wire.MandateView,
    ),
)  # fmt: skip
