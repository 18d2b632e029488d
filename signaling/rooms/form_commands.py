"""The agent fills a form in front of the resident. Handlers run in the room's own task.

Each edit is a version before anybody sees it; the pages are told by the room's look at the rows.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import lock_case
from casework.errors import NotFound
from casework.forms.versions import fill_form, show_form, withdraw_form
from casework.moments import Moment
from casework.tables import Case, FormVersion
from casework.vocabulary import ParticipantKind
from signaling.edge.scope import step_call
from signaling.rooms.base import Seat
from signaling.rooms.room import Room
from signaling.tables import Call
from signaling.wire.commands import Result
from signaling.wire.forms import FormFill, FormShow, FormWithdraw

Act = Callable[[AsyncSession, Case, Moment], Awaitable[FormVersion]]


async def handle_form_fill(seat: Seat[Room], command: FormFill) -> Result:
    async def act(session: AsyncSession, case: Case, moment: Moment) -> FormVersion:
        protected = seat.room.context.protected
        return await fill_form(session, protected, case, moment, command.answers, command.language)

    return await _carry_out(seat, command.case_id, "form.filled", act)


async def handle_form_show(seat: Seat[Room], command: FormShow) -> Result:
    async def act(session: AsyncSession, case: Case, moment: Moment) -> FormVersion:
        protected = seat.room.context.protected
        return await show_form(session, protected, case, moment, command.version)

    return await _carry_out(seat, command.case_id, "form.shown", act)


async def handle_form_withdraw(seat: Seat[Room], command: FormWithdraw) -> Result:
    async def act(session: AsyncSession, case: Case, moment: Moment) -> FormVersion:
        return await withdraw_form(session, case, moment, command.version)

    return await _carry_out(seat, command.case_id, "form.withdrawn", act)


async def _carry_out(seat: Seat[Room], case_id: str, kind: str, act: Act) -> Result:
    room, member = seat.room, seat.member
    member.must_be(ParticipantKind.AGENT)
    call = room.call
    if case_id not in call.facts.case_ids:
        raise NotFound("case.not_found", "没有这个办件")
    async with room.context.database.transaction() as session:
        row = await session.get_one(Call, call.call_id)
        moment = Moment(seat.signed_in, step_call(row), call.log.position_ms)
        form = await act(session, await lock_case(session, case_id), moment)
        body = {
            "case_id": case_id,
            "form_id": form.id,
            "version": form.version,
            "sha256": form.shown_sha256,
        }
        call.log.add(session, kind, member.staff_id, body)
    await room.look()
    return {"version": form.version, "sha256": form.shown_sha256}
