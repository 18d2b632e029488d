"""An append-only file of encrypted chunks, readable up to its last whole chunk at every moment.

On disk::

    preamble  8s magic, u32 header region size H, u32 zero
    slot A    chunk 0, H bytes of plaintext      } only if H > 0; the newest valid slot counts,
    slot B    chunk 0, the other generation      } so rewriting the header can't lose it
    chunk     one for each append, any size
    ...
    final     an empty chunk whose ``final`` flag says: nothing was cut off here

    chunk     u32 plaintext length, u32 index, u32 generation, u8 final, 3 zero, 12s nonce,
              AES-256-GCM (or SM4-GCM, as the key says) ciphertext, 16 byte tag

Each chunk is bound to recording, stream, index, generation and final flag as associated data, so
none can be moved, repeated, or taken for another. A nonce is random and never used again, also
not by a chunk that is written anew. Offsets, sizes and hashes elsewhere speak of the plaintext:
the header region followed by the appended chunks.

Names are random (see :mod:`recording.archive`) and opened relative to a folder's descriptor,
without following links.
"""

import fcntl
import os
import secrets
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct
from typing import Self

from cryptography.exceptions import InvalidTag

from recording.chunk_source import ChunkSource, FileSource
from recording.chunk_table import ChunkTable
from recording.ciphers import TAG_BYTES, aead_of

MAGIC = b"SPBCHNK1"
MAX_CHUNK_BYTES = 64 << 20
_PREAMBLE = Struct(">8sII")
_HEAD = Struct(">IIIB3s12s")
_BINDING = Struct(">III?")
OVERHEAD_BYTES = _HEAD.size + TAG_BYTES


class Damaged(ValueError):
    """A chunk is not what was written: changed, moved, or cut."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the clear before a chunk; all of it is authenticated."""

    length: int
    index: int
    generation: int
    final: bool
    nonce: bytes

    @property
    def size_on_disk(self) -> int:
        return OVERHEAD_BYTES + self.length


class Sealer:
    """Encrypts and decrypts the chunks of one stream of one recording."""

    def __init__(self, key: bytes, recording_id: str, stream: str) -> None:
        self._aead = aead_of(key)
        self._binding = f"{recording_id}\0{stream}\0".encode()

    def seal(
        self, index: int, plaintext: bytes, *, generation: int = 0, final: bool = False
    ) -> bytes:
        """A whole chunk as it stands on disk, under a fresh nonce."""
        head = Head(len(plaintext), index, generation, final, secrets.token_bytes(12))
        ciphertext = self._aead.encrypt(head.nonce, plaintext, self._bind(head))
        return _HEAD.pack(head.length, index, generation, final, b"\0\0\0", head.nonce) + ciphertext

    def open(self, head: Head, ciphertext: bytes) -> bytes:
        """Raises :class:`Damaged`."""
        try:
            return self._aead.decrypt(head.nonce, ciphertext, self._bind(head))
        except (InvalidTag, ValueError) as error:
            raise Damaged(f"chunk {head.index} is not what was written") from error

    def _bind(self, head: Head) -> bytes:
        fields = _BINDING.pack(head.length, head.index, head.generation, head.final)
        return self._binding + fields


def _parse_head(raw: bytes) -> Head | None:
    """``None`` for what can't be the head of a chunk."""
    if len(raw) < _HEAD.size:
        return None
    length, index, generation, final, zero, nonce = _HEAD.unpack(raw)
    if length > MAX_CHUNK_BYTES or final > 1 or zero != b"\0\0\0":
        return None
    return Head(length, index, generation, bool(final), nonce)


