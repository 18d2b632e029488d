"""A node of its own process for tests: a lease and a dispatcher. Ends by being killed."""

import asyncio
import sys

from casework.database import Database, new_id, open_engine
from signaling.bus import InProcessBus
from signaling.leases import NodeLease
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.rules import PairingRules
from tests.signaling.pairing.county import NODE


async def main(url: str) -> None:
    database = Database(open_engine(url))
    rules = PairingRules(agent_lost_ms=600_000, window_fresh_ms=600_000)
    lease = NodeLease(database, NODE, new_id())
    await lease.take()
    async with asyncio.TaskGroup() as group:
        group.create_task(lease.run())
        group.create_task(Dispatcher(database, InProcessBus(), rules, interval_s=0.05).run())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
