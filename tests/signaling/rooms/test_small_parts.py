"""Bitrates, TURN credentials, quality, pages: the arithmetic of a room."""

import base64
import hashlib
import hmac

import pytest

from casework.database import new_id
from casework.errors import NotFound, TooMany
from casework.vocabulary import PageKind, PageState
from signaling.rooms.bitrate import start_bitrate_bps
from signaling.rooms.ice_servers import ice_servers
from signaling.rooms.pages import CallPages
from signaling.rooms.quality import CONNECTIONS_KEPT, Quality
from signaling.rooms.settings import TurnSettings
from signaling.sdp.local import LocalTransport, new_ice_credentials
from signaling.wire.room import PageProgress, PageRequest, QualityReport
from signaling.wire.views import PageView


@pytest.mark.parametrize(
    ("uplink_bps", "start_bps"),
    [(None, 500_000), (100_000, 300_000), (1_000_000, 800_000), (9_000_000, 1_500_000)],
)
def test_the_start_bitrate_is_a_share_of_the_last_uplink(
    uplink_bps: int | None, start_bps: int
) -> None:
    assert start_bitrate_bps(uplink_bps) == start_bps


def test_without_turn_a_page_gets_no_ice_servers() -> None:
    assert ice_servers(None, "aa") == []


def test_turn_credentials_run_out_and_are_what_coturn_checks() -> None:
    turn = TurnSettings(("turn:turn.example:3478",), secret="north", lifetime_s=600)  # noqa: S106
    (server,) = ice_servers(turn, "aa", now_s=lambda: 1_000.9)
    assert server.username == "1600:aa"
    expected = hmac.digest(b"north", b"1600:aa", hashlib.sha1)
    assert base64.b64decode(server.credential) == expected


def test_candidates_prefer_the_first_address_and_know_ipv6() -> None:
    local = LocalTransport(new_ice_credentials(), "", ("192.0.2.1:5000", "[2001:db8::1]:5000"))
    first, second = local.candidates()
    assert first == "1 1 udp 2130706175 192.0.2.1 5000 typ host"
    assert second.split()[4:6] == ["2001:db8::1", "5000"]
    assert int(first.split()[3]) > int(second.split()[3])


def report(connection_id: str, **changes: object) -> QualityReport:
    return QualityReport.model_validate(
        {
            "request_id": 1,
            "connection_id": connection_id,
            "bitrate_bps": 1,
            "lost_fraction": 0,
            "round_trip_ms": 10,
            "frames_per_s": 15,
            "concealed_fraction": 0,
            **changes,
        }
    )


def test_quality_keeps_the_worst_of_each_connection_and_is_bounded() -> None:
    quality, connection = Quality(), new_id()
    quality.take("aa", report(connection, lost_fraction=0.3, bitrate_bps=5))
    quality.take("aa", report(connection, lost_fraction=0.1, frames_per_s=3, bitrate_bps=9))
    for _ in range(CONNECTIONS_KEPT):
        quality.take("aa", report(new_id()))
    gathered = quality.gathered()
    assert len(gathered) == CONNECTIONS_KEPT
    worst = gathered[0]
    assert (worst["lost_fraction"], worst["frames_per_s"], worst["bitrate_bps"]) == (0.3, 3, 9)
    assert quality.gathered() == []


def page(page_id: str, **changes: object) -> PageView:
    return PageView.model_validate(
        {
            "id": page_id,
            "case_id": new_id(),
            "material_id": None,
            "kind": PageKind.ORIGINAL,
            "state": PageState.UPLOADING,
            "replaces_page_id": None,
            "width_px": None,
            "height_px": None,
            "total_bytes": 100,
            "received_bytes": 50,
            "sha256": "",
            "position_ms": None,
            "created_ms": 0,
            **changes,
        }
    )


def test_a_page_is_told_once_for_each_change_and_closes_its_request() -> None:
    pages, page_id = CallPages(limit=1), new_id()
    asked = pages.ask(PageRequest(request_id=1, case_id=new_id()))
    with pytest.raises(TooMany):
        pages.ask(PageRequest(request_id=1, case_id=new_id()))
    started = PageProgress(request_id=1, request=asked.request, page_id=page_id, fraction=0)
    assert pages.progress(started).request == asked.request
    (half,) = pages.compare([page(page_id)])
    assert (half.request, half.fraction, half.problem) == (asked.request, 0.5, "")
    done = page(page_id, received_bytes=100, state=PageState.READY)
    assert pages.asked == [asked]
    (ready,) = pages.compare([done])
    assert ready.page == done
    assert pages.compare([done]) == []
    assert pages.asked == []


def test_a_page_that_fails_says_so_and_nobody_knows_a_strangers_request() -> None:
    pages = CallPages(limit=1)
    (failed,) = pages.compare([page(new_id(), state=PageState.FAILED)])
    assert (failed.request, failed.problem) == (None, "page.failed")
    with pytest.raises(NotFound):
        pages.progress(PageProgress(request_id=1, request=new_id(), fraction=0))
