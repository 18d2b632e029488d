"""The end of a recording: finish its files, read them back, write the index, let the log go.

The order makes every step repeatable. Until the index is on disk the log is there, and a recorder
that dies in between starts over from it; once the index is there, it is the outcome.
"""

import os
import zlib
from hashlib import sha256

from casework.vocabulary import RecordingState
from recording.archive import INDEX, LOG
from recording.chunk_file import ChunkReader, Damaged, Sealer
from recording.control import MAX_SPANS, Gap, Outcome, Seal, Span, StreamReport
from recording.evidence.call_evidence import CallEvidence
from recording.evidence.canonical import digest
from recording.evidence.links import LinkKind
from recording.evidence.manifest import write_manifest
from recording.follower import Follower
from recording.keys import file_name
from recording.matroska import unpack_cluster
from recording.review.levels import write_levels
from recording.stream_file import StreamFile
from recording.webm_file import Totals
from recording.whole_file import read_whole, write_whole


class Mismatch(Exception):
    """What was read back from a file is not what its log said."""


def read_outcome(folder: int, key: bytes, recording_id: str) -> Outcome | None:
    """The outcome in the index; ``None`` when the recording was not closed. Raises ``OSError``."""
    try:
        content = read_whole(folder, key, recording_id, INDEX)
    except (FileNotFoundError, Damaged):
        return None
    return None if content is None else Outcome.model_validate_json(content)


def close_recording(follower: Follower) -> Outcome:
    """Finishes everything that the log gave. Blocks for some hundred ms a hundred megabytes.

    Raises ``OSError`` (a full disk): the log is still there, try again from the start.
    """
    if not follower.has_log:
        return _failed("there is no packet log: nothing was recorded")
    follower.finish()
    try:
        reports = [
            _read_back(follower, label, stream)
            for label, stream in follower.stream_labels()
            if not stream.is_empty
        ]
    except (Mismatch, Damaged) as error:
        return _failed(f"reading back failed: {error}")
    outcome = _outcome(follower, reports)
    if follower.evidence is not None:
        outcome = outcome.model_copy(update={"seal": _seal(follower, follower.evidence, outcome)})
    write_levels(follower.folder, follower.key, follower.recording_id, follower.levels)
    content = outcome.model_dump_json().encode()
    write_whole(follower.folder, follower.key, follower.recording_id, INDEX, content)
    if follower.evidence is not None:
        follower.evidence.destroy_call_key()  # not before: what could not be written is tried again
    if not outcome.log_kept:
        remove_log(follower.folder, follower.key, follower.recording_id)
    return outcome


def remove_log(folder: int, key: bytes, recording_id: str) -> None:
    """Only after the index is on disk; an absent log is fine."""
    try:
        os.unlink(file_name(key, recording_id, LOG), dir_fd=folder)
    except FileNotFoundError:
        return
    os.fsync(folder)


def shorten(outcome: Outcome) -> Outcome:
    """The form that is reported: long lists of short gaps become few long ones."""
    streams = [
        stream.model_copy(
            update={
                "gaps": _merge_gaps(stream.gaps),
                "filler": _merge(stream.filler),
                "unplayed": _merge(stream.unplayed),
                "key_frames_ms": stream.key_frames_ms[:MAX_SPANS],
            }
        )
        for stream in outcome.streams
    ]
    return outcome.model_copy(update={"streams": streams})


def _failed(reason: str) -> Outcome:
    return Outcome(state=RecordingState.FAILED, reason=reason, duration_ms=0, streams=[])


def _outcome(follower: Follower, reports: list[StreamReport]) -> Outcome:
    log = follower.log
    reasons = [*log.interruptions, *([log.inconsistent] if log.inconsistent else [])]
    if not log.ended:
        reasons.append("the packet log breaks off")
    whole = log.ended and not reasons
    return Outcome(
        state=RecordingState.SEALED if whole else RecordingState.INTERRUPTED,
        reason="; ".join(dict.fromkeys(reasons))[:200],
        duration_ms=max((r.start_offset_ms + r.duration_ms for r in reports), default=0),
        streams=reports,
        log_kept=bool(log.inconsistent),
    )


def _seal(follower: Follower, evidence: CallEvidence, outcome: Outcome) -> Seal:
    """Ends the chain and signs. Raises ``OSError``: what is on disk by then is used again."""
    evidence.take_groups(follower.files())
    for stream in shorten(outcome).streams:
        label = f"{stream.participant_id}/{stream.kind}"
        for from_ms, to_ms, reason in stream.gaps:
            gap = {"stream": label, "from_ms": from_ms, "to_ms": to_ms, "reason": reason}
            evidence.chain.add(LinkKind.GAP, gap)
    end = {"state": outcome.state, "reason": outcome.reason}
    evidence.chain.add(LinkKind.END, end)
    head = evidence.sign_end()
    manifest = write_manifest(follower.folder, follower.key, follower.order, outcome, evidence)
    return Seal(head=head, manifest_sha256=digest(manifest.content))


def _read_back(follower: Follower, label: str, stream: StreamFile) -> StreamReport:
    """One pass over the whole plaintext hashes it and compares every frame with what the log gave.

    Raises :class:`Mismatch`, :class:`Damaged`.
    """
    sealer = Sealer(follower.key, follower.recording_id, label)
    whole = sha256()
    header = b""
    seen: dict[int, Totals] = {}
    with ChunkReader(follower.folder, stream.file.name, sealer) as reader:
        if not reader.complete:
            raise Mismatch("a file is not complete")
        for index, chunk in enumerate(reader.chunks()):
            whole.update(chunk)
            if index == 0:
                header = chunk
            elif chunk:
                _count(seen, chunk)
        if reader.size != stream.file.size:
            raise Mismatch("a file has another size than was written")
    if seen != stream.file.totals:
        raise Mismatch("a file holds other frames than the packet log")
    return stream.report(whole.hexdigest(), len(header), digest(header))


def _count(seen: dict[int, Totals], cluster: bytes) -> None:
    for block in unpack_cluster(cluster):
        totals = seen.setdefault(block.track, Totals())
        totals.blocks += 1
        totals.crc32 = zlib.crc32(block.payload, totals.crc32)


def _merge(spans: list[Span]) -> list[Span]:
    merged = _merge_gaps([(start, end, "") for start, end in spans])
    return [(start, end) for start, end, _reason in merged]


def _merge_gaps(gaps: list[Gap]) -> list[Gap]:
    reach_ms = 500
    merged = gaps
    while len(merged) > MAX_SPANS:
        merged = _join_near(gaps, reach_ms)
        reach_ms *= 2
    return merged


def _join_near(gaps: list[Gap], reach_ms: int) -> list[Gap]:
    """Joins gaps of one reason that are at most ``reach_ms`` apart."""
    joined: list[Gap] = []
    last_of: dict[str, int] = {}
    for start, end, reason in gaps:
        at = last_of.get(reason)
        if at is not None and start - joined[at][1] <= reach_ms:
            joined[at] = (joined[at][0], max(joined[at][1], end), reason)
        else:
            last_of[reason] = len(joined)
            joined.append((start, end, reason))
    return joined
