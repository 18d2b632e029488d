"""What a room has from the moment that its call exists."""

from dataclasses import dataclass, field

from signaling.case_views import case_views
from signaling.edge.rate_limit import Rate, RateLimit
from signaling.pairing.views import call_view
from signaling.rooms import facts
from signaling.rooms.call_log import CallLog
from signaling.rooms.case_files import CaseFiles
from signaling.rooms.context import RoomContext
from signaling.rooms.facts import CallFacts
from signaling.rooms.media import RoomMedia
from signaling.rooms.pages import CallPages
from signaling.rooms.quality import Quality
from signaling.rooms.taping import Taping
from signaling.wire.room import RecordingChanged
from signaling.wire.views import CallView, CaseView

STROKES = Rate(per_s=10, burst=10)
"""Messages of a signature as it is drawn."""


@dataclass(slots=True)
class RoomCall:
    context: RoomContext
    facts: CallFacts
    log: CallLog
    taping: Taping
    pages: CallPages
    files: CaseFiles
    quality: Quality = field(default_factory=Quality)
    drawing: RateLimit = field(default_factory=lambda: RateLimit(STROKES))
    checked: dict[tuple[str, str], bool] = field(default_factory=dict)
    """The checklist: (case, material) → checked."""
    notes: str = ""
    prompt: str = ""
    recording: RecordingChanged | None = None
    """What was told last of the recording."""

    @classmethod
    def of(cls, context: RoomContext, media: RoomMedia, call: CallFacts) -> "RoomCall":
        log = CallLog(context.database, call, context.clock)
        return cls(
            context=context,
            facts=call,
            log=log,
            taping=Taping(context.recorder, media, log, call),
            pages=CallPages(context.settings.page_requests),
            files=CaseFiles(context.protected, call.case_ids),
            notes=call.notes,
        )

    @property
    def call_id(self) -> str:
        return self.facts.call_id

    async def views(self) -> tuple[CallView, list[CaseView]]:
        """The call and its cases, with the checklist as it stands."""
        async with self.context.database.reading() as session:
            call = await call_view(session, self.call_id)
            cases = await case_views(session, self.context.protected, call.case_ids)
        return call, [self._checked(case) for case in cases]

    def _checked(self, case: CaseView) -> CaseView:
        materials = [
            material.model_copy(update={"checked": self.checked.get((case.id, material.id), False)})
            for material in case.item.materials
        ]
        item = case.item.model_copy(update={"materials": materials})
        return case.model_copy(update={"item": item})

    async def report_token(self) -> str:
        """For the resident's own screen: good for one could-not report."""
        async with self.context.database.transaction() as session:
            return await facts.report_token(session, self.facts)

    async def flush_quality(self) -> None:
        """One event for all that was measured since the last time."""
        if gathered := self.quality.gathered():
            await self.log.write("quality", None, {"connections": gathered})

    async def end(self, reason: str, window_id: str, *, ask_rating: bool) -> str | None:
        """Writes the end; the rating token if the resident is to be asked."""
        async with self.context.database.transaction() as session:
            if gathered := self.quality.gathered():
                self.log.add(session, "quality", None, {"connections": gathered})
            self.log.add(session, "call.ended", None, {"reason": reason})
            await facts.end_participants(session, self.call_id)
            if self.quality.uplink_bps is not None:
                await facts.keep_uplink(session, window_id, self.quality.uplink_bps)
            return await facts.rating_token(session, self.facts) if ask_rating else None
