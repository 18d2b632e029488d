"""What an operator or a test may tune in the relay; everything else is a constant beside its use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listen:
    """One bound UDP address and the address that candidates name.

    Each advertised address is bound by itself: a socket on ``0.0.0.0`` answers from whichever
    address the route prefers, and a browser drops such an answer.
    """

    host: str
    port: int = 0
    """0 lets the kernel choose: for tests."""
    advertised_host: str | None = None
    """``None``: the bound one. Differs behind a port forwarding."""
    advertised_port: int | None = None


@dataclass(frozen=True, slots=True)
class RelaySettings:
    listen: tuple[Listen, ...] = (Listen("127.0.0.1"),)

    # the socket
    receive_buffer_bytes: int = 8 << 20
    send_buffer_bytes: int = 4 << 20
    drain_limit: int = 256
    """Datagrams taken before other work of the loop has its turn."""
    drain_interval_s: float = 0.005
    """Rest between two drains: a wake-up of the loop then serves several packets, and wake-ups are
    most of what a single call costs. A fraction of the clockwork's 20 ms, so that both are woken
    together."""

    # ICE
    stun_per_source_per_s: float = 50.0
    stun_burst: float = 100.0
    stun_sources_limit: int = 4096
    """Sources whose rate is remembered; the oldest is forgotten first."""
    addresses_per_connection: int = 6
    """Checked addresses a connection; the longest silent one is forgotten first."""
    consent_s: float = 15.0
    """Sending stops this long after the last valid check (the purpose of RFC 7675)."""
    abandon_s: float = 60.0
    """A connection without a valid check for so long is closed."""
    probe_interval_s: float = 5.0
    """The server's own check of the selected address: its round trip."""

    # set-up
    connect_deadline_s: float = 20.0
    half_open_limit: int = 256
    half_open_per_participant: int = 8

    # rates
    packets_per_s: float = 3_000.0
    """Most RTP packets a second that one up connection may bring."""

    # feedback
    feedback_interval_s: float = 0.1
    author_silence_s: float = 0.3
    author_step_s: float = 64.0
    """Jump of the reference time at a change of author: makes a sender start afresh."""
    ring_packets: int = 256
    """Kept of the document: more than ``ring_age_s`` brings at its ceiling. A power of two."""
    ring_packets_camera: int = 128
    ring_packets_audio: int = 64
    ring_age_s: float = 0.6
    ring_repeat_s: float = 0.15
    """Longest time for which a packet is not sent once more; a shorter round trip shortens it."""
    resend_per_s: float = 200.0
    resend_burst: float = 150.0
    key_frame_gap_s: float = 1.0
    key_frame_gap_congested_s: float = 3.0
    congested_loss: float = 0.05
    recorded_camera_key_frame_s: float = 10.0
    recorded_document_key_frame_s: float = 20.0

    # a viewer that cannot carry the video
    withhold_loss: float = 0.1
    withhold_delay_s: float = 0.6
    withhold_windows: int = 2
    """Consecutive bad seconds before a track is withheld."""
    restore_first_s: float = 8.0
    restore_longest_s: float = 60.0

    # reports
    silent_s: float = 1.5
    repeat_report_s: float = 1.0
    statistics_interval_s: float = 1.0
    report_backlog_bytes: int = 1 << 20
    """Above it lossy reports are dropped."""
