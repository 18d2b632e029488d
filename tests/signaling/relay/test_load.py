"""A viewer whose link does not carry the video loses it, and gets it back carefully."""

from signaling.relay.control import TrackKind
from signaling.relay.load import Load
from signaling.relay.settings import RelaySettings
from signaling.relay.twcc import Arrivals, Feedback

SECOND_US = 1_000_000
KINDS = (TrackKind.AUDIO, TrackKind.CAMERA, TrackKind.DOCUMENT)
CAMERA, DOCUMENT = TrackKind.CAMERA, TrackKind.DOCUMENT


class Link:
    """Sends thirty packets of each line a second and reports on them."""

    def __init__(self) -> None:
        self.load = Load(RelaySettings(), KINDS)
        self.now_us = 0
        self._sent = Arrivals()
        self._next = 0

    def second(self, *, lost_of_ten: int = 0, delay_us: int = 20_000) -> bool:
        arrivals: list[int] = []
        first = self._next
        for number in range(90):
            sent_us = self.now_us + number * 11_000
            self._sent.note(self._next & 0xFFFF, number % 3, sent_us)
            self._next += 1
            withheld = KINDS[number % 3] in self.load.withheld
            arrivals.append(
                -1 if withheld or number // 3 % 10 < lost_of_ten else sent_us + delay_us
            )
        self.load.read(Feedback(first & 0xFFFF, 0, arrivals), self._sent)
        self.now_us += SECOND_US
        return self.load.judge(self.now_us)


def test_a_good_link_and_a_moment_of_loss_change_nothing() -> None:
    link = Link()
    for turn in range(20):
        assert not link.second(lost_of_ten=5 if turn % 3 == 0 else 0)
    assert link.load.withheld == set()


def test_lasting_loss_takes_the_face_then_the_document_never_the_voice() -> None:
    link = Link()
    seen = [link.load.withheld for _ in range(12) if link.second(lost_of_ten=3)]
    assert seen == [{CAMERA}, {CAMERA, DOCUMENT}]


def test_a_growing_queue_counts_as_loss_does() -> None:
    link = Link()
    link.second()
    changed = [link.second(delay_us=900_000) for _ in range(3)]
    assert any(changed)
    assert link.load.withheld == {CAMERA}


def test_withheld_packets_are_not_taken_for_lost_and_the_track_comes_back() -> None:
    link = Link()
    while link.load.withheld != {CAMERA}:
        link.second(lost_of_ten=3)
    waited = 0
    while link.load.withheld:
        link.second()
        waited += 1
    assert waited >= 7
    while not link.load.withheld:
        link.second(lost_of_ten=3)
    again = 0
    while link.load.withheld:
        link.second()
        again += 1
    assert again > waited, "each failure makes the next try rarer"
