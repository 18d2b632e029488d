"""The path of every media packet: one plain function, no coroutine, no object a packet but one.

Received in a fixed buffer → checked against the agreed lines → opened in place → noted for
feedback → tap → ring → sealed and sent for each viewer. What is written out at length here would
read better as methods; at ten thousand packets a second each call costs about as much as the work
in it, so only what is rare is called.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from signaling.relay.context import RelayContext
from signaling.relay.rtp import (
    HEADER,
    original_sequence,
    transport_sequence,
    unwrap_retransmission,
)
from signaling.relay.srtp import SrtpPair, protect, unprotect
from signaling.relay.stream import Stream

if TYPE_CHECKING:
    from signaling.relay.up import UpConnection


def forwarder(  # noqa: C901 - one closure, so that nothing is looked up twice a packet
    context: RelayContext, up: "UpConnection", srtp: SrtpPair
) -> Callable[[int, int], None]:
    """Returns what takes the packets of ``up``: a function of size and arrival (µs)."""
    counters, dropped = context.counters, context.counters.dropped
    memory, view, length = context.received.memory, context.received.view, context.received.size
    header = HEADER.unpack_from
    stream_of = up.streams.get
    note_arrival = up.arrivals.note
    receiving = srtp.receiving
    transport_cc_id = up.transport_cc_id

    # The session is a bare C pointer: the pair that owns it lives as long as this function.
    def forward(size: int, now_us: int, _owner: SrtpPair = srtp) -> None:  # noqa: C901 - see the module's first lines
        _, second, sequence, timestamp, ssrc = header(view)
        if 192 <= second <= 223:  # RFC 5761 §4: payload types 64 to 95 are never RTP
            up.receive_rtcp(size, now_us)
            return
        stream = stream_of(ssrc)
        if stream is None or second & 0x7F != stream.payload_type:
            dropped["unknown_ssrc"] += 1
            return
        length[0] = size
        if unprotect(receiving, memory, length):
            dropped["srtp"] += 1
            return
        size = length[0]
        up.bytes_left -= size
        up.packets_left -= 1
        if up.bytes_left < 0 or up.packets_left < 0:
            dropped["rate"] += 1
            return

        if transport_cc_id:
            number = transport_sequence(view, transport_cc_id)
            if number >= 0:
                note_arrival(number, stream.index, now_us)
        if sequence == stream.next_sequence:
            stream.next_sequence = (sequence + 1) & 0xFFFF
        else:
            stream.jumped(sequence, now_us)
        stream.packets += 1
        stream.bytes += size
        stream.last_us = up.last_media_us = now_us

        if up.held:
            # After SRTP's own count and the feedback's, before everything else.
            dropped["held"] += 1
            return
        plain = bytes(view[:size])
        if stream.repairs is not None:
            _keep_repair(up, stream.repairs, plain, now_us)
        else:
            if (
                timestamp != stream.timestamp
                and stream.video
                and not stream.new_frame(view[:size], timestamp, now_us)
            ):
                dropped["picture_size"] += 1
                up.room.close_connection(up, "picture_size")
                return
            if up.tap is not None:
                up.tap.rtp(stream.track, now_us, plain)
            ring = stream.ring
            slot = sequence & ring.mask
            if ring.sequences[slot] != sequence:
                ring.sequences[slot] = sequence
                ring.times[slot] = now_us
                ring.packets[slot] = plain
        targets = stream.targets
        several = len(targets) > 1
        for sending, sendto, address, _ in targets:
            length[0] = size
            if protect(sending, memory, length):
                dropped["seal"] += 1
            else:
                try:
                    sendto(view[: length[0]], address)
                except OSError:
                    dropped["send"] += 1
                else:
                    counters.forwarded += 1
            if several:
                # Sealed where it was received: the next one needs it as it was.
                view[:size] = plain

    return forward


def _keep_repair(up: "UpConnection", repaired: Stream, plain: bytes, now_us: int) -> None:
    """A retransmission: the tap gets the original if it was missing, the ring keeps what was sent.

    Repeats of packets that did arrive (senders probe with them) are of no use to either.
    """
    packet = memoryview(plain)
    sequence = original_sequence(packet)
    losses = repaired.losses
    if sequence < 0 or losses is None or not losses.arrived(sequence):
        return
    repaired.ring.keep(sequence, now_us, plain)
    if up.tap is not None:
        original = unwrap_retransmission(packet, repaired.ssrc, repaired.payload_type)
        up.tap.rtp(repaired.track, now_us, original)
