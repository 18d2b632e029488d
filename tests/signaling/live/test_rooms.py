"""What a room does in a call, with clients over real sockets and a fake relay."""

import hashlib
from collections.abc import Awaitable
from pathlib import Path

import pytest
from sqlalchemy import select

from casework.could_not import report_by_resident
from casework.database import Database
from casework.errors import ShipinbanError
from casework.passwords import Passwords
from casework.ratings import give_rating
from casework.tables import Rating, Window
from casework.vocabulary import (
    CallEndReason,
    PageKind,
    PageState,
    ParticipantKind,
    RatingGrade,
    SignaturePurpose,
    Surface,
)
from signaling.client import Client
from signaling.pairing.calls import end_call
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import announcing
from signaling.relay.control import ConnectionState, DownOpen, Hold, StillPriority
from signaling.tables import Call
from signaling.wire.api import PageStarted
from signaling.wire.duty import RoomEnter
from signaling.wire.forms import InkPiece, SignatureDraw, SignatureDrawn
from signaling.wire.room import (
    CallEnd,
    CallEnded,
    ChecklistMark,
    ChecklistMarked,
    DownClosed,
    DownOffered,
    DownRestart,
    HoldChanged,
    HoldSet,
    NotesSave,
    PageChanged,
    PageProgress,
    PageRequest,
    PageRequested,
    ParticipantConnection,
    PromptShow,
    PromptShown,
    QualityReport,
    ReportAllowed,
    RoomWelcome,
    UpOffer,
    VoiceAndPagesChanged,
    VoiceAndPagesSet,
)
from signaling.wire.views import PageView, RoomAddress
from tests.signaling.edge.conftest import make_picture
from tests.signaling.live.site import come_again, in_call, open_site, ringing


async def refused(command: Awaitable[object]) -> str:
    """The code of the refusal."""
    with pytest.raises(ShipinbanError) as error:
        await command
    return error.value.code


