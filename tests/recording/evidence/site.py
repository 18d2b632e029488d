"""An edge's parts around one recorded call, without its processes."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert, select

from casework.case_events import add_event
from casework.database import Database, new_id
from casework.journal.sequencer import Sequencer
from casework.master_key import MasterKey
from casework.sign_in import SignedIn
from casework.tables import Case, CaseEvent, JournalEntry, StaffMember
from casework.vocabulary import HeadKind, Role, Surface
from recording.archive import Archive
from recording.call_recordings import CallRecordings, RecordingRules
from recording.closing import close_recording
from recording.control import (
    EvidenceBeat,
    EvidenceChained,
    EvidenceEvents,
    EvidenceStarted,
    RecordingClosed,
    RecordingStart,
)
from recording.evidence.call_evidence import CallEvidence
from recording.evidence.county_signer import CountySigner
from recording.evidence.exporting import Exporter
from recording.evidence.keys import SigningKey
from recording.evidence.verifying import Verifying
from recording.follower import Follower
from recording.playback import Player
from recording.tables import (
    Recording,
)
from signaling.relay.control import Order
from signaling.rooms.recorder import RecordedCall
from signaling.tables import CallCase, CallEvent, CallParticipant
from tests.recording.conftest import Place
from tests.recording.evidence.calls import write_log


class Listening:
    connected = True

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def send(self, order: Order) -> None:
        self.orders.append(order)


@dataclass
class Site:
    """An edge's parts around one call; the recorder's part is played by the test."""

    database: Database
    call: RecordedCall
    archive: Archive
    folder: Path
    master: MasterKey = field(default_factory=lambda: MasterKey(bytes(32)))
    body: dict[str, object] = field(default_factory=lambda: {"on": True})
    """Of the event that is chained."""

    def __post_init__(self) -> None:
        self.signer = CountySigner(self.folder / "journal.key")
        self.node_key = SigningKey.load_or_create(self.folder / "node.key")
        self.player = Player(self.archive)
        self.recorder = Listening()
        rules = RecordingRules(node_id="a", longest_call_s=600, reserve_bytes=0)
        self.recordings = CallRecordings(
            self.database, self.master, self.archive, rules, self.signer
        )
        self.recordings._recorder = self.recorder  # type: ignore[assignment]
        self.verifying = Verifying(self.database, self.master, self.player, self.signer, "a")
        self.exporter = Exporter(self.master, self.player, self.signer, self.node_key, "a")
        self.sequencer = Sequencer(self.database, new_id(), self.folder / "journal.key")

    def close(self) -> None:
        self.exporter.close()
        self.player.close()

    async def record(self) -> str:
        """A whole call, as the two processes tell each other; the recording's id."""
        await self.recordings.start(self.call, [])
        (order,) = self.recorder.orders
        assert isinstance(order, RecordingStart)
        await self._event("hold.changed", self.body)
        await self._consent()
        await self.recordings._desk.send_events(self.recorder.send)
        events = self.recorder.orders[-1]
        assert isinstance(events, EvidenceEvents)
        assert [event.event for event in events.events] == ["consent.given", "hold.changed"]
        self._write_log(order, await self._participant())
        with self.archive.folder(order.folder) as folder:
            key = base64.b64decode(order.key_base64)
            evidence = CallEvidence(folder, key, order, self.node_key)
            evidence.open()
            head = evidence.take_head()
            assert head is not None
            assert head.kind is HeadKind.START
            report = EvidenceStarted(report_id=1, recording_id=order.recording_id, head=head)
            await self.recordings.evidence_head(report)
            follower = Follower(folder, order, evidence)
            while follower.step():
                pass
            evidence.add_events([*order.events, *events.events])
            ids = [event.event_id for event in events.events]
            told = EvidenceChained(recording_id=order.recording_id, event_ids=[*ids, new_id()])
            await self.recordings.evidence_chained(told)
            await self.recordings.evidence_chained(told)
            again = EvidenceBeat(report_id=2, recording_id=order.recording_id, head=head)
            await self.recordings.evidence_head(again)
            outcome = close_recording(follower)
            evidence.close()
            follower.close()
        closed = RecordingClosed(report_id=3, recording_id=order.recording_id, outcome=outcome)
        await self.recordings.recording_closed(closed)
        return order.recording_id

    def _write_log(self, order: RecordingStart, participant: str) -> None:
        key = base64.b64decode(order.key_base64)
        place = Place(self.archive, order.folder, key, order.recording_id)
        write_log(place, 3, 1, participant)

    async def _participant(self) -> str:
        async with self.database.transaction() as session:
            known: str | None = await session.scalar(select(CallParticipant.id))
            if known is not None:
                return known
            made = new_id()
            await session.execute(
                insert(CallParticipant).values(
                    id=made,
                    county_id=self.call.county_id,
                    call_id=self.call.call_id,
                    kind="agent",
                    joined_ms=0,
                )
            )
            return made

    async def _event(self, kind: str, body: dict[str, object]) -> None:
        async with self.database.transaction() as session:
            await session.execute(
                insert(CallEvent).values(
                    id=new_id(),
                    county_id=self.call.county_id,
                    call_id=self.call.call_id,
                    kind=kind,
                    position_ms=700,
                    home_organisation_id=self.call.home_organisation_id,
                    county_organisation_id=self.call.county_organisation_id,
                    body=body,
                    at_ms=1,
                )
            )

    async def _consent(self) -> None:
        """Given to the draft case, a minute before there was a call."""
        async with self.database.transaction() as session:
            await session.execute(
                insert(CaseEvent).values(
                    id=new_id(),
                    county_id=self.call.county_id,
                    case_id=await session.scalar(select(CallCase.case_id)),
                    kind="consent.given",
                    home_organisation_id=self.call.home_organisation_id,
                    county_organisation_id=self.call.county_organisation_id,
                    body={"text_version": "1"},
                    at_ms=self.call.started_ms - 60_000,
                )
            )

    async def rate(self, grade: str) -> None:
        """After the call was sealed."""
        async with self.database.transaction() as session:
            case_id = await session.scalar(select(CallCase.case_id))
            case = await session.get_one(Case, case_id)
            body = {"grade": grade}
            call_id = self.call.call_id
            add_event(
                session, case, "rating.given", actor_staff_id=None, call_id=call_id, body=body
            )

    async def supervisor(self, name: str, role: Role, organisation_id: str) -> SignedIn:
        staff_id = new_id()
        async with self.database.transaction() as session:
            template = (await session.scalars(select(StaffMember).limit(1))).one()
            columns = {
                column.name: getattr(template, column.name)
                for column in StaffMember.__table__.columns
            }
            await session.execute(
                insert(StaffMember).values(
                    columns | {"id": staff_id, "username": name, "name": name}
                )
            )
        return SignedIn(
            new_id(),
            staff_id,
            self.call.county_id,
            organisation_id,
            frozenset({role}),
            Surface.SUPERVISION,
            name=name,
        )

    async def row(self) -> Recording:
        async with self.database.reading() as session:
            return (await session.scalars(select(Recording))).one()

    async def journal(self) -> list[str]:
        async with self.database.reading() as session:
            rows = await session.scalars(select(JournalEntry.what).order_by(JournalEntry.id))
            return list(rows)
