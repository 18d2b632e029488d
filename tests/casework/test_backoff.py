import pytest

from casework.backoff import ACCOUNT, SOURCE, Patience


@pytest.mark.parametrize("patience", [ACCOUNT, SOURCE])
def test_pauses_double_after_the_free_tries_up_to_the_longest(patience: Patience) -> None:
    assert [patience.pause_ms(failures) for failures in range(patience.free)] == [0] * patience.free
    assert patience.pause_ms(patience.free) == 1_000
    assert patience.pause_ms(patience.free + 1) == 2_000
    assert patience.pause_ms(10_000) == patience.longest_ms


def test_an_account_is_never_locked_for_long() -> None:
    assert ACCOUNT.longest_ms <= 60_000 < SOURCE.longest_ms
