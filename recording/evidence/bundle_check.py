"""Checks a bundle offline, with nothing but the bundle and public keys.

Names the first thing that is wrong as narrowly as it can: a byte range of a stream, an event, a
link, an entry; what fits all that but is not the file that was exported is told at last.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from casework.journal.seen import Seen
from casework.journal.signed_notes import Verifier
from recording.evidence import bundle
from recording.evidence.bundle_zip import first_difference, read_member, read_small
from recording.evidence.canonical import canonical, digest, parse
from recording.evidence.chain_check import BrokenChain, view_chain
from recording.evidence.checking import Evidence, certified_keys, faults
from recording.evidence.faults import Fault, Part, clock
from recording.evidence.journal_check import JournalView, Proofs
from recording.evidence.keys import verifies
from recording.evidence.links import split
from recording.evidence.manifest import Signed

_BROKEN = (
    BadZipFile,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OSError,
    RuntimeError,
    EOFError,
    zlib.error,
    struct.error,
)
"""What a damaged archive or member is met with: zipfile has no one tree of errors."""


@dataclass(slots=True)
class Verdict:
    faults: list[Fault] = field(default_factory=list)
    """The first is where to look; empty: all agrees."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    export: Mapping[str, Any] = field(default_factory=dict)
    signed_by: str = ""
    journal: JournalView = field(default_factory=JournalView)

    @property
    def good(self) -> bool:
        return not self.faults


def verify_bundle(
    path: Path, trusted: Sequence[Verifier] = (), seen: Sequence[Seen] = ()
) -> Verdict:
    """Never raises for what is in the file; ``OSError`` when it can't be opened.

    :param trusted: the county's keys from another source; without them the bundle's own are
        believed, which shows damage but no forgery by whoever made new keys.
    """
    verdict = Verdict()
    with path.open("rb"):
        pass
    try:
        with ZipFile(path) as archive:
            _Check(archive, verdict, trusted, seen).run()
        _check_container(path, verdict)
    except _BROKEN as error:
        verdict.faults.append(Fault(Part.BUNDLE, "the archive", f"it can't be read: {error}"))
    return verdict


def _check_container(path: Path, verdict: Verdict) -> None:
    at = first_difference(path)
    if at is not None:
        verdict.faults.append(Fault(Part.BUNDLE, f"byte {at}", "it is not what was exported"))


