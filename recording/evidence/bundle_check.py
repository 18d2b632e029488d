"""Checks a bundle offline, with nothing but the bundle and public keys.

Names the first thing that is wrong as narrowly as it can: the bytes of a file with the link, event
or field that they are, a byte range of a stream, an entry of the journal, a byte between the files.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from casework.journal.seen import Seen
from casework.journal.signed_notes import Verifier
from recording.evidence import bundle
from recording.evidence.bundle_papers import FOLDERS, check_papers
from recording.evidence.bundle_zip import (
    Archive,
    LaidOut,
    Listed,
    find_member,
    first_difference,
    read_small,
    size_of,
)
from recording.evidence.canonical import canonical, digest, parse
from recording.evidence.chain_check import BrokenChain, view_chain
from recording.evidence.checking import Evidence, certified_keys, faults
from recording.evidence.export_record import BROKEN, Record, read_record
from recording.evidence.faults import Fault, Part, clock
from recording.evidence.journal_check import JournalView, Proofs
from recording.evidence.links import split
from recording.evidence.manifest import Signed
from recording.evidence.placing import place_changes, place_members


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
    with path.open("rb") as file:
        try:
            archive = _open(file)
            _Check(archive, verdict, trusted, seen).run()
            if verdict.good:
                _check_container(path, archive, verdict)
        except BROKEN as error:
            size = file.seek(0, io.SEEK_END)
            place = f"bytes {_directory_at(file)}–{size}, the archive's directory"
            verdict.faults.append(Fault(Part.BUNDLE, place, f"it can't be read: {error}"))
    return verdict


def _open(file: BinaryIO) -> Archive:
    """By the layout that the record gives; by the directory where the record doesn't fit the file.

    Raises what ``BROKEN`` lists.
    """
    with suppress(*BROKEN):
        sizes = _noted_sizes(file)
        if size_of(sizes) == file.seek(0, io.SEEK_END):
            return LaidOut(file, sizes)
    return Listed(file)


def _noted_sizes(file: BinaryIO) -> dict[str, int]:
    """Raises what ``BROKEN`` lists when there is no readable record."""
    found = find_member(file, bundle.EXPORT)
    last = find_member(file, bundle.EXPORT_SIGNATURE)
    if found is None or last is None:
        raise ValueError("no record of an export")
    (at, tail), (end, rest) = found, last
    # Between the two: a descriptor, and the head of the second.
    size = end - at - 24 - 50 - len(bundle.EXPORT_SIGNATURE)
    record = parse(tail[:size])
    sizes = {each["name"]: each["size_bytes"] for each in record["files"]}
    signature_bytes = rest.index(b"PK\x07\x08")
    return sizes | {bundle.EXPORT: size, bundle.EXPORT_SIGNATURE: signature_bytes}


def _directory_at(file: BinaryIO) -> int:
    """Behind the last member, as far as can be told."""
    found = find_member(file, bundle.EXPORT_SIGNATURE)
    return 0 if found is None else found[0] + max(found[1].find(b"PK\x07\x08") + 24, 0)


def _check_container(path: Path, archive: Archive, verdict: Verdict) -> None:
    at = first_difference(path, archive)
    if at is not None:
        what = "between the files it is not what was exported"
        verdict.faults.append(Fault(Part.BUNDLE, f"byte {at}", what))


class _Check:
    def __init__(
        self,
        archive: Archive,
        verdict: Verdict,
        trusted: Sequence[Verifier],
        seen: Sequence[Seen],
    ) -> None:
        self._archive, self._verdict = archive, verdict
        self._proofs = Proofs(trusted, seen)
        self._read_before: dict[str, bytes] = {}

    def run(self) -> None:
        """Where first, as the export's record tells it; then what that means."""
        record = read_record(self._small)
        self._verdict.export = record.content
        found = self._verdict.faults
        if record.signed:
            found += place_members(self._archive.names(), record.files)
        changed = list(place_changes(self._archive, record.files, self._small))
        # Of a stream only the chain knows where: what it says comes first then.
        found += [fault for fault in changed if not _is_whole_stream(fault)]
        found += record.faults
        evidence: Evidence | None = None
        try:
            journal = list(self._journal())
            evidence = self._evidence(record)
            # What was recorded first, then what vouches for it.
            found += [*faults(evidence), *self._events(evidence), *self._papers(record), *journal]
        except BROKEN as error:
            fault = Fault(Part.BUNDLE, "its members", f"one can't be read: {error}")
            found.append(fault)
        found += [fault for fault in changed if _is_whole_stream(fault)]
        found += _signer(record, evidence)

    def _small(self, name: str) -> bytes:
        """Raises ``ValueError`` naming the member."""
        if name not in self._read_before:
            try:
                self._read_before[name] = read_small(self._archive, name)
            except BROKEN as error:
                raise ValueError(f"{name}: {error}") from error
        return self._read_before[name]

    def _journal(self) -> Iterator[Fault]:
        for folder, take in (
            ("journal/", self._proofs.take_head),
            ("entries/", self._proofs.take_entry),
        ):
            for name in self._names(folder):
                yield from take(name, self._small(name).decode())
        view = self._verdict.journal = self._proofs.view
        yield from self._proofs.end(bundle.GROWTH, self._small(bundle.GROWTH).decode())
        if not any(head.manifest_sha256 is not None for head in view.heads):
            yield Fault(Part.JOURNAL, "the seal", "no proof of its entry is in the bundle")

    def _names(self, folder: str) -> Iterable[str]:
        names = self._archive.names()
        return sorted(n for n in names if n.startswith(folder) and n != bundle.GROWTH)

    def _evidence(self, record: Record) -> Evidence:
        content = self._small(bundle.MANIFEST)
        line = self._small(bundle.MANIFEST_SIGNATURE)
        manifest = Signed.unpack(content + b"\n" + line)
        self._verdict.manifest = parse(content)
        self._verdict.signed_by = manifest.signed_by
        return Evidence(
            recording_id=record.recording_id or self._verdict.manifest["recording_id"],
            chain=list(split(self._small(bundle.CHAIN))),
            manifest=manifest,
            heads=self._verdict.journal.heads,
            certificates=bundle.unpack_certificates(self._small(bundle.CERTIFICATES)),
            county_keys=frozenset(self._verdict.journal.county_keys),
            open_stream=lambda stream: self._archive.pieces(bundle.stream_member(stream)),
        )

    def _events(self, evidence: Evidence) -> Iterator[Fault]:
        try:
            links = view_chain(evidence.recording_id, evidence.chain).events
        except BrokenChain:
            return  # told of already
        lines = self._small(bundle.EVENTS).splitlines()
        for number, link in enumerate(links):
            place = f"event {link['event']} at {clock(link['position_ms'])}"
            if number >= len(lines) or not _is_event(lines[number], link):
                yield Fault(Part.EVENT, place, "its content is not what was chained")
                return
        if len(lines) > len(links):
            yield Fault(Part.EVENT, f"event {len(links)}", "it is not in the chain")

    def _papers(self, record: Record) -> Iterator[Fault]:
        names = [name for folder in FOLDERS for name in self._names(f"{folder}/")]
        told = [parse(line) for line in self._small(bundle.EVENTS).splitlines()]
        missing = [each["paper"] for each in record.content.get("missing", ())]
        yield from check_papers(names, self._archive.pieces, told, missing)


def _is_whole_stream(fault: Fault) -> bool:
    return fault.part is Part.STREAM and fault.place.startswith("streams/")


def _is_event(line: bytes, link: Mapping[str, Any]) -> bool:
    try:
        told = parse(line)
        names = ("event_id", "event", "position_ms", "at_ms", "actor")
        same = all(told.get(name) == link.get(name) for name in names)
        return same and digest(canonical(told["body"])) == link["body_sha256"]
    except BROKEN:
        return False


def _signer(record: Record, evidence: Evidence | None) -> Iterator[Fault]:
    keys = set() if evidence is None else set(certified_keys(evidence))
    if record.public_key and record.public_key not in keys:
        what = "the county did not certify who signed"
        yield Fault(Part.EXPORT, f"{bundle.EXPORT_SIGNATURE}, public_key", what)
