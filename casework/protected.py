"""Personal fields at rest: encrypted columns, and indexes that find a value without showing it.

A stolen database opens nothing: the keys are derived from the master key, which lies elsewhere.
"""

import hashlib
import hmac
import secrets
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.master_key import MasterKey, WrongKey

_NONCE_BYTES = 12


class Field(StrEnum):
    """The protected columns; a sealed value opens only as the field it was sealed for."""

    ID_NUMBER = "subjects.id_number"
    PHONE = "subjects.phone"
    MATERIAL_DETAILS = "case_materials.details"
    FORM_VALUES = "form_versions.values"
    FORM_SHOWN = "form_versions.shown"
    STROKES = "signatures.strokes"


class ProtectedFields:
    """Seals, opens and indexes normalised values (see :mod:`casework.id_number`, ``phone``)."""

    def __init__(self, master: MasterKey) -> None:
        self._cipher = AESGCM(master.derive("columns"))
        self._index_keys = {field: master.derive(f"index {field}") for field in Field}

    def seal(self, value: str, field: Field, row_id: str) -> bytes:
        """AES-256-GCM, bound to the row: a value moved to another row does not open there."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), _context(field, row_id))

    def open(self, sealed: bytes, field: Field, row_id: str) -> str:
        """The value given to :meth:`seal`. Raises :class:`~casework.master_key.WrongKey`."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, _context(field, row_id)).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongKey(f"{field} of {row_id} is damaged or under another key") from error

    def index(self, value: str, field: Field) -> bytes:
        """32 bytes, equal for equal values: HMAC-SHA-256 under a key of this field's own.

        Keyed, because the few billion possible numbers could be tried one by one otherwise.
        """
        return hmac.digest(self._index_keys[field], value.encode(), hashlib.sha256)


def _context(field: Field, row_id: str) -> bytes:
    return f"{field} {row_id}".encode()
