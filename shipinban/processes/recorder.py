"""The recorder of this node."""

from recording.recorder import RecorderSettings, run
from shipinban.logs import configure_logs
from shipinban.node import watcher_pid
from shipinban.settings import Settings
from signaling.heap import use_one_heap


def main() -> None:
    use_one_heap()
    settings = Settings()
    configure_logs(settings.log_level)
    settings.run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    recorder = RecorderSettings(
        settings.archive_folder, settings.node_key_file, store=settings.store
    )
    run(settings.run_folder / "recorder", recorder, watcher_pid())


if __name__ == "__main__":
    main()
