"""Who signs checkpoints: a small interface, and keys in a file behind it.

A hardware module or a signature service (SM2 included) stands behind :class:`Signer` as well: it
signs bytes under one key and tells the public part. The service's type of signature then joins
:class:`~casework.journal.signed_notes.SignatureType`, so that verifying knows it.
"""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casework import private_file
from casework.journal.signed_notes import (
    Note,
    SignatureLine,
    SignatureType,
    TreeHead,
    Verifier,
    cosigned,
)
from casework.private_file import UnsafeKeyFile

SEED_BYTES = 32


class Signer(Protocol):
    @property
    def verifier(self) -> Verifier: ...

    async def sign(self, message: bytes) -> bytes: ...


class Ed25519Signer:
    """A key in memory, from a file."""

    def __init__(self, name: str, seed: bytes, kind: SignatureType = SignatureType.ED25519) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._verifier = Verifier(name, kind, self._key.public_key().public_bytes_raw())

    @property
    def verifier(self) -> Verifier:
        return self._verifier

    async def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


async def sign_head(head: TreeHead, signer: Signer) -> Note:
    """The checkpoint of a tree head."""
    verifier = signer.verifier
    signature = await signer.sign(head.text.encode())
    return Note(head.text, (SignatureLine(verifier.name, verifier.key_id, signature),))


async def cosign_text(
    text: str, signer: Signer, clock: Callable[[], float] = time.time
) -> SignatureLine:
    """A town's co-signature under a checkpoint's text."""
    at_s = int(clock())
    signature = await signer.sign(cosigned(text, at_s))
    verifier = signer.verifier
    return SignatureLine(verifier.name, verifier.key_id, at_s.to_bytes(8) + signature)


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def load_seeds(path: Path) -> list[bytes]:
    """The keys of a key file, the oldest first; made with one key when there is no file.

    Raises :class:`~casework.private_file.UnsafeKeyFile`.
    """
    if not path.exists():
        private_file.create_once(path, new_seed().hex() + "\n")
    try:
        seeds = [bytes.fromhex(line) for line in private_file.read(path).split()]
    except ValueError as error:
        raise UnsafeKeyFile(f"{path}: not a key file") from error
    if not seeds or any(len(seed) != SEED_BYTES for seed in seeds):
        raise UnsafeKeyFile(f"{path}: not a key file")
    return seeds


def add_seed(path: Path) -> bytes:
    """Adds a new key behind those of the file; the key."""
    seeds = [*load_seeds(path), new_seed()]
    private_file.replace(path, "".join(seed.hex() + "\n" for seed in seeds))
    return seeds[-1]
