import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Literal

import pytest
from argon2 import PasswordHasher

from casework.errors import Invalid, Unavailable
from casework.passwords import Passwords, random_password, strong_hasher

WEAK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    opened = Passwords(WEAK)
    yield opened
    opened.close()


async def test_the_right_password_fits_and_another_does_not(passwords: Passwords) -> None:
    stored = await passwords.hash("正确的马电池订书钉 é")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify(stored, "正确的马电池订书钉 é")
    assert await passwords.verify(stored, "正确的马电池订书钉 e\u0301")
    assert not await passwords.verify(stored, "正确的马电池订书钉")


async def test_no_account_and_a_broken_hash_fit_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify(None, "anything at all")
    assert not await passwords.verify("not a hash", "anything at all")
    assert not await passwords.verify("", "anything at all")


async def test_an_absent_account_costs_a_hash_too() -> None:
    hashed = CountingHasher()
    passwords = Passwords(hashed, cores=1)
    await passwords.verify(None, "guess")
    before = hashed.verified
    await passwords.verify(None, "guess")
    passwords.close()
    assert hashed.verified == before + 1


@pytest.mark.parametrize("password", ["short", "x" * 201])
async def test_too_short_and_too_long_are_refused(passwords: Passwords, password: str) -> None:
    with pytest.raises(Invalid):
        await passwords.hash(password)
    assert not await passwords.verify(await passwords.hash("long enough"), password)


class CountingHasher(PasswordHasher):
    """Counts hashes and how many run at once."""

    def __init__(self, lasts_s: float = 0.0) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.lasts_s = lasts_s
        self.running = self.most = self.verified = 0
        self.lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(self.lasts_s)
        try:
            return super().hash(password, salt=salt)
        finally:
            with self.lock:
                self.running -= 1

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.verified += 1
        return super().verify(hash, password)


async def test_never_more_hashes_at_once_than_cores() -> None:
    hasher = CountingHasher(lasts_s=0.01)
    passwords = Passwords(hasher, cores=2)
    await asyncio.gather(*(passwords.hash(f"password {n:02}") for n in range(10)))
    passwords.close()
    assert hasher.most == 2


async def test_a_crowd_is_turned_away_at_once_and_the_rest_served() -> None:
    passwords = Passwords(CountingHasher(lasts_s=0.02), cores=1, waiting_limit=3)
    results = await asyncio.gather(
        *(passwords.hash(f"password {n:02}") for n in range(5)), return_exceptions=True
    )
    passwords.close()
    assert [isinstance(result, Unavailable) for result in results] == [False] * 3 + [True] * 2


async def test_nobody_waits_longer_than_the_deadline() -> None:
    passwords = Passwords(CountingHasher(lasts_s=0.3), cores=1, wait_s=0.05)
    with pytest.raises(Unavailable):
        await passwords.hash("a good password")
    passwords.close()


async def test_a_hash_of_weaker_parameters_is_outdated(passwords: Passwords) -> None:
    stored = await passwords.hash("a good password")
    strong = Passwords(strong_hasher())
    assert strong.is_outdated(stored)
    assert not passwords.is_outdated(stored)
    strong.close()


def test_random_passwords_can_be_read_out_and_differ() -> None:
    made = {random_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(password) == 14 and not set("01oil") & set(password) for password in made)
