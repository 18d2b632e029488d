"""The live space of one ticket: from the first ring to the end of its call.

One task owns a room (:meth:`Room.run`); sockets, the relay and the bus only leave letters in its
mailbox. While the ticket rings, the window connects up alone: the tap is closed and nobody sees it.
When the call's row appears, both are shown to each other and the recording begins. What is true
stands in the rows: the room is told to look, and looks by itself every few seconds.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.database import new_id
from casework.errors import Conflict, Expired, Forbidden, ShipinbanError, Unavailable
from casework.vocabulary import CallEndReason, ParticipantKind, TicketState
from signaling.bus import Subscription
from signaling.pairing.calls import end_call, lost_call
from signaling.pairing.topics import announcing, call_topic, window_topic
from signaling.relay.control import ConnectionReport, ConnectionState, Direction, Held, TapFailed
from signaling.rooms import facts
from signaling.rooms.base import MediaRoom
from signaling.rooms.bitrate import start_bitrate_bps
from signaling.rooms.call import RoomCall
from signaling.rooms.context import RoomContext
from signaling.rooms.facts import CallFacts, ParticipantFacts, TicketFacts
from signaling.rooms.ice_servers import ice_servers
from signaling.rooms.judging import SERVED, judge_links, why_over
from signaling.rooms.link import Link
from signaling.rooms.listeners import Listeners, room_supervisors
from signaling.rooms.members import Member, RoomPort
from signaling.rooms.recorder import RecordingEnd
from signaling.rooms.tokens import new_token
from signaling.wire.base import CloseCode
from signaling.wire.room import (
    CallEnded,
    CallStarted,
    CasesChanged,
    ParticipantJoined,
    RecordingChanged,
    ReportAllowed,
    RoomWelcome,
)

logger = structlog.get_logger(__name__)

LIVE_TICKET = (TicketState.WAITING, TicketState.OFFERED, TicketState.SERVING)
"""A room may be opened for such a ticket."""
SHORTEST_REST_S = 0.01
LONGEST_REST_S = 1.0


class Room(MediaRoom):
    def __init__(self, context: RoomContext, ticket: TicketFacts) -> None:
        super().__init__(context, ticket.ticket_id)
        self.ticket = ticket
        self.resident_token = new_token()
        """For the room's life; who comes with it replaces an older screen."""
        self.listeners = Listeners(self)
        self.held_by: ParticipantKind | None = None
        self.voice_and_pages = False
        self._call: RoomCall | None = None
        self._next_quality_s = 0.0

    @property
    def begun(self) -> bool:
        return self._call is not None

    @property
    def call(self) -> RoomCall:
        """Raises :class:`Conflict` while it only rings."""
        if self._call is None:
            raise Conflict("call.not_started", "通话尚未开始")
        return self._call

    # --- the owner -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Owns the room until its call or its ticket is over."""
        with self.context.bus.subscribe(window_topic(self.ticket.window_id)) as woken:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(woken))
                try:
                    with suppress(Unavailable):  # the rooms are opened when the relay is back
                        await self.media.open()
                    await self.look()
                    while not self.over:
                        await self.mailbox.serve(self._rest_s())
                        await self._judge()
                finally:
                    watching.cancel()
                    self.mailbox.close()

    async def _watch(self, woken: Subscription) -> None:
        while True:
            await woken.wait(self.context.settings.look_again_s)
            if self._call is not None:
                woken.add(call_topic(self._call.call_id))
            self.mailbox.tell(self.look)

    async def look(self) -> None:
        """Compares the room with the rows."""
        if self.over:
            return
        if self._call is None:
            await self._look_for_call()
        else:
            await self._look_at_call(self._call)

    async def _look_for_call(self) -> None:
        async with self.context.database.reading() as session:
            ticket = await facts.read_ticket(session, self.ticket.ticket_id)
            call_id = await facts.live_call_of(session, self.ticket.ticket_id)
            call = None if call_id is None else await facts.read_call(session, call_id)
        if call is not None:
            await self._begin(call)
        elif ticket is None or not self._is_of_use(ticket):
            await self.close(CloseCode.ENDED)

    async def _look_at_call(self, call: RoomCall) -> None:
        async with self.context.database.reading() as session:
            row = await facts.read_call(session, call.call_id)
            pages = await facts.pages_of_call(session, call.call_id)
            files = await call.files.compare(session)
        for changed in (*call.pages.compare(pages), *files):
            self.members.broadcast(changed)
        if row.case_ids != call.facts.case_ids:
            call.facts = replace(call.facts, case_ids=row.case_ids)
            call.files.case_ids = row.case_ids
            view, cases = await call.views()
            self.members.broadcast(CasesChanged(call=view, cases=cases))
        if row.end_reason is not None:
            await self.finish(row.end_reason)

    def _is_of_use(self, ticket: TicketFacts) -> bool:
        """It rings; or it waits for the next ring and the window is warm already."""
        window = self._window()
        if ticket.state is TicketState.WAITING:
            return window is not None and window.port is not None
        return ticket.state in LIVE_TICKET

    def _window(self) -> Member | None:
        return next((m for m in self.members if m.kind is ParticipantKind.WINDOW), None)

    def _member(self, participant: ParticipantFacts, staff_id: str, name: str) -> Member:
        settings = self.context.settings
        link = Link(settings.silent_to_lost_s, settings.grace_s, self.context.now_s())
        member = Member(participant.participant_id, participant.kind, staff_id, name, link)
        self.members.add(member)
        return member

    # --- coming and going ----------------------------------------------------------------------

    async def enter(
        self, kind: ParticipantKind, staff_id: str, name: str, port: RoomPort, has: Sequence[str]
    ) -> Member:
        """A page said hello with a token; ``has``: the down connections that it still has.

        Raises :class:`Forbidden` for an agent whose call this is not, :class:`Expired` when the
        room has just closed.
        """
        await self.look()
        if self.over:
            raise Expired("ticket.over", "这个排队号已结束")
        supervises = kind is ParticipantKind.SUPERVISOR
        member = (
            await self.listeners.seat(staff_id) if supervises else self._seat(kind, staff_id, name)
        )
        if member.port is not None:
            member.port.close(CloseCode.TAKEN_OVER)
        member.port = port
        member.link.socket_opened()
        port.post(await self._welcome(member))
        # The picture first: everything else may be told while it is on its way.
        await self.viewing.came_back(member, has)
        if self._call is not None and not member.joined:
            member.joined = True
            self.members.broadcast(ParticipantJoined(participant=member.view()), but=member)
            await self._call.log.write(
                "participant.joined", member.staff_id, {"participant_id": member.participant_id}
            )
        if self._call is not None and kind is ParticipantKind.WINDOW:
            for asked in self._call.pages.asked:
                member.post(asked)
        for told in self._call.files.told if self._call else ():
            member.post(told)
        return member

    def _seat(self, kind: ParticipantKind, staff_id: str, name: str) -> Member:
        if kind is ParticipantKind.WINDOW:
            known = self._window()
            if known is None:
                return self._member(ParticipantFacts(new_id(), kind, staff_id), staff_id, name)
            known.staff_id, known.name = (
                staff_id,
                name,
            )  # a colleague may have taken the window over
            return known
        known = self.members.of(kind, staff_id)
        if known is None:
            raise Forbidden("room.not_yours", "您不在这次通话中")
        return known

    async def _welcome(self, member: Member) -> RoomWelcome:
        call, cases = (None, []) if self._call is None else await self._call.views()
        recording = self._call.recording if self._call else None
        window = member.kind is ParticipantKind.WINDOW
        return RoomWelcome(
            participant_id=member.participant_id,
            kind=member.kind,
            ice_servers=ice_servers(self.context.settings.turn, member.participant_id),
            start_bitrate_bps=self.start_bitrate_bps(member),
            server_ms=_server_ms(),
            resident_token=self.resident_token if window else None,
            call=call,
            cases=cases,
            participants=[other.view() for other in self.members],
            held_by=self.held_by,
            voice_and_pages=self.voice_and_pages,
            notes=self._call.notes if self._call and not window else "",
            prompt=self._call.prompt if self._call else "",
            recording=recording.state if recording else None,
            listeners=self.listeners.shown,
        )

    async def enter_resident(self, port: RoomPort) -> None:
        """The resident's screen: sees what the window sees, and commands nothing."""
        window = self._window()
        if window is None:
            raise Expired("room.token", "进入房间的凭证已失效，请重新进入")
        if self.members.resident is not None:
            self.members.resident.close(CloseCode.TAKEN_OVER)
        self.members.resident = port
        welcome = await self._welcome(window)
        port.post(welcome.model_copy(update={"resident_token": None, "ice_servers": []}))
        for told in self._call.files.told if self._call else ():
            port.post(told)
        await self._allow_report()

    async def _allow_report(self) -> None:
        """The resident may report what could not be done: by the own screen, past the helper's."""
        if self._call is not None and self.members.resident is not None:
            self.members.resident.post(ReportAllowed(token=await self._call.report_token()))

    def start_bitrate_bps(self, member: Member) -> int:
        if member.kind is not ParticipantKind.WINDOW:
            return start_bitrate_bps(None)
        measured = self._call.quality.uplink_bps if self._call else None
        return start_bitrate_bps(measured or self.ticket.uplink_bps)

    async def leave(self, port: RoomPort) -> None:
        for member in room_supervisors(self):
            if member.port is port:
                await self.listeners.leave(member)
                return
        await super().leave(port)

    # --- the call ------------------------------------------------------------------------------

    async def _begin(self, facts_of_call: CallFacts) -> None:
        call = RoomCall.of(self.context, self.media, facts_of_call)
        participants, resumed = await self._keep_participants(call)
        view, cases = await call.views()
        now_s = self.context.now_s()
        self._call = call
        self._next_quality_s = now_s + self.context.settings.quality_interval_s
        for member in self.members:
            member.link.expect(now_s)
            member.joined = member.port is not None
        self.members.broadcast(CallStarted(call=view, cases=cases))
        await self._allow_report()
        if resumed:
            await self.listeners.end_all()
        self.viewing.open = True
        await self.viewing.offer_missing()
        problem = await call.taping.start(participants)
        if problem is not None:
            await self._recording_changed("failed", problem)
        elif call.taping.recording_id is not None and resumed:
            call.recording = RecordingChanged(state="recording")
        elif call.taping.recording_id is not None:
            await self._recording_changed("recording")

    async def _keep_participants(self, call: RoomCall) -> tuple[list[ParticipantFacts], bool]:
        """Writes them, or reads those that were written before the edge was restarted."""
        row, ticket = call.facts, self.ticket
        window = self._window()
        window_id = window.participant_id if window else new_id()
        expected = [
            ParticipantFacts(window_id, ParticipantKind.WINDOW, ticket.helper_staff_id),
            ParticipantFacts(new_id(), ParticipantKind.AGENT, row.agent_staff_id),
        ]
        async with self.context.database.transaction() as session:
            kept = await facts.keep_participants(session, row, expected)
            resumed = kept != expected
            if resumed:
                call.checked = await facts.checked_materials(session, call.call_id)
            call.log.add(session, "call.resumed" if resumed else "call.started", None)
        names = {ParticipantKind.WINDOW: ticket.helper_name, ParticipantKind.AGENT: row.agent_name}
        for participant in kept:
            if self.members.get(participant.participant_id) is None:
                name = names.get(participant.kind, "")
                self._member(participant, participant.staff_id or "", name)
        return kept, resumed

    async def _recording_changed(
        self, state: Literal["recording", "stopped", "failed"], reason: str = ""
    ) -> None:
        changed = RecordingChanged(state=state, reason=reason)
        self.call.recording = changed
        await self.call.log.write(f"recording.{state}", None, {"reason": reason})
        self.members.broadcast(changed)

    async def withdraw_consent(self, member: Member) -> None:
        """Stops the tap first, whatever becomes of the rest. Raises :class:`Conflict`."""
        call = self.call
        await call.taping.stop(RecordingEnd.CONSENT_WITHDRAWN)
        async with self.context.database.transaction() as session:
            await facts.withdraw(session, call.facts, member.staff_id)
            call.log.add(session, "consent.withdrawn", member.staff_id)
        await self._recording_changed("stopped", "consent_withdrawn")

    async def end(self, reason: CallEndReason = CallEndReason.FINISHED) -> None:
        """Ends the call's row, then the room. Raises :class:`Conflict` when it was over before."""
        call = self.call
        async with announcing(self.context.database, self.context.bus) as session:
            if reason in SERVED:
                await end_call(session, self.context.rules, call.call_id, reason)
            else:
                await lost_call(session, self.context.rules, call.call_id, reason)
        await self.finish(reason)

    async def finish(self, reason: CallEndReason) -> None:
        """The call's row says that it has ended."""
        call = self.call
        self.over = True
        lost = reason not in SERVED
        await call.taping.stop(RecordingEnd.CALL_LOST if lost else RecordingEnd.CALL_ENDED, reason)
        supervisors = [member.port for member in room_supervisors(self)]
        await self.listeners.end_all()
        token: str | None = None
        try:
            ask = self.members.resident is not None and not lost
            token = await call.end(reason, self.ticket.window_id, ask_rating=ask)
        except (SQLAlchemyError, ShipinbanError):
            logger.exception("room.end_not_written", call_id=call.call_id)
        ended = CallEnded(reason=reason)
        self.members.broadcast(ended, resident=False)
        for port in filter(None, supervisors):
            port.post(ended)
            port.close(CloseCode.ENDED)
        if self.members.resident is not None:
            self.members.resident.post(ended.model_copy(update={"rating_token": token}))
        await self.close(CloseCode.ENDED)

    # --- time ----------------------------------------------------------------------------------

    def _rest_s(self) -> float:
        now_s = self.context.now_s()
        changes = (member.link.next_change_s(now_s) for member in self.members)
        soonest = min((change for change in changes if change is not None), default=now_s + 1)
        return min(max(soonest - now_s, SHORTEST_REST_S), LONGEST_REST_S)

    async def _judge(self) -> None:
        """Tells how the links are; ends the call when somebody was away for too long."""
        if self._call is None or self.over:
            return
        try:
            await judge_links(self._call, self.members, self.context.now_s())
            reason = why_over(self._call, self.members, self.context.now_s())
            if reason is not None:
                await self.end(reason)
            elif self.context.now_s() >= self._next_quality_s:
                self._next_quality_s += self.context.settings.quality_interval_s
                await self._call.flush_quality()
        except (SQLAlchemyError, ShipinbanError) as error:
            # Tried again in a second: time limits don't get lost with one transaction.
            logger.warning("room.not_judged", reason=repr(error))

    # --- what the relay tells ------------------------------------------------------------------

    async def take_connection(self, report: ConnectionReport) -> None:
        up = self.media.ups.get(report.participant_id)
        if report.direction is Direction.UP and up and up.connection_id == report.connection_id:
            self._note_link(report)
        await super().take_connection(report)

    def _note_link(self, report: ConnectionReport) -> None:
        member = self.members.get(report.participant_id)
        if member is None:
            return
        now_s = self.context.now_s()
        match report.state:
            case ConnectionState.CONNECTED:
                member.link.media_came()
            case ConnectionState.SILENT if self.held_by is None:
                member.link.media_silent(now_s)
            case ConnectionState.CLOSED:
                member.link.media_closed(now_s)

    async def take_tap_failure(self, report: TapFailed) -> None:
        if self._call and self._call.taping.recording_id == report.recording_id:
            await self._tap_failed(self._call, report.reason)

    async def take_recording_failure(self, call_id: str, reason: str) -> None:
        """The recorder goes on trying, and the packet log is written: but both sides are told."""
        if self._call and self._call.call_id == call_id:
            told = self._call.recording
            if told is None or told.state != "failed":
                await self._recording_changed("failed", reason)

    async def _tap_failed(self, call: RoomCall, reason: str) -> None:
        await call.taping.stop(RecordingEnd.FAILED, reason)
        await self._recording_changed("failed", reason)

    async def reconcile(self, held: Held) -> None:
        """The relay is there, for the first time or again."""
        await self.media.open()
        await self.media.hold(on=self.held_by is not None)
        gone = await self.viewing.reconcile(held)
        if self.begun:
            await self.listeners.part_from_strangers()
        for member in self.members:
            if member.participant_id in gone:
                member.link.media_closed(self.context.now_s())
        if self._call is not None:
            try:
                await self._call.taping.reopen()
            except Conflict as error:
                await self._tap_failed(self._call, error.text)


def _server_ms() -> int:
    return time.time_ns() // 1_000_000
