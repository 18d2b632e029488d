"""What every part of one relay process shares."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signaling.relay.control import ConnectionState
from signaling.relay.counters import Counters
from signaling.relay.defects import Defects
from signaling.relay.dtls import DtlsServer
from signaling.relay.settings import RelaySettings
from signaling.relay.srtp import PacketBuffer

if TYPE_CHECKING:
    from signaling.relay.connection import Connection

ReportState = Callable[["Connection", ConnectionState, str], None]


def monotonic_us() -> int:
    """CLOCK_MONOTONIC in microseconds: the node's one clock for media."""
    return time.monotonic_ns() // 1000


@dataclass(slots=True)
class RelayContext:
    settings: RelaySettings
    dtls: DtlsServer
    report_state: ReportState
    clock: Callable[[], int] = monotonic_us
    counters: Counters = field(default_factory=Counters)
    defects: Defects = field(init=False)
    received: PacketBuffer = field(default_factory=PacketBuffer)
    """Holds the datagram being handled."""
    outgoing: PacketBuffer = field(default_factory=PacketBuffer)
    """Holds the packet being sealed for one receiver."""

    def __post_init__(self) -> None:
        self.defects = Defects(self.counters)
