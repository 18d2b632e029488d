"""ICE-lite (RFC 8445) of one connection: which addresses the client proved, which one is sent to.

No candidate of the client is ever read. An address is learnt from a check that is signed with the
connection's password. The first such address is sent to; later ones only after they have answered
a check of the server's own, so that nobody can point a call's media at a third party.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from signaling.relay import stun
from signaling.relay.control import IceCredentials
from signaling.relay.port import Address, Owner, Port
from signaling.relay.settings import RelaySettings

PROBE_INTERVAL_US = 200_000
PROBE_TRIES = 6
PROBES = 4
"""At once, a connection."""
QUIET_US = 2_000_000
"""A selected address without a check for so long may be succeeded without being nominated: some
clients nominate once and say nothing when their NAT gives them another port."""


@dataclass(frozen=True, slots=True)
class Route:
    port: Port
    address: Address

    def send(self, datagram: bytes | memoryview) -> None:
        self.port.send(datagram, self.address)


@dataclass(slots=True)
class Probe:
    """The server's own check of a route, until it is answered or given up."""

    route: Route
    sent_us: int
    tries: int = 0


class IceLite:
    """``moved`` is called after :attr:`selected` has changed."""

    def __init__(
        self,
        owner: Owner,
        settings: RelaySettings,
        local: IceCredentials,
        remote: IceCredentials | None,
        moved: Callable[[], None],
    ) -> None:
        self._owner = owner
        self._settings = settings
        self._moved = moved
        self.local = local
        self._previous: IceCredentials | None = None
        self._remote = remote
        self._checked: dict[Route, int] = {}
        self._probes: dict[bytes, Probe] = {}
        self._nominee: Route | None = None
        self._next_probe_us = 0
        self.selected: Route | None = None
        self.last_valid_us = 0
        """Of the selected address: when a check of it, or its answer to ours, last was valid."""
        self.round_trip_us: int | None = None

    def ufrags(self) -> list[str]:
        """By which checks find this connection: the current one, and the one before a restart."""
        previous = [] if self._previous is None else [self._previous.ufrag]
        return [self.local.ufrag, *previous]

    def restart(self, local: IceCredentials, remote: IceCredentials | None) -> None:
        """New credentials; the old ones count until a check with the new ones has come."""
        self._previous = self.local
        self.local = local
        self._remote = remote
        self._probes.clear()

    def set_remote(self, remote: IceCredentials, now_us: int) -> None:
        self._remote = remote
        if self._nominee is not None:
            self._probe(self._nominee, now_us)

    def receive_request(self, message: stun.Message, route: Route, now_us: int) -> str | None:
        """Answers a valid check. Returns why it was dropped, or ``None``."""
        if message.controlled:
            return "stun_role"
        credentials = self._credentials_of(message)
        if credentials is None:
            return "stun_unsigned"
        if not self._claim(route, now_us):
            return "address_taken"
        if credentials is self.local:
            self._previous = None
        host, port = route.address[:2]
        route.send(stun.success_response(message.transaction_id, host, port, credentials.pwd))
        if self.selected is None:
            self._select(route, now_us)
        elif route == self.selected:
            self.last_valid_us = now_us
        elif message.use_candidate or now_us - self.last_valid_us > QUIET_US:
            self._probe(route, now_us)
        return None

    def receive_response(self, message: stun.Message, route: Route, now_us: int) -> str | None:
        """An answer to a check of ours; an address that gives it may be sent to."""
        probe = self._probes.get(message.transaction_id)
        if probe is None or probe.route != route or self._remote is None:
            return "stun_unasked"
        if not stun.is_signed_with(message, self._remote.pwd):
            return "stun_unsigned"
        del self._probes[message.transaction_id]
        if probe.tries == 1:
            # Of a repeated check nobody knows which one was answered (Karn's rule).
            self.round_trip_us = now_us - probe.sent_us
        if route == self.selected:
            self.last_valid_us = now_us
        elif message.kind is stun.Kind.SUCCESS:
            self._select(route, now_us)
        return None

    def tick(self, now_us: int) -> None:
        """A few times a second: repeats unanswered checks, now and then measures the round trip."""
        for transaction_id, probe in list(self._probes.items()):
            if probe.tries >= PROBE_TRIES:
                del self._probes[transaction_id]
            elif now_us - probe.sent_us >= PROBE_INTERVAL_US:
                self._send_probe(transaction_id, probe, now_us)
        if self.selected is None or self._remote is None:
            return
        if now_us >= self._next_probe_us:
            self._next_probe_us = now_us + int(self._settings.probe_interval_s * 1e6)
            self._probe(self.selected, now_us)

    def may_send(self, now_us: int) -> bool:
        """RFC 7675: somebody at the selected address still wants it."""
        return (
            self.selected is not None
            and now_us - self.last_valid_us <= self._settings.consent_s * 1e6
        )

    def last_check_us(self, route: Route) -> int:
        """0 for an address that never passed a check."""
        return self._checked.get(route, 0)

    def release(self) -> None:
        """Gives all addresses back."""
        for route in self._checked:
            self._disown(route)
        self._checked.clear()
        self._probes.clear()
        self.selected = None

    def _credentials_of(self, message: stun.Message) -> IceCredentials | None:
        local_ufrag, _, remote_ufrag = message.username.partition(":")
        if local_ufrag == self.local.ufrag:
            if self._remote is not None and remote_ufrag != self._remote.ufrag:
                return None
            return self.local if stun.is_signed_with(message, self.local.pwd) else None
        previous = self._previous
        if previous is None or local_ufrag != previous.ufrag:
            return None
        return previous if stun.is_signed_with(message, previous.pwd) else None

    def _claim(self, route: Route, now_us: int) -> bool:
        """Takes the address, unless another connection was heard from it lately: a NAT may give
        it to the next one."""
        owner = route.port.owners.setdefault(route.address, self._owner)
        if owner is not self._owner:
            silent_us = now_us - owner.last_check_us(route.port, route.address)
            if silent_us <= self._settings.consent_s * 1e6:
                return False
            route.port.owners[route.address] = self._owner
        self._checked.pop(route, None)
        self._checked[route] = now_us
        if len(self._checked) > self._settings.addresses_per_connection:
            oldest = next(each for each in self._checked if each != self.selected)
            self._disown(oldest)
            del self._checked[oldest]
        return True

    def _disown(self, route: Route) -> None:
        if route.port.owners.get(route.address) is self._owner:
            del route.port.owners[route.address]

    def _select(self, route: Route, now_us: int) -> None:
        self.selected = route
        self._nominee = None
        self.last_valid_us = now_us
        self._next_probe_us = now_us
        self._moved()

    def _probe(self, route: Route, now_us: int) -> None:
        if self._remote is None:
            self._nominee = route
            return
        under_way = any(probe.route == route for probe in self._probes.values())
        if not under_way and len(self._probes) < PROBES:
            transaction_id = os.urandom(12)
            probe = self._probes[transaction_id] = Probe(route, now_us)
            self._send_probe(transaction_id, probe, now_us)

    def _send_probe(self, transaction_id: bytes, probe: Probe, now_us: int) -> None:
        if self._remote is not None:
            username = f"{self._remote.ufrag}:{self.local.ufrag}"
            probe.sent_us = now_us
            probe.tries += 1
            probe.route.send(stun.binding_request(transaction_id, username, self._remote.pwd))
