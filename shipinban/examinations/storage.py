"""What the node keeps: folders, keys, database, pages."""

import asyncio
import os
import shutil
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from casework.database import REWRITTEN_BYTES
from casework.errors import Conflict
from casework.private_file import UnsafeKeyFile
from recording.keeping.stores import Store, StoreAddress
from shipinban.examinations.finding import DEADLINE_S, Finding
from shipinban.key_rotation import check_master_key
from shipinban.migrate import is_current, sync_url
from shipinban.settings import Settings
from signaling.edge.texts import text_of

RECORDED_BYTES_PER_HOUR = 1_100_000_000
"""Of one call: two voices, two cameras and a document, as measured."""
LOOKED_AT = 10_000
"""Files of an archive whose rights are looked at: a doctor must not take an hour."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
ROOMS = Path(__file__).resolve().parents[2]


def nearest_folder(path: Path) -> Path:
    """``path`` or the first folder above it that is there already."""
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.is_dir())


def data_folder(settings: Settings) -> Finding:
    folder = nearest_folder(settings.data_folder)
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding.ok(f"{settings.data_folder.absolute()} can be written.")
    return Finding.fail(
        f"{folder} cannot be written by this user.",
        f"Give it to the user that runs the node, or set SHIPINBAN_DATA_FOLDER: chown NAME {folder}",
    )


def disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(nearest_folder(settings.archive_folder)).free
    reserve = settings.limits.archive_reserve_bytes
    hours = max(0, free - reserve) / RECORDED_BYTES_PER_HOUR
    seen = f"{free / 1e9:,.1f} GB free for the archive: about {hours:,.0f} hours of calls."
    advice = f"Free space on the disk that holds {settings.archive_folder}, or use a larger one."
    if free < reserve:
        return Finding.fail(f"{seen} No recorded call is begun any more.", advice)
    return Finding.warn(seen, advice) if hours < 24 else Finding.ok(seen)


def archive(settings: Settings) -> Finding:
    folder = settings.archive_folder
    if not folder.exists():
        return Finding.ok(f"{folder} will be made with the first recording.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding.fail(
            f"{folder} cannot be read and written by this user.",
            f"Give it to the user that runs the node: chown -R NAME {folder}",
        )
    open_to_others = sum(1 for mode in islice(_modes(folder), LOOKED_AT) if mode & OTHERS)
    if open_to_others:
        return Finding.fail(
            f"{open_to_others} files or folders in {folder} are open to other users.",
            f"Close them, and find out who opened them: chmod -R go= {folder}",
        )
    return Finding.ok(f"{folder} is open to this user alone.")


def _modes(folder: Path) -> Iterator[int]:
    yield folder.stat().st_mode
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _modes(Path(entry.path))
            else:
                yield entry.stat(follow_symlinks=False).st_mode


def master_key(settings: Settings) -> Finding:
    file = settings.master_key_file
    if not file.exists():
        return Finding.ok(f"{file} will be made at the first start.")
    if file.stat().st_mode & OTHERS:
        return Finding.fail(
            f"{file} is open to other users, and with it every recording.",
            f"chmod 600 {file}; the node does not start before.",
        )
    if file.parent.absolute() == settings.archive_folder.absolute():
        return Finding.fail(
            f"{file} lies in the archive that it protects.",
            "Move it elsewhere and set SHIPINBAN_MASTER_KEY_FILE.",
        )
    waiting = file.with_name(f"{file.name}.next")
    if waiting.exists():
        return Finding.fail(
            f"A rotation of the master key is not finished: {waiting} is there.",
            "Stop every node and run: shipinban key rotate",
        )
    try:
        asyncio.run(check_master_key(settings, note=False))
    except Conflict as error:
        return Finding.fail(f"{file}: {text_of(error, 'en')}.", "The node does not start before.")
    except UnsafeKeyFile:
        return Finding.fail(f"{file} is no key file.", "Put back the file from its copy.")
    except SQLAlchemyError:
        pass  # told by the examination of the database
    return Finding.ok(f"{file} is open to this user alone. Keep a copy in another place.")


def store(settings: Settings) -> Finding:
    if settings.store is None:
        return Finding.ok("There is no store: recordings stay in the archive folder.")
    shown = settings.store.shown
    try:
        asyncio.run(_probe(settings.store))
    except ValueError as error:
        return Finding.fail(f"{shown} is no store: {error}.", "Mend SHIPINBAN_STORE_URL.")
    except (OSError, TimeoutError) as error:
        return Finding.fail(
            f"{shown} does not do what it is asked for: {error or 'no answer'}",
            "Start it, or mend SHIPINBAN_STORE_ENDPOINT and the keys. Recordings wait meanwhile.",
        )
    return Finding.ok(f"{shown} takes, gives back and removes an object.")


async def _probe(address: StoreAddress) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await Store(address).probe()


def database(settings: Settings) -> Finding:
    url = make_url(settings.database_url)
    shown = url.render_as_string(hide_password=True)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and not Path(url.database or "").is_file():
        return Finding.fail(f"There is no database at {url.database} yet.", "shipinban migrate")
    if not sqlite:
        url = url.update_query_dict({"connect_timeout": f"{DEADLINE_S:.0f}"})
    try:
        current = is_current(url.render_as_string(hide_password=False))
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return Finding.fail(
            f"{shown} does not answer: {reason}",
            "Start the database, or mend SHIPINBAN_DATABASE_URL (address, name, password).",
        )
    if not current:
        return Finding.fail(f"{shown} is not at this program's version.", "shipinban migrate")
    return Finding.ok(f"{shown} answers and is at this program's version.")


def destroyed_keys(settings: Settings) -> Finding:
    """Whether the database may still hold keys of recordings that were let go."""
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        return Finding.ok("What is overwritten in the database becomes zeros.")
    engine = create_engine(sync_url(settings.database_url))
    try:
        with engine.connect() as connection:
            size = connection.execute(text("SELECT pg_table_size('recordings')")).scalar_one()
            let_go = connection.execute(text("SELECT count(*) FROM tombstones")).scalar_one()
    except SQLAlchemyError:
        return Finding.ok("Not looked at: see the database.")
    finally:
        engine.dispose()
    if size <= REWRITTEN_BYTES or not let_go:
        return Finding.ok("The table of recordings is written anew after each expiry.")
    return Finding.warn(
        f"The table of recordings has {size / 1e6:,.0f} MB and is not written anew after an expiry: "
        "old versions of its rows, with destroyed keys, may lie in its file.",
        "In a quiet hour, after each expiry: VACUUM FULL recordings",
    )


def pages(_settings: Settings) -> Finding:
    missing = [
        room
        for room in ("village_client", "agent_console")
        if not (ROOMS / room / "static" / "index.html").is_file()
    ]
    if missing:
        return Finding.fail(
            f"The pages of {' and '.join(missing)} are not built.",
            "python scripts/build_web.py in the source folder, or install a wheel: it brings them.",
        )
    return Finding.ok("The pages are built.")
