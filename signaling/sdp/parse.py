"""From what a client says to range-checked parameters: nothing else of its text goes further.

A participant offers one-way *up* connections of exactly three lines: audio, camera, document. An
absent device is an ``inactive`` line. The server takes Opus and VP8 where offered, else VP9: what
the recorder can write.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import MediaDescription, SessionDescription
from pydantic import ValidationError

from casework.errors import Invalid
from signaling.relay.control import IceCredentials, Line, Remote, TrackKind
from signaling.sdp.guard import guard

SECTION_KINDS = ("audio", "video", "video")
CODECS = {
    TrackKind.AUDIO: (("opus", 48_000),),
    TrackKind.CAMERA: (("VP8", 90_000), ("VP9", 90_000)),
    TrackKind.DOCUMENT: (("VP8", 90_000), ("VP9", 90_000)),
}
"""In the order of preference, as they are written in SDP."""

TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
"""RFC 6464."""

RTCP_PAYLOAD_TYPES = range(64, 96)
"""Taken for RTCP when both share a port (RFC 5761, 4)."""


@dataclass(frozen=True, slots=True)
class UpOffer:
    lines: tuple[Line, ...]
    """Audio, camera, document."""
    remote: Remote


def parse_up_offer(sdp: str) -> UpOffer:
    """Reads a participant's offer. Raises :class:`Invalid` or :class:`TooLarge`."""
    session = _parse(sdp)
    _check_sections(session)
    if any(media.port == 0 for media in session.media):
        raise Invalid("sdp.lines", "Three lines are needed: audio, camera, document.")
    if any(_role(media) not in {"auto", "client"} for media in session.media):
        raise Invalid("sdp.setup", "The server is the DTLS server: offer setup:actpass.")
    try:
        lines = tuple(
            _line(kind, media) for kind, media in zip(TrackKind, session.media, strict=True)
        )
    except ValidationError as error:
        raise _out_of_range(error) from error
    _check_together(lines)
    return UpOffer(lines, _remote(session))


def parse_down_answer(sdp: str) -> Remote:
    """Reads a viewer's answer to a down offer. Raises :class:`Invalid` or :class:`TooLarge`."""
    session = _parse(sdp)
    _check_sections(session)
    if _role(session.media[0]) != "client":
        raise Invalid("sdp.setup", "The server is the DTLS server: answer setup:active.")
    return _remote(session)


def _parse(sdp: str) -> SessionDescription:
    guarded = guard(sdp)
    try:
        return SessionDescription.parse(guarded)
    except Exception as error:  # seven types were seen for mutated descriptions
        raise Invalid("sdp.unreadable") from error


def _check_sections(session: SessionDescription) -> None:
    if tuple(media.kind for media in session.media) != SECTION_KINDS:
        raise Invalid("sdp.lines", "Three lines are needed: audio, camera, document.")
    if any(media.profile != "UDP/TLS/RTP/SAVPF" for media in session.media):
        raise Invalid("sdp.profile")
    mids = [media.rtp.muxId for media in session.media if media.port]
    bundled = {
        str(mid) for group in session.group if group.semantic == "BUNDLE" for mid in group.items
    }
    if not mids or len(set(mids)) != len(mids) or not bundled.issuperset(mids):
        raise Invalid("sdp.bundle", "All lines have to share one BUNDLE group.")
    if any(media.port and not media.rtcp_mux for media in session.media):
        raise Invalid("sdp.rtcp_mux")


def _role(media: MediaDescription) -> str | None:
    return media.dtls.role if media.dtls else None


def _line(kind: TrackKind, media: MediaDescription) -> Line:
    codec = _choose_codec(kind, media.rtp.codecs)
    rtx = next((c for c in media.rtp.codecs if _repairs(c, codec)), None)
    ssrc, rtx_ssrc = _ssrcs(media)
    if ssrc is None or rtx is None:
        rtx_ssrc = None
    feedback = {(feedback.type, feedback.parameter) for feedback in codec.rtcpFeedback}
    return Line(
        kind=kind,
        mid=media.rtp.muxId,
        ssrc=ssrc,
        payload_type=codec.payloadType,
        codec=_name(codec),
        clock_rate_hz=codec.clockRate,
        rtx_ssrc=rtx_ssrc,
        rtx_payload_type=rtx.payloadType if rtx and rtx_ssrc else None,
        transport_cc_id=_extension(media, TRANSPORT_CC),
        audio_level_id=_extension(media, AUDIO_LEVEL) if kind is TrackKind.AUDIO else None,
        nack=("nack", None) in feedback,
    )


def _name(codec: RTCRtpCodecParameters) -> str:
    return str(codec.mimeType.partition("/")[2])


