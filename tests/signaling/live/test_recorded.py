"""A room and the recording of its call: only with consent, and the call goes on without."""

from pathlib import Path

import pytest
from sqlalchemy import select

from casework.database import Database
from casework.errors import ShipinbanError
from casework.passwords import Passwords
from casework.tables import Consent
from casework.vocabulary import ConsentAnswer
from signaling.relay.control import KeyFrameRequest, TapClose, TapFailed, TapOpen, TrackKind
from signaling.rooms.recorder import RecordingEnd
from signaling.tables import Call, Ticket
from signaling.wire.duty import RoomEnter
from signaling.wire.room import CallEnd, CallEnded, ConsentWithdraw, RecordingChanged
from signaling.wire.views import RoomAddress
from tests.signaling.live.fake_recorder import FakeRecorder
from tests.signaling.live.site import come_again, in_call, open_site, ringing


async def test_the_tap_opens_with_the_call_and_not_while_it_rings(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(light, passwords, tmp_path, recorder=recorder) as site:
        story = await ringing(site)
        async with story.window.room(story.assigned.room):
            assert recorder.started == []
        entered = await story.window_duty.command(
            RoomEnter(request_id=1, ticket_id=story.assigned.ticket_id)
        )
        story.assigned = story.assigned.model_copy(
            update={"room": RoomAddress.model_validate(entered["room"])}
        )
        talk = await in_call(story, up_sdp)
        tap = await site.relay.ordered(TapOpen)
        recorded, participants = recorder.started[0]
        assert recorded.call_id == talk.call.id
        assert recorded.started_monotonic_us == tap.started_monotonic_us
        assert [p.participant_id for p in participants] == [
            talk.window_welcome.participant_id,
            talk.agent_welcome.participant_id,
        ]
        await site.logged("recording.recording")
        assert (await come_again(talk)).recording == "recording"
        await talk.window.command(CallEnd(request_id=1))
        await talk.window.event(CallEnded)
        assert recorder.closed == [(talk.call.id, RecordingEnd.CALL_ENDED, "finished")]
        assert site.relay.taps == []


async def test_consent_taken_back_ends_the_recording_and_the_power_to_decide(
    database: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(database, passwords, tmp_path, recorder=recorder) as site:
        talk = await in_call(await ringing(site), up_sdp)
        await site.logged("recording.recording")
        await talk.window.command(ConsentWithdraw(request_id=1))
        assert len(site.relay.of(TapClose)) == 1
        assert recorder.closed[0][1] is RecordingEnd.CONSENT_WITHDRAWN
        changed = await talk.agent.event(RecordingChanged, lambda told: told.state == "stopped")
        assert changed.reason == "consent_withdrawn"
        async with database.reading() as session:
            call = (await session.scalars(select(Call))).one()
            assert (call.recorded, call.may_decide) == (False, False)
            assert await session.scalar(select(Ticket.advice_only))
            answers = await session.scalars(select(Consent.answer).order_by(Consent.at_ms))
            assert list(answers) == [ConsentAnswer.YES, ConsentAnswer.WITHDRAWN]
        with pytest.raises(ShipinbanError) as refused:
            await talk.window.command(ConsentWithdraw(request_id=1))
        assert refused.value.code == "recording.none"


async def test_a_recorder_that_fails_is_told_and_the_call_goes_on(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder(fails=True)
    async with open_site(light, passwords, tmp_path, recorder=recorder) as site:
        talk = await in_call(await ringing(site), up_sdp)
        await site.logged("recording.failed")
        assert (await come_again(talk)).recording == "failed"
        await talk.window.command(CallEnd(request_id=1))


async def test_a_tap_that_the_relay_cannot_open_is_a_failed_recording(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(light, passwords, tmp_path, recorder=recorder) as site:
        site.relay.refuse = TapOpen
        talk = await in_call(await ringing(site), up_sdp)
        await site.logged("recording.failed")
        assert (await come_again(talk)).recording == "failed"
        assert recorder.closed[0][1] is RecordingEnd.FAILED


async def test_a_tap_that_fails_in_the_call_is_told_to_both(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(light, passwords, tmp_path, recorder=recorder) as site:
        talk = await in_call(await ringing(site), up_sdp)
        tap = await site.relay.ordered(TapOpen)
        failure = TapFailed(
            report_id=1, room_id=tap.room_id, recording_id=tap.recording_id, reason="overflow"
        )
        assert site.rooms.take_report(failure)
        for end in (talk.agent, talk.window):
            failed = await end.event(RecordingChanged, lambda event: event.state == "failed")
            assert failed.reason == "overflow"
        assert recorder.closed == [(talk.call.id, RecordingEnd.FAILED, "overflow")]
        assert "recording.failed" in await site.events_of_call()


async def test_a_recorder_that_fails_later_is_told_to_both_once(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(light, passwords, tmp_path, recorder=recorder) as site:
        talk = await in_call(await ringing(site), up_sdp)
        tap = await site.relay.ordered(TapOpen)
        await site.rooms.key_frame_wanted(talk.window_up, TrackKind.DOCUMENT)
        asked = site.relay.of(KeyFrameRequest)[0]
        assert (asked.connection_id, asked.kind) == (talk.window_up, TrackKind.DOCUMENT)
        for _ in range(2):
            await site.rooms.recording_failed(talk.call.id, "disk full")
        failed = await talk.agent.event(RecordingChanged, lambda told: told.state == "failed")
        assert failed.reason == "disk full"
        assert site.relay.taps == [tap.recording_id], "the packet log is still written"
        await talk.agent.command(CallEnd(request_id=1))
        assert (await site.events_of_call()).count("recording.failed") == 1
