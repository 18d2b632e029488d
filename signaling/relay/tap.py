"""The tap: where a room's packets leave for the record.

The relay calls it for every accepted packet on the loop that forwards, so an implementation only
appends to a bounded buffer. :mod:`recording` implements it; :mod:`shipinban` joins the two.
"""

from typing import Protocol

from signaling.relay.control import Line, TapOpen


class Tap(Protocol):
    """One room's tap. All methods return at once and never raise."""

    def add_track(self, track: int, participant_id: str, connection_id: str, line: Line) -> None:
        """Declares ``track`` (a small number, unique in the log) before its first packet."""

    def rtp(self, track: int, arrival_us: int, packet: bytes) -> None:
        """A decrypted RTP packet.

        ``arrival_us``: CLOCK_MONOTONIC. An RTX packet arrives here already unwrapped to its
        original form (RFC 4588).
        """

    def sender_report(self, track: int, arrival_us: int, ntp: int, rtp_timestamp: int) -> None:
        """An RTCP sender report: 64-bit NTP time of the sender and its RTP time (RFC 3550).

        The last one before the tap opened comes as soon as the track is declared.
        """

    def hold(self, at_us: int, on: bool) -> None:
        """The room's hold began or ended."""

    def close(self) -> None:
        """No more packets come; what is buffered is still written. Returns at once."""

    @property
    def failed(self) -> str | None:
        """Why nothing more is written (overflow, I/O error); ``None`` while all is well."""


class TapFactory(Protocol):
    def __call__(self, order: TapOpen) -> Tap:
        """Opens or continues the log named in ``order``. Raises ``OSError``."""
