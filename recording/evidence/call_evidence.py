"""The evidence of one recording while it is made: what is chained, when, and who signs.

The call's key is made with the chain and lives in this object only. A recorder that was started
again has lost it: from then on the node's key signs, and a link says so.
"""

from collections.abc import Iterable
from importlib import metadata
from time import monotonic, monotonic_ns, time_ns

from casework.vocabulary import EvidenceSigner, HeadKind
from recording.control import EventToChain, RecordingSalvage, RecordingStart, SignedHead
from recording.evidence.chain_file import ChainFile
from recording.evidence.keys import SigningKey
from recording.evidence.links import LinkKind, call_key_statement, head_statement
from recording.webm_file import WebmFile

GROUP_S = 2.0
"""How long closed clusters wait to be chained: the grain in which damage is told."""
BEAT_S = 10.0
RESUMED = "the recorder was started again"


class CallEvidence:
    """Not thread-safe; every method may raise ``OSError`` and be called again."""

    def __init__(
        self,
        folder: int,
        key: bytes,
        order: RecordingStart | RecordingSalvage,
        node_key: SigningKey,
    ) -> None:
        self._folder, self._key, self._order = folder, key, order
        self._node_key = node_key
        self._call_key: SigningKey | None = None
        self._chain: ChainFile | None = None
        self._group_at_s = self._beat_at_s = 0.0
        self._head: SignedHead | None = None

    @property
    def chain(self) -> ChainFile:
        """Raises ``LookupError`` before :meth:`open`."""
        if self._chain is None:
            raise LookupError("the chain is not open yet")
        return self._chain

    def open(self) -> None:
        """Begins the chain, or goes on where it ends. Raises ``Damaged``. Idempotent."""
        if self._chain is None:
            self._chain = ChainFile(self._folder, self._key, self._order.recording_id)
            if self._chain.links == 0:
                self._start(self._chain)
            elif not self._chain.ended:
                self._chain.add(LinkKind.RESUMED, self._resumed())
        if self._beat_at_s == 0.0 and not self._chain.ended:
            self.beat(HeadKind.START if self._chain.links == 1 else HeadKind.BEAT)

    def chained_to(self, stream: str, size: int) -> int:
        """Up to which byte a stream that has ``size`` bytes on disk is chained.

        Less than was chained before: a power cut took clusters, which come again from the log.
        """
        border = self.chain.border(stream, size)
        if border < self.chain.covered(stream):
            self.chain.add(LinkKind.REWOUND, {"stream": stream, "to_byte": border})
        return border

    def add_events(self, events: Iterable[EventToChain]) -> None:
        """Each at most once, in the order in which they are given; on disk when this returns."""
        for event in events:
            if event.event_id not in self.chain.event_ids:
                self.chain.add(LinkKind.EVENT, event.model_dump())
        self.chain.commit()

    def attend(self, files: Iterable[tuple[str, WebmFile]]) -> None:
        """Chains and signs what is due."""
        now_s = monotonic()
        if now_s - self._group_at_s < GROUP_S:
            return
        self._group_at_s = now_s
        self.take_groups(files)
        if now_s - self._beat_at_s >= BEAT_S:
            self.beat(HeadKind.BEAT)

    def take_groups(self, files: Iterable[tuple[str, WebmFile]]) -> None:
        for stream, file in files:
            group = file.take_group()
            if group is not None:
                content = {
                    "stream": stream,
                    "from_byte": group.from_byte,
                    "to_byte": group.to_byte,
                    "from_ms": group.from_ms,
                    "to_ms": group.to_ms,
                    "sha256": group.hash.hexdigest(),
                }
                self.chain.add(LinkKind.GROUP, content)
        self.chain.commit()

    def take_head(self) -> SignedHead | None:
        """The head that is to be told, once."""
        head, self._head = self._head, None
        return head

    def sign_end(self) -> SignedHead:
        """Writes and syncs the whole chain first."""
        self.chain.finish()
        return self._sign(HeadKind.END)

    def sign(self, statement: bytes) -> tuple[EvidenceSigner, str, str]:
        """Who signed, with which public key, and the signature."""
        key = self._call_key or self._node_key
        signer = EvidenceSigner.NODE if self._call_key is None else EvidenceSigner.CALL
        return signer, key.public_key, key.sign(statement)

    def destroy_call_key(self) -> None:
        """Once the seal is on disk."""
        if self._call_key is not None:
            self._call_key.destroy()

    def close(self) -> None:
        if self._chain is not None:
            self._chain.close()

    def _start(self, chain: ChainFile) -> None:
        """A salvage that finds no chain has seen nothing of the call: only the node can vouch."""
        content = {**self._place(), "software": f"shipinban {metadata.version('shipinban')}"}
        if isinstance(self._order, RecordingStart):
            self._call_key = SigningKey.new()
            statement = call_key_statement(self._order.recording_id, self._call_key.public_key)
            content["call_key"] = self._call_key.public_key
            content["certificate"] = self._node_key.sign(statement)
        chain.add(LinkKind.START, content)

    def _place(self) -> dict[str, str | int]:
        order = self._order
        return {
            "recording_id": order.recording_id,
            "call_id": order.call_id,
            "county_id": order.county_id,
            "started_ms": order.started_ms,
            "opened_ms": _now_ms(),
            "monotonic_us": monotonic_ns() // 1_000,
            "node_key": self._node_key.public_key,
        }

    def _resumed(self) -> dict[str, str | int]:
        place = self._place()
        return {name: place[name] for name in ("opened_ms", "monotonic_us", "node_key")} | {
            "reason": RESUMED
        }

    def beat(self, kind: HeadKind = HeadKind.BEAT) -> None:
        """Signs a head. What is told must survive a power cut: the chain is synced first."""
        self.chain.commit()
        self.chain.sync()
        self._head = self._sign(kind)
        self._beat_at_s = monotonic()

    def _sign(self, kind: HeadKind) -> SignedHead:
        links, head = self.chain.links, self.chain.head
        at_ms, monotonic_us = _now_ms(), monotonic_ns() // 1_000
        statement = head_statement(self._order.recording_id, links, head, at_ms, monotonic_us)
        signer, public_key, signature = self.sign(statement)
        return SignedHead(
            kind=kind,
            links=links,
            head=head,
            at_ms=at_ms,
            monotonic_us=monotonic_us,
            signature=signature,
            signed_by=signer,
            public_key=public_key,
            node_key=self._node_key.public_key,
        )


def _now_ms() -> int:
    return time_ns() // 1_000_000
