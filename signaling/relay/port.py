"""One bound UDP address: taking datagrams in, telling them apart, sending them out.

A datagram is told by its first byte (RFC 7983) and belongs to whoever proved that address with a
STUN check. Empty ones, foreign ones and unknown kinds are dropped and counted, never logged.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol

from signaling.relay.beat import next_beat
from signaling.relay.context import RelayContext
from signaling.relay.settings import Listen
from signaling.relay.srtp import RECEIVE_BYTES

Address = tuple[Any, ...]
"""As the kernel gives it: (host, port) or, for IPv6, (host, port, flow, scope)."""


Rest = Callable[[float], None]
"""Told when to look again, by the monotonic clock in seconds."""


class Owner(Protocol):
    """A connection, as far as a port knows it."""

    receive_media: Callable[[int, int], None]
    """Size and arrival (µs) of the SRTP or SRTCP packet in ``context.received``."""

    def receive_dtls(self, datagram: bytes, port: "Port", address: Address) -> None: ...

    def last_check_us(self, port: "Port", address: Address) -> int:
        """When this address last passed a check of the connection."""


class StunReceiver(Protocol):
    def receive_stun(
        self, datagram: bytes, port: "Port", address: Address, now_us: int
    ) -> None: ...


class Port:
    """Reads as long as it is open. ``owners``: which connection proved which address."""

    def __init__(self, listen: Listen, context: RelayContext, stun: StunReceiver) -> None:
        """Raises ``OSError`` when the address cannot be bound."""
        self._context = context
        self._stun = stun
        self._socket = _bound_socket(listen, context)
        self.owners: dict[Address, Owner] = {}
        host, port = self._socket.getsockname()[:2]
        self._advertised = (listen.advertised_host or host, listen.advertised_port or port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rest: Rest = _no_rest
        self.sendto = self._socket.sendto

    @property
    def candidate(self) -> str:
        """``address:port`` as clients are told it, IPv6 in brackets."""
        host, port = self._advertised
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def start(self, loop: asyncio.AbstractEventLoop, rest: Rest | None = None) -> None:
        """``rest``: how the loop is told to look no sooner than then (:mod:`signaling.relay.rest`);
        without it every packet wakes the loop."""
        self._loop = loop
        self._rest = rest or _no_rest
        loop.add_reader(self._socket, self._serve)

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
        self._socket.close()
        self.owners.clear()

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        """Sends or drops: a full buffer or a vanished route is the network's way of losing."""
        try:
            self.sendto(datagram, address)
        except OSError:
            self._context.counters.dropped["send"] += 1

    def _serve(self) -> None:
        """Takes what is there, then lets the next packets gather until a beat.

        The beat is that of everything else that is regular: wake-ups are what a single call costs.
        """
        settings = self._context.settings
        try:
            taken = self.drain()
        except Exception:  # noqa: BLE001 - one bad packet must not deafen the port
            self._context.defects.note("drain")
            taken = 1
        if taken < settings.drain_limit:  # a full drain has left some behind
            self._rest(next_beat(monotonic(), settings.drain_interval_s))

    def drain(self) -> int:
        """Takes what has arrived, at most ``drain_limit``; returns how many datagrams.

        All of them get one arrival time: when each came since the last drain is not known.
        """
        context = self._context
        view = context.received.view
        window = view[:RECEIVE_BYTES]
        owner_of = self.owners.get
        dropped = context.counters.dropped
        receive = self._socket.recvfrom_into
        now_us = context.clock()
        limit = context.settings.drain_limit
        for taken in range(limit):
            try:
                size, address = receive(window)
            except BlockingIOError:
                return taken
            except OSError:
                # An ICMP error of an earlier send: says nothing about this socket.
                dropped["receive"] += 1
                continue
            first = view[0]
            if not 0 < size < RECEIVE_BYTES:
                dropped["oversize" if size else "empty"] += 1
            elif 128 <= first <= 191:
                owner = owner_of(address)
                if owner is None:
                    dropped["foreign_address"] += 1
                else:
                    owner.receive_media(size, now_us)
            elif first <= 3:
                self._stun.receive_stun(bytes(view[:size]), self, address, now_us)
            elif 20 <= first <= 63:
                owner = owner_of(address)
                if owner is None:
                    dropped["foreign_address"] += 1
                else:
                    owner.receive_dtls(bytes(view[:size]), self, address)
            else:
                dropped["unknown_kind"] += 1
        return limit


def _no_rest(until_s: float) -> None:
    del until_s


def _bound_socket(listen: Listen, context: RelayContext) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        listen.host, listen.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setblocking(False)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        settings = context.settings
        # The kernel caps both at rmem_max and wmem_max; `shipinban doctor` says so.
        with contextlib.suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, settings.receive_buffer_bytes)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.send_buffer_bytes)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
