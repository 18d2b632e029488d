import asyncio

import pytest

from casework.errors import NotFound
from shipinban.cli import run_to_the_end


@pytest.mark.parametrize("error", [NotFound("item.not_found"), ConnectionError("closed")])
def test_an_error_comes_bare_out_of_however_many_task_groups(error: Exception) -> None:
    async def fail() -> None:
        raise error

    async def work() -> None:
        async with asyncio.TaskGroup() as outer, asyncio.TaskGroup() as inner:
            inner.create_task(fail())
            outer.create_task(asyncio.sleep(0))

    with pytest.raises(type(error)) as raised:
        run_to_the_end(work())
    assert raised.value is error
