from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from casework.database import Database, open_engine
from casework.passwords import Passwords
from recording.keeping.stores import StoreAddress
from tests.recording.keeping.recorded_call import Desk, open_desk
from tests.recording.keeping.seaweed import seaweed


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreAddress]:
    """One store for all tests: their folders have random names."""
    with seaweed(tmp_path_factory.mktemp("seaweed")) as address:
        yield address


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.integration)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> StoreAddress:
    """Each test that takes it runs twice: on a local folder and on an S3-compatible store."""
    if request.param == "folder":
        return StoreAddress(url=f"file://{tmp_path / 'store'}")
    found: StoreAddress = request.getfixturevalue("s3")
    return found


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Weak on purpose: hashing is tested elsewhere."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)


@pytest.fixture
async def desk(database: Database, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Desk]:
    async for opened in open_desk(database, passwords, tmp_path):
        yield opened


@pytest.fixture
async def light_desk(sqlite_url: str, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(open_engine(sqlite_url))
    async for opened in open_desk(database, passwords, tmp_path):
        yield opened
    await database.close()
