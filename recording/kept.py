"""A recording that the recorder has under way: its log, its files, its evidence."""

import asyncio
import base64
import os
from dataclasses import dataclass, field
from time import monotonic

from recording.closing import close_recording
from recording.control import EventToChain, Outcome, RecordingSalvage, RecordingStart
from recording.evidence.call_evidence import CallEvidence
from recording.evidence.keys import SigningKey
from recording.follower import Follower
from recording.key_frame_watch import KeyFrameWatch


@dataclass
class Kept:
    """A recording under way."""

    order: RecordingStart | RecordingSalvage
    folder: int
    follower: Follower
    evidence: CallEvidence
    events: list[EventToChain] = field(default_factory=list)
    """Not yet in the chain; the loop adds, the working thread takes."""
    chained: list[str] = field(default_factory=list)
    """Ids of events in the chain that the edge is to hear of."""
    closing: bool = False
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the log is to be looked at without waiting for the next turn."""
    deadline_s: float = 0.0
    """After which a closing recording no longer waits for its log's end."""
    key_frames: KeyFrameWatch = field(default_factory=KeyFrameWatch)
    progress_at_s: float = 0.0

    @property
    def id(self) -> str:
        return self.order.recording_id

    @classmethod
    def open(
        cls, folder: int, order: RecordingStart | RecordingSalvage, node_key: SigningKey
    ) -> "Kept":
        """``folder``: descriptor of the recording's folder, closed by :meth:`release`."""
        key = base64.b64decode(order.key_base64, validate=True)
        evidence = CallEvidence(folder, key, order, node_key)
        return cls(order, folder, Follower(folder, order, evidence), evidence)

    def step(self) -> bool:
        """Reads some of the log and chains what is due; ``False`` when there was nothing to read."""
        self.evidence.open()
        progressed = self.follower.step()
        self.chain_events()
        self.evidence.attend(self.follower.files())
        return progressed

    def chain_events(self) -> None:
        events = self.events[:]
        if events:
            self.evidence.add_events(events)
            del self.events[: len(events)]
            self.chained += [event.event_id for event in events]

    def end(self) -> Outcome:
        self.chain_events()
        return close_recording(self.follower)

    def begin_again(self) -> None:
        self.follower.close()
        self.follower = Follower(self.folder, self.order, self.evidence)

    def log_is_over(self) -> bool:
        return self.follower.log.ended or monotonic() >= self.deadline_s

    def release(self) -> None:
        self.evidence.close()
        self.follower.close()
        os.close(self.folder)
