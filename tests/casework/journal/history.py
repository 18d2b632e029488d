"""A journal that grows step by step, is signed and co-signed, and is exported."""

from dataclasses import dataclass, field
from pathlib import Path

from casework.journal.checkpoints import Signed, choose_signer, keep_checkpoint
from casework.journal.cosignatures import keep_cosignature
from casework.journal.exporting import export_journal
from casework.journal.keys import add_county_key, add_town_key
from casework.journal.proofs import prove_entry
from casework.journal.seen import Seen, parse_seen
from casework.journal.signed_notes import Note, SignatureType, TreeHead, Verifier
from casework.journal.signing import Ed25519Signer, Signer, cosign_text, sign_head
from casework.journal.verifying import Verdict, verify_export
from casework.tables import Journal
from tests.casework.journal.county import BOOT, JournalCounty


@dataclass
class History:
    county: JournalCounty
    signed: Signed = field(default_factory=Signed)
    notes: list[Note] = field(default_factory=list)
    keys: list[Signer] = field(default_factory=list)
    town: Ed25519Signer = field(
        default_factory=lambda: Ed25519Signer(
            "town.example/journal", bytes([7]) * 32, SignatureType.COSIGNATURE
        )
    )

    async def begin(self) -> None:
        await self.county.found()
        await self.add_key()

    @property
    def verifier(self) -> Verifier:
        """The county's first key, as somebody wrote it down at the beginning."""
        return self.keys[0].verifier

    async def add_key(self) -> None:
        """A further key of the county; it signs once a checkpoint has made it known."""
        key = Ed25519Signer(self.county.origin, bytes([100 + len(self.keys)]) * 32)
        self.keys.append(key)
        async with self.county.database.transaction() as session:
            journal = await session.get_one(Journal, self.county.county_id)
            await add_county_key(session, journal, key.verifier)

    async def add_town(self) -> None:
        async with self.county.database.transaction() as session:
            await add_town_key(session, self.county.county_id, "town", self.town.verifier.text)

    async def sign(self) -> Note:
        """A checkpoint over all that is there."""
        county = self.county
        await county.sequence()
        async with county.database.reading() as session:
            signer = await choose_signer(session, county.county_id, self.signed.size, self.keys)
        head = TreeHead(county.origin, county.frontier.size, county.frontier.root())
        note = await sign_head(head, signer)
        async with county.database.transaction() as session:
            self.signed = await keep_checkpoint(
                session, county.county_id, BOOT, self.signed.number + 1, head, note
            )
        self.notes.append(note)
        return note

    async def cosign(self) -> None:
        """The latest checkpoint, by the town."""
        note = self.notes[-1]
        line = await cosign_text(note.text, self.town)
        async with self.county.database.transaction() as session:
            await keep_cosignature(
                session, self.county.county_id, TreeHead.parse(note.text).size, line.text
            )

    async def proof(self, entry_id: str) -> Seen:
        """As it is downloaded with a receipt."""
        async with self.county.database.reading() as session:
            proof = await prove_entry(session, self.county.county_id, entry_id)
        assert proof is not None
        return parse_seen(proof.text(), "receipt.json")

    async def export(self, folder: Path) -> list[bytes]:
        path = folder / "journal.txt"
        await export_journal(self.county.database, self.county.county_id, path)
        return path.read_bytes().splitlines()

    async def verify(self, folder: Path, *seen: Seen) -> Verdict:
        return verify_export(await self.export(folder), [self.verifier], seen)
