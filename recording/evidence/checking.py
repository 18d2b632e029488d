"""Checks a recording's evidence: chain, manifest, signatures, heads in the journal, every byte.

The same for the edge, which verifies what the recorder sealed, and for a stranger with a bundle.
Needs no database. Faults come the innermost first: a changed byte is told as its byte range, not
as a manifest that doesn't fit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from casework.vocabulary import EvidenceSigner
from recording.evidence.canonical import digest, parse
from recording.evidence.chain_check import BrokenChain, ChainView, view_chain
from recording.evidence.faults import Fault, Part
from recording.evidence.keys import verifies
from recording.evidence.links import call_key_statement, head_statement
from recording.evidence.manifest import Signed
from recording.evidence.stream_check import check_stream

OpenStream = Callable[[str], Iterable[bytes]]
"""The plaintext of a stream in pieces. Raises ``OSError`` or ``ValueError`` where it can't be read."""


@dataclass(frozen=True, slots=True)
class NodeCertificate:
    """The county's word for a node's key."""

    statement: bytes
    signature: str
    county_key: str
    revoked_ms: int | None = None
    """From when the key proves nothing; what it signed before stands."""


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A head of the chain as the journal has it."""

    links: int
    head: str
    at_ms: int
    statement: bytes
    signature: str
    public_key: str
    manifest_sha256: str | None
    """Of the entry at the seal."""


def known_head(entry: Mapping[str, Any]) -> KnownHead:
    """Of one entry. Raises ``KeyError``, ``TypeError`` when it is none of a head."""
    told = entry["evidence"]
    return KnownHead(
        links=told["links"],
        head=told["head"],
        at_ms=told["at_ms"],
        statement=head_statement(
            told["recording_id"],
            told["links"],
            told["head"],
            told["at_ms"],
            told["monotonic_us"],
        ),
        signature=told["signature"],
        public_key=told["public_key"],
        manifest_sha256=told.get("manifest_sha256"),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    recording_id: str
    chain: Sequence[bytes]
    manifest: Signed
    heads: Sequence[KnownHead]
    certificates: Sequence[NodeCertificate]
    county_keys: frozenset[str]
    """The county's public keys, as whoever checks believes them to be."""
    open_stream: OpenStream


def faults(evidence: Evidence) -> Iterator[Fault]:
    """Everything that is wrong; nothing when all agrees."""
    try:
        view = view_chain(evidence.recording_id, evidence.chain)
    except BrokenChain as broken:
        yield broken.fault
        return
    try:
        manifest = parse(evidence.manifest.content)
        files = {file["stream"]: file for file in manifest["files"]}
        yield from _streams(evidence, view, files)
        yield from _manifest(evidence, view, manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield Fault(Part.MANIFEST, "its content", f"unreadable: {error!r}")
    yield from _heads(evidence, view)
    yield from _keys(evidence, view)


def _streams(evidence: Evidence, view: ChainView, files: dict[str, Any]) -> Iterator[Fault]:
    for stream, groups in view.groups.items():
        if stream not in files:
            yield Fault(Part.MANIFEST, "files", f"{stream} is in the chain and not in it")
            continue
        try:
            yield from check_stream(files[stream], groups, evidence.open_stream(stream))
        except (OSError, ValueError) as error:
            yield Fault(Part.STREAM, stream, f"it can't be read: {error}")
    for stream in files.keys() - view.groups.keys():
        yield Fault(Part.MANIFEST, "files", f"{stream} is in it and not in the chain")


def _manifest(evidence: Evidence, view: ChainView, manifest: dict[str, Any]) -> Iterator[Fault]:
    chain = manifest["chain"]
    said = {
        "recording_id": (manifest["recording_id"], evidence.recording_id),
        "call_id": (manifest["call_id"], view.start["call_id"]),
        "county_id": (manifest["county_id"], view.start["county_id"]),
        "chain.links": (chain["links"], len(evidence.chain)),
        "chain.head": (chain["head"], view.heads[-1]),
        "chain.events": (chain["events"], len(view.events)),
        "state": (manifest["state"], view.end and view.end["state"]),
    }
    for name, (told, found) in said.items():
        if told != found:
            yield Fault(Part.MANIFEST, name, f"it says {told}, the chain {found}")
    signed = evidence.manifest
    if not verifies(signed.public_key, signed.content, signed.signature):
        yield Fault(Part.MANIFEST, "its signature", "it does not fit the content")
    sealed = [h.manifest_sha256 for h in evidence.heads if h.manifest_sha256 is not None]
    if sealed and digest(signed.content) not in sealed:
        yield Fault(Part.MANIFEST, "its hash", "the journal names another manifest")


def _heads(evidence: Evidence, view: ChainView) -> Iterator[Fault]:
    for head in evidence.heads:
        place = f"the head of {head.links} links"
        if not 0 < head.links < len(view.heads):
            yield Fault(
                Part.CHAIN, f"link {len(evidence.chain)}", f"cut: {place} is in the journal"
            )
        elif view.heads[head.links] != head.head:
            yield Fault(Part.CHAIN, f"up to link {head.links - 1}", "the journal has another head")
        elif not verifies(head.public_key, head.statement, head.signature):
            yield Fault(Part.JOURNAL, place, "its signature does not fit")
        elif head.public_key not in _signers(view, head.links):
            yield Fault(Part.KEYS, place, "it is signed by a key that is not in the chain")
        elif head.at_ms >= _revoked_ms(evidence, head.public_key):
            yield Fault(Part.KEYS, place, "it is signed by a key that was revoked before")


def _revoked_ms(evidence: Evidence, public_key: str) -> float:
    return min(
        (
            each.revoked_ms
            for each in evidence.certificates
            if each.revoked_ms is not None and parse(each.statement)["public_key"] == public_key
        ),
        default=inf,
    )


def _signers(view: ChainView, links: int) -> set[str]:
    """Whose signature counts on a head of so many links."""
    if view.node_from is not None and links > view.node_from:
        return view.node_keys
    return {view.start["call_key"]}


def _keys(evidence: Evidence, view: ChainView) -> Iterator[Fault]:
    signed, start = evidence.manifest, view.start
    by_call = signed.signed_by is EvidenceSigner.CALL
    if signed.public_key not in _signers(view, len(evidence.chain)) or (
        by_call != (view.node_from is None)
    ):
        yield Fault(Part.KEYS, "the manifest's key", "it is not the one that the chain names")
    if "call_key" in start:
        statement = call_key_statement(evidence.recording_id, start["call_key"])
        if not verifies(start["node_key"], statement, start["certificate"]):
            yield Fault(Part.KEYS, "the call's key", "the node did not certify it")
    for key in sorted(view.node_keys - set(certified_keys(evidence))):
        yield Fault(Part.KEYS, f"the node's key {key[:16]}", "the county did not certify it")


def certified_keys(evidence: Evidence) -> Iterator[str]:
    """Node keys that one of the believed county keys signed."""
    for certificate in evidence.certificates:
        if certificate.county_key not in evidence.county_keys:
            continue
        if verifies(certificate.county_key, certificate.statement, certificate.signature):
            yield parse(certificate.statement)["public_key"]
