"""The signed record of an export: it names every file of the bundle, and what each piece of it was.

Read before everything else, since it tells where in a damaged file the damage is.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

from recording.evidence import bundle
from recording.evidence.canonical import canonical, parse
from recording.evidence.faults import Fault, Part
from recording.evidence.keys import verifies
from recording.evidence.pieces import FINE_BYTES, Span, fields_at, first_bad, sums_of

BROKEN = (
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
class Record:
    content: Mapping[str, Any] = field(default_factory=dict)
    public_key: str = ""
    signed: bool = False
    """Whether the signature fits; not whether the county certified who signed."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def files(self) -> Sequence[Mapping[str, Any]]:
        return self.content.get("files", ()) if self.signed else ()

    @property
    def recording_id(self) -> str | None:
        return self.content.get("recording_id") if self.signed else None


def read_record(read: Callable[[str], bytes]) -> Record:
    """Never raises for what is in the files."""
    record = Record()
    try:
        raw = read(bundle.EXPORT)
    except BROKEN as error:
        record.faults.append(Fault(Part.EXPORT, bundle.EXPORT, f"it can't be read: {error}"))
        return record
    try:
        line = read(bundle.EXPORT_SIGNATURE)
    except BROKEN as error:
        what = f"it can't be read: {error}"
        record.faults.append(Fault(Part.EXPORT, bundle.EXPORT_SIGNATURE, what))
        line = b""
    record.faults += _signature(record, raw, line, read)
    try:
        record.content = parse(raw)
        record.signed = record.signed and _has_files(record.content)
    except BROKEN as error:
        if not record.faults:
            record.faults.append(Fault(Part.EXPORT, bundle.EXPORT, f"unreadable: {error}"))
    return record


def _has_files(content: Mapping[str, Any]) -> bool:
    names = {"name": str, "size_bytes": int, "sha256": str, "sums": str}
    return all(isinstance(each[n], kind) for each in content["files"] for n, kind in names.items())


def _signature(
    record: Record, raw: bytes, line: bytes, read: Callable[[str], bytes]
) -> Iterator[Fault]:
    """Of a record whose pieces are those that were signed, the signature itself was changed."""
    whole = f"{bundle.EXPORT_SIGNATURE}, {Span(0, len(line))}"
    found = sums_of([raw], FINE_BYTES)
    try:
        signature = parse(line)
        record.public_key, sums = str(signature["public_key"]), str(signature["sums"])
        record.signed = verifies(record.public_key, raw, str(signature["signature"]))
    except BROKEN as error:
        if line:
            yield Fault(Part.EXPORT, whole, f"unreadable: {error}")
        return
    span = first_bad(sums, found, FINE_BYTES)
    if record.signed and line != _expected(signature, raw, found):
        yield Fault(Part.EXPORT, whole, "it is not what goes with the record")
    elif not record.signed and _is_foreign(signature, raw, read):
        yield Fault(Part.EXPORT, f"{whole}, recording_id", "it is of another recording's export")
    elif not record.signed and span is not None:
        place = f"{bundle.EXPORT}, {span}, {fields_at(raw, span)}"
        yield Fault(Part.EXPORT, place, "it is not what was signed")
    elif not record.signed:
        yield Fault(Part.EXPORT, f"{whole}, signature", "it does not fit the record")


def _expected(signature: Mapping[str, Any], raw: bytes, sums: str) -> bytes:
    own = {"recording_id": parse(raw).get("recording_id"), "sums": sums}
    kept = {name: signature.get(name) for name in ("signature", "public_key")}
    return canonical(own | kept)


def _is_foreign(signature: Mapping[str, Any], raw: bytes, read: Callable[[str], bytes]) -> bool:
    """Whether the record is of this bundle's recording, as the manifest tells it, and the signature
    is not."""
    try:
        own = str(parse(read(bundle.MANIFEST))["recording_id"])
        return bool(parse(raw)["recording_id"] == own != signature["recording_id"])
    except BROKEN:
        return False
