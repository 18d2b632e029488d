import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.rooms.link import Link, LinkState


@pytest.fixture
def link() -> Link:
    return Link(silent_to_lost_s=8, grace_s=60, now_s=100)


def test_who_has_not_come_yet_is_lost_and_has_the_whole_grace_time(link: Link) -> None:
    assert link.judge(100) is LinkState.LOST
    assert link.deadline_s == 160
    link.expect(130)
    assert link.deadline_s == 190


def test_a_listener_is_judged_by_the_socket_alone(link: Link) -> None:
    link.socket_opened()
    assert link.judge(1_000) is LinkState.CONNECTED
    assert link.deadline_s is None


def test_silence_becomes_loss_and_a_packet_ends_it(link: Link) -> None:
    link.socket_opened()
    link.media_silent(200)
    assert link.judge(207.9) is LinkState.SILENT
    assert link.next_change_s(201) == 208
    assert link.judge(208) is LinkState.LOST
    assert link.next_change_s(208) == 260
    link.media_came()
    assert link.judge(208) is LinkState.CONNECTED


def test_the_grace_time_counts_from_the_first_sign(link: Link) -> None:
    link.socket_opened()
    link.media_silent(200)
    link.socket_closed(220)
    link.socket_closed(230)
    link.media_closed(240)
    assert link.deadline_s == 260
    link.socket_opened()
    assert link.judge(241) is LinkState.LOST, "the media is still gone"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["socket_opened", "socket_closed", "media_came", "media_silent", "media_closed"]
            ),
            st.floats(0, 30),
        ),
        max_size=30,
    )
)
def test_whoever_is_not_connected_has_a_deadline_that_is_looked_at(
    steps: list[tuple[str, float]],
) -> None:
    link, now_s = Link(silent_to_lost_s=8, grace_s=60, now_s=0), 0.0
    for step, later_s in steps:
        now_s += later_s
        act = getattr(link, step)
        act(now_s) if step in {"socket_closed", "media_silent", "media_closed"} else act()
        assert (link.judge(now_s) is LinkState.CONNECTED) == (link.deadline_s is None)
        due = link.deadline_s
        if due is not None and due > now_s:
            following = link.next_change_s(now_s)
            assert following is not None
            assert now_s < following <= due
