"""The checklist: met at the window, judged at the console."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.materials.giving import (
    Licence,
    Promise,
    give_earlier,
    give_licence,
    give_page,
    give_promise,
    take_back,
)
from casework.materials.judging import Verdict, judge_material
from casework.materials.notices import issue_notice
from casework.moments import Moment
from casework.pages import find_page
from casework.tables import Case
from casework.vocabulary import Surface
from signaling.acting_now import acting_now, tell_call
from signaling.edge.roles import AGENTS, HELPERS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.edge.scope import visible_case
from signaling.material_views import earlier_views, materials_view
from signaling.pairing.topics import announcing
from signaling.wire.materials import (
    EarlierGiven,
    EarlierList,
    LicenceGiven,
    MaterialJudged,
    MaterialsView,
    PageGiven,
    PromiseGiven,
)

EARLIER_SHOWN = 20

Act = Callable[[AsyncSession, Case, Moment], Awaitable[object]]


async def show_materials(asked: Asked[None]) -> MaterialsView:
    """Every line of the case's checklist, what was given for it, and the latest notice."""
    context = asked.context
    async with context.database.reading() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        return await materials_view(session, context.protected, case)


async def _changed(asked: Asked[Any], kind: str, act: Act) -> MaterialsView:
    """One act on the checklist, and what it looks like then; the call's room is told."""
    context = asked.context
    async with announcing(context.database, context.bus) as session:
        case = await visible_case(session, asked.person, asked.id("case_id"), lock=True)
        moment = await acting_now(session, asked.person, case.id)
        await act(session, case, moment)
        view = await materials_view(session, context.protected, case)
        await tell_call(session, moment, kind, {"case_id": case.id})
    return view


async def put_page(asked: Asked[PageGiven]) -> MaterialsView:
    """A page that was taken before, now for a line."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        page = await find_page(session, asked.person, given.page_id)
        await give_page(session, case, moment, page, given.material_id)

    return await _changed(asked, "material.given", act)


async def put_licence(asked: Asked[LicenceGiven]) -> MaterialsView:
    """An electronic licence (电子证照), by its name and number."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        licence = Licence(given.name, given.number)
        await give_licence(
            session, asked.context.protected, case, moment, given.material_id, licence
        )

    return await _changed(asked, "material.given", act)


async def list_earlier(asked: Asked[None]) -> EarlierList:
    """Accepted before for the same person and a material of the same name; newest first."""
    async with asked.context.database.reading() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        found = await earlier_views(session, case, asked.id("material_id"), EARLIER_SHOWN)
        return EarlierList(earlier=list(found))


async def put_earlier(asked: Asked[EarlierGiven]) -> MaterialsView:
    """A material of an earlier case, given again."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        await give_earlier(session, case, moment, given.material_id, given.earlier_id)

    return await _changed(asked, "material.given", act)


async def put_promise(asked: Asked[PromiseGiven]) -> MaterialsView:
    """The paper follows by a day (容缺); told again, the new promise takes the place of the old."""
    given = asked.given

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        promise = Promise(given.due_day, given.pick_up_code, given.consignment_number)
        await give_promise(
            session, asked.context.protected, case, moment, given.material_id, promise
        )

    return await _changed(asked, "material.given", act)


async def undo(asked: Asked[None]) -> MaterialsView:
    """Takes back what was given by mistake, as long as the agent has not judged it."""

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        await take_back(session, case, moment, asked.id("given_id"))

    return await _changed(asked, "material.taken_back", act)


async def judge(asked: Asked[MaterialJudged]) -> MaterialsView:
    """Accepts what was given, or sends it back with a reason; either may be done again."""
    verdict = Verdict(asked.given.reason, asked.given.text)

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        await judge_material(session, case, moment, asked.id("given_id"), verdict)

    kind = "material.sent_back" if verdict.reason else "material.accepted"
    return await _changed(asked, kind, act)


async def notify(asked: Asked[None]) -> MaterialsView:
    """一次性告知: everything that is still missing, in one notice, shown and printed at the window."""

    async def act(session: AsyncSession, case: Case, moment: Moment) -> None:
        await issue_notice(session, case, moment)

    return await _changed(asked, "notice.issued", act)


_window = partial(Route, surface=Surface.WINDOW, roles=HELPERS, answer=MaterialsView)
_console = partial(Route, surface=Surface.CONSOLE, roles=AGENTS, answer=MaterialsView)
_AT_WINDOW = "/api/window/cases/{case_id}/materials"
_AT_CONSOLE = "/api/console/cases/{case_id}"

ROUTES: Sequence[Route] = (
    _window(method="GET", path=_AT_WINDOW, handler=show_materials),
    _console(method="GET", path=f"{_AT_CONSOLE}/materials", handler=show_materials),
    Route(
        method="GET", path="/api/supervision/cases/{case_id}/materials",
        surface=Surface.SUPERVISION, roles=SUPERVISORS,
        handler=show_materials, answer=MaterialsView,
    ),
    _window(method="POST", path=f"{_AT_WINDOW}/page", handler=put_page, request=PageGiven),
    _window(method="POST", path=f"{_AT_WINDOW}/licence", handler=put_licence, request=LicenceGiven),
    Route(
        method="GET", path=f"{_AT_WINDOW}/{{material_id}}/earlier",
        surface=Surface.WINDOW, roles=HELPERS, handler=list_earlier, answer=EarlierList,
    ),
    _window(method="POST", path=f"{_AT_WINDOW}/earlier", handler=put_earlier, request=EarlierGiven),
    _window(method="POST", path=f"{_AT_WINDOW}/promise", handler=put_promise, request=PromiseGiven),
    _window(method="POST", path=f"{_AT_WINDOW}/{{given_id}}/take-back", handler=undo),
    _console(
        method="POST", path=f"{_AT_CONSOLE}/materials/{{given_id}}/judge",
        handler=judge, request=MaterialJudged,
    ),
    _console(method="POST", path=f"{_AT_CONSOLE}/notice", handler=notify),
)  # fmt: skip
