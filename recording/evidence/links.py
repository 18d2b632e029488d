"""The links of a recording's evidence chain, from the start to the seal.

A link is a canonical JSON object (:mod:`recording.evidence.canonical`) with ``n`` (from 0), ``prev``
(SHA-256 of the link before; of the recording's id for the first), ``kind``, and by kind:

    start    recording_id, call_id, county_id, started_ms, opened_ms, monotonic_us, call_key,
             node_key, certificate (the node's signature on the call key), software
    group    stream, from_byte, to_byte, from_ms, to_ms (since the file's first frame), sha256 of
             the plaintext; groups of a stream follow each other without a hole
    rewound  stream, to_byte (the end of a group, or 0): a power cut took what was behind; it is
             written again from the packet log
    event    event_id, event, position_ms, at_ms, actor, body_sha256
    resumed  opened_ms, monotonic_us, node_key, reason: the recorder was started again; from here on
             the node signs
    gap      stream, from_ms, to_ms, reason (on the call's clock)
    end      state, reason, files: stream → size

The head is the SHA-256 of the last link. Times named ``*_ms`` without a stream are Unix times.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from recording.evidence.canonical import canonical, digest, parse


class LinkKind(StrEnum):
    START = "start"
    GROUP = "group"
    REWOUND = "rewound"
    EVENT = "event"
    RESUMED = "resumed"
    GAP = "gap"
    END = "end"


def genesis(recording_id: str) -> str:
    """What the first link follows: chains of two recordings share no link."""
    return digest(b"shipinban evidence chain\n" + recording_id.encode())


def make_link(n: int, prev: str, kind: LinkKind, content: Mapping[str, Any]) -> bytes:
    return canonical({**content, "kind": kind, "n": n, "prev": prev})


def call_key_statement(recording_id: str, call_key: str) -> bytes:
    """What the node signs when a call's key is made."""
    return canonical({"kind": "call_key", "recording_id": recording_id, "public_key": call_key})


def head_statement(
    recording_id: str, links: int, head: str, at_ms: int, monotonic_us: int
) -> bytes:
    """What is signed of a chain as it grows."""
    return canonical(
        {
            "kind": "head",
            "recording_id": recording_id,
            "links": links,
            "head": head,
            "at_ms": at_ms,
            "monotonic_us": monotonic_us,
        }
    )


def split(chunk: bytes) -> Iterator[bytes]:
    """The links of one chunk of a chain file, or of a whole chain as text."""
    yield from (line for line in chunk.split(b"\n") if line)


def read_link(link: bytes) -> dict[str, Any]:
    """Raises ``ValueError`` for what is no link."""
    content = parse(link)
    places = (type(content.get("n")), type(content.get("prev")), type(content.get("kind")))
    if places != (int, str, str):
        raise ValueError("a link without place")
    LinkKind(content["kind"])
    return content
