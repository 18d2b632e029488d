"""What somebody may do to a bundle, and what the check has to name then."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from casework.journal.signing import Ed25519Signer
from recording.evidence import bundle
from recording.evidence.canonical import canonical, digest, parse
from recording.evidence.links import genesis
from tests.recording.evidence.bundles import ORIGIN, Members, SmallJournal


@dataclass(frozen=True)
class Mutation:
    kind: str
    names: str = ""
    """What the place has to say besides the file and the bytes: a field, a link, an event."""


def flip(raw: bytes, random: Random) -> tuple[bytes, int]:
    at = random.randrange(len(raw))
    changed = bytearray(raw)
    changed[at] ^= 1 << random.randrange(8)
    return bytes(changed), at


def _one_of(members: Members, folder: str, random: Random) -> str:
    return random.choice(sorted(name for name in members if name.startswith(folder)))


def flipping(folder: str, kind: str) -> Callable[[Members, Random, Members], Mutation]:
    """A bit of one member of a folder, or of the member of that name."""

    def flip_one(members: Members, random: Random, _other: Members) -> Mutation:
        name = _one_of(members, folder, random)
        members[name], _ = flip(members[name], random)
        return Mutation(kind)

    return flip_one


def flip_a_header(members: Members, random: Random, _other: Members) -> Mutation:
    name = _one_of(members, "streams/", random)
    files = parse(members[bundle.MANIFEST])["files"]
    size = next(f["header_bytes"] for f in files if bundle.stream_member(f["stream"]) == name)
    head, _ = flip(members[name][:size], random)
    members[name] = head + members[name][size:]
    return Mutation("a bit of a stream's header", "the header region")


def cut_a_stream(members: Members, random: Random, _other: Members) -> Mutation:
    name = _one_of(members, "streams/", random)
    members[name] = members[name][: random.randrange(len(members[name]))]
    return Mutation("a stream is cut")


def move_bytes(members: Members, random: Random, _other: Members) -> Mutation:
    """Reorders, repeats or deletes a stretch of a stream."""
    name = _one_of(members, "streams/", random)
    raw = members[name]
    a, b, c = sorted(random.sample(range(len(raw)), 3))
    changed = random.choice(
        [raw[:a] + raw[b:c] + raw[a:b] + raw[c:], raw[:b] + raw[a:], raw[:a] + raw[b:]]
    )
    members[name] = changed if changed != raw else raw[1:]
    return Mutation("a stretch of a stream moved, repeated or deleted")


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
    return Mutation("links deleted, repeated, exchanged or cut off", "link ")


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
    return Mutation("an event changed, the chain made anew", f"link {changed}, event")


def splice(members: Members, random: Random, other: Members) -> Mutation:
    """A part of another call's bundle in its place."""
    shared = sorted(name for name in members if name in other and members[name] != other[name])
    name = random.choice(shared)
    members[name] = other[name]
    return Mutation("a part of another call")


def swap_manifests(members: Members, _random: Random, other: Members) -> Mutation:
    for name in (bundle.MANIFEST, bundle.MANIFEST_SIGNATURE):
        members[name] = other[name]
    return Mutation("another call's manifest")


def change_a_field(members: Members, random: Random, _other: Members) -> Mutation:
    """Of the manifest, which stays well-formed."""
    manifest = parse(members[bundle.MANIFEST])
    name = random.choice(["duration_ms", "reason", "software", "call_id"])
    value = manifest[name]
    manifest[name] = value + 1 if isinstance(value, int) else value + "x"
    members[bundle.MANIFEST] = canonical(manifest)
    return Mutation("a field of the manifest", name)


def change_an_event(members: Members, random: Random, _other: Members) -> Mutation:
    lines = members[bundle.EVENTS].splitlines()
    number = random.randrange(len(lines))
    told = parse(lines[number])
    name = random.choice(["position_ms", "at_ms", "body"])
    told[name] = {"number": -1} if name == "body" else told[name] + 1
    lines[number] = canonical(told)
    members[bundle.EVENTS] = b"".join(line + b"\n" for line in lines)
    return Mutation("an event told otherwise", f"event {told['event']} at ")


