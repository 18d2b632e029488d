"""A poor path between a browser and the relay, in user space: loss, delay, a cut, another NAT."""

import asyncio
import contextlib
import random
import socket
from collections import deque

from tests.media.namespaces import Link, inside, udp_socket

SPARE_SOCKETS = 24
"""For the mappings of one test; a browser has two connections, a new NAT doubles them."""
LARGEST = 2_048

Address = tuple[str, int]


class Impairment:
    """Stands at ``link``'s far end in front of the relay. All knobs may be turned at any time."""

    def __init__(self, link: Link, relay: Address, seed: int = 1) -> None:
        self._relay = relay
        self._random = random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self._front, *spare = inside(
            link.far, lambda: [udp_socket((link.address, 0)) for _ in range(SPARE_SOCKETS + 1)]
        )
        self._spare = deque(spare)
        self._mappings: dict[Address, socket.socket] = {}
        self._sockets = [self._front, *spare]
        self.loss_up = 0.0
        self.loss_down = 0.0
        self.delay_s = 0.0
        """Of each way."""
        self.cut = False
        self.passed = 0
        self.dropped = 0
        self._loop.add_reader(self._front, self._from_browser)

    @property
    def address(self) -> str:
        """``address:port`` to offer as a candidate instead of the relay's own."""
        host, port = self._front.getsockname()
        return f"{host}:{port}"

    def rebind(self) -> None:
        """The NAT forgets: each client's packets reach the relay from another port from now on."""
        for client, old in list(self._mappings.items()):
            self._loop.remove_reader(old)
            del self._mappings[client]
            self._mapping(client)

    def close(self) -> None:
        for each in self._sockets:
            self._loop.remove_reader(each)
            each.close()

    def _mapping(self, client: Address) -> socket.socket:
        known = self._mappings.get(client)
        if known is None:
            known = self._mappings[client] = self._spare.popleft()
            self._loop.add_reader(known, self._from_relay, known, client)
        return known

    def _from_browser(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, client = self._front.recvfrom(LARGEST)
                self._pass(packet, self._mapping(client), self._relay, self.loss_up)

    def _from_relay(self, mapping: socket.socket, client: Address) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                packet = mapping.recv(LARGEST)
                self._pass(packet, self._front, client, self.loss_down)

    def _pass(self, packet: bytes, out: socket.socket, to: Address, loss: float) -> None:
        if self.cut or self._random.random() < loss:
            self.dropped += 1
            return
        self.passed += 1
        if self.delay_s:
            self._loop.call_later(self.delay_s, self._send, packet, out, to)
        else:
            self._send(packet, out, to)

    def _send(self, packet: bytes, out: socket.socket, to: Address) -> None:
        with contextlib.suppress(OSError):  # a full buffer loses, and so does a closed socket
            out.sendto(packet, to)