async def test_hold_is_ordered_told_and_remembered(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        await talk.agent.command(HoldSet(request_id=1, on=True))
        await talk.agent.command(HoldSet(request_id=1, on=True))
        assert [order.on for order in site.relay.of(Hold)] == [True]
        for end in (talk.window, talk.agent):
            changed = await end.event(HoldChanged)
            assert (changed.on, changed.by) == (True, ParticipantKind.AGENT)
        site.relay.report(talk.window_up, ConnectionState.SILENT)
        await talk.window.command(HoldSet(request_id=1, on=False))
        assert (await talk.agent.event(HoldChanged)).by is ParticipantKind.WINDOW
        kinds = await site.events_of_call()
        assert kinds.count("hold.changed") == 2
        assert kinds.count("participant.connection") <= 2, "nobody is silent on hold"


async def test_what_the_agent_does_reaches_the_window(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        case_id = talk.call.case_ids[0]
        card = site.edge_county.materials["card"]
        await talk.agent.command(PromptShow(request_id=1, text="请出示身份证"))
        assert (await talk.window.event(PromptShown)).text == "请出示身份证"
        mark = ChecklistMark(request_id=1, case_id=case_id, material_id=card, checked=True)
        await talk.agent.command(mark)
        assert (await talk.window.event(ChecklistMarked)).checked
        await talk.window.command(VoiceAndPagesSet(request_id=1, on=True))
        assert (await talk.agent.event(VoiceAndPagesChanged)).on
        await talk.agent.command(NotesSave(request_id=1, text="缺照片"))
        async with light.reading() as session:
            assert await session.scalar(select(Call.notes)) == "缺照片"

        again = await come_again(talk)
        assert (again.notes, again.prompt, again.voice_and_pages) == (
            "缺照片",
            "请出示身份证",
            True,
        )
        materials = {material.id: material.checked for material in again.cases[0].item.materials}
        assert materials[card]


async def test_a_page_is_asked_for_taken_and_shown(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        case_id = talk.call.case_ids[0]
        answer = await talk.agent.command(PageRequest(request_id=1, case_id=case_id))
        asked = await talk.window.event(PageRequested)
        assert asked.request == answer["request"]
        half = PageProgress(request_id=1, request=asked.request, fraction=0.5)
        await talk.window.command(half)
        assert (await talk.agent.event(PageChanged)).fraction == 0.5
        await talk.window.command(half.model_copy(update={"fraction": 1.0}))
        assert [order.on for order in site.relay.of(StillPriority)] == [True, False]
        stranger = half.model_copy(update={"request": case_id})
        assert await refused(talk.window.command(stranger)) == "page.request"


async def test_a_signature_is_seen_as_it_is_drawn_in_at_most_ten_messages_a_second(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        piece = InkPiece(stroke=0, start=0, points=[(1, 2, 3, 500)])
        drawn = SignatureDraw(
            request_id=1,
            case_id=talk.call.case_ids[0],
            purpose=SignaturePurpose.FORM,
            signed_id=talk.call.case_ids[0],
            pieces=[piece],
        )
        await talk.window.command(drawn)
        assert (await talk.agent.event(SignatureDrawn)).pieces == [piece]
        assert await refused(talk.agent.command(drawn)) == "room.role"
        stranger = drawn.model_copy(update={"case_id": talk.call.id})
        assert await refused(talk.window.command(stranger)) == "case.not_found"

        async def all_at_once() -> None:
            for _ in range(30):
                await talk.window.command(drawn)

        assert await refused(all_at_once()) == "signature.fast"


async def test_an_uploaded_page_reaches_the_agent_when_it_is_ready(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        case_id, picture = talk.call.case_ids[0], make_picture("JPEG", (320, 240))
        await talk.agent.command(PageRequest(request_id=1, case_id=case_id))
        asked = await talk.window.event(PageRequested)
        started = PageStarted(
            kind=PageKind.ORIGINAL,
            sha256=hashlib.sha256(picture).hexdigest(),
            total_bytes=len(picture),
            media_type="image/jpeg",
            request=asked.request,
        )
        page = await talk.story.window.call("POST", f"cases/{case_id}/pages", PageView, started)
        told = PageProgress(request_id=1, request=asked.request, page_id=page.id, fraction=0)
        await talk.window.command(told)
        await talk.story.window.fetch("PUT", f"pages/{page.id}/bytes", picture, {"offset": "0"})
        ready = await talk.agent.event(
            PageChanged,
            lambda event: event.page is not None and event.page.state is PageState.READY,
        )
        assert (ready.request, ready.fraction) == (asked.request, 1)


async def test_everyone_has_the_own_commands(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        story = await ringing(site)
        async with story.window.room(story.assigned.room) as early:
            assert await refused(early.command(HoldSet(request_id=1, on=True))) == (
                "call.not_started"
            )
        entered = await story.window_duty.command(
            RoomEnter(request_id=1, ticket_id=story.assigned.ticket_id)
        )
        room = RoomAddress.model_validate(entered["room"])
        story.assigned = story.assigned.model_copy(update={"room": room})
        talk = await in_call(story, up_sdp)
        wish = PageRequest(request_id=1, case_id=talk.call.case_ids[0])
        assert await refused(talk.window.command(wish)) == "room.role"
        foreign = PageRequest(request_id=1, case_id=talk.call.ticket_id)
        assert await refused(talk.agent.command(foreign)) == "case.not_found"
        bad = UpOffer(request_id=1, sdp=up_sdp.replace("a=ssrc:", "a=x:"))
        assert await refused(talk.agent.command(bad)) == "sdp.ssrc_missing"


async def test_the_residents_screen_looks_on_and_alone_may_rate_and_report(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        token = talk.window_welcome.resident_token
        assert token is not None
        assert talk.agent_welcome.resident_token is None
        address = talk.story.assigned.room.model_copy(update={"token": token})
        async with talk.story.window.room(address) as resident:
            seen = await resident.event(RoomWelcome)
            assert (seen.resident_token, seen.call) == (None, talk.call)
            assert await refused(resident.command(CallEnd(request_id=1))) == "room.role"
            report = (await resident.event(ReportAllowed)).token
            await talk.agent.command(PromptShow(request_id=1, text="请签字"))
            assert (await resident.event(PromptShown)).text == "请签字"
            await talk.agent.command(CallEnd(request_id=1))
            rating = (await resident.event(CallEnded)).rating_token
        assert rating is not None
        for end in (talk.window, talk.agent):
            assert (await end.event(CallEnded)).rating_token is None
        async with light.transaction() as session:
            await give_rating(session, rating, RatingGrade.SATISFIED)
            assert await session.scalar(select(Rating.grade)) == RatingGrade.SATISFIED
            told = await report_by_resident(session, report, "等了很久")
            assert (told.opened_by_staff_id, told.call_id) == (None, talk.call.id)


async def test_a_token_lets_in_once_and_only_its_owner(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        story = await ringing(site)
        other = await site.client(Surface.WINDOW, "helper2")
        with pytest.raises(ShipinbanError) as stolen:
            await enter(other, story.assigned.room)
        assert stolen.value.code == "room.not_yours"
        entered = await story.window_duty.command(
            RoomEnter(request_id=1, ticket_id=story.assigned.ticket_id)
        )
        address = RoomAddress.model_validate(entered["room"])
        await enter(story.window, address)
        with pytest.raises(ConnectionError, match="4411"):
            await enter(story.window, address)


async def enter(client: Client, address: RoomAddress) -> None:
    """In and out. Raises what the client was told."""
    try:
        async with client.room(address) as room:
            await room.event(RoomWelcome)
    except* (ShipinbanError, ConnectionError) as errors:
        raise innermost(errors) from None


def innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def test_a_page_that_comes_back_is_offered_what_it_lost(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        before = len(site.relay.of(DownOpen))
        await come_again(talk)
        await site.relay.ordered(DownOpen, before + 1)
        assert not site.relay.is_held(talk.agent_down.connection_id)


async def test_a_lost_mirror_is_offered_again(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        lost = talk.agent_down.connection_id
        await talk.agent.command(DownRestart(request_id=1, connection_id=lost))
        restarted = await talk.agent.event(DownOffered)
        assert (restarted.connection_id, restarted.restart) == (lost, True)
        assert restarted.sdp != talk.agent_down.sdp
        await talk.agent.command(DownRestart(request_id=1, connection_id=lost, fresh=True))
        assert (await talk.agent.event(DownClosed)).connection_id == lost
        assert (await talk.agent.event(DownOffered)).connection_id != lost


async def test_a_new_connection_up_takes_the_old_ones_place(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        again = await talk.window.command(UpOffer(request_id=1, sdp=up_sdp))
        assert again["connection_id"] != talk.window_up
        assert (await talk.agent.event(DownClosed)).connection_id == talk.agent_down.connection_id
        assert (await talk.agent.event(DownOffered)).participant_id == (
            talk.window_welcome.participant_id
        )
        assert not site.relay.is_held(talk.window_up)
        restart = UpOffer(request_id=1, sdp=up_sdp, connection_id=again["connection_id"])
        assert (await talk.window.command(restart))["connection_id"] == again["connection_id"]
        gone = UpOffer(request_id=1, sdp=up_sdp, connection_id=talk.window_up)
        assert await refused(talk.window.command(gone)) == "connection.gone"


async def test_a_call_that_ends_elsewhere_ends_here(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        async with announcing(light, site.bus) as session:
            await end_call(session, PairingRules(), talk.call.id, CallEndReason.FINISHED)
        assert (await talk.window.event(CallEnded)).reason == CallEndReason.FINISHED


async def test_the_uplink_of_a_window_is_kept_for_its_next_call(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        report = QualityReport(
            request_id=1,
            connection_id=talk.window_up,
            bitrate_bps=700_000,
            lost_fraction=0.01,
            round_trip_ms=40,
            frames_per_s=15,
            concealed_fraction=0,
            available_bps=1_000_000,
        )
        await talk.window.command(report)
        again = await talk.window.command(UpOffer(request_id=1, sdp=up_sdp))
        assert "x-google-start-bitrate=800" in again["sdp"]
        await talk.window.command(CallEnd(request_id=1))
        await talk.window.event(CallEnded)
        async with light.reading() as session:
            uplink = select(Window.uplink_bps).where(
                Window.id == site.edge_county.windows["village"]
            )
            assert await session.scalar(uplink) == 1_000_000
        assert "quality" in await site.events_of_call()


async def test_the_device_check_shows_ones_own_media(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        window = await site.client(Surface.WINDOW, "helper")
        address = await window.call("POST", "check-room", RoomAddress)
        async with window.room(address) as room:
            welcome = await room.event(RoomWelcome)
            assert welcome.call is None
            await room.command(UpOffer(request_id=1, sdp=up_sdp))
            assert (await room.event(DownOffered)).participant_id == welcome.participant_id
            assert await refused(room.command(HoldSet(request_id=1, on=True))) == "command.unknown"
            await room.command(CallEnd(request_id=1))
        assert site.relay.held().rooms == []
        assert site.relay.of(DownOpen)[0].primary


async def test_both_learn_that_the_other_has_come(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        assert talk.joined.participant.kind is ParticipantKind.AGENT
        site.relay.report(talk.agent_up, ConnectionState.CONNECTED)
        site.relay.report(talk.agent_up, ConnectionState.SILENT)
        told = await talk.window.event(ParticipantConnection, lambda event: event.state == "silent")
        assert told.participant_id == talk.agent_welcome.participant_id
