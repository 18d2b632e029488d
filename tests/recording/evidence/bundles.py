"""Bundles of short calls under a small journal, and what somebody may do to them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from zipfile import ZipFile

from casework.journal.hashing import hashing
from casework.journal.merkle import Frontier, NodePlace, inclusion_ranges, prove
from casework.journal.proofs import EntryProof
from casework.journal.signed_notes import TreeHead, Verifier
from casework.journal.signing import Ed25519Signer, sign_head
from recording.control import SignedHead
from recording.evidence import bundle
from recording.evidence.bundle import Content, write_bundle
from recording.evidence.bundle_zip import write_zip
from recording.evidence.canonical import canonical, digest, parse
from recording.evidence.chain_check import view_chain
from recording.evidence.faults import Part
from recording.evidence.links import genesis
from tests.recording.evidence.calls import COUNTY_SEED, NODE_KEY, RecordedCall

HASHING = hashing("sha256")
ORIGIN = "shipinban/journal/test"
Members = dict[str, bytes]


@dataclass
class SmallJournal:
    """Entries under one checkpoint, as the county signs it."""

    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(ORIGIN, COUNTY_SEED))
    leaves: list[str] = field(default_factory=list)

    @property
    def verifier(self) -> Verifier:
        return self.signer.verifier

    def proofs(self) -> list[str]:
        """Of every entry."""
        return asyncio.run(self._proofs())

    async def _proofs(self) -> list[str]:
        hashes = [HASHING.leaf(leaf.encode()) for leaf in self.leaves]
        frontier = Frontier(HASHING)
        for each in hashes:
            frontier.append(each)
        size = len(hashes)
        note = await sign_head(TreeHead(ORIGIN, size, frontier.root()), self.signer)

        async def find(place: NodePlace) -> bytes:
            part = Frontier(HASHING)
            first = place.place << place.level
            for each in hashes[first : first + (1 << place.level)]:
                part.append(each)
            return part.root()

        return [
            EntryProof(
                hash_name="sha256",
                entry=leaf,
                sequence=number,
                leaf_hash=hashes[number],
                path=await prove(HASHING, find, inclusion_ranges(number, size)),
                checkpoint_number=1,
                size=size,
                note=str(note),
                keys=[self.verifier.text],
            ).text()
            for number, leaf in enumerate(self.leaves)
        ]


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
    return journal


def make_bundle(call: RecordedCall, path: Path) -> Path:
    evidence = call.evidence()
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
                "body": {"number": number},
            }
            for link, number in zip(chained, numbers, strict=True)
        ],
        proofs=journal_of(call).proofs(),
        statement=b"%PDF-1.4 a statement",
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


# --- what somebody may do to a bundle ------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """``parts``: where the first fault has to be found; ``at``: a byte that its place names."""

    kind: str
    parts: frozenset[Part]
    at: int | None = None


ANY = frozenset(Part)


def flip(raw: bytes, random: Random) -> tuple[bytes, int]:
    at = random.randrange(len(raw))
    changed = bytearray(raw)
    changed[at] ^= 1 << random.randrange(8)
    return bytes(changed), at


def flip_a_stream(members: Members, random: Random, _other: Members) -> Mutation:
    name = random.choice([name for name in members if name.startswith("streams/")])
    members[name], at = flip(members[name], random)
    return Mutation("a bit of a stream", frozenset({Part.STREAM}), at)


def flip_the_chain(members: Members, random: Random, _other: Members) -> Mutation:
    members[bundle.CHAIN], _ = flip(members[bundle.CHAIN], random)
    return Mutation("a bit of the chain", frozenset({Part.CHAIN, Part.BUNDLE, Part.MANIFEST}))


def flip_another_member(members: Members, random: Random, _other: Members) -> Mutation:
    name = random.choice([n for n in members if not n.startswith("streams/") and n != bundle.CHAIN])
    members[name], _ = flip(members[name], random)
    return Mutation("a bit of another member", ANY)


def cut_a_stream(members: Members, random: Random, _other: Members) -> Mutation:
    name = random.choice([name for name in members if name.startswith("streams/")])
    at = random.randrange(len(members[name]))
    members[name] = members[name][:at]
    return Mutation("a stream is cut", frozenset({Part.STREAM}))


def move_bytes(members: Members, random: Random, _other: Members) -> Mutation:
    """Reorders, repeats or deletes a stretch of a stream."""
    name = random.choice([name for name in members if name.startswith("streams/")])
    raw = members[name]
    a, b, c = sorted(random.sample(range(len(raw)), 3))
    changed = random.choice(
        [raw[:a] + raw[b:c] + raw[a:b] + raw[c:], raw[:b] + raw[a:], raw[:a] + raw[b:]]
    )
    members[name] = changed if changed != raw else raw[1:]
    return Mutation("a stretch of a stream moved, repeated or deleted", frozenset({Part.STREAM}))


def rearrange_links(members: Members, random: Random, _other: Members) -> Mutation:
    """Links deleted, repeated, exchanged or cut off, the rest left as it is."""
    links = members[bundle.CHAIN].splitlines(keepends=True)
    at = random.randrange(len(links) - 1)
    match random.randrange(4):
        case 0:
            del links[at]
        case 1:
            links.insert(at, links[at])
        case 2:
            links[at], links[at + 1] = links[at + 1], links[at]
        case _:
            del links[at + 1 :]
    members[bundle.CHAIN] = b"".join(links)
    return Mutation("links deleted, repeated, exchanged or cut off", ANY - {Part.EXPORT})


def chain_anew(members: Members, random: Random, _other: Members) -> Mutation:
    """An event is changed and everything after it chained again, without the key."""
    links = [parse(link) for link in members[bundle.CHAIN].splitlines()]
    events = [number for number, link in enumerate(links) if link["kind"] == "event"]
    changed = random.choice(events)
    links[changed]["position_ms"] += 1
    head = genesis(links[0]["recording_id"])
    lines = []
    for link in links:
        line = canonical({**link, "prev": head})
        head = digest(line)
        lines.append(line)
    members[bundle.CHAIN] = b"".join(line + b"\n" for line in lines)
    return Mutation("an event changed, the chain made anew", ANY - {Part.EXPORT})


def splice(members: Members, random: Random, other: Members) -> Mutation:
    """A part of another call's bundle in its place."""
    shared = sorted(name for name in members if name in other and members[name] != other[name])
    name = random.choice(shared)
    members[name] = other[name]
    return Mutation("a part of another call", ANY)


