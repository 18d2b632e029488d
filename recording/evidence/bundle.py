"""What a bundle holds, and how one is made of a recording's evidence.

::

    statement.pdf              what this is, in plain words
    manifest.json              canonical JSON; manifest.signature.json beside it
    chain.jsonl                one link a line
    events.jsonl               the chained events with their bodies, one a line
    certificates.json          the county's signatures on the nodes' keys
    journal/00001.json …       proof of each head's entry (``shipinban journal verify --seen``)
    journal/growth.json        that the trees of all proofs are one journal, and its latest tree head
    entries/00001.json …       proofs of what the journal says of the call besides: a rating given
                               after the seal, receipts, who asked for this export
    pages/ID.jpg …             pages taken in the call, as the chained events name them by hash
    forms/ID.json …            each version of a form that was shown: the canonical JSON whose hash
                               was chained, and signed
    signatures/ID.json …       strokes of signatures, likewise
    streams/NAME.webm          the recorded files, byte for byte
    export.json                who took it out, why, who agreed; papers that could not be brought,
                               and why (:mod:`recording.evidence.bundle_papers`); hashes of all of the above, and sums
                               over small pieces (:mod:`recording.evidence.pieces`)
    export.signature.json
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recording.evidence.bundle_papers import Papers
from recording.evidence.bundle_zip import Member, write_zip
from recording.evidence.canonical import canonical
from recording.evidence.checking import Evidence, NodeCertificate
from recording.evidence.keys import SigningKey
from recording.evidence.pieces import COARSE_BYTES, FINE_BYTES, PieceSums, sums_of

STATEMENT = "statement.pdf"
MANIFEST = "manifest.json"
MANIFEST_SIGNATURE = "manifest.signature.json"
CHAIN = "chain.jsonl"
EVENTS = "events.jsonl"
CERTIFICATES = "certificates.json"
GROWTH = "journal/growth.json"
EXPORT = "export.json"
EXPORT_SIGNATURE = "export.signature.json"
VERSION = 1


def stream_member(stream: str) -> str:
    return f"streams/{stream.replace('/', '-')}.webm"


def proof_member(number: int) -> str:
    return f"journal/{number:05}.json"


def entry_member(number: int) -> str:
    return f"entries/{number:05}.json"


def grain_of(name: str) -> int:
    """Bytes in a piece that gets a sum; of a stream the chain has groups."""
    if name.startswith("streams/"):
        return 0
    return COARSE_BYTES if name == STATEMENT or name.startswith("pages/") else FINE_BYTES


@dataclass(frozen=True, slots=True)
class Content:
    """All that goes into a bundle but the record of the export itself."""

    evidence: Evidence
    streams: Sequence[str]
    events: Sequence[Mapping[str, Any]]
    """event_id, event, position_ms, at_ms, actor, body: in the order of the chain."""
    proofs: Sequence[str]
    """Of the heads' entries, in the order of the chain."""
    growth: str
    entries: Sequence[str]
    """Proofs of other entries, in the order of the journal."""
    statement: bytes
    papers: Papers = field(default_factory=Papers)


def write_bundle(
    take: Callable[[bytes], None],
    content: Content,
    export: Mapping[str, Any],
    node_key: SigningKey,
) -> None:
    """Blocks; ``take`` gets the file piece by piece. Raises ``OSError``, ``Damaged``."""
    files: list[dict[str, Any]] = []
    write_zip(take, _members(content, export, node_key, files))


def _members(
    content: Content,
    export: Mapping[str, Any],
    node_key: SigningKey,
    files: list[dict[str, Any]],
) -> Iterator[Member]:
    for name, pieces in _contents(content):
        yield name, _noted(name, pieces, files)
    missing = [{"paper": paper, "why": why} for paper, why in content.papers.missing.items()]
    own = {"kind": "export", "version": VERSION, "files": files, "missing": missing}
    record = canonical({**export, **own})
    yield EXPORT, [record]
    signature = {
        "signature": node_key.sign(record),
        "public_key": node_key.public_key,
        "recording_id": content.evidence.recording_id,
        "sums": sums_of([record], FINE_BYTES),
    }
    yield EXPORT_SIGNATURE, [canonical(signature)]


def _contents(content: Content) -> Iterator[Member]:
    evidence = content.evidence
    yield STATEMENT, [content.statement]
    yield MANIFEST, [evidence.manifest.content]
    yield MANIFEST_SIGNATURE, [evidence.manifest.signature_line()]
    yield CHAIN, [link + b"\n" for link in evidence.chain]
    yield EVENTS, [canonical(event) + b"\n" for event in content.events]
    yield CERTIFICATES, [pack_certificates(evidence.certificates)]
    for number, proof in enumerate(content.proofs, 1):
        yield proof_member(number), [proof.encode()]
    yield GROWTH, [content.growth.encode()]
    for number, proof in enumerate(content.entries, 1):
        yield entry_member(number), [proof.encode()]
    for name, read in content.papers.members.items():
        yield name, _late(read)
    for stream in content.streams:
        yield stream_member(stream), evidence.open_stream(stream)


def _late(read: Callable[[], bytes]) -> Iterator[bytes]:
    """One page at a time is in memory."""
    yield read()


def _noted(name: str, pieces: Iterable[bytes], files: list[dict[str, Any]]) -> Iterator[bytes]:
    """The pieces as they are; what they were is noted once they are through."""
    whole, size, sums = hashlib.sha256(), 0, PieceSums(grain_of(name))
    for piece in pieces:
        whole.update(piece)
        sums.take(piece)
        size += len(piece)
        yield piece
    files.append(
        {"name": name, "size_bytes": size, "sha256": whole.hexdigest(), "sums": sums.end()}
    )


def pack_certificates(certificates: Iterable[NodeCertificate]) -> bytes:
    return canonical(
        {
            "certificates": [
                {
                    "statement": certificate.statement.decode(),
                    "signature": certificate.signature,
                    "county_key": certificate.county_key,
                    "revoked_ms": certificate.revoked_ms,
                }
                for certificate in certificates
            ]
        }
    )


def unpack_certificates(raw: bytes) -> list[NodeCertificate]:
    """Raises ``ValueError``, ``KeyError``, ``TypeError``."""
    return [
        NodeCertificate(
            each["statement"].encode(), each["signature"], each["county_key"], each["revoked_ms"]
        )
        for each in json.loads(raw)["certificates"]
    ]
