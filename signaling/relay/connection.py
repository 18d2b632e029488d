"""One one-way connection: addresses, DTLS and SRTP, in either direction."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from signaling.relay.context import RelayContext
from signaling.relay.control import (
    ConnectionState,
    ConnectionStatistics,
    Direction,
    DownOpen,
    IceCredentials,
    Remote,
    UpOpen,
)
from signaling.relay.dtls import DtlsState
from signaling.relay.ice import IceLite, Route
from signaling.relay.port import Address, Port
from signaling.relay.rates import TokenBucket
from signaling.relay.srtp import SrtpPair

if TYPE_CHECKING:
    from signaling.relay.room import Room

RTCP_PER_S = 200.0
RTCP_BURST = 400.0
RTCP_SENDERS = 16
"""SSRCs that a client may report from: the library keeps state for each."""


class Connection(ABC):
    """Lives from its order until :meth:`close`; owned by the loop, touched by nobody else.

    Media passes only while :attr:`srtp` is set: after DTLS, and after the client's certificate was
    seen to be the one that its description named.
    """

    direction: ClassVar[Direction]

    def __init__(
        self, context: RelayContext, room: "Room", order: UpOpen | DownOpen, now_us: int
    ) -> None:
        self.context = context
        self.room = room
        self.connection_id = order.connection_id
        self.participant_id = order.participant_id
        self.order = order
        self.opened_us = now_us
        self.last_media_us = 0
        self.state = ConnectionState.CONNECTING
        self.srtp: SrtpPair | None = None
        remote = order.remote if isinstance(order, UpOpen) else None
        self.fingerprint = None if remote is None else remote.fingerprint
        """Of the certificate that the client must show; ``None`` until it has described itself."""
        self._dtls = context.dtls.accept()
        self._rtcp_rate = TokenBucket(RTCP_PER_S, RTCP_BURST)
        self._rtcp_senders: set[int] = set()
        self._may_send = False
        remote_ice = None if remote is None else remote.ice
        self.ice = IceLite(self, context.settings, order.local_ice, remote_ice, self._moved)
        self.receive_media: Callable[[int, int], None] = self._receive_early

    # --- what the orders ask for ---------------------------------------------------------------

    def set_remote(self, remote: Remote, now_us: int) -> None:
        """The client's answer. The certificate counts once and for all, an ICE restart keeps it."""
        if self.fingerprint is None:
            self.fingerprint = remote.fingerprint
        self.ice.set_remote(remote.ice, now_us)
        self._connect_if_ready(now_us)

    def restart(self, local: IceCredentials, remote: IceCredentials | None) -> None:
        self.ice.restart(local, remote)

    def close(self, reason: str) -> None:
        """Idempotent. Says goodbye, gives the addresses back, reports."""
        if self.state is ConnectionState.CLOSED:
            return
        self._send_all(self._dtls.close())
        self.ice.release()
        self.srtp = None
        self.receive_media = self._receive_early
        self._may_send = False
        self._enter(ConnectionState.CLOSED, reason)

    # --- what arrives --------------------------------------------------------------------------

    def receive_dtls(self, datagram: bytes, port: Port, address: Address) -> None:
        """From an address that passed a check of this connection."""
        del port, address
        self._send_all(self._dtls.receive(datagram))
        self._after_dtls()

    def last_check_us(self, port: Port, address: Address) -> int:
        return self.ice.last_check_us(Route(port, address))

    def _after_dtls(self) -> None:
        if self._dtls.state is DtlsState.CLOSED:
            self.room.close_connection(self, "client_closed")
        elif self._dtls.state is DtlsState.FAILED:
            self.room.close_connection(self, "dtls_failed")
        elif self._dtls.state is DtlsState.ESTABLISHED:
            self._connect_if_ready(self.context.clock())

    def _connect_if_ready(self, now_us: int) -> None:
        """Media begins when both the handshake and the client's description are there."""
        if self.srtp is not None or self._dtls.state is not DtlsState.ESTABLISHED:
            return
        if self.fingerprint is None:
            return
        if self._dtls.peer_fingerprint != self.fingerprint:
            self.room.close_connection(self, "fingerprint_mismatch")
            return
        srtp = self._dtls.srtp()
        if srtp is None:
            self.room.close_connection(self, "no_srtp_profile")
            return
        self.srtp = srtp
        self._may_send = True
        self.last_media_us = now_us
        self.receive_media = self._media_receiver(srtp)
        self._enter(ConnectionState.CONNECTED)
        self.room.connected(self, now_us)

    @abstractmethod
    def _media_receiver(self, srtp: SrtpPair) -> Callable[[int, int], None]:
        """What takes SRTP and SRTCP packets from now on."""

    def _receive_early(self, size: int, now_us: int) -> None:
        del size, now_us
        self.context.counters.dropped["early"] += 1

    def open_rtcp(self, size: int, now_us: int) -> bytes | None:
        """The compound packet in ``context.received``; ``None`` when dropped (and counted)."""
        context = self.context
        view = context.received.view
        sender = bytes(view[4:8])
        number = int.from_bytes(sender, "big")
        if self.srtp is None or (
            number not in self._rtcp_senders and len(self._rtcp_senders) >= RTCP_SENDERS
        ):
            context.counters.dropped["rtcp_sender"] += 1
            return None
        if not self._rtcp_rate.take(now_us):
            context.counters.dropped["rtcp_rate"] += 1
            return None
        compound = self.srtp.open_rtcp(context.received, size)
        if compound is None:
            context.counters.dropped["srtcp"] += 1
            return None
        self._rtcp_senders.add(number)
        return compound

    # --- what leaves ---------------------------------------------------------------------------

    @property
    def route(self) -> Route | None:
        """Where media may be sent now; ``None`` before the handshake and without consent."""
        return self.ice.selected if self._may_send and self.srtp is not None else None

    def send_rtcp(self, compound: bytes) -> None:
        """Sends a compound packet, or drops it while there is nowhere to send to."""
        route, srtp = self.route, self.srtp
        if route is None or srtp is None:
            return
        sealed = srtp.seal_rtcp(self.context.outgoing, compound)
        if sealed is not None:
            route.send(sealed)

    def send_rtp(self, packet: bytes) -> None:
        """Sends one whole RTP packet: a resent or a padding one."""
        route, srtp = self.route, self.srtp
        if route is None or srtp is None:
            return
        sealed = srtp.seal_rtp(self.context.outgoing, packet)
        if sealed is not None:
            route.send(sealed)

    # --- time ----------------------------------------------------------------------------------

    def tick_handshake(self) -> None:
        """Sends the last flight again when it is due."""
        self._send_all(self._dtls.check_timer())
        if self._dtls.state is DtlsState.FAILED:
            self.room.close_connection(self, "dtls_failed")

    def check_deadlines(self, now_us: int) -> None:
        """A few times a second: set-up, consent, silence."""
        settings = self.context.settings
        self.ice.tick(now_us)
        if self.srtp is None:
            if now_us - self.opened_us > settings.connect_deadline_s * 1e6:
                self.room.close_connection(self, "connect_deadline")
            return
        if now_us - self.ice.last_valid_us > settings.abandon_s * 1e6:
            self.room.close_connection(self, "abandoned")
            return
        may_send = self.ice.may_send(now_us)
        if may_send != self._may_send:
            self._may_send = may_send
            self.room.route_changed(self, now_us)
        self._check_silence(now_us)

    def _check_silence(self, now_us: int) -> None:
        quiet = now_us - self.last_media_us > self.context.settings.silent_s * 1e6
        if quiet and self.expects_media(now_us):
            self._enter(ConnectionState.SILENT)
        elif not quiet:
            self._enter(ConnectionState.CONNECTED)

    @abstractmethod
    def expects_media(self, now_us: int) -> bool:
        """Whether a client in good health would be sending something now."""

    @abstractmethod
    def statistics(self, now_us: int, seconds: float) -> ConnectionStatistics:
        """Of the last ``seconds``."""

    def _enter(self, state: ConnectionState, reason: str = "") -> None:
        if state is not self.state:
            self.state = state
            self.context.report_state(self, state, reason)

    def _moved(self) -> None:
        if self.srtp is not None:
            self._may_send = True
            self.room.route_changed(self, self.context.clock())

    def _send_all(self, datagrams: list[bytes]) -> None:
        route = self.ice.selected
        if route is not None:
            for datagram in datagrams:
                route.send(datagram)
