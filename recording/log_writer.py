"""The tap as recording implements it: packets of a room go to its packet log.

In the loop that forwards, a packet costs one append to a bounded buffer. A writer thread empties each
buffer every 200 ms, one encrypted chunk a log, each log at its own time: done in one go they would
keep the interpreter from the loop for as long as they all take. A second thread syncs them each
second, so that a slow disk delays neither packets nor other logs. What can't be written is never
waited for: the tap fails, says why, and forwarding goes on.
"""

import base64
import os
import threading
from collections import deque
from pathlib import Path
from time import monotonic, monotonic_ns

from recording.archive import LOG
from recording.chunk_file import ChunkWriter, Damaged, Sealer
from recording.packet_log import RECORD, SENDER_REPORT, Begin, End, Kind, Track, pack, pack_content
from signaling.relay.control import Line, TapOpen

WRITE_INTERVAL_S = 0.2
SYNC_INTERVAL_S = 1.0
BUFFER_BYTES = 4 << 20
"""About 15 s of a call at its best quality: longer than a disk hesitates that still works."""
TOGETHER_S = 0.01
"""Logs that are due this close to one another are written in one wake-up."""
CHUNK_BYTES = 256 << 10
"""A buffer that filled up is written in pieces, so that it is not held twice."""
_RTP = int(Kind.RTP)
_pack_head = RECORD.pack


class LogTap:
    """One room's tap; see :class:`signaling.relay.tap.Tap`.

    Two threads meet here without a lock. The loop alone moves ``_accepted`` and appends; the
    writer alone moves ``_taken`` and ``_ceiling`` and pops. Both ends of a deque are safe, and a
    stale ``_ceiling`` only makes the buffer look fuller than it is.
    """

    def __init__(self, order: TapOpen, buffer_bytes: int = BUFFER_BYTES) -> None:
        """Creates the log, or opens it to be continued. Raises ``OSError``, ``ValueError``."""
        self.recording_id = order.recording_id
        self.failed: str | None = None
        self.file = _LogFile(order)
        self.due_s = monotonic() + WRITE_INTERVAL_S
        """When the writer looks at it next."""
        self._buffer_bytes = buffer_bytes
        self._records: deque[tuple[bytes, bytes]] = deque()
        """Head and payload of each; joined by the writer, so that no packet is copied here."""
        self._append = self._records.append
        self._accepted = 0
        self._taken = 0
        self._ceiling = buffer_bytes
        self._count = 0
        self._closing = False
        begin = Begin(started_monotonic_us=order.started_monotonic_us)
        self._accept(pack_content(Kind.BEGIN, _now_us(), begin))

    # --- called by the loop that forwards ---

    def add_track(self, track: int, participant_id: str, connection_id: str, line: Line) -> None:
        content = Track(participant_id=participant_id, connection_id=connection_id, line=line)
        self._accept(pack_content(Kind.TRACK, _now_us(), content, track))

    def rtp(self, track: int, arrival_us: int, packet: bytes) -> None:
        size = len(packet)
        accepted = self._accepted + size
        if accepted > self._ceiling:
            self._overflow()
            return
        self._accepted = accepted
        self._append((_pack_head(_RTP, track, size, arrival_us), packet))

    def sender_report(self, track: int, arrival_us: int, ntp: int, rtp_timestamp: int) -> None:
        payload = SENDER_REPORT.pack(ntp, rtp_timestamp)
        self._accept(pack(Kind.SENDER_REPORT, arrival_us, payload, track))

    def hold(self, at_us: int, on: bool) -> None:
        self._accept(pack(Kind.HOLD, at_us, bytes((on,))))

    def close(self) -> None:
        self._closing = True
        self._ceiling = -1

    def _accept(self, record: bytes) -> None:
        accepted = self._accepted + len(record) - RECORD.size
        if accepted > self._ceiling:
            self._overflow()
            return
        self._accepted = accepted
        self._append((record, b""))

    def _overflow(self) -> None:
        self._ceiling = -1
        if not self._closing and self.failed is None:
            self.failed = "the disk is too slow: the packet log's buffer is full"

    # --- called by the writer thread ---

    def flush(self) -> bool:
        """Writes what is buffered; answers whether the log is at its end. Never raises."""
        ending = self._closing or self.failed is not None  # before the buffer is emptied
        try:
            self.file.continue_if_it_was_there()
            while self._records:
                self._write_some()
            if ending:
                end = End(records=self._count, failed=self.failed)
                self.file.append(pack_content(Kind.END, _now_us(), end))
        except (OSError, Damaged) as error:
            self.failed = f"the packet log can't be written: {error}"
            self._ceiling = -1
            self._records.clear()
            return True
        return ending

    def _write_some(self) -> None:
        pieces: list[bytes] = []
        size = 0
        while self._records and size < CHUNK_BYTES:
            head, payload = self._records.popleft()
            pieces += head, payload
            size += len(head) + len(payload)
        self.file.append(b"".join(pieces))
        count = len(pieces) // 2
        self._count += count
        self._taken += size - count * RECORD.size
        if not (self._closing or self.failed):
            self._ceiling = self._taken + self._buffer_bytes