class ChunkAccess:
    """Random access to the plaintext; decrypts only the chunks that a range touches.

    Not thread-safe.
    """

    def __init__(
        self, source: ChunkSource, sealer: Sealer | None, table: ChunkTable | None = None
    ) -> None:
        """Owns the source. Without a sealer only what stands in the clear can be read: the
        :meth:`table`. Without a table the offsets come from the heads alone (one small read
        a chunk). Raises ``OSError``; :class:`Damaged` when the preamble is not that of a chunk
        file or no valid header slot is left."""
        self._source = source
        self._sealer = sealer
        self._at = array("Q")  # where each chunk's head stands on disk
        self._starts = array("Q")  # where each chunk's plaintext begins
        self._marked = False  # the last head says that it is the final one
        self._cached: tuple[int, bytes] = (-1, b"")
        self.size = 0
        try:
            if table is None:
                self._read_preamble()
                self.refresh()
            else:
                self._take(table)
        except BaseException:
            source.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._source.close()

    @property
    def chunk_count(self) -> int:
        """Whole chunks, the header region and the final mark included."""
        return len(self._at)

    @property
    def complete(self) -> bool:
        """The final mark is there, so no chunk is missing at the end. Raises :class:`Damaged`."""
        return self._marked and self.chunk(self.chunk_count - 1) == b""

    @property
    def torn_bytes(self) -> int:
        """What stands after the last whole chunk: a write under way, or one cut by a crash."""
        return self._source.size() - self._end

    def head(self, index: int) -> Head:
        """Raises :class:`Damaged`."""
        head = _parse_head(self._source.read(self._at[index], _HEAD.size))
        if head is None:
            raise Damaged(f"chunk {index} is not what was written")
        return head

    def offset(self, index: int) -> int:
        """Where the plaintext of a chunk begins."""
        return self._starts[index]

    def end_on_disk_of(self, index: int) -> int:
        """Where the next chunk begins, or would begin, on disk."""
        return self._at[index] + OVERHEAD_BYTES + self._end_of(index) - self._starts[index]

    def refresh(self) -> int:
        """Looks for chunks appended since; answers how many are new."""
        before = self.chunk_count
        limit = self._source.size()
        while not self._marked:
            head = _parse_head(self._source.read(self._end, _HEAD.size))
            if head is None or head.index != self.chunk_count:
                break
            if self._end + head.size_on_disk > limit:
                break
            self._add(head, self._end)
            self._end += head.size_on_disk
        return self.chunk_count - before

    def chunk(self, index: int) -> bytes:
        """One chunk's plaintext. Raises :class:`Damaged`."""
        if self._cached[0] != index:
            start = self._starts[index]
            length = self._end_of(index) - start
            raw = self._source.read(self._at[index], OVERHEAD_BYTES + length)
            head = _parse_head(raw[: _HEAD.size])
            if head is None or head.index != index:
                raise Damaged(f"chunk {index} is not what was written")
            if self._sealer is None:
                raise ValueError("opened without a key")
            self._cached = (index, self._sealer.open(head, raw[_HEAD.size :]))
        return self._cached[1]

    def chunks(self, first: int = 0) -> Iterator[bytes]:
        for index in range(first, self.chunk_count):
            yield self.chunk(index)

    def read(self, start: int, end: int) -> bytes:
        """Plaintext ``[start, end)``, cut at :attr:`size`. Raises :class:`Damaged`."""
        end = min(end, self.size)
        if start < 0 or start >= end:
            return b""
        pieces = []
        index = bisect_right(self._starts, start) - 1
        while index < self.chunk_count and self._starts[index] < end:
            origin = self._starts[index]
            pieces.append(self.chunk(index)[max(start - origin, 0) : end - origin])
            index += 1
        return b"".join(pieces)

    def table(self) -> ChunkTable:
        """For whoever opens the file from afar."""
        lengths = tuple(self._end_of(i) - self.offset(i) for i in range(self.chunk_count))
        first_at = self._at[0] if self._at else 0
        return ChunkTable(self.header_size, first_at, self._marked, lengths)

    def _take(self, table: ChunkTable) -> None:
        self.header_size = table.header_size
        self._end = _begin_of_chunks(table.header_size)
        for index, length in enumerate(table.lengths):
            in_slot = index == 0 and table.header_size > 0
            final = table.marked and index == len(table.lengths) - 1
            self._add(Head(length, index, 0, final, b""), table.first_at if in_slot else self._end)
            if not in_slot:
                self._end += OVERHEAD_BYTES + length

    def _end_of(self, index: int) -> int:
        return self._starts[index + 1] if index + 1 < self.chunk_count else self.size

    def _add(self, head: Head, at: int) -> None:
        self._marked = head.final
        self._at.append(at)
        self._starts.append(self.size)
        self.size += head.length

    def _read_preamble(self) -> None:
        raw = self._source.read(0, _PREAMBLE.size)
        if len(raw) < _PREAMBLE.size:
            raise Damaged("no chunk file")
        magic, self.header_size, zero = _PREAMBLE.unpack(raw)
        if magic != MAGIC or zero or self.header_size > MAX_CHUNK_BYTES:
            raise Damaged("no chunk file")
        self._end = _begin_of_chunks(self.header_size)
        if self.header_size:
            head, at = self._newest_slot()
            self._add(head, at)

    def _newest_slot(self) -> tuple[Head, int]:
        slots = []
        for at in _slots(self.header_size):
            raw = self._source.read(at, OVERHEAD_BYTES + self.header_size)
            head = _parse_head(raw[: _HEAD.size])
            if head is None or head.index != 0 or head.length != self.header_size:
                continue
            try:
                if self._sealer is not None:
                    self._sealer.open(head, raw[_HEAD.size :])
            except Damaged:
                continue
            slots.append((head.generation, head, at))
        if not slots:
            raise Damaged("no valid header region is left")
        _generation, head, at = max(slots, key=lambda slot: slot[0])
        return head, at


class ChunkReader(ChunkAccess):
    """Of a file in the archive; one that still grows is followed with :meth:`refresh`."""

    def __init__(self, folder: int, name: str, sealer: Sealer) -> None:
        """``folder``: descriptor of the folder."""
        super().__init__(FileSource(folder, name), sealer)


def read_table(folder: int, name: str) -> ChunkTable:
    """Of a finished file, without its key. Raises ``OSError``, :class:`Damaged`."""
    with ChunkAccess(FileSource(folder, name), None) as access:
        return access.table()


