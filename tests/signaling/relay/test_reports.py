"""Reports that matter are repeated until acknowledged; the rest may be lost."""

from typing import Any

from signaling.relay.control import ConnectionReport, ConnectionState, Direction
from signaling.relay.reports import Outbox


class Channel:
    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.backlog_bytes = 0

    def send(self, message: object) -> None:
        self.sent.append(message)


def closed(report_id: int) -> ConnectionReport:
    return ConnectionReport(
        report_id=report_id,
        room_id="1",
        participant_id="2",
        connection_id="3",
        direction=Direction.UP,
        state=ConnectionState.CLOSED,
    )


def test_a_lasting_report_is_repeated_each_second_until_acknowledged() -> None:
    now_us = [0]
    outbox, channel = Outbox(1000, 1.0, lambda: now_us[0]), Channel()
    outbox.attach(channel)  # type: ignore[arg-type]
    outbox.post(closed, lasting=True)
    outbox.post(closed, lasting=False)
    assert [each.report_id for each in channel.sent] == [1, 2]
    now_us[0] = 999_999
    outbox.repeat()
    assert len(channel.sent) == 2
    now_us[0] = 1_000_000
    outbox.repeat()
    assert [each.report_id for each in channel.sent] == [1, 2, 1]
    outbox.acknowledge(1)
    now_us[0] = 9_000_000
    outbox.repeat()
    assert len(channel.sent) == 3


def test_a_lasting_report_waits_for_an_edge_and_an_unread_one_costs_no_memory() -> None:
    outbox, channel = Outbox(1000, 1.0, lambda: 0), Channel()
    outbox.post(closed, lasting=True)
    outbox.post(closed, lasting=False)
    channel.backlog_bytes = 1001
    outbox.attach(channel)  # type: ignore[arg-type]
    assert not channel.sent
    channel.backlog_bytes = 0
    outbox.attach(channel)  # type: ignore[arg-type]
    assert [each.report_id for each in channel.sent] == [1]
    outbox.detach(channel)  # type: ignore[arg-type]
    outbox.post(closed, lasting=False)
    assert len(channel.sent) == 1
