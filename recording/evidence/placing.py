"""Says where in a bundle's files something is not what was exported, as narrowly as the sums tell.

A byte range of the file, and what people call the place: a link, an event, a field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from recording.evidence import bundle
from recording.evidence.bundle_papers import FOLDERS
from recording.evidence.bundle_zip import Archive
from recording.evidence.canonical import parse
from recording.evidence.chain_check import name_of
from recording.evidence.export_record import BROKEN
from recording.evidence.faults import Fault, Part, clock
from recording.evidence.pieces import PieceSums, Span, fields_at, first_bad

WHAT = "it is not what was exported"
_PARTS = {
    bundle.MANIFEST: Part.MANIFEST,
    bundle.MANIFEST_SIGNATURE: Part.MANIFEST,
    bundle.CHAIN: Part.CHAIN,
    bundle.EVENTS: Part.EVENT,
    bundle.CERTIFICATES: Part.KEYS,
    bundle.STATEMENT: Part.STATEMENT,
}
_FOLDERS = {
    "streams": Part.STREAM,
    "journal": Part.JOURNAL,
    "entries": Part.JOURNAL,
    **FOLDERS,
}


def part_of(name: str) -> Part:
    return _PARTS.get(name) or _FOLDERS.get(name.partition("/")[0], Part.BUNDLE)


def place_members(names: Sequence[str], files: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Members that are missing, too many, or in another order than the record has them."""
    expected = [each["name"] for each in files] + [bundle.EXPORT, bundle.EXPORT_SIGNATURE]
    for name in expected:
        if name not in names:
            yield Fault(part_of(name), name, "it is missing")
    seen: set[str] = set()
    for name in names:
        if name not in expected or name in seen:
            yield Fault(Part.BUNDLE, name, "it was not exported")
        seen.add(name)
    if seen == set(expected) and len(names) == len(expected) and list(names) != expected:
        moved = next(a for a, b in zip(names, expected, strict=True) if a != b)
        yield Fault(Part.BUNDLE, moved, "it is not in its place")


def place_changes(
    archive: Archive, files: Sequence[Mapping[str, Any]], read: Callable[[str], bytes]
) -> Iterator[Fault]:
    """The first bad bytes of every changed member; of a stream only that it is one."""
    names = set(archive.names())
    for each in files:
        name = each["name"]
        if name not in names:
            continue
        try:
            whole, sums = sha256(), PieceSums(bundle.grain_of(name))
            for piece in archive.pieces(name):
                whole.update(piece)
                sums.take(piece)
        except BROKEN as error:
            yield Fault(part_of(name), name, f"it can't be read: {error}")
            continue
        if whole.hexdigest() == each["sha256"]:
            continue
        span = first_bad(each["sums"], sums.end(), bundle.grain_of(name))
        place = name if span is None else f"{name}, {span}{_described(name, span, read)}"
        yield Fault(part_of(name), place, WHAT)


def _described(name: str, span: Span, read: Callable[[str], bytes]) -> str:
    if part_of(name) in (Part.STATEMENT, Part.PAGE):
        return ""
    try:
        raw = read(name)
        if name == bundle.CHAIN:
            text = "; ".join(_links(raw, span))
        elif name == bundle.EVENTS:
            text = "; ".join(_events(raw, span, read(bundle.CHAIN)))
        else:
            text = fields_at(raw, span)
    except BROKEN:
        text = ""
    return f", {text}" if text else ""


def _lines_at(raw: bytes, span: Span) -> range:
    """Numbers of the lines that the bytes belong to."""
    return range(raw[: span.from_byte].count(b"\n"), raw[: span.to_byte - 1].count(b"\n") + 1)


def _links(raw: bytes, span: Span) -> Iterator[str]:
    lines = raw.split(b"\n")
    for number in _lines_at(raw, span):
        if number < len(lines) and lines[number]:
            yield _link(lines[number], number)
        elif span.to_byte > len(raw):
            yield f"link {number} and what followed"


def _link(line: bytes, number: int) -> str:
    try:
        return name_of(number, parse(line))
    except ValueError:
        return f"link {number}"


def _events(raw: bytes, span: Span, chain: bytes) -> Iterator[str]:
    """Called what the chain calls them."""
    links = [parse(line) for line in chain.splitlines()]
    events = [link for link in links if link["kind"] == "event"]
    for number in _lines_at(raw, span):
        if number < len(events):
            yield f"event {events[number]['event']} at {clock(events[number]['position_ms'])}"
        else:
            yield f"event {number}"
