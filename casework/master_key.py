"""The installation's master key: wraps data keys, and is the root of derived keys.

It lives in one file of mode 0600 outside the database and the archive, so that neither a stolen
database nor a stolen archive opens anything. The first start makes it; losing it loses every
encrypted column and every recording, so the manual tells to keep a copy apart.
"""

import secrets
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework import private_file
from casework.private_file import UnsafeKeyFile

KEY_BYTES = 32
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_VERSION = b"\x01"
_SALT = b"shipinban master key"


class WrongKey(ValueError):
    """What was to be unwrapped is damaged, or belongs to another key or another context."""


class MasterKey:
    """Wraps and derives; the key itself never leaves the object."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        self._key_id = self.derive("key id")[:_KEY_ID_BYTES]
        self._wrapper = AESGCM(self.derive("wrap"))

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Reads the key file, making it first if there is none.

        Raises :class:`UnsafeKeyFile` when group or others have any right on it, ``OSError`` when
        it cannot be read or made. Two processes that start together agree on one key.
        """
        if not path.exists():
            private_file.create_once(path, secrets.token_hex(KEY_BYTES) + "\n")
        return cls(_read(path))

    @property
    def key_id(self) -> str:
        """16 hex digits that name this key in wrapped values without telling anything of it."""
        return self._key_id.hex()

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same at every call (HKDF, RFC 5869)."""
        return HKDF(SHA256(), KEY_BYTES, salt=_SALT, info=purpose.encode()).derive(self._key)

    def wrap(self, key: bytes, context: str) -> bytes:
        """Encrypts ``key`` so that it opens only under the same ``context`` (what it is for)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = _VERSION + self._key_id
        return head + nonce + self._wrapper.encrypt(nonce, key, head + context.encode())

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """The key given to :meth:`wrap`. Raises :class:`WrongKey`."""
        head, rest = wrapped[: 1 + _KEY_ID_BYTES], wrapped[1 + _KEY_ID_BYTES :]
        if head != _VERSION + self._key_id:
            raise WrongKey("wrapped under another master key")
        nonce, sealed = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return self._wrapper.decrypt(nonce, sealed, head + context.encode())
        except (InvalidTag, ValueError) as error:
            raise WrongKey("damaged, or wrapped for another purpose") from error


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(private_file.read(path).strip())
    except ValueError as error:
        raise UnsafeKeyFile(f"{path}: not a key file") from error
    if len(key) != KEY_BYTES:
        raise UnsafeKeyFile(f"{path}: not a key file")
    return key