def _choose_codec(
    kind: TrackKind, offered: Sequence[RTCRtpCodecParameters]
) -> RTCRtpCodecParameters:
    for name, clock_rate_hz in CODECS[kind]:
        for codec in offered:
            if _name(codec).lower() == name.lower() and codec.clockRate == clock_rate_hz:
                # Written back as we spell it, never as it came.
                codec.mimeType = f"{codec.mimeType.partition('/')[0]}/{name}"
                if codec.payloadType not in RTCP_PAYLOAD_TYPES and _plain(codec):
                    return codec
    wanted = " / ".join(name for name, _ in CODECS[kind])
    raise Invalid("sdp.codec", f"No codec for the line “{kind}”: {wanted} is needed.", line=kind)


def _plain(codec: RTCRtpCodecParameters) -> bool:
    """VP9 in its profile 0; the recorder reads no other."""
    return str(codec.parameters.get("profile-id", "0")) == "0"


def _repairs(candidate: RTCRtpCodecParameters, codec: RTCRtpCodecParameters) -> bool:
    return (
        _name(candidate).lower() == "rtx"
        and candidate.parameters.get("apt") == codec.payloadType
        and candidate.payloadType not in RTCP_PAYLOAD_TYPES
    )


def _ssrcs(media: MediaDescription) -> tuple[int | None, int | None]:
    """The line's SSRC and that of its retransmissions (FID, RFC 4588); ``None``: absent device."""
    if media.direction not in {"sendonly", "sendrecv"}:
        return None, None
    declared = [description.ssrc for description in media.ssrc]
    groups = [group for group in media.ssrc_group if group.semantic == "FID"]
    if not declared:
        raise Invalid("sdp.ssrc_missing", "A line that sends has to declare its a=ssrc.")
    if len(declared) == 1 and not groups:
        return declared[0], None
    if len(groups) == 1 and sorted(groups[0].items) == sorted(declared) and len(declared) == 2:
        ssrc, rtx_ssrc = (int(item) for item in groups[0].items)
        return ssrc, rtx_ssrc
    raise Invalid("sdp.ssrc_too_many", "A line carries one SSRC and one for retransmissions.")


def _extension(media: MediaDescription, uri: str) -> int | None:
    """Its id where a one-byte header can carry it (RFC 8285, 4.2)."""
    ids = [extension.id for extension in media.rtp.headerExtensions if extension.uri == uri]
    return ids[0] if ids and 1 <= ids[0] <= 14 else None


def _check_together(lines: Sequence[Line]) -> None:
    """One port carries all lines: what tells packets apart has to differ, ids have to agree."""
    if len({line.mid for line in lines}) != len(lines):
        raise Invalid("sdp.bundle")
    ssrcs = [s for line in lines for s in (line.ssrc, line.rtx_ssrc) if s is not None]
    if len(set(ssrcs)) != len(ssrcs):
        raise Invalid("sdp.ssrc_twice")
    if len({line.transport_cc_id for line in lines} - {None}) > 1:
        raise Invalid("sdp.extension")
    meanings: dict[int, str] = {}
    for line in lines:
        for payload_type, meaning in _payload_types(line):
            if meanings.setdefault(payload_type, meaning) != meaning:
                raise Invalid("sdp.payload_type_twice", payload_type=payload_type)


def _payload_types(line: Line) -> list[tuple[int, str]]:
    used = [(line.payload_type, line.codec)]
    if line.rtx_payload_type is not None:
        used.append((line.rtx_payload_type, f"rtx of {line.payload_type}"))
    return used


def _remote(session: SessionDescription) -> Remote:
    """Credentials and certificate of the bundle's first line (RFC 8843, 7.1)."""
    media = session.media[0]
    values = {
        fingerprint.value.upper()
        for fingerprint in (media.dtls.fingerprints if media.dtls else ())
        if fingerprint.algorithm.lower() == "sha-256"
    }
    if len(values) != 1:
        raise Invalid("sdp.fingerprint", "One sha-256 fingerprint is needed.")
    if media.ice is None:
        raise Invalid("sdp.value", fields=["ice"])
    try:
        return Remote(
            ice=IceCredentials(ufrag=media.ice.usernameFragment, pwd=media.ice.password),
            fingerprint=values.pop(),
        )
    except ValidationError as error:
        raise _out_of_range(error) from error


def _out_of_range(error: ValidationError) -> Invalid:
    fields = sorted({str(part["loc"][0]) for part in error.errors() if part["loc"]})
    return Invalid("sdp.value", "A value is out of range: " + ", ".join(fields), fields=fields)