def change_a_certificate(members: Members, random: Random, _other: Members) -> Mutation:
    body = parse(members[bundle.CERTIFICATES])
    name = random.choice(["county_key", "signature"])
    body["certificates"][0][name] = random.randbytes(32).hex()
    members[bundle.CERTIFICATES] = canonical(body)
    return Mutation("a key or its certificate exchanged", name)


def change_the_export(members: Members, random: Random, _other: Members) -> Mutation:
    record = parse(members[bundle.EXPORT])
    name = random.choice(["reason", "requested_by", "approved_by"])
    record[name] += " and more"
    members[bundle.EXPORT] = canonical(record)
    return Mutation("the export's record told otherwise", name)


def drop_a_member(members: Members, random: Random, _other: Members) -> Mutation:
    del members[random.choice(sorted(members))]
    return Mutation("a file deleted")


def add_a_member(members: Members, random: Random, _other: Members) -> Mutation:
    members[f"streams/{random.randbytes(3).hex()}.webm"] = random.randbytes(100)
    return Mutation("a file added", "streams/")


def exchange_streams(members: Members, random: Random, other: Members) -> Mutation:
    """With one of the same call, or of another."""
    names = sorted(name for name in members if name.startswith("streams/"))
    if len(names) > 1:
        members[names[0]], members[names[1]] = members[names[1]], members[names[0]]
    else:
        members[names[0]] = other[_one_of(other, "streams/", random)]
    return Mutation("a stream exchanged for another")


def forge_the_journal(members: Members, random: Random, _other: Members) -> Mutation:
    """The tree made anew, signed by a key that is not the county's."""
    journal = SmallJournal(Ed25519Signer(ORIGIN, random.randbytes(32)))
    names = sorted(name for name in members if name.startswith("journal/0"))
    names += sorted(name for name in members if name.startswith("entries/"))
    journal.leaves += [json.loads(members[name])["entry"] for name in names]
    for name, proof in zip(names, journal.proofs(), strict=True):
        members[name] = proof.encode()
    members[bundle.GROWTH] = journal.bundle_growth().encode()
    return Mutation("the journal made anew without the county's key", "journal/")


def roll_back_the_journal(members: Members, _random: Random, _other: Members) -> Mutation:
    """The database of yesterday knows nothing of the seal."""
    del members[max(name for name in members if name.startswith("journal/0"))]
    return Mutation("the journal rolled back", "journal/")


KINDS: tuple[Callable[[Members, Random, Members], Mutation], ...] = (
    flipping("streams/", "a bit of a stream"),
    flipping("streams/", "a bit of a stream"),
    flip_a_header,
    flipping(bundle.CHAIN, "a bit of the chain"),
    flipping(bundle.EVENTS, "a bit of an event"),
    flipping(bundle.MANIFEST, "a bit of the manifest"),
    flipping(bundle.MANIFEST_SIGNATURE, "a bit of the manifest's signature"),
    flipping(bundle.CERTIFICATES, "a bit of a key's certificate"),
    flipping("journal/", "a bit of a proof"),
    flipping("entries/", "a bit of another entry's proof"),
    flipping(bundle.STATEMENT, "a bit of the statement"),
    flipping("pages/", "a bit of a page that was taken"),
    flipping("forms/", "a bit of a form that was shown"),
    flipping("signatures/", "a bit of a signature"),
    flipping(bundle.EXPORT, "a bit of the export's record"),
    flipping(bundle.EXPORT_SIGNATURE, "a bit of the export's signature"),
    cut_a_stream,
    move_bytes,
    rearrange_links,
    chain_anew,
    splice,
    swap_manifests,
    change_a_field,
    change_an_event,
    change_a_certificate,
    change_the_export,
    drop_a_member,
    add_a_member,
    exchange_streams,
    forge_the_journal,
    roll_back_the_journal,
)