class _Check:
    def __init__(
        self,
        archive: ZipFile,
        verdict: Verdict,
        trusted: Sequence[Verifier],
        seen: Sequence[Seen],
    ) -> None:
        self._archive, self._verdict = archive, verdict
        self._proofs = Proofs(trusted, seen)

    def run(self) -> None:
        evidence: Evidence | None = None
        try:
            journal = list(self._journal())
            evidence = self._evidence()
            # What was recorded first, then what vouches for it.
            self._verdict.faults += [*faults(evidence), *self._events(evidence), *journal]
        except _BROKEN as error:
            fault = Fault(Part.BUNDLE, "its members", f"one can't be read: {error}")
            self._verdict.faults.append(fault)
        self._verdict.faults += self._export(evidence)

    def _small(self, name: str) -> bytes:
        """Raises ``ValueError`` naming the member."""
        try:
            return read_small(self._archive, name)
        except _BROKEN as error:
            raise ValueError(f"{name}: {error}") from error

    def _journal(self) -> Iterator[Fault]:
        names = sorted(n for n in self._archive.namelist() if n.startswith("journal/"))
        for name in names:
            yield from self._proofs.take(name, self._small(name).decode())
        view = self._verdict.journal = self._proofs.view
        if not any(head.manifest_sha256 is not None for head in view.heads):
            yield Fault(Part.JOURNAL, "the seal", "no proof of its entry is in the bundle")

    def _evidence(self) -> Evidence:
        content = self._small(bundle.MANIFEST)
        line = self._small(bundle.MANIFEST_SIGNATURE)
        manifest = Signed.unpack(content + b"\n" + line)
        self._verdict.manifest = parse(content)
        self._verdict.signed_by = manifest.signed_by
        return Evidence(
            recording_id=self._verdict.manifest["recording_id"],
            chain=list(split(self._small(bundle.CHAIN))),
            manifest=manifest,
            heads=self._verdict.journal.heads,
            certificates=bundle.unpack_certificates(self._small(bundle.CERTIFICATES)),
            county_keys=frozenset(self._verdict.journal.county_keys),
            open_stream=lambda stream: read_member(self._archive, bundle.stream_member(stream)),
        )

    def _events(self, evidence: Evidence) -> Iterator[Fault]:
        try:
            links = view_chain(evidence.recording_id, evidence.chain).events
            told = parse(self._small(bundle.EVENTS))["events"]
        except BrokenChain:
            return  # told of already
        except _BROKEN as error:
            yield Fault(Part.EVENT, bundle.EVENTS, f"unreadable: {error}")
            return
        for number, link in enumerate(links):
            place = f"event {link['event']} at {clock(link['position_ms'])}"
            if number >= len(told) or not _is_event(told[number], link):
                yield Fault(Part.EVENT, place, "its content is not what was chained")
                return
        if len(told) > len(links):
            yield Fault(Part.EVENT, f"event {len(links)}", "it is not in the chain")

    def _export(self, evidence: Evidence | None) -> Iterator[Fault]:
        try:
            record = self._small(bundle.EXPORT)
            signature = parse(self._small(bundle.EXPORT_SIGNATURE))
            export = self._verdict.export = parse(record)
            if not verifies(signature["public_key"], record, signature["signature"]):
                yield Fault(Part.EXPORT, "its signature", "it does not fit the record")
            keys = set() if evidence is None else set(certified_keys(evidence))
            if signature["public_key"] not in keys:
                yield Fault(Part.EXPORT, "its key", "the county did not certify it")
            yield from self._files(export["files"])
        except _BROKEN as error:
            yield Fault(Part.EXPORT, bundle.EXPORT, f"unreadable: {error}")

    def _files(self, files: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
        expected = [each["name"] for each in files] + [bundle.EXPORT, bundle.EXPORT_SIGNATURE]
        if self._archive.namelist() != expected:
            yield Fault(Part.BUNDLE, "its members", "they are not those that were exported")
        for each in files:
            whole = sha256()
            try:
                for piece in read_member(self._archive, each["name"]):
                    whole.update(piece)
            except _BROKEN as error:
                yield Fault(Part.BUNDLE, each["name"], f"it can't be read: {error}")
                continue
            if whole.hexdigest() != each["sha256"]:
                yield Fault(Part.BUNDLE, each["name"], "it is not what was exported")


def _is_event(told: Mapping[str, Any], link: Mapping[str, Any]) -> bool:
    names = ("event_id", "event", "position_ms", "at_ms", "actor")
    same = all(told.get(name) == link.get(name) for name in names)
    return same and digest(canonical(told["body"])) == link["body_sha256"]


def explain(verdict: Verdict, *, trusted: bool, seen: int) -> Iterator[tuple[str, bool]]:
    """Lines for people, each with whether it is good."""
    journal = verdict.journal
    if verdict.good:
        manifest, export = verdict.manifest, verdict.export
        yield f"GOOD: call {manifest['call_id']}, recording {manifest['recording_id']}", True
        chain, missing = manifest["chain"], manifest["reason"] or "nothing is missing"
        counts = f"{chain['links']} links, {chain['events']} events"
        length = clock(manifest["duration_ms"])
        yield f"{len(manifest['files'])} files, {length}, {counts}; {manifest['state']}", True
        yield f"signed by the {verdict.signed_by}'s key; {missing}", True
        people = f"exported by {export['requested_by']}, approved by {export['approved_by']}"
        yield f"{people}: {export['reason']}", True
        yield f"complete up to checkpoint {journal.last_checkpoint} of the journal", True
    else:
        yield f"NOT GOOD: {verdict.faults[0]}", False
        for fault in verdict.faults[1:10]:
            yield f"  also: {fault}", False
    if journal.towns:
        yield f"co-signed by {', '.join(sorted(journal.towns))}", True
    if not trusted:
        keys = ", ".join(sorted(key.text for key in journal.keys))
        yield f"The county's key was believed as the bundle has it: {keys}", True
        yield "Compare it with the key that the county publishes, or give it with --key.", True
    if seen:
        yield f"{len(journal.compared)} of {seen} seen before could be compared, and agree.", True


def dump(verdict: Verdict) -> str:
    """For programs."""
    return json.dumps(
        {
            "good": verdict.good,
            "faults": [str(fault) for fault in verdict.faults],
            "recording_id": verdict.manifest.get("recording_id"),
            "call_id": verdict.manifest.get("call_id"),
            "signed_by": verdict.signed_by,
            "checkpoint": verdict.journal.last_checkpoint,
        },
        ensure_ascii=False,
    )
