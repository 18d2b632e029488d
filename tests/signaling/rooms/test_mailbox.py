import asyncio

import pytest

from casework.errors import Conflict, Unavailable
from signaling.rooms.mailbox import Mailbox


async def one() -> int:
    return 1


async def test_the_owner_answers_who_asks() -> None:
    mailbox = Mailbox(4)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(mailbox.ask(one))
        await mailbox.serve(5)
    assert asking.result() == 1


async def test_an_error_goes_to_who_asked_and_not_to_the_owner() -> None:
    async def refuse() -> None:
        raise Conflict("no")

    mailbox = Mailbox(4)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(_refused(mailbox, refuse))
        await mailbox.serve(5)
        mailbox.tell(refuse)
        await mailbox.serve(5)
    assert asking.result() == "no"


async def _refused(mailbox: Mailbox, act: object) -> str:
    with pytest.raises(Conflict) as refused:
        await mailbox.ask(act)  # type: ignore[arg-type]
    return refused.value.code


async def test_a_full_or_closed_mailbox_says_so_at_once() -> None:
    mailbox = Mailbox(1)
    assert mailbox.tell(one)
    assert not mailbox.tell(one)
    with pytest.raises(Unavailable):
        await mailbox.ask(one)
    mailbox.close()
    await mailbox.serve(0)
    assert not mailbox.tell(one)


async def test_who_has_given_up_is_not_served() -> None:
    done: list[int] = []

    async def act() -> None:
        done.append(1)

    mailbox = Mailbox(4)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await mailbox.ask(act)
    await mailbox.serve(1)
    assert done == []


async def test_who_waits_when_it_closes_is_told() -> None:
    mailbox = Mailbox(4)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(_unavailable(mailbox))
        await asyncio.sleep(0)
        mailbox.close()
    assert waiting.result() == "room.closed"


async def _unavailable(mailbox: Mailbox) -> str:
    with pytest.raises(Unavailable) as error:
        await mailbox.ask(one)
    return error.value.code
