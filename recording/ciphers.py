"""The two ciphers that a recording's chunks may be under; a data key says for which one it is.

A key of 32 bytes is for AES-256-GCM. For SM4-GCM (GB/T 32907, RFC 8998), which some counties are
told to use, a first byte says so, and SM4 takes the first 16 of the 32 that follow. So nothing
that passes a key on has to pass on its cipher, too.
"""

import secrets
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
SM4_KEY_BYTES = 16
TAG_BYTES = 16
_SM4 = b"\x01"


class CipherName(StrEnum):
    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"


class Aead(Protocol):
    """Nonces of 12 bytes; the tag of 16 stands behind the ciphertext."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Raises ``InvalidTag``, ``ValueError``."""


def new_key(cipher: CipherName) -> bytes:
    prefix = _SM4 if cipher is CipherName.SM4_GCM else b""
    return prefix + secrets.token_bytes(KEY_BYTES)


def aead_of(key: bytes) -> Aead:
    """Raises ``ValueError`` for what is no data key."""
    if len(key) == KEY_BYTES:
        return AESGCM(key)
    if len(key) == 1 + KEY_BYTES and key[:1] == _SM4:
        return Sm4Gcm(key[1 : 1 + SM4_KEY_BYTES])
    raise ValueError("no data key")


class Sm4Gcm:
    """SM4 in Galois/counter mode, called like AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._sm4 = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._sm4, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        mode = modes.GCM(nonce, data[-TAG_BYTES:])
        decryptor = Cipher(self._sm4, mode).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()