class _LogFile:
    """The chunk file behind a tap: created at once, but continued (which reads it) by the writer
    thread; synced and closed by the sync thread alone."""

    def __init__(self, order: TapOpen) -> None:
        path = Path(order.log_path)
        self._sealer = Sealer(_decode_key(order.key_base64), order.recording_id, LOG)
        self._name = path.name
        self._folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._writer: ChunkWriter | None = None
        self._unsynced = True
        try:
            self._writer = ChunkWriter.create(self._folder, self._name, self._sealer)
        except FileExistsError:
            pass  # a relay that came back: see continue_if_it_was_there
        except BaseException:
            os.close(self._folder)
            raise

    def continue_if_it_was_there(self) -> None:
        if self._writer is None:
            self._writer = ChunkWriter.resume(self._folder, self._name, self._sealer)

    def append(self, plaintext: bytes) -> None:
        assert self._writer is not None, "continued first"  # noqa: S101
        self._writer.append(plaintext)
        self._unsynced = True

    def sync(self) -> None:
        """Raises ``OSError``: what was written may then be lost with the machine's power."""
        if self._writer is not None and self._unsynced:
            self._unsynced = False
            self._writer.sync()

    def sync_folder(self) -> None:
        os.fsync(self._folder)

    def close(self) -> None:
        os.close(self._folder)
        if self._writer is not None:
            self._writer.close()


class PacketLogWriter:
    """Opens taps (:class:`signaling.relay.tap.TapFactory`) and runs the two threads for them."""

    def __init__(self, buffer_bytes: int = BUFFER_BYTES) -> None:
        self._buffer_bytes = buffer_bytes
        self._lock = threading.Lock()  # guards the two lists; held for no I/O
        self._open: list[LogTap] = []
        self._ended: list[LogTap] = []
        self._stopping = threading.Event()
        self._written_out = threading.Event()
        self._threads = [
            threading.Thread(target=self._write_loop, name="packet log writer", daemon=True),
            threading.Thread(target=self._sync_loop, name="packet log sync", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __call__(self, order: TapOpen) -> LogTap:
        """Raises ``OSError`` when the log can't be created, or another process still writes it."""
        if self._stopping.is_set():
            raise OSError("the relay is stopping")
        tap = LogTap(order, self._buffer_bytes)
        with self._lock:
            self._open.append(tap)
        return tap

    def stop(self, timeout_s: float) -> bool:
        """Ends every log, writes and syncs what is buffered; ``False`` if time did not suffice."""
        with self._lock:
            for tap in self._open:
                tap.close()
        self._stopping.set()
        deadline = monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(deadline - monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _write_loop(self) -> None:
        while self._open or not self._stopping.is_set():
            self._stopping.wait(self._rest_s())
            due_s = monotonic() + TOGETHER_S
            for tap in list(self._open):
                if tap.due_s <= due_s or self._stopping.is_set():
                    missed = max(0.0, due_s - tap.due_s) // WRITE_INTERVAL_S
                    tap.due_s += (1 + missed) * WRITE_INTERVAL_S  # keeps its own beat
                    self._write(tap)
        self._written_out.set()

    def _rest_s(self) -> float:
        """Until the first log is due; a new one is not due sooner than a whole interval."""
        now_s = monotonic()
        with self._lock:
            due_s = min((tap.due_s for tap in self._open), default=now_s + WRITE_INTERVAL_S)
        return min(max(due_s - now_s, 0.001), WRITE_INTERVAL_S)

    def _write(self, tap: LogTap) -> None:
        if tap.flush():
            with self._lock:
                self._open.remove(tap)
                self._ended.append(tap)

    def _sync_loop(self) -> None:
        folders_synced: set[int] = set()
        last = False
        while not last:
            last = self._written_out.wait(SYNC_INTERVAL_S)
            with self._lock:
                ended, self._ended = self._ended, []
                taps = [*self._open, *ended]
            for tap in taps:
                _sync(tap, with_folder=id(tap) not in folders_synced)
            folders_synced = {id(tap) for tap in taps}
            for tap in ended:
                tap.file.close()


def _sync(tap: LogTap, *, with_folder: bool) -> None:
    try:
        if with_folder:
            tap.file.sync_folder()
        tap.file.sync()
    except OSError as error:
        tap.failed = tap.failed or f"the packet log can't be synced: {error}"


def _decode_key(key_base64: str) -> bytes:
    return base64.b64decode(key_base64, validate=True)


def _now_us() -> int:
    return monotonic_ns() // 1000
