from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from casework.database import Database, open_engine
from casework.passwords import Passwords

OFFERS = Path(__file__).parent.parent / "sdp" / "offers"


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Weak on purpose: hashing is tested elsewhere."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)


@pytest.fixture
async def light(sqlite_url: str) -> AsyncIterator[Database]:
    """On SQLite alone: for what does not depend on the database."""
    opened = Database(open_engine(sqlite_url))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def up_sdp() -> str:
    """What a page offers: of Chromium 156."""
    return (OFFERS / "chromium.sdp").read_bytes().decode()


@pytest.fixture(scope="session")
def down_sdp(up_sdp: str) -> str:
    """As good as an answer: the server reads the bundle's first line only."""
    return up_sdp.replace("a=setup:actpass", "a=setup:active")
