"""What participants may do in a room. A handler runs in the room's own task."""

from casework.errors import NotFound
from casework.vocabulary import ParticipantKind
from signaling.rooms import facts
from signaling.rooms.base import Seat
from signaling.rooms.form_commands import (
    handle_form_fill,
    handle_form_show,
    handle_form_withdraw,
)
from signaling.rooms.media_commands import (
    handle_down_answer,
    handle_down_restart,
    take_up_offer,
)
from signaling.rooms.room import Room
from signaling.rooms.signature_commands import handle_signature_draw
from signaling.wire.commands import Commands, Result
from signaling.wire.forms import FormFill, FormShow, FormWithdraw, SignatureDraw
from signaling.wire.room import (
    CallEnd,
    ChecklistMark,
    ChecklistMarked,
    ConsentWithdraw,
    DownAnswer,
    DownRestart,
    HoldChanged,
    HoldSet,
    ListeningSet,
    NotesSave,
    PageProgress,
    PageRequest,
    PromptShow,
    PromptShown,
    QualityReport,
    UpOffer,
    VoiceAndPagesChanged,
    VoiceAndPagesSet,
)

WINDOW, AGENT = ParticipantKind.WINDOW, ParticipantKind.AGENT


call_commands: Commands[Seat[Room]] = Commands()
call_commands.on(DownAnswer)(handle_down_answer)
call_commands.on(DownRestart)(handle_down_restart)
call_commands.on(FormFill)(handle_form_fill)
call_commands.on(FormShow)(handle_form_show)
call_commands.on(FormWithdraw)(handle_form_withdraw)
call_commands.on(SignatureDraw)(handle_signature_draw)


@call_commands.on(UpOffer)
async def handle_up_offer(seat: Seat[Room], command: UpOffer) -> Result:
    """As in any room; of a supervisor the voice alone, and only for whom the mode allows."""
    return await take_up_offer(seat, command, seat.room.listeners.rule_for(seat.member))


@call_commands.on(ListeningSet)
async def handle_listening_set(seat: Seat[Room], command: ListeningSet) -> Result:
    await seat.room.listeners.change(seat.member, command.mode)
    return None


@call_commands.on(HoldSet)
async def handle_hold_set(seat: Seat[Room], command: HoldSet) -> Result:
    room, member = seat.room, seat.member
    member.must_be(WINDOW, AGENT)
    call = room.call
    if command.on == (room.held_by is not None):
        return None
    await room.media.hold(on=command.on)
    room.held_by = member.kind if command.on else None
    for each in room.members:
        each.link.media_came()  # on hold nobody is silent; after it the clocks start afresh
    await call.log.write("hold.changed", member.staff_id, {"on": command.on, "by": member.kind})
    room.members.broadcast(HoldChanged(on=command.on, by=member.kind))
    return None


@call_commands.on(VoiceAndPagesSet)
async def handle_voice_and_pages_set(seat: Seat[Room], command: VoiceAndPagesSet) -> Result:
    room, member = seat.room, seat.member
    member.must_be(WINDOW, AGENT)
    if command.on != room.voice_and_pages:
        body = {"on": command.on, "by": member.kind}
        await room.call.log.write("voice_and_pages.changed", member.staff_id, body)
        room.voice_and_pages = command.on
        room.members.broadcast(VoiceAndPagesChanged(on=command.on, by=member.kind))
    return None


@call_commands.on(PageRequest)
async def handle_page_request(seat: Seat[Room], command: PageRequest) -> Result:
    room, member = seat.room, seat.member
    member.must_be(AGENT)
    _check_case(room, command.case_id)
    asked = room.call.pages.ask(command)
    body = {"request": asked.request, "case_id": asked.case_id, "material_id": asked.material_id}
    await room.call.log.write("page.requested", member.staff_id, body)
    room.members.broadcast(asked, but=member)
    return {"request": asked.request}


@call_commands.on(PageProgress)
async def handle_page_progress(seat: Seat[Room], command: PageProgress) -> Result:
    """While a page is on its way no key frame is asked for the recording's sake."""
    room, member = seat.room, seat.member
    member.must_be(WINDOW)
    changed = room.call.pages.progress(command)
    under_way = not command.problem and command.fraction < 1
    await room.media.set_still_priority(member.participant_id, on=under_way)
    room.members.broadcast(changed, but=member)
    return None


@call_commands.on(ChecklistMark)
async def handle_checklist_mark(seat: Seat[Room], command: ChecklistMark) -> Result:
    room, member = seat.room, seat.member
    member.must_be(AGENT)
    _check_case(room, command.case_id)
    marked = ChecklistMarked(
        case_id=command.case_id, material_id=command.material_id, checked=command.checked
    )
    body = marked.model_dump(include={"case_id", "material_id", "checked"})
    await room.call.log.write("checklist.marked", member.staff_id, body)
    room.call.checked[command.case_id, command.material_id] = command.checked
    room.members.broadcast(marked)
    return None


@call_commands.on(PromptShow)
async def handle_prompt_show(seat: Seat[Room], command: PromptShow) -> Result:
    room, member = seat.room, seat.member
    member.must_be(AGENT)
    await room.call.log.write("prompt.shown", member.staff_id, {"text": command.text})
    room.call.prompt = command.text
    room.members.broadcast(PromptShown(text=command.text))
    return None


@call_commands.on(NotesSave)
async def handle_notes_save(seat: Seat[Room], command: NotesSave) -> Result:
    room, member = seat.room, seat.member
    member.must_be(AGENT)
    async with room.context.database.transaction() as session:
        await facts.save_notes(session, room.call.call_id, command.text)
        room.call.log.add(session, "notes.saved", member.staff_id)
    room.call.notes = command.text
    return None


@call_commands.on(ConsentWithdraw)
async def handle_consent_withdraw(seat: Seat[Room], _command: ConsentWithdraw) -> Result:
    seat.member.must_be(WINDOW, AGENT)
    await seat.room.withdraw_consent(seat.member)
    return None


@call_commands.on(QualityReport)
async def handle_quality_report(seat: Seat[Room], command: QualityReport) -> Result:
    room, member = seat.room, seat.member
    if not room.begun:
        return None  # while it rings, the page looks at its meter alone
    up = room.media.ups.get(member.participant_id)
    own = up is not None and up.connection_id == command.connection_id
    room.call.quality.take(member.participant_id, command)
    if own and member.kind is WINDOW and command.available_bps:
        room.call.quality.uplink_bps = command.available_bps
    return None


@call_commands.on(CallEnd)
async def handle_call_end(seat: Seat[Room], _command: CallEnd) -> Result:
    seat.member.must_be(WINDOW, AGENT)
    await seat.room.end()
    return None


def _check_case(room: Room, case_id: str) -> None:
    if case_id not in room.call.facts.case_ids:
        raise NotFound("case.not_found", "没有这个办件")
