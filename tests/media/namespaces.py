"""Two network namespaces of a test's own, joined by links that the kernel shapes.

``near`` holds the browser, ``far`` the relay. Each participant has a link of its own, so one browser
can have one good and one poor line. The kernel brings ``tbf`` for the rate but no ``netem``: loss
and delay are :mod:`tests.media.impairment`'s part.
"""

import contextlib
import ctypes
import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

QUEUE_MS = 300
"""What the bottleneck holds back before it drops: between a fibre's and a poor radio link's."""
BURST_BYTES = 6_000
_CLONE_NEWNET = 0x40000000

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Link:
    """One participant's line. ``address``: of its far end, where the relay is reached."""

    near: str
    far: str
    near_device: str
    far_device: str
    address: str

    def shape(self, *, up_bps: int | None = None, down_bps: int | None = None) -> None:
        """Sets the rate of each direction, as the participant sees it; ``None`` lifts it."""
        _set_rate(self.near, self.near_device, up_bps)
        _set_rate(self.far, self.far_device, down_bps)


@dataclass(frozen=True, slots=True)
class Network:
    near: str
    far: str
    links: tuple[Link, ...]


@contextmanager
def network(links: int) -> Iterator[Network]:
    """Needs root. Both namespaces, and all that lives in them, are gone afterwards."""
    assert os.geteuid() == 0, "network namespaces: run these tests as root"
    token = secrets.token_hex(3)
    near, far = f"sb{token}near", f"sb{token}far"
    made = Network(near, far, tuple(_link(near, far, number) for number in range(1, links + 1)))
    try:
        for namespace in (near, far):
            _run("ip", "netns", "add", namespace)
            _run("ip", "-n", namespace, "link", "set", "lo", "up")
        for number, link in enumerate(made.links, start=1):
            _join(link, f"10.213.{number}.2/24")
        yield made
    finally:
        for namespace in (near, far):
            with contextlib.suppress(subprocess.CalledProcessError):
                _run("ip", "netns", "del", namespace)


def inside(namespace: str, make: Callable[[], Made]) -> Made:
    """Calls ``make`` in ``namespace``. A socket that it opens stays there, whoever uses it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_enter_and, namespace, make).result()


def udp_socket(address: tuple[str, int]) -> socket.socket:
    opened = socket.socket(type=socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.bind(address)
    return opened


def _enter_and(namespace: str, make: Callable[[], Made]) -> Made:
    # Only this thread moves, and it ends with the call. os.setns came with Python 3.12.
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open("rb") as handle:
        if libc.setns(handle.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    return make()


def _link(near: str, far: str, number: int) -> Link:
    return Link(near, far, f"near{number}", f"far{number}", f"10.213.{number}.1")


def _join(link: Link, near_address: str) -> None:
    pair = ("type", "veth", "peer", "name", link.far_device, "netns", link.far)
    _run("ip", "-n", link.near, "link", "add", link.near_device, *pair)
    ends = (
        (link.near, link.near_device, near_address),
        (link.far, link.far_device, f"{link.address}/24"),
    )
    for namespace, device, address in ends:
        _run("ip", "-n", namespace, "address", "add", address, "dev", device)
        _run("ip", "-n", namespace, "link", "set", device, "up")


def _set_rate(namespace: str, device: str, rate_bps: int | None) -> None:
    command = ("tc", "-n", namespace, "qdisc")
    if rate_bps is None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it had none
            _run(*command, "del", "dev", device, "root")
        return
    queue_bytes = max(2 * BURST_BYTES, rate_bps * QUEUE_MS // 8_000)
    shape = ("tbf", "rate", f"{rate_bps}bit", "burst", f"{BURST_BYTES}", "limit", f"{queue_bytes}")
    _run(*command, "replace", "dev", device, "root", *shape)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)
