"""Where the chunks of a finished file begin, packed: what its heads tell one by one.

Finding it out costs one small read a chunk, which is nothing on a disk and an hour's call long in
a store: it is kept when a file goes there. It is not trusted: a chunk that is not where and what
the table says does not decrypt.

    zlib of: u32 header region, u64 where chunk 0 stands, u8 the last one is final, u32 × lengths
"""

import zlib
from dataclasses import dataclass
from struct import Struct, error, pack, unpack

_FIXED = Struct(">IQ?")


@dataclass(frozen=True, slots=True)
class ChunkTable:
    header_size: int
    first_at: int
    """Where chunk 0 stands: in one of two slots when there is a header region."""
    marked: bool
    """The last chunk says that it is the final one."""
    lengths: tuple[int, ...]
    """Of the plaintext of each."""

    def pack(self) -> bytes:
        head = _FIXED.pack(self.header_size, self.first_at, self.marked)
        return zlib.compress(head + pack(f">{len(self.lengths)}I", *self.lengths))

    @classmethod
    def unpack(cls, packed: bytes) -> "ChunkTable":
        """Raises ``ValueError``."""
        try:
            raw = zlib.decompress(packed)
            header_size, first_at, marked = _FIXED.unpack_from(raw)
            lengths = unpack(f">{(len(raw) - _FIXED.size) // 4}I", raw[_FIXED.size :])
        except (zlib.error, error) as damage:
            raise ValueError("no chunk table") from damage
        return cls(header_size, first_at, marked, lengths)
