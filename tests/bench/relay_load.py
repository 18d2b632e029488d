"""``python -m tests.bench.relay_load CALLS``: so many calls through a relay with its recorder.

This process is the load: it connects as windows and agents, prepares every SRTP packet before the
measured seconds, sends each when it is due, answers with the feedback that a browser gives, and
tells how late it was itself. It prints one JSON object.
"""

import asyncio
import gc
import json
import select
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from signaling.relay import rtcp, stun, twcc
from signaling.relay.control import Line, RoomOpen
from tests.bench import traffic
from tests.bench.measure import Floor, Usage, percentile
from tests.bench.node import BenchNode
from tests.signaling.relay.media_client import MediaClient, lines

WARM_S = 4.0
WINDOW_S = 15.0
FEEDBACK_S = 0.1
REPORT_S = 1.0
CHECK_S = 2.5
LATE_S = 0.005
"""A packet sent later than this after its time counts as late in the generator's own report."""


@dataclass
class Up:
    client: MediaClient
    planned: list[traffic.Planned]
    sealed: list[bytes] = field(default_factory=list)


@dataclass
class Down:
    client: MediaClient
    source: int
    """Index of the up connection that it mirrors."""
    arrived: deque[tuple[int, int]] = field(default_factory=deque)
    """Transport-wide number and time in µs, since the last feedback."""
    feedback_count: int = 0


class Turns:
    """Serves each of several once a period, one after the other: clients keep no common beat."""

    def __init__(self, count: int, period_s: float, now_s: float) -> None:
        self._count, self._step_s = count, period_s / count
        self._next, self._due_s = 0, now_s

    def due(self, now_s: float) -> Iterator[int]:
        while self._due_s <= now_s:
            yield self._next
            self._next = (self._next + 1) % self._count
            self._due_s += self._step_s


@dataclass(frozen=True)
class Result:
    calls: int
    forwarded_per_s: float
    lost_share: float
    floor_us: float
    relay_floors: float
    recorder_floors: float
    edge_floors: float
    all_floors: float
    forward_p50_ms: float
    forward_p99_ms: float
    loop_lag_p99_ms: float
    resident_mb_per_call: float
    generator_late_share: float
    generator_cores: float


def main() -> None:
    calls = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="shipinban-bench-") as folder:
        print(json.dumps(asdict(measure(calls, Path(folder)))), flush=True)


def measure(calls: int, folder: Path) -> Result:
    """Raises ``RuntimeError`` when a process of the node fails."""
    floor = Floor(folder)
    node = BenchNode(folder)
    try:
        empty = _usage(node)
        load = Load(node)
        asyncio.run(load.connect(calls))
        load.prepare()
        gc.freeze()
        gc.disable()
        return load.run(floor, empty)
    finally:
        node.close()


