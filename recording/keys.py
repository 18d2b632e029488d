"""The data key of a recording: made for it alone, stored wrapped, destroyed to end it for good."""

import hmac
from hashlib import sha256

from casework.master_key import MasterKey
from recording.ciphers import CipherName, new_key


def new_data_key(cipher: CipherName = CipherName.AES_256_GCM) -> bytes:
    return new_key(cipher)


def wrap_data_key(master: MasterKey, recording_id: str, key: bytes) -> bytes:
    """What the database keeps."""
    return master.wrap(key, f"recording {recording_id}")


def unwrap_data_key(master: MasterKey, recording_id: str, wrapped: bytes) -> bytes:
    """Raises :class:`casework.master_key.WrongKey`."""
    return master.unwrap(wrapped, f"recording {recording_id}")


def file_name(key: bytes, recording_id: str, stream: str) -> str:
    """The name on disk of one file of a recording: random to whoever lacks the key.

    Being a function of the key, it needs no table: after a crash the recorder finds again what it
    had begun, and relay and recorder agree on the log without talking.
    """
    return hmac.digest(key, f"name\0{recording_id}\0{stream}".encode(), sha256).hex()[:32]
