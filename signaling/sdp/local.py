"""The server's half of a connection: credentials, certificate, addresses."""

import base64
import ipaddress
import secrets
from dataclasses import dataclass

from signaling.relay.control import Fingerprint, IceCredentials


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """``addresses``: the relay's advertised ``address:port``, IPv6 in brackets."""

    ice: IceCredentials
    fingerprint: Fingerprint
    addresses: tuple[str, ...]

    def candidates(self) -> list[str]:
        """Host candidates of RFC 8839, the first address preferred (RFC 8445, 5.1.2.1)."""
        return [
            f"{number} 1 udp {_priority(number)} {host} {port} typ host"
            for number, (host, port) in enumerate(map(_host_and_port, self.addresses), start=1)
        ]


def new_ice_credentials() -> IceCredentials:
    """48 bits to tell connections apart, 192 bits that nobody guesses (RFC 8445, 5.3)."""
    return IceCredentials(ufrag=_ice_text(6), pwd=_ice_text(24))


def _ice_text(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return str(ipaddress.ip_address(host.strip("[]"))), int(port)


def _priority(number: int) -> int:
    type_preference, component = 126, 1
    return (type_preference << 24) | ((65535 - number) << 8) | (256 - component)
