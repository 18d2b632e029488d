"""Bundles of short calls under a small journal."""

import asyncio
import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

from casework.journal.hashing import hashing
from casework.journal.merkle import (
    Frontier,
    NodePlace,
    consistency_ranges,
    inclusion_ranges,
    prove,
)
from casework.journal.proofs import EntryProof
from casework.journal.signed_notes import Note, TreeHead, Verifier
from casework.journal.signing import Ed25519Signer, sign_head
from recording.control import SignedHead
from recording.evidence.bundle import Content, write_bundle
from recording.evidence.bundle_papers import Papers, WhyMissing, page_member
from recording.evidence.bundle_zip import write_zip
from recording.evidence.canonical import canonical, parse
from recording.evidence.chain_check import view_chain
from recording.evidence.growing import Growth
from tests.recording.evidence.calls import (
    COUNTY_SEED,
    NODE_KEY,
    RecordedCall,
    event_body,
    page_bytes,
    strokes,
)

HASHING = hashing("sha256")
ORIGIN = "shipinban/journal/test"
Members = dict[str, bytes]


@dataclass
class SmallJournal:
    """Entries, a checkpoint after each second one and at the end, as the county signs them."""

    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(ORIGIN, COUNTY_SEED))
    leaves: list[str] = field(default_factory=list)

    @property
    def verifier(self) -> Verifier:
        return self.signer.verifier

    @property
    def sizes(self) -> list[int]:
        """Of the trees that are signed."""
        size = len(self.leaves)
        return sorted({*range(2, size + 1, 2), size})

    def proofs(self) -> list[str]:
        """Of every entry, under the first checkpoint that holds it."""
        return asyncio.run(self._proofs())

    def checkpoint(self, size: int) -> str:
        return str(asyncio.run(self._note(size)))

    def growth(self, since: int, until: int) -> str:
        """As ``GET /api/journal/tree-head`` answers."""
        steps = asyncio.run(prove(HASHING, self._find, consistency_ranges(since, until)))
        return json.dumps(
            {
                "checkpoint": self.checkpoint(until),
                "hash": "sha256",
                "since": since,
                "proof": [base64.b64encode(step).decode() for step in steps],
            }
        )

    def bundle_growth(self) -> str:
        sizes = self.sizes
        notes = [self.checkpoint(size) for size in sizes]
        steps = [
            asyncio.run(prove(HASHING, self._find, consistency_ranges(old, new)))
            for old, new in pairwise(sizes)
        ]
        return Growth("sha256", notes, steps).text()

    async def _note(self, size: int) -> Note:
        root = self._frontier(0, size).root()
        return await sign_head(TreeHead(ORIGIN, size, root), self.signer)

    def _frontier(self, first: int, end: int) -> Frontier:
        frontier = Frontier(HASHING)
        for leaf in self.leaves[first:end]:
            frontier.append(HASHING.leaf(leaf.encode()))
        return frontier

    async def _find(self, place: NodePlace) -> bytes:
        first = place.place << place.level
        return self._frontier(first, first + (1 << place.level)).root()

    async def _proofs(self) -> list[str]:
        sizes = self.sizes
        proofs = []
        for number, leaf in enumerate(self.leaves):
            size = next(size for size in sizes if size > number)
            proof = EntryProof(
                hash_name="sha256",
                entry=leaf,
                sequence=number,
                leaf_hash=HASHING.leaf(leaf.encode()),
                path=await prove(HASHING, self._find, inclusion_ranges(number, size)),
                checkpoint_number=sizes.index(size) + 1,
                size=size,
                note=str(await self._note(size)),
                keys=[self.verifier.text],
            )
            proofs.append(proof.text())
        return proofs


def entry_of(call: RecordedCall, head: SignedHead, manifest_sha256: str | None) -> str:
    evidence = {
        "recording_id": call.place.recording_id,
        "links": head.links,
        "head": head.head,
        "at_ms": head.at_ms,
        "monotonic_us": head.monotonic_us,
        "signature": head.signature,
        "public_key": head.public_key,
    }
    if manifest_sha256 is not None:
        evidence["manifest_sha256"] = manifest_sha256
    return canonical({"what": f"recording.{head.kind}", "evidence": evidence}).decode()


def journal_of(call: RecordedCall) -> SmallJournal:
    assert call.outcome is not None
    assert call.outcome.seal is not None
    journal = SmallJournal()
    sealed = call.outcome.seal.manifest_sha256
    for head in call.heads:
        last = head is call.heads[-1]
        journal.leaves.append(entry_of(call, head, sealed if last else None))
    journal.leaves.append(
        canonical(
            {
                "what": "rating.given",
                "at_ms": 1_700_000_900_000,
                "evidence": {"event_id": "f", "grade": "satisfied"},
            }
        ).decode()
    )
    return journal


def papers_of(numbers: Sequence[int]) -> Papers:
    """Of the first events as they are; of the rest nothing could be read."""
    members: dict[str, Callable[[], bytes]] = {}
    missing: dict[str, WhyMissing] = {}
    for count, number in enumerate(numbers):
        names = [f"pages/page{number}"]
        if number % 2:
            names = [f"forms/form{number}", f"signatures/drawn{number}"]
        if count >= 4:
            missing |= dict.fromkeys(names, WhyMissing.UNREADABLE)
        elif number % 2:
            members[f"{names[0]}.json"] = partial(page_bytes, number)
            members[f"{names[1]}.json"] = partial(strokes, number)
        else:
            members[page_member(f"page{number}", "image/jpeg")] = partial(page_bytes, number)
    return Papers(members, missing)


def make_bundle(call: RecordedCall, path: Path) -> Path:
    evidence, journal = call.evidence(), journal_of(call)
    *heads, rating = journal.proofs()
    chained = view_chain(evidence.recording_id, evidence.chain).events
    numbers = [int(link["event_id"], 16) for link in chained]
    content = Content(
        evidence=evidence,
        streams=[file["stream"] for file in parse(evidence.manifest.content)["files"]],
        events=[
            {
                "event_id": link["event_id"],
                "event": link["event"],
                "position_ms": link["position_ms"],
                "at_ms": link["at_ms"],
                "actor": link["actor"],
                "body": event_body(number, link["event"]),
            }
            for link, number in zip(chained, numbers, strict=True)
        ],
        proofs=heads,
        growth=journal.bundle_growth(),
        entries=[rating],
        papers=papers_of(numbers),
        statement=b"%PDF-1.4 a statement" * 1_000,
    )
    record = {
        "recording_id": evidence.recording_id,
        "reason": "a test",
        "requested_by": "one",
        "approved_by": "two",
    }
    with path.open("wb") as file:
        write_bundle(lambda piece: file.writelines([piece]), content, record, NODE_KEY)
    return path


def members_of(path: Path) -> Members:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(path: Path, members: Members) -> Path:
    with path.open("wb") as file:
        write_zip(
            lambda piece: file.writelines([piece]),
            ((name, [content]) for name, content in members.items()),
        )
    return path
