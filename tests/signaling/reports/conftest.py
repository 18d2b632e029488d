import pytest
from argon2 import PasswordHasher

from casework.passwords import Passwords


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Weak on purpose: hashing is tested elsewhere."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
