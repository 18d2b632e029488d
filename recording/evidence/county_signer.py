"""The county's key: the one that signs the journal's checkpoints certifies nodes, too."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casework.journal.signing import load_seeds
from recording.evidence.keys import SigningKey


class CountySigner:
    """Signs with the newest key of the journal's key file; made with it at the first start."""

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file

    def sign(self, statement: bytes) -> tuple[str, str]:
        """The county's public key and its signature over ``statement``, both hexadecimal.

        Raises :class:`casework.private_file.UnsafeKeyFile`.
        """
        key = self._keys()[-1]
        return key.public_key, key.sign(statement)

    def public_keys(self) -> frozenset[str]:
        """Every key that the county has signed with."""
        return frozenset(key.public_key for key in self._keys())

    def _keys(self) -> list[SigningKey]:
        return [
            SigningKey(Ed25519PrivateKey.from_private_bytes(seed))
            for seed in load_seeds(self._key_file)
        ]