class ChunkWriter:
    """The one writer of a chunk file (held by a lock on it). Every method may raise ``OSError``.

    After an error the file is cut back to its last whole chunk and stays readable.
    """

    def __init__(self, file: int, sealer: Sealer, header_size: int) -> None:
        self.descriptor = file
        self._sealer = sealer
        self._header_size = header_size
        self._generation = -1
        self._next = 1 if header_size else 0
        self._end = _begin_of_chunks(header_size)

    @classmethod
    def create(cls, folder: int, name: str, sealer: Sealer, header: bytes = b"") -> Self:
        """A new file of mode 0600; ``header`` fills the header region for good in size.

        Raises ``FileExistsError`` when the name is taken.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        draft = f".{name}"
        with suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=folder)  # a crash left it
        writer = cls(os.open(draft, flags, 0o600, dir_fd=folder), sealer, len(header))
        try:
            writer._begin(header)
            # Only now does the name appear: no crash leaves a file that can't be continued.
            os.link(draft, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except BaseException:
            writer.close()
            raise
        finally:
            os.unlink(draft, dir_fd=folder)
        return writer

    @classmethod
    def resume(cls, folder: int, name: str, sealer: Sealer) -> Self:
        """Continues a file after its last valid chunk, cutting off what a crash left torn.

        Raises :class:`Damaged` when it is finished or no chunk file, ``BlockingIOError`` while
        another process still writes it.
        """
        file = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            _lock(file)
            with ChunkReader(folder, name, sealer) as reader:
                writer = cls(file, sealer, reader.header_size)
                writer._take_over(reader)
            os.ftruncate(file, writer._end)
        except BaseException:
            os.close(file)
            raise
        return writer

    def append(self, plaintext: bytes) -> int:
        """Writes one chunk (not empty: nothing would be read of it, so no damage found) and
        answers its index. It is on disk after :meth:`sync`."""
        if not plaintext:
            raise ValueError("an empty chunk marks the end")
        return self._append(plaintext, final=False)

    def rewrite_header(self, plaintext: bytes) -> None:
        """Replaces chunk 0 (same size) by way of the other slot: the old one stays until then."""
        if len(plaintext) != self._header_size:
            raise ValueError(f"the header region has {self._header_size} bytes")
        if self._generation >= 0:
            os.fdatasync(self.descriptor)  # the slot given up now must not be the only good one
        generation = self._generation + 1
        chunk = self._sealer.seal(0, plaintext, generation=generation)
        _write_at(self.descriptor, chunk, _slots(self._header_size)[generation % 2])
        self._generation = generation

    def finish(self) -> None:
        """Marks the end: from now on a missing chunk shows. Syncs; nothing may follow."""
        self._append(b"", final=True)
        os.fsync(self.descriptor)

    def sync(self) -> None:
        os.fdatasync(self.descriptor)

    def close(self) -> None:
        os.close(self.descriptor)

    def _begin(self, header: bytes) -> None:
        _lock(self.descriptor)
        _write_at(self.descriptor, _PREAMBLE.pack(MAGIC, len(header), 0), 0)
        if header:
            os.posix_fallocate(self.descriptor, 0, self._end)
            self.rewrite_header(header)
        os.fsync(self.descriptor)

    def _append(self, plaintext: bytes, *, final: bool) -> int:
        if len(plaintext) > MAX_CHUNK_BYTES:
            raise ValueError("a chunk is limited to 64 MiB")
        index = self._next
        chunk = self._sealer.seal(index, plaintext, final=final)
        try:
            _write_at(self.descriptor, chunk, self._end)
        except OSError:
            os.ftruncate(self.descriptor, self._end)
            raise
        self._end += len(chunk)
        self._next += 1
        return index

    def _take_over(self, reader: ChunkReader) -> None:
        """Power loss can leave a tail of full length and wrong content: step back over it."""
        last = reader.chunk_count - 1
        if last >= 0 and reader.head(last).final:
            raise Damaged("the file is finished")
        while last >= self._next and not _is_valid(reader, last):
            last -= 1
        self._end = reader.end_on_disk_of(last) if last >= self._next else self._end
        self._next = last + 1
        if self._header_size:
            self._generation = reader.head(0).generation


def _is_valid(reader: ChunkReader, index: int) -> bool:
    try:
        reader.chunk(index)
    except Damaged:
        return False
    return True


def _begin_of_chunks(header_size: int) -> int:
    """Where the chunks behind the header region begin on disk."""
    return _PREAMBLE.size + (2 * (OVERHEAD_BYTES + header_size) if header_size else 0)


def _slots(header_size: int) -> tuple[int, int]:
    return _PREAMBLE.size, _PREAMBLE.size + OVERHEAD_BYTES + header_size


def _lock(file: int) -> None:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write_at(file: int, raw: bytes, at: int) -> None:
    """All of it or ``OSError``: a full disk may take a part first."""
    view = memoryview(raw)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written