class Load:
    def __init__(self, node: BenchNode) -> None:
        self._node = node
        self._random = Random(7)  # the same load every time
        self._ups: list[Up] = []
        self._downs: list[Down] = []
        self._sent_at: dict[tuple[int, int, int], float] = {}
        self._delays_ms: list[float] = []
        self._received = 0
        self._sent = 0
        self._late = 0
        self._measuring = False
        self._position = 0
        """In the queue of all packets: what comes before it is sent."""

    # --- before the measured seconds -----------------------------------------------------------

    async def connect(self, calls: int) -> None:
        for number in range(calls):
            room = f"{number:x}"
            self._node.relay.order(RoomOpen(request_id="0", room_id=room))
            window = await self._up(room, f"{number:x}a", traffic.WINDOW)
            agent = await self._up(room, f"{number:x}b", traffic.AGENT)
            await self._down(room, f"{number:x}c", f"{number:x}a", window)
            await self._down(room, f"{number:x}d", f"{number:x}b", agent)
            self._node.record(room)

    async def _up(self, room: str, name: str, kinds: tuple[traffic.Kind, ...]) -> int:
        client = MediaClient(self._node.address)
        sent = {kind.ssrc for kind in kinds}
        self._node.relay.order(
            client.up_order(name, room_id=room, lines=[_line(each, sent) for each in lines()])
        )
        await client.connect()
        planned = traffic.plan(kinds, WARM_S + WINDOW_S, self._random)
        self._ups.append(Up(client, planned))
        return len(self._ups) - 1

    async def _down(self, room: str, name: str, source: str, up: int) -> None:
        client = MediaClient(self._node.address)
        self._node.relay.order(client.down_order(name, source, room_id=room, primary=True))
        self._node.relay.order(client.answer_order(name))
        await client.connect()
        self._downs.append(Down(client, up))

    def prepare(self) -> None:
        for up in self._ups:
            up.sealed = [up.client.seal(each.plain) for each in up.planned]

    # --- the measured seconds ------------------------------------------------------------------

    def run(self, floor: Floor, empty: dict[str, Usage]) -> Result:
        queue = sorted(
            (each.at_us, index, position)
            for index, up in enumerate(self._ups)
            for position, each in enumerate(up.planned)
        )
        poll = select.epoll()
        readers = self._register(poll)
        begun_s = time.monotonic()
        self._send_until(queue, begun_s, begun_s, begun_s + WARM_S, poll, readers)
        floor.begin(WINDOW_S)
        self._measuring = True
        before, own_before = _usage(self._node), time.process_time()
        statistics_before = len(self._node.relay.statistics)
        start_s = time.monotonic()
        self._send_until(queue, begun_s, start_s, begun_s + WARM_S + WINDOW_S, poll, readers)
        seconds = time.monotonic() - start_s
        after, own_s = _usage(self._node), time.process_time() - own_before
        floor_us = floor.mean_us()
        floors = {
            part: (after[part].cpu_s - before[part].cpu_s) * 1e6 / self._received / floor_us
            for part in after
        }
        lags = [each.loop_lag_p99_ms for each in self._node.relay.statistics[statistics_before:]]
        calls = len(self._downs) // 2
        grown = sum(after[part].resident_bytes - empty[part].resident_bytes for part in after)
        return Result(
            calls=calls,
            forwarded_per_s=self._received / seconds,
            lost_share=max(0.0, 1 - self._received / max(1, self._sent)),
            floor_us=floor_us,
            relay_floors=floors["relay"],
            recorder_floors=floors["recorder"],
            edge_floors=floors["edge"],
            all_floors=sum(floors.values()),
            forward_p50_ms=percentile(self._delays_ms, 0.5),
            forward_p99_ms=percentile(self._delays_ms, 0.99),
            loop_lag_p99_ms=max(lags, default=0.0),
            resident_mb_per_call=grown / calls / 1e6,
            generator_late_share=self._late / max(1, self._sent),
            generator_cores=own_s / seconds,
        )

    def _register(self, poll: select.epoll) -> dict[int, Down | MediaClient | None]:
        readers: dict[int, Down | MediaClient | None] = {}
        for up in self._ups:
            readers[up.client.socket.fileno()] = up.client
        for down in self._downs:
            readers[down.client.socket.fileno()] = down
        for control in (self._node.relay, self._node.recorder):
            readers[control.fileno()] = None
        for descriptor in readers:
            poll.register(descriptor, select.EPOLLIN)
        return readers

    def _send_until(
        self,
        queue: list[tuple[int, int, int]],
        begun_s: float,
        now_s: float,
        end_s: float,
        poll: select.epoll,
        readers: dict[int, Down | MediaClient | None],
    ) -> None:
        position = self._position
        feedbacks = Turns(len(self._downs), FEEDBACK_S, now_s)
        reports = Turns(len(self._downs), REPORT_S, now_s)
        checks = Turns(len(self._downs), CHECK_S, now_s)
        while now_s < end_s:
            while position < len(queue) and begun_s + queue[position][0] / 1e6 <= now_s:
                self._send(queue[position], begun_s, now_s)
                position += 1
            for index in feedbacks.due(now_s):
                self._send_feedback(self._downs[index])
            for index in reports.due(now_s):
                self._send_report(index, now_s)
            for index in checks.due(now_s):
                self._ups[index].client.send_check()
                self._downs[index].client.send_check()
            self._receive(poll, readers)
            now_s = time.monotonic()
        self._position = position

    def _send(self, due: tuple[int, int, int], begun_s: float, now_s: float) -> None:
        at_us, index, position = due
        up = self._ups[index]
        packet = up.planned[position]
        up.client.send(up.sealed[position])
        self._sent_at[index, packet.ssrc, packet.sequence] = now_s
        if self._measuring:
            self._sent += 1
            self._late += now_s - begun_s - at_us / 1e6 > LATE_S

    def _receive(self, poll: select.epoll, readers: dict[int, Down | MediaClient | None]) -> None:
        for descriptor, _ in poll.poll(0.0005):
            reader = readers[descriptor]
            if isinstance(reader, Down):
                self._take_media(reader)
            elif isinstance(reader, MediaClient):
                self._take_control(reader)
            else:
                for control in (self._node.relay, self._node.recorder):
                    if control.fileno() == descriptor:
                        control.drain()

    def _take_media(self, down: Down) -> None:
        receive = down.client.socket.recv
        while True:
            try:
                datagram = receive(2048)
            except BlockingIOError:
                return
            now_s = time.monotonic()
            if datagram[0] < 128:
                self._answer_check(down.client, datagram)
            elif not 192 <= datagram[1] <= 223:
                # The header extension is not encrypted: its one element is the transport number.
                down.arrived.append((datagram[17] << 8 | datagram[18], int(now_s * 1e6)))
                sequence = datagram[2] << 8 | datagram[3]
                ssrc = int.from_bytes(datagram[8:12], "big")
                sent_s = self._sent_at.pop((down.source, ssrc, sequence), None)
                if self._measuring and sent_s is not None:
                    self._received += 1
                    self._delays_ms.append((now_s - sent_s) * 1000)

    def _take_control(self, client: MediaClient) -> None:
        """Feedback and checks; nothing that the relay sends up is acted on."""
        while True:
            try:
                datagram = client.socket.recv(2048)
            except BlockingIOError:
                return
            if datagram[0] < 128:
                self._answer_check(client, datagram)

    @staticmethod
    def _answer_check(client: MediaClient, datagram: bytes) -> None:
        message = stun.parse(datagram)
        if message is not None and message.kind is stun.Kind.REQUEST:
            host, port = client.server
            client.send(stun.success_response(message.transaction_id, host, port, client.local.pwd))

    # --- what a browser says all the time ------------------------------------------------------

    @staticmethod
    def _send_feedback(down: Down) -> None:
        if not down.arrived:
            return
        first = down.arrived[0][0]
        span = (down.arrived[-1][0] - first & 0xFFFF) + 1
        arrivals = [-1] * span
        for number, at_us in down.arrived:
            arrivals[(number - first & 0xFFFF) % span] = at_us
        down.arrived.clear()
        for feedback in twcc.cut(first, arrivals):
            raw = twcc.encode(1, traffic.CAMERA.ssrc, feedback, down.feedback_count & 0xFF)
            down.feedback_count += 1
            down.client.send_rtcp(raw)

    def _send_report(self, index: int, now_s: float) -> None:
        """There are as many connections up as down."""
        ntp = int((now_s + 3_900_000_000) * (1 << 32))
        up = self._ups[index]
        for ssrc in {each.ssrc for each in up.planned[:60]}:
            body = ssrc.to_bytes(4, "big") + ntp.to_bytes(8, "big") + bytes(12)
            up.client.send_rtcp(rtcp.build(rtcp.Kind.SENDER_REPORT, 0, body))
        self._downs[index].client.send_rtcp(rtcp.receiver_report(1, []))


def _usage(node: BenchNode) -> dict[str, Usage]:
    return {part: Usage.of(pids) for part, pids in node.pids.items()}


def _line(line: Line, sent: set[int]) -> Line:
    return line if line.ssrc in sent else line.model_copy(update={"ssrc": None, "rtx_ssrc": None})


if __name__ == "__main__":
    main()
