"""Passwords: argon2id, off the loop, at most one hash a core at a time.

A hash costs about a tenth of a second and 64 MiB. Without a limit, a burst of sign-ins would take
the processor from the calls and the memory from the machine.
"""

import asyncio
import os
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casework.errors import Invalid, Unavailable

SHORTEST: Final = 10
LONGEST: Final = 200
WAITING_LIMIT: Final = 64
WAIT_S: Final = 15.0
READABLE: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0 and o, 1, i and l: passwords are read out and typed from paper."""

T = TypeVar("T")


def strong_hasher() -> PasswordHasher:
    """RFC 9106, section 4, second choice, with one lane: one hash keeps one core busy."""
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


class Passwords:
    """Hashes and verifies for one process. Threads do the work: argon2 releases the interpreter."""

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        cores: int | None = None,
        waiting_limit: int = WAITING_LIMIT,
        wait_s: float = WAIT_S,
    ) -> None:
        self._hasher = hasher or strong_hasher()
        self._threads = ThreadPoolExecutor(
            max_workers=cores or os.cpu_count() or 1, thread_name_prefix="password"
        )
        self._waiting_limit = waiting_limit
        self._wait_s = wait_s
        self._waiting = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The argon2id hash in PHC form.

        :raises Invalid: shorter than 10 or longer than 200 characters.
        :raises Unavailable: too many are waiting.
        """
        check_length(password)
        return await self._run(lambda: self._hasher.hash(_prepare(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits. ``None`` (no such account) takes just as long and is false.

        :raises Unavailable: too many are waiting.
        """
        if self._nobody is None:
            self._nobody = await self._run(lambda: self._hasher.hash(secrets.token_hex(16)))
        known, against = stored is not None, stored or self._nobody
        fits = await self._run(lambda: self._fits(against, password))
        return fits and known

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters and should be made anew at sign-in."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Ends the threads after the hash each of them is at; what still waits is cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _fits(self, stored: str, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        try:
            return self._hasher.verify(stored, _prepare(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._waiting_limit:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1


def check_length(password: str) -> None:
    """:raises Invalid: shorter than 10 or longer than 200 characters."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password.length", f"密码长度应为{SHORTEST}至{LONGEST}个字符")


def random_password() -> str:
    """Three groups of four such as ``k7mt-4xqp-n3vd``: 59 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))


def _prepare(password: str) -> str:
    # One password typed on two keyboards may differ in composed characters (RFC 8265, 4.2.2).
    return unicodedata.normalize("NFC", password)


def _busy() -> Unavailable:
    return Unavailable("password.busy", "登录的人太多，请稍后再试")
