"""The last packets of a track, to be sent again unchanged.

The rule that AES-GCM rests on: **one SSRC and sequence number leaves a connection with one content
only.** So the ring keeps bytes as they were first forwarded, a slot is never given another content
for the same number, and a viewer is only ever resent what it was sent before. A packet that came
as a retransmission is kept as that retransmission, on its own SSRC.
"""


class Ring:
    """Slots by sequence number. The forwarding path writes the three lists itself."""

    __slots__ = ("_let_go", "mask", "packets", "sequences", "times")

    def __init__(self, packets: int) -> None:
        """``packets``: a power of two."""
        if packets & packets - 1 or packets <= 0:
            raise ValueError("the ring's size is no power of two")
        self.mask = packets - 1
        self.sequences = [-1] * packets
        self.times = [0] * packets
        self.packets: list[bytes] = [b""] * packets
        self._let_go = 0
        """The slot up to which packets that nobody can be resent any more were let go."""

    def keep(self, sequence: int, now_us: int, packet: bytes) -> None:
        """Keeps ``packet`` under ``sequence`` unless that number is there already."""
        slot = sequence & self.mask
        if self.sequences[slot] != sequence:
            self.sequences[slot] = sequence
            self.times[slot] = now_us
            self.packets[slot] = packet

    def find(self, sequence: int, not_before_us: int) -> bytes | None:
        """The packet of that number if it was forwarded after ``not_before_us``."""
        slot = sequence & self.mask
        if self.sequences[slot] != sequence or self.times[slot] <= not_before_us:
            return None
        return self.packets[slot]

    def let_go(self, newest: int, not_after_us: int) -> None:
        """Gives back the memory of packets before ``newest`` that are too old to be resent. Their
        numbers stay: a slot is never given another content for the same number."""
        times, packets, mask = self.times, self.packets, self.mask
        slot, end = self._let_go, newest & mask
        while slot != end and (not packets[slot] or times[slot] <= not_after_us):
            packets[slot] = b""
            slot = (slot + 1) & mask
        self._let_go = slot