def swap_manifests(members: Members, _random: Random, other: Members) -> Mutation:
    for name in (bundle.MANIFEST, bundle.MANIFEST_SIGNATURE):
        members[name] = other[name]
    return Mutation("another call's manifest", ANY - {Part.EXPORT})


def change_an_event(members: Members, random: Random, _other: Members) -> Mutation:
    told = parse(members[bundle.EVENTS])
    event = random.choice(told["events"])
    event[random.choice(["position_ms", "at_ms"])] += 1
    members[bundle.EVENTS] = canonical(told)
    return Mutation("an event told otherwise", frozenset({Part.EVENT}))


def drop_a_member(members: Members, random: Random, _other: Members) -> Mutation:
    del members[random.choice(sorted(members))]
    return Mutation("a member deleted", ANY)


def forge_the_journal(members: Members, random: Random, _other: Members) -> Mutation:
    """Entries changed and the tree made anew, signed by a key that is not the county's."""
    names = sorted(name for name in members if name.startswith("journal/"))
    journal = SmallJournal(Ed25519Signer(ORIGIN, random.randbytes(32)))
    for name in names:
        journal.leaves.append(json.loads(members[name])["entry"])
    for name, proof in zip(names, journal.proofs(), strict=True):
        members[name] = proof.encode()
    return Mutation("the journal made anew without the county's key", frozenset({Part.JOURNAL}))


def roll_back_the_journal(members: Members, _random: Random, _other: Members) -> Mutation:
    """The database of yesterday knows nothing of the seal."""
    names = sorted(name for name in members if name.startswith("journal/"))
    del members[names[-1]]
    return Mutation("the journal rolled back", frozenset({Part.JOURNAL}))


KINDS: tuple[Callable[[Members, Random, Members], Mutation], ...] = (
    flip_a_stream,
    flip_a_stream,
    flip_the_chain,
    flip_another_member,
    cut_a_stream,
    move_bytes,
    rearrange_links,
    chain_anew,
    splice,
    swap_manifests,
    change_an_event,
    drop_a_member,
    forge_the_journal,
    roll_back_the_journal,
)
