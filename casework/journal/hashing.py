"""The hashes of the journal: leaves and nodes as in RFC 9162, section 2.1.1, and the chain.

Each kind of input begins with a byte of its own, so that no leaf can pass for a node.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SM3, Hash

from casework.vocabulary import JournalHash


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _sm3(content: bytes) -> bytes:
    """GB/T 32905-2016."""
    hasher = Hash(SM3())
    hasher.update(content)
    return hasher.finalize()


@dataclass(frozen=True, slots=True)
class Hashing:
    """One algorithm and what is done with it; every digest has 32 bytes."""

    name: JournalHash
    digest: Callable[[bytes], bytes]

    def leaf(self, entry: bytes) -> bytes:
        """Of an entry's canonical bytes: the entry's hash."""
        return self.digest(b"\x00" + entry)

    def node(self, left: bytes, right: bytes) -> bytes:
        return self.digest(b"\x01" + left + right)

    def chain(self, previous: bytes, leaf: bytes) -> bytes:
        return self.digest(b"\x02" + previous + leaf)

    def chain_start(self, origin: str) -> bytes:
        """What the first entry's chain hash rests on: no two journals share a chain."""
        return self.digest(b"\x02" + origin.encode())

    def empty_root(self) -> bytes:
        return self.digest(b"")


_ALGORITHMS = {
    JournalHash.SHA256: Hashing(JournalHash.SHA256, _sha256),
    JournalHash.SM3: Hashing(JournalHash.SM3, _sm3),
}


def hashing(name: str) -> Hashing:
    """Raises ``ValueError`` for an algorithm that is none of ours."""
    return _ALGORITHMS[JournalHash(name)]
