"""The recorder as a process: takes orders from the edge, follows logs, closes recordings.

Each recording is owned by one task; its files are read and written in worker threads. Whatever
goes wrong with one, the others go on: it is begun again from its log after a pause, which is safe
because what is on disk already is skipped. The process keeps nothing that a killed one would lose.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, monotonic_ns
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from pydantic import ValidationError

from casework.vocabulary import HeadKind, RecordingState
from recording import control
from recording.archive import Archive
from recording.closing import read_outcome, remove_log, shorten
from recording.control import (
    AnyOrder,
    Done,
    EvidenceBeat,
    EvidenceChained,
    EvidenceEvents,
    EvidenceStarted,
    KeyFrameWanted,
    Outcome,
    RecorderReady,
    RecordingClose,
    RecordingClosed,
    RecordingFailed,
    RecordingProgress,
    RecordingSalvage,
    RecordingStart,
    Refused,
    order_adapter,
)
from recording.evidence.keys import SigningKey
from recording.keeping.stores import Store, StoreAddress
from recording.keeping.uploading import Uploads
from recording.kept import Kept
from recording.reports import Reports
from signaling.local_socket import LINE_LIMIT_BYTES, LocalChannel, private_socket
from signaling.parent import end_with_parent

logger = structlog.get_logger()
Result = TypeVar("Result")
AnyEvents = RecordingStart | RecordingSalvage | RecordingClose | EvidenceEvents


@dataclass(frozen=True)
class RecorderSettings:
    archive_folder: Path
    node_key_file: Path
    """The node's signing key, made at the first start."""
    poll_s: float = 0.5
    """How long a log that has nothing new is left alone: not for every write, since a wake-up costs
    more than what a call brings meanwhile."""
    closing_poll_s: float = 0.1
    """The same for a recording that is to be closed: somebody waits."""
    end_grace_s: float = 2.0
    """How long a closed recording waits for the end of its log before it counts as cut."""
    repeat_report_s: float = 2.0
    progress_s: float = 2.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 30.0
    """Between attempts to write what could not be written."""
    workers: int = 3
    store: StoreAddress | None = None
    """Where closed recordings go; ``None``: they stay in the archive folder."""


