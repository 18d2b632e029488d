"""What a bundle's check found, in lines for people and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterator

from recording.evidence.bundle_check import Verdict
from recording.evidence.bundle_papers import FOLDERS
from recording.evidence.faults import clock


def explain(verdict: Verdict, *, trusted: bool, seen: int) -> Iterator[tuple[str, bool]]:
    """Lines, each with whether it is good."""
    if verdict.good:
        yield from _good(verdict)
    else:
        yield f"NOT GOOD: {verdict.faults[0]}", False
        for fault in verdict.faults[1:10]:
            yield f"  also: {fault}", False
    journal = verdict.journal
    if journal.towns:
        yield f"co-signed by {', '.join(sorted(journal.towns))}", True
    if not trusted:
        keys = ", ".join(sorted(key.text for key in journal.keys))
        yield f"The county's key was believed as the bundle has it: {keys}", True
        yield "Compare it with the key that the county publishes, or give it with --key.", True
    if seen:
        yield f"{len(journal.compared)} of {seen} seen before could be compared, and agree.", True
    for source, wanted in sorted(journal.missing.items()):
        yield f"NOT COMPARED: {source}. Fetch {wanted} and give it with --seen, too.", False


def _good(verdict: Verdict) -> Iterator[tuple[str, bool]]:
    manifest, export, journal = verdict.manifest, verdict.export, verdict.journal
    yield f"GOOD: call {manifest['call_id']}, recording {manifest['recording_id']}", True
    chain, missing = manifest["chain"], manifest["reason"] or "nothing is missing"
    counts = f"{chain['links']} links, {chain['events']} events"
    length = clock(manifest["duration_ms"])
    yield f"{len(manifest['files'])} files, {length}, {counts}; {manifest['state']}", True
    papers = Counter(each["name"].partition("/")[0] for each in export["files"])
    if kinds := [f"{folder}: {papers[folder]}" for folder in FOLDERS if papers[folder]]:
        yield ", ".join(kinds), True
    for each in export.get("missing", ()):
        yield f"NOT IN THE BUNDLE: {each['paper']}: {each['why']}", False
    yield f"signed by the {verdict.signed_by}'s key; {missing}", True
    people = f"exported by {export['requested_by']}, approved by {export['approved_by']}"
    yield f"{people}: {export['reason']}", True
    for entry in journal.entries:
        yield f"also in the journal: {entry.told}", True
    yield f"complete up to checkpoint {journal.last_checkpoint} of the journal", True


def dump(verdict: Verdict) -> str:
    """For programs."""
    journal = verdict.journal
    return json.dumps(
        {
            "good": verdict.good,
            "faults": [str(fault) for fault in verdict.faults],
            "recording_id": verdict.manifest.get("recording_id"),
            "call_id": verdict.manifest.get("call_id"),
            "signed_by": verdict.signed_by,
            "missing": [each["paper"] for each in verdict.export.get("missing", ())],
            "checkpoint": journal.last_checkpoint,
            "entries": [entry.told for entry in journal.entries],
            "compared": sorted(journal.compared),
            "not_compared": dict(sorted(journal.missing.items())),
        },
        ensure_ascii=False,
    )
