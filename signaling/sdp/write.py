"""The server's descriptions: the answer to an up offer, and the mirrored offer of a down connection.

Both are written from :class:`Line` and :class:`LocalTransport` alone, whose fields are checked
against narrow patterns; no text of a client is copied.

A down offer mirrors the source: order, mids, payload types, extension ids, SSRCs. So packets are
forwarded as they are. Chromium needs every ``a=ssrc`` and FID line (it stops sending MID after the
first receiver report) and follows ``msid`` for lip sync: audio and camera share a stream, the
document has its own.
"""

from collections.abc import Sequence

from signaling.relay.control import Line, TrackKind
from signaling.sdp.local import LocalTransport
from signaling.sdp.parse import AUDIO_LEVEL, TRANSPORT_CC

SESSION_ID = 1
AUDIO_CHANNELS = 2
"""Opus says 2 in SDP whatever it carries (RFC 7587, 4.1)."""


def up_answer(lines: Sequence[Line], local: LocalTransport, start_bitrate_bps: int) -> str:
    """Takes the offered lines. Absent devices answer ``inactive``."""
    written = _session(lines)
    for line in lines:
        written += _head(line, local, setup="passive")
        written.append("a=inactive" if line.ssrc is None else "a=recvonly")
        written += _formats(line, start_bitrate_bps)
    return _text(written)


def down_offer(lines: Sequence[Line], local: LocalTransport, participant_id: str) -> str:
    """Offers a viewer what ``participant_id`` sends.

    ``setup:actpass`` although the server will be passive: with ``active`` Chromium never connects.
    """
    written = _session(lines)
    for line in lines:
        written += _head(line, local, setup="actpass")
        written.append("a=inactive" if line.ssrc is None else "a=sendonly")
        written += _formats(line, start_bitrate_bps=None)
        written += _sources(line, participant_id)
    return _text(written)


def _session(lines: Sequence[Line]) -> list[str]:
    return [
        "v=0",
        f"o=- {SESSION_ID} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(line.mid for line in lines),
        "a=msid-semantic: WMS *",
    ]


def _head(line: Line, local: LocalTransport, *, setup: str) -> list[str]:
    """Candidates stand in every line: of a bundle, browsers read the first, aiortc the last."""
    kind = "audio" if line.kind is TrackKind.AUDIO else "video"
    formats = [line.payload_type, *([line.rtx_payload_type] if line.rtx_payload_type else [])]
    candidates = [f"a=candidate:{candidate}" for candidate in local.candidates()]
    return [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, formats))}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        *candidates,
        "a=end-of-candidates",
        f"a=ice-ufrag:{local.ice.ufrag}",
        f"a=ice-pwd:{local.ice.pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{setup}",
        f"a=mid:{line.mid}",
        *_extensions(line),
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]


def _extensions(line: Line) -> list[str]:
    pairs = ((line.audio_level_id, AUDIO_LEVEL), (line.transport_cc_id, TRANSPORT_CC))
    return [f"a=extmap:{number} {uri}" for number, uri in pairs if number is not None]


def _formats(line: Line, start_bitrate_bps: int | None) -> list[str]:
    """No ``goog-remb``: congestion control is transport-wide.

    A viewer may ask again on every line, voice too, although no browser offers that of its own:
    the ring resends the very bytes. A browser that resent its own voice would seal another header extension
    under the same nonce (voice has no stream for retransmissions), so it is not asked to.
    """
    number = line.payload_type
    audio = line.kind is TrackKind.AUDIO
    channels = f"/{AUDIO_CHANNELS}" if audio else ""
    to_viewer = start_bitrate_bps is None
    feedback = ["nack"] if line.nack or to_viewer else []
    feedback += [] if audio else ["nack pli"]
    feedback += ["transport-cc"] if line.transport_cc_id is not None else []
    written = [f"a=rtpmap:{number} {line.codec}/{line.clock_rate_hz}{channels}"]
    written += [f"a=rtcp-fb:{number} {value}" for value in feedback]
    if audio:
        written.append(f"a=fmtp:{number} minptime=10;useinbandfec=1")
    elif start_bitrate_bps is not None:
        written.append(f"a=fmtp:{number} x-google-start-bitrate={start_bitrate_bps // 1000}")
    if line.rtx_payload_type is not None:
        written += [
            f"a=rtpmap:{line.rtx_payload_type} rtx/{line.clock_rate_hz}",
            f"a=fmtp:{line.rtx_payload_type} apt={number}",
        ]
    return written


def _sources(line: Line, participant_id: str) -> list[str]:
    if line.ssrc is None:
        return []
    stream = "document" if line.kind is TrackKind.DOCUMENT else "face"
    msid = f"{participant_id}-{stream} {participant_id}-{line.kind}"
    written = [f"a=msid:{msid}"]
    if line.rtx_ssrc is not None:
        written.append(f"a=ssrc-group:FID {line.ssrc} {line.rtx_ssrc}")
    for ssrc in (line.ssrc, line.rtx_ssrc):
        if ssrc is not None:
            written += [f"a=ssrc:{ssrc} cname:{participant_id}", f"a=ssrc:{ssrc} msid:{msid}"]
    return written


def _text(lines: Sequence[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