class Recorder:
    def __init__(self, socket_path: Path, settings: RecorderSettings) -> None:
        """Raises ``OSError`` when the archive folder or the node's key can't be opened."""
        self._socket_path, self._settings = socket_path, settings
        self._archive = Archive(settings.archive_folder)
        self._node_key = SigningKey.load_or_create(settings.node_key_file)
        self._threads = ThreadPoolExecutor(settings.workers, "recorder")
        self._reports = Reports()
        store = None if settings.store is None else Store(settings.store)
        self._uploads = Uploads(self._archive, store, self._reports)
        self._kept: dict[str, Kept] = {}
        self._boot_id = uuid4().hex
        self._stopping = asyncio.Event()
        self._group: asyncio.TaskGroup
        self._work: set[asyncio.Task[None]] = set()
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            RecordingStart: self._handle_recording_start,
            RecordingSalvage: self._handle_recording_salvage,
            RecordingClose: self._handle_recording_close,
            EvidenceEvents: self._handle_evidence_events,
            control.RecordingUpload: self._handle_recording_upload,
            control.Reconcile: lambda _order: None,
        }

    async def serve(self, parent_pid: int | None) -> None:
        """Until SIGTERM, SIGINT or the parent's end; then what is to be closed still is.

        A call that goes on is left as it is: its log is over only because the relay stopped too,
        and the next process follows it further.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        try:
            async with asyncio.TaskGroup() as self._group:
                server = await asyncio.start_unix_server(
                    self._welcome, sock=private_socket(self._socket_path), limit=LINE_LIMIT_BYTES
                )
                for work in (self._repeat_reports(), self._watch_parent(parent_pid)):
                    self._add_work(work)
                await self._stopping.wait()
                server.close()
                for task in tuple(self._work):
                    task.cancel()
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._archive.close()
            self._socket_path.unlink(missing_ok=True)

    def _add_work(self, work: Coroutine[Any, Any, None]) -> None:
        """What ends when the process is told to stop; recordings end by themselves."""
        task = self._group.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    # --- the edge ---

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A coroutine here would be a task of asyncio's own, which nobody ends.
        self._add_work(self._serve_edge(reader, writer))

    async def _serve_edge(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        channel = LocalChannel(reader, writer, order_adapter)
        channel.send(RecorderReady(boot_id=self._boot_id))
        self._reports.attach(channel)
        try:
            while True:
                self._obey(channel, await channel.receive())
                await channel.drain()
        except (ConnectionError, ValidationError):
            pass  # the edge has gone, or is of another version: recordings go on without it
        finally:
            self._reports.detach(channel)
            channel.close()

    def _obey(self, channel: LocalChannel[AnyOrder], order: AnyOrder) -> None:
        if isinstance(order, control.Acknowledge):
            self._reports.acknowledge(order.report_id)
            return
        try:
            self._handlers[type(order)](order)
        except LookupError:
            text = "no such recording is under way"
            answer = Refused(request_id=order.request_id, code="recording.unknown", text=text)
            channel.send(answer)
        except (OSError, ValueError) as error:
            text = f"the recording's folder can't be opened: {error}"
            answer = Refused(request_id=order.request_id, code="recording.folder", text=text)
            channel.send(answer)
        else:
            held = sorted(self._kept) if isinstance(order, control.Reconcile) else None
            channel.send(Done(request_id=order.request_id, recordings=held))

    def _handle_recording_start(self, order: RecordingStart | RecordingSalvage) -> None:
        if order.recording_id not in self._kept:
            folder = self._archive.open_folder(order.folder)
            kept = Kept.open(folder, order, self._node_key)
            self._kept[kept.id] = kept
            self._group.create_task(self._keep(kept))
        self._handle_evidence_events(order)

    def _handle_recording_salvage(self, order: RecordingSalvage) -> None:
        self._handle_recording_start(order)
        self._close(self._kept[order.recording_id])

    def _handle_recording_close(self, order: RecordingClose) -> None:
        self._handle_evidence_events(order)
        self._close(self._kept[order.recording_id])

    def _handle_evidence_events(self, order: AnyEvents) -> None:
        kept = self._kept[order.recording_id]
        waiting = {event.event_id for event in kept.events}
        kept.events += [event for event in order.events if event.event_id not in waiting]
        kept.nudged.set()

    def _handle_recording_upload(self, order: control.RecordingUpload) -> None:
        if self._uploads.take(order):
            self._add_work(self._uploads.run(order))

    def _close(self, kept: Kept) -> None:
        """A relay that still lives may have the end of the log in its buffer."""
        if not kept.closing:
            kept.closing = True
            kept.deadline_s = monotonic() + self._settings.end_grace_s
            kept.nudged.set()

    # --- one recording ---

    async def _keep(self, kept: Kept) -> None:
        """Owns a recording until its outcome is known (or the process stops)."""
        try:
            outcome = await self._known_outcome(kept) or await self._follow(kept)
        finally:
            del self._kept[kept.id]
            kept.release()
        if outcome is not None:
            self._report_closed(kept.id, outcome)

    async def _known_outcome(self, kept: Kept) -> Outcome | None:
        """Of a recording that was closed by a process that ended before it was told so."""

        def look() -> Outcome | None:
            follower = kept.follower
            outcome = read_outcome(kept.folder, follower.key, kept.id)
            if outcome is not None and not outcome.log_kept:
                remove_log(kept.folder, follower.key, kept.id)
            return outcome

        return await self._in_thread(look)

    async def _follow(self, kept: Kept) -> Outcome | None:
        pause_s = self._settings.first_pause_s
        while True:
            try:
                return await self._follow_to_the_end(kept)
            except OSError as error:
                self._report_failed(kept.id, f"the recording can't be written: {error}")
            except Exception as error:  # one broken recording must not end the others
                logger.exception("recording.broken", recording_id=kept.id)
                if kept.closing:
                    return _failed(f"the recording can't be closed: {error}")
                self._report_failed(kept.id, f"the recording can't be written: {error}")
            if self._stopping.is_set():
                return None
            await self._sleep(pause_s)
            pause_s = min(pause_s * 2, self._settings.longest_pause_s)
            await self._in_thread(kept.begin_again)

    async def _follow_to_the_end(self, kept: Kept) -> Outcome | None:
        while True:
            kept.nudged.clear()
            progressed = await self._in_thread(kept.step)
            self._tell(kept)
            self._tell_evidence(kept)
            if progressed:
                continue
            if kept.closing and kept.log_is_over():
                outcome = await self._in_thread(kept.end)
                self._tell_evidence(kept)
                return outcome
            if self._stopping.is_set():
                return None
            await self._rest(kept)

    def _tell(self, kept: Kept) -> None:
        started_us = kept.follower.log.started_us
        if started_us is None or kept.closing:
            return
        now_us = monotonic_ns() // 1_000 - started_us
        for connection_id, kind in kept.key_frames.wanted(kept.follower, now_us):
            self._reports.lossy(
                KeyFrameWanted(recording_id=kept.id, connection_id=connection_id, kind=kind)
            )
        if monotonic() - kept.progress_at_s >= self._settings.progress_s:
            kept.progress_at_s = monotonic()
            self._reports.withdraw(kept.id, "recording.failed")
            self._reports.lossy(_progress(kept, now_us))

    def _tell_evidence(self, kept: Kept) -> None:
        chained, kept.chained = kept.chained, []
        if chained:
            self._reports.lossy(EvidenceChained(recording_id=kept.id, event_ids=chained))
        head = kept.evidence.take_head()
        if head is not None:
            kind = EvidenceStarted if head.kind is HeadKind.START else EvidenceBeat
            self._reports.lasting(
                lambda report_id: kind(report_id=report_id, recording_id=kept.id, head=head)
            )

    def _report_closed(self, recording_id: str, outcome: Outcome) -> None:
        short = shorten(outcome)
        self._reports.withdraw(recording_id, "recording.failed")
        self._reports.lasting(
            lambda report_id: RecordingClosed(
                report_id=report_id, recording_id=recording_id, outcome=short
            )
        )

    def _report_failed(self, recording_id: str, reason: str) -> None:
        logger.error("recording.failed", recording_id=recording_id, reason=reason)
        self._reports.lasting(
            lambda report_id: RecordingFailed(
                report_id=report_id, recording_id=recording_id, reason=reason[:200]
            )
        )

    # --- the clockwork ---

    async def _repeat_reports(self) -> None:
        while True:
            await asyncio.sleep(self._settings.repeat_report_s)
            self._reports.repeat()

    async def _watch_parent(self, parent_pid: int | None) -> None:
        while parent_pid is not None:
            if os.getppid() != parent_pid:
                self._stop()
                return
            await asyncio.sleep(1.0)

    def _stop(self) -> None:
        self._stopping.set()
        for kept in self._kept.values():
            kept.nudged.set()

    async def _rest(self, kept: Kept) -> None:
        """Until the log is worth another look; ends early when the recording is to be closed."""
        if kept.closing:
            await self._sleep(self._settings.closing_poll_s)
            return
        try:
            async with asyncio.timeout(self._settings.poll_s):
                await kept.nudged.wait()
        except TimeoutError:
            pass

    async def _sleep(self, seconds: float) -> None:
        """Ends early when the process is to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    def _in_thread(self, act: Callable[[], Result]) -> Awaitable[Result]:
        return asyncio.get_running_loop().run_in_executor(self._threads, act)


def run(socket_path: Path, settings: RecorderSettings, parent_pid: int | None = None) -> None:
    """Runs until SIGTERM, SIGINT or the parent's end; see :func:`signaling.parent.end_with_parent`.

    Raises ``OSError`` when the archive folder or the control socket can't be opened.
    """
    asyncio.run(_serve(socket_path, settings, end_with_parent(parent_pid)))


async def _serve(socket_path: Path, settings: RecorderSettings, parent_pid: int | None) -> None:
    await Recorder(socket_path, settings).serve(parent_pid)


def _progress(kept: Kept, now_us: int) -> RecordingProgress:
    streams = kept.follower.streams.values()
    return RecordingProgress(
        recording_id=kept.id,
        duration_ms=kept.follower.now_us // 1_000,
        size_bytes=sum(stream.file.size for stream in streams),
        behind_ms=max(now_us - kept.follower.now_us, 0) // 1_000,
    )


def _failed(reason: str) -> Outcome:
    return Outcome(state=RecordingState.FAILED, reason=reason[:200], duration_ms=0, streams=[])
