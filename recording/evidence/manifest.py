"""The signed manifest of a recording: what there is of it, and how it is proved.

On disk, in the recording's folder, two lines: the manifest in canonical form, and the signature
over it with the public key and whose it is.
"""

from dataclasses import dataclass
from importlib import metadata
from time import time_ns
from typing import Any

from casework.vocabulary import EvidenceSigner
from recording.chunk_file import ChunkAccess
from recording.control import Outcome, RecordingSalvage, RecordingStart, StreamReport
from recording.evidence.call_evidence import CallEvidence
from recording.evidence.canonical import canonical, parse
from recording.whole_file import whole, write_whole

MANIFEST = "manifest"
"""The stream name of the manifest file."""
VERSION = 1


@dataclass(frozen=True)
class Signed:
    """Canonical bytes and the signature on them."""

    content: bytes
    signature: str
    signed_by: EvidenceSigner
    public_key: str

    def pack(self) -> bytes:
        return self.content + b"\n" + self.signature_line()

    def signature_line(self) -> bytes:
        return canonical(
            {
                "signature": self.signature,
                "signed_by": self.signed_by,
                "public_key": self.public_key,
            }
        )

    @classmethod
    def unpack(cls, raw: bytes) -> "Signed":
        """Raises ``ValueError``."""
        content, _, line = raw.partition(b"\n")
        signature = parse(line)
        try:
            return cls(
                content,
                str(signature["signature"]),
                EvidenceSigner(signature["signed_by"]),
                str(signature["public_key"]),
            )
        except KeyError as error:
            raise ValueError("a signature lacks a field") from error


def read_manifest(reader: ChunkAccess) -> Signed:
    """Raises ``Damaged``, ``ValueError`` when it was not written to its end."""
    raw = whole(reader)
    if raw is None:
        raise ValueError("the manifest breaks off")
    return Signed.unpack(raw)


def write_manifest(
    folder: int,
    key: bytes,
    order: RecordingStart | RecordingSalvage,
    outcome: Outcome,
    evidence: CallEvidence,
) -> Signed:
    """Of a chain that has ended, every gap in full. Raises ``OSError``."""
    content = canonical(
        {
            "kind": "manifest",
            "version": VERSION,
            "software": f"shipinban {metadata.version('shipinban')}",
            "recording_id": order.recording_id,
            "call_id": order.call_id,
            "county_id": order.county_id,
            "state": outcome.state,
            "reason": outcome.reason,
            "clock": {"started_ms": order.started_ms, "sealed_ms": time_ns() // 1_000_000},
            "duration_ms": outcome.duration_ms,
            "participants": sorted({stream.participant_id for stream in outcome.streams}),
            "files": [_file(stream) for stream in outcome.streams],
            "chain": {
                "links": evidence.chain.links,
                "head": evidence.chain.head,
                "events": len(evidence.chain.event_ids),
            },
            "packet_log_kept": outcome.log_kept,
        }
    )
    signer, public_key, signature = evidence.sign(content)
    signed = Signed(content, signature, signer, public_key)
    write_whole(folder, key, order.recording_id, MANIFEST, signed.pack())
    return signed


def _file(stream: StreamReport) -> dict[str, Any]:
    return {
        "stream": f"{stream.participant_id}/{stream.kind}",
        "media_type": stream.media_type,
        "codecs": stream.codecs,
        "size_bytes": stream.size_bytes,
        "header_bytes": stream.header_bytes,
        "header_sha256": stream.header_sha256,
        "sha256": stream.sha256,
        "start_offset_ms": stream.start_offset_ms,
        "duration_ms": stream.duration_ms,
        "gaps": [list(gap) for gap in stream.gaps],
        "filler": [list(span) for span in stream.filler],
        "unplayed": [list(span) for span in stream.unplayed],
        "counts": stream.counts.model_dump(),
    }
