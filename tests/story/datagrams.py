"""What strangers send to a media port: noise, and things that begin like STUN (RFC 8489)."""

import socket
import struct
import time
from collections.abc import Iterator
from random import Random

MAGIC = 0x2112A442
BURST = 50
PAUSE_S = 0.005
"""10,000 a second: a flood, and still one that the kernel's buffer takes."""


def noise(random: Random, count: int) -> Iterator[bytes]:
    """Every length from nothing to a full packet, every kind of first byte."""
    for _ in range(count):
        yield random.randbytes(random.randrange(1_400))


def malformed_stun(random: Random, count: int) -> Iterator[bytes]:
    """Heads that fit and bodies that lie, in turn with truth cut short."""
    makers = (_wrong_length, _wrong_cookie, _long_attribute, _bad_integrity, _cut)
    for number in range(count):
        yield makers[number % len(makers)](random)


def send(port: int, datagrams: Iterator[bytes]) -> None:
    """From one stranger's port on this machine. Blocking, paced."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for number, datagram in enumerate(datagrams, 1):
            stranger.sendto(datagram, ("127.0.0.1", port))
            if number % BURST == 0:
                time.sleep(PAUSE_S)


def _head(length: int, random: Random, cookie: int = MAGIC) -> bytes:
    return struct.pack(">HHI", 0x0001, length, cookie) + random.randbytes(12)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _wrong_length(random: Random) -> bytes:
    return _head(random.randrange(65_536), random) + random.randbytes(random.randrange(200))


def _wrong_cookie(random: Random) -> bytes:
    return _head(8, random, random.getrandbits(32)) + _attribute(0x0006, b"abcd")


def _long_attribute(random: Random) -> bytes:
    body = struct.pack(">HH", 0x0006, random.randrange(9, 65_536)) + random.randbytes(8)
    return _head(len(body), random) + body


def _bad_integrity(random: Random) -> bytes:
    name = f"{random.randbytes(4).hex()}:{random.randbytes(4).hex()}".encode()
    body = _attribute(0x0006, name) + _attribute(0x0008, random.randbytes(20))
    return _head(len(body), random) + body


def _cut(random: Random) -> bytes:
    whole = _bad_integrity(random)
    return whole[: random.randrange(len(whole))]
