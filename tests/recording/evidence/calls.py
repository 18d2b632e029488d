"""Short recorded calls with their evidence, made in this process; crashes as they happen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casework.vocabulary import HeadKind
from recording.chunk_file import ChunkReader, Sealer
from recording.closing import close_recording
from recording.control import EventToChain, Outcome, RecordingStart, SignedHead
from recording.evidence.call_evidence import CallEvidence
from recording.evidence.canonical import canonical, digest
from recording.evidence.chain_file import CHAIN, read_chain
from recording.evidence.checking import Evidence, KnownHead, NodeCertificate, faults
from recording.evidence.keys import SigningKey
from recording.evidence.links import head_statement
from recording.evidence.manifest import MANIFEST, read_manifest
from recording.evidence.node_keys import node_key_statement
from recording.follower import Follower
from recording.keys import file_name
from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.recording.conftest import Place
from tests.recording.following import start_order
from tests.recording.senders import Network, Sender

SECOND_US = 1_000_000
COUNTY_SEED = bytes(range(32))
COUNTY_KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(COUNTY_SEED))
NODE_KEY = SigningKey.new()


def certificate(node_key: SigningKey = NODE_KEY) -> NodeCertificate:
    statement = node_key_statement("d", "a", node_key.public_key, 1)
    return NodeCertificate(statement, COUNTY_KEY.sign(statement), COUNTY_KEY.public_key)


def page_bytes(number: int) -> bytes:
    return Random(number).randbytes(20_000)


def event_body(number: int, kind: str) -> dict[str, int | str]:
    """Every event brings papers, too: a form that was shown and signed, or a page."""
    sha256 = digest(page_bytes(number))
    if kind != "form.shown":
        return {"number": number, "page_id": f"page{number}", "sha256": sha256}
    signed: dict[str, int | str] = {
        "signature_id": f"drawn{number}",
        "strokes_sha256": digest(strokes(number)),
    }
    return {"number": number, "form_id": f"form{number}", "sha256": sha256, **signed}


def strokes(number: int) -> bytes:
    return Random(-number).randbytes(500)


def event(number: int) -> EventToChain:
    kind = "form.shown" if number % 2 else "hold.changed"
    body = digest(canonical(event_body(number, kind)))
    return EventToChain(
        event_id=f"{number:x}",
        event=kind,
        position_ms=number * 100,
        at_ms=1_700_000_000_000 + number * 100,
        actor=None,
        body_sha256=body,
    )


@dataclass
class RecordedCall:
    place: Place
    node_key: SigningKey = NODE_KEY
    power_cuts: bool = False
    """A crash also takes the end of a stream's file."""
    heads: list[SignedHead] = field(default_factory=list)
    outcome: Outcome | None = None

    def record(self, length_s: float = 3, *, crashes: int = 0, seed: int = 1) -> "RecordedCall":
        """Sound and picture; the recorder dies ``crashes`` times on the way."""
        random = Random(seed)
        write_log(self.place, length_s, seed)
        order = start_order(self.place)
        with self.place.archive.folder(self.place.folder) as folder:
            for turn in range(crashes):
                follower = self._follow(folder, order)
                for _ in range(random.randrange(1, 8)):
                    self._step(follower, random.randrange(1, 12), turn)
                self._die(follower, random)
                if self.power_cuts:
                    self._cut_a_stream(follower, random)
            follower = self._follow(folder, order)
            while self._step(follower, 3, 100 + crashes):
                pass
            self.outcome = close_recording(follower)
            self._release(follower)
        assert self.outcome.seal is not None, self.outcome
        self.heads.append(self.outcome.seal.head)
        return self

    def evidence(self) -> Evidence:
        place, outcome = self.place, self.outcome
        assert outcome is not None
        assert outcome.seal is not None
        with open_file(place, CHAIN) as reader:
            chain = read_chain(reader)
        with open_file(place, MANIFEST) as reader:
            manifest = read_manifest(reader)
        return Evidence(
            recording_id=place.recording_id,
            chain=chain,
            manifest=manifest,
            heads=[self._known(head) for head in self.heads],
            certificates=[certificate(self.node_key)],
            county_keys=frozenset({COUNTY_KEY.public_key}),
            open_stream=lambda label: read_stream(place, label),
        )

    def first_faults(self) -> list[str]:
        """At most one, told as people read it."""
        return [str(fault) for fault in islice(faults(self.evidence()), 1)]

    def _known(self, head: SignedHead) -> KnownHead:
        statement = head_statement(
            self.place.recording_id, head.links, head.head, head.at_ms, head.monotonic_us
        )
        assert self.outcome is not None
        assert self.outcome.seal is not None
        sealed = self.outcome.seal.manifest_sha256 if head.kind is HeadKind.END else None
        return KnownHead(
            head.links, head.head, head.at_ms, statement, head.signature, head.public_key, sealed
        )

    def _follow(self, folder: int, order: RecordingStart) -> Follower:
        evidence = CallEvidence(folder, self.place.key, order, self.node_key)
        evidence.open()
        self._take_head(evidence)
        return Follower(folder, order, evidence)

    def _step(self, follower: Follower, chunks: int, turn: int) -> bool:
        evidence = follower.evidence
        assert evidence is not None
        progressed = follower.step(chunks)
        first = turn * 100 + 2 * evidence.chain.links
        evidence.add_events([event(first), event(first + 1)])
        evidence.take_groups(follower.files())
        self._take_head(evidence)
        return progressed

    def _take_head(self, evidence: CallEvidence) -> None:
        head = evidence.take_head()
        if head is not None:
            self.heads.append(head)

    def _die(self, follower: Follower, random: Random) -> None:
        """What was not chained is lost with the process; sometimes the chain's last write is cut."""
        self._release(follower)
        if random.random() < 0.5:
            name = file_name(self.place.key, self.place.recording_id, "chain")
            with (self.place.path / name).open("r+b") as file:
                last = self._told_bytes(name)
                size = file.seek(0, 2)
                file.truncate(random.randrange(last, size + 1))

    def _cut_a_stream(self, follower: Follower, random: Random) -> None:
        begun = [(label, file) for label, file in follower.files() if self._on_disk(file.name)]
        if not begun:
            return
        label, file = random.choice(begun)
        sealer = Sealer(self.place.key, self.place.recording_id, label)
        with (
            self.place.archive.folder(self.place.folder) as folder,
            ChunkReader(folder, file.name, sealer) as reader,
        ):
            first = reader.end_on_disk_of(1)
            size = reader.end_on_disk_of(reader.chunk_count - 1)
        with (self.place.path / file.name).open("r+b") as opened:
            opened.truncate(random.randrange(first, size + 1))

    def _on_disk(self, name: str) -> bool:
        return (self.place.path / name).exists()

    def _told_bytes(self, name: str) -> int:
        """Up to where the chain was synced for a head that was told."""
        links = max((head.links for head in self.heads), default=0)
        seen = 0
        sealer = Sealer(self.place.key, self.place.recording_id, "chain")
        with (
            self.place.archive.folder(self.place.folder) as folder,
            ChunkReader(folder, name, sealer) as reader,
        ):
            for index in range(reader.chunk_count):
                seen += reader.chunk(index).count(b"\n")
                if seen >= links:
                    return reader.end_on_disk_of(index)
        raise AssertionError("a told head is not on disk")

    @staticmethod
    def _release(follower: Follower) -> None:
        assert follower.evidence is not None
        follower.evidence.close()
        follower.close()


def write_log(place: Place, length_s: float, seed: int, participant: str = "aa") -> None:
    tap = LogTap(place.order())
    sender = Sender(tap, Network(loss=0.01, seed=seed), participant)
    sender.declare(TrackKind.AUDIO, TrackKind.CAMERA, TrackKind.DOCUMENT)
    length_us = round(length_s * SECOND_US)
    sender.audio(0, length_us)
    sender.video(TrackKind.CAMERA, 0, length_us)
    sender.video(TrackKind.DOCUMENT, 0, length_us, rate=5)
    for kind in TrackKind:
        sender.reports(kind, 300_000, length_us, SECOND_US)
    sender.flush()
    tap.close()
    assert tap.flush()
    tap.file.close()


@contextmanager
def open_file(place: Place, label: str) -> Iterator[ChunkReader]:
    sealer = Sealer(place.key, place.recording_id, label)
    name = file_name(place.key, place.recording_id, label)
    with (
        place.archive.folder(place.folder) as folder,
        ChunkReader(folder, name, sealer) as reader,
    ):
        yield reader


def read_stream(place: Place, label: str) -> Iterator[bytes]:
    """The plaintext, chunk by chunk."""
    with open_file(place, label) as reader:
        yield from reader.chunks()
