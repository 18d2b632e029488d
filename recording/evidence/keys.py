"""Ed25519 keys (RFC 8032) of a node and of a call.

A signature is made over a statement, a canonical JSON object that names what it is in ``kind``, so
that no signature can pass for one on something else.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_FRAME = b"shipinban evidence\n"


class SigningKey:
    """A private key; it never leaves the object."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private: Ed25519PrivateKey | None = private
        self.public_key = private.public_key().public_bytes_raw().hex()
        """Hexadecimal."""

    @classmethod
    def new(cls) -> Self:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Reads a key file (0600), making it first if there is none; two processes that start
        together agree on one key. Raises ``OSError``, also for a file that others may read."""
        with suppress(FileExistsError):
            _create(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
                raise PermissionError(f"{path}: others may read it; chmod 600 it")
            text = os.read(descriptor, 200)
        finally:
            os.close(descriptor)
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.decode().strip())))
        except ValueError as error:
            raise OSError(f"{path}: not a key file") from error

    def sign(self, statement: bytes) -> str:
        """Raises ``RuntimeError`` once the key was destroyed."""
        if self._private is None:
            raise RuntimeError("the key was destroyed")
        return self._private.sign(_FRAME + statement).hex()

    def destroy(self) -> None:
        """Nothing can be signed with it any more."""
        self._private = None


def verifies(public_key: str, statement: bytes, signature: str) -> bool:
    """Numbers in capitals are no signature of ours: each has one form, so no bit is free."""
    if signature != signature.lower() or public_key != public_key.lower():
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), _FRAME + statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """A public key as people compare it: groups of four hexadecimal digits."""
    return " ".join(public_key[at : at + 4] for at in range(0, len(public_key), 4))


def _create(path: Path) -> None:
    """Links a complete file into place, so no reader ever sees half a key."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        private = Ed25519PrivateKey.generate().private_bytes_raw()
        os.write(descriptor, private.hex().encode() + b"\n")
        os.fsync(descriptor)
        os.link(draft, path)
    finally:
        os.close(descriptor)
        draft.unlink()
