"""The relay of this node, with the packet log as its tap."""

from recording.log_writer import PacketLogWriter
from shipinban.logs import configure_logs
from shipinban.node import watcher_pid
from shipinban.settings import Settings
from signaling.heap import use_one_heap
from signaling.relay.service import run
from signaling.relay.settings import Listen, RelaySettings


def main() -> None:
    use_one_heap()
    settings = Settings()
    configure_logs(settings.log_level)
    settings.run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs = PacketLogWriter()
    try:
        run(settings.run_folder / "relay", relay_settings(settings), logs, watcher_pid())
    finally:
        logs.stop(settings.limits.stop_s / 2)


def relay_settings(settings: Settings) -> RelaySettings:
    """Each media address is bound by itself and told to browsers as its advertised twin."""
    pairs = zip(settings.media_addresses, settings.media_advertised_addresses, strict=True)
    return RelaySettings(
        listen=tuple(
            Listen(
                host=str(bound),
                port=settings.media_port,
                advertised_host=str(advertised),
                advertised_port=settings.media_advertised_port,
            )
            for bound, advertised in pairs
        )
    )


if __name__ == "__main__":
    main()
