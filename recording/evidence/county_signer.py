"""The county's key, as far as the evidence of recordings needs it."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from casework.master_key import MasterKey
from recording.evidence.keys import SigningKey


class DerivedCountySigner:
    """Derives the key from the installation's master key: the same on every node."""

    def __init__(self, master: MasterKey) -> None:
        self._master = master

    async def sign(
        self, session: AsyncSession, county_id: str, statement: bytes
    ) -> tuple[str, str]:
        del session
        key = self._key(county_id)
        return key.public_key, key.sign(statement)

    async def public_keys(self, session: AsyncSession, county_id: str) -> frozenset[str]:
        del session
        return frozenset({self._key(county_id).public_key})

    def _key(self, county_id: str) -> SigningKey:
        seed = self._master.derive(f"county evidence key {county_id}")
        return SigningKey(Ed25519PrivateKey.from_private_bytes(seed))
