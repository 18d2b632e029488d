"""The edge of this node."""

import asyncio
import signal

from shipinban.edge import serve_edge
from shipinban.logs import configure_logs
from shipinban.node import watcher_pid
from shipinban.settings import Settings
from signaling.parent import end_with_parent


def main() -> None:
    settings = Settings()
    configure_logs(settings.log_level)
    end_with_parent(watcher_pid())
    settings.run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await serve_edge(settings, stopping)


if __name__ == "__main__":
    main()
