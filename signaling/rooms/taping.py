"""The recording of one call, as the room sees it: the tap opens, closes, fails, or is reopened."""

from collections.abc import Sequence

import structlog

from casework.errors import ShipinbanError, Unavailable
from signaling.rooms.call_log import CallLog
from signaling.rooms.facts import CallFacts, ParticipantFacts
from signaling.rooms.media import RoomMedia
from signaling.rooms.recorder import (
    CallRecorder,
    RecordedCall,
    RecordedParticipant,
    RecordingEnd,
    TapPlace,
)

logger = structlog.get_logger(__name__)


class Taping:
    """Starts at most once; a call goes on whatever becomes of its recording."""

    def __init__(
        self, recorder: CallRecorder | None, media: RoomMedia, log: CallLog, call: CallFacts
    ) -> None:
        self._recorder = recorder
        self._media = media
        self._log = log
        self._call = call
        self._place: TapPlace | None = None

    @property
    def recording_id(self) -> str | None:
        """``None``: not recording."""
        return self._place.recording_id if self._place else None

    async def start(self, participants: Sequence[ParticipantFacts]) -> str | None:
        """Begins, or continues after a restart of the edge. Returns what went wrong, if anything."""
        if self._recorder is None or not self._call.recorded:
            return None
        try:
            self._place = await self._recorder.start(
                self._recorded_call(),
                [RecordedParticipant(p.participant_id, p.kind, p.staff_id) for p in participants],
            )
            await self.reopen()
        except (ShipinbanError, OSError) as error:
            logger.exception("recording.not_started", call_id=self._call.call_id)
            await self.stop(RecordingEnd.FAILED, str(error))
            return str(error)
        return None

    async def reopen(self) -> None:
        """The relay opens the tap, or continues its log after it was restarted. Idempotent.

        Raises :class:`Conflict` when it cannot; while it is away the tap opens when it is back.
        """
        if self._place is None:
            return
        try:
            await self._media.open_tap(
                recording_id=self._place.recording_id,
                log_path=self._place.log_path,
                key_base64=self._place.key_base64,
                started_monotonic_us=self._log.started_monotonic_us,
            )
        except Unavailable:
            logger.info("recording.waits_for_relay", call_id=self._call.call_id)

    async def stop(self, end: RecordingEnd, reason: str = "") -> None:
        """No packet is written from now on. The room's own close closes the tap as well."""
        place, self._place = self._place, None
        if place is None or self._recorder is None:
            return
        try:
            await self._media.close_tap(place.recording_id)
        except ShipinbanError:
            # The relay is away: with it went the tap, and it is not asked to open it again.
            logger.warning("recording.tap_not_closed", call_id=self._call.call_id)
        await self._recorder.close(self._call.call_id, end, reason)

    def _recorded_call(self) -> RecordedCall:
        call = self._call
        return RecordedCall(
            call_id=call.call_id,
            county_id=call.county_id,
            room_id=call.ticket_id,
            home_organisation_id=call.home_organisation_id,
            county_organisation_id=call.county_organisation_id,
            started_ms=call.started_ms,
            started_monotonic_us=self._log.started_monotonic_us,
        )
