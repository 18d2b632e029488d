"""``shipinban``: the command line. Each command loads only what it needs."""

import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from casework.errors import ShipinbanError
from casework.importing.files import ImportKind
from casework.importing.problems import ImportRefused
from casework.vocabulary import Role
from shipinban import cosign_commands, journal_commands
from shipinban.evidence_cli import evidence_app
from shipinban.settings import Settings, explain

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
demo_app = typer.Typer(no_args_is_help=True, help="The demo county.")
user_app = typer.Typer(no_args_is_help=True, help="People who sign in.")
review_app = typer.Typer(no_args_is_help=True, help="Reviews by both lines.")
key_app = typer.Typer(no_args_is_help=True, help="The master key.")
cert_app = typer.Typer(no_args_is_help=True, help="The installation's own certificate.")
app.add_typer(demo_app, name="demo")
app.add_typer(user_app, name="user")
app.add_typer(cert_app, name="cert")
app.add_typer(key_app, name="key")
app.add_typer(evidence_app, name="evidence")
app.add_typer(journal_commands.app, name="journal")
app.add_typer(cosign_commands.app, name="cosign")
app.add_typer(review_app, name="review")

out = Console()
err = Console(stderr=True)


def main() -> None:
    """Entry point: errors that users can do something about come as one sentence and code 1."""
    try:
        app()
    except ShipinbanError as error:
        from signaling.edge.texts import text_of

        _fail(text_of(error, "en"))
    except ValidationError as error:
        _fail(explain(error))
    except (FileNotFoundError, PermissionError, ConnectionError, TimeoutError) as error:
        _fail(str(error) or type(error).__name__)


def _fail(text: str) -> NoReturn:
    err.print(text, style="red", highlight=False, markup=False)
    sys.exit(1)


def run_to_the_end(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except* (ShipinbanError, ConnectionError, TimeoutError) as group:
        raise _first(group) from None


def _first(error: BaseException) -> BaseException:
    """The error itself, out of however many task groups it came through."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@app.command()
def serve() -> None:
    """Run this node: edge, relay and recorder, until it is told to stop."""
    from shipinban.migrate import is_current

    settings = Settings()
    if not is_current(settings.database_url):
        _fail("The database is not at this program's version: run `shipinban migrate` first.")
    _serve(settings)


def _serve(settings: Settings) -> None:
    from shipinban.key_rotation import check_master_key
    from shipinban.logs import configure_logs
    from shipinban.node import Node, WatchLimits

    configure_logs(settings.log_level)
    run_to_the_end(check_master_key(settings))

    async def run() -> None:
        node = Node(os.environ, WatchLimits(stop_deadline_s=settings.limits.stop_s))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, node.stop)
        await node.run()

    asyncio.run(run())


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="`head`, `base`, or a revision.")] = "head",
) -> None:
    """Bring the database to this program's version (or, for an older revision, back)."""
    from shipinban.migrate import migrate as run_migration

    settings = Settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    run_migration(settings.database_url, revision)
    out.print(f"The database is at {revision}.")


@demo_app.command("load")
def demo_load() -> None:
    """Load the demo county into the database; prints the passwords, made once."""
    from shipinban.demo.sign_ins import prepare_demo, show_sign_ins

    settings = Settings()
    show_sign_ins(out, settings, asyncio.run(prepare_demo(settings)))


@demo_app.command("run")
def demo_run(
    lan: Annotated[bool, typer.Option(help="Serve other machines too, over https.")] = False,
) -> None:
    """Migrate, load the demo county, and run this node: what `make run` does."""
    from shipinban.demo.sign_ins import prepare_demo, show_sign_ins
    from shipinban.migrate import migrate as run_migration

    os.environ["SHIPINBAN_DEMO"] = "true"
    if lan:
        os.environ["SHIPINBAN_LAN"] = "true"
    settings = Settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    out.print("database: bringing it to this version")
    run_migration(settings.database_url)
    out.print("demo county: loading what is not there yet")
    sign_ins = asyncio.run(prepare_demo(settings))
    show_sign_ins(out, settings, sign_ins)
    _serve(settings)


@user_app.command("add")
def user_add(
    username: str,
    organisation: Annotated[str, typer.Option(help="Code of the home organisation.")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    name: Annotated[str, typer.Option(help="As it is shown.")],
    window: Annotated[str | None, typer.Option(help="Code of a helper's window.")] = None,
    group: Annotated[list[str], typer.Option(help="Letters of an agent's group.")] = [],  # noqa: B006
) -> None:
    """Add a person, or change one's roles and password; asks for the password. It is logged.

    Roles are given here only until two security administrators can sign in.
    """
    from casework.importing.pinyin import romanised_name
    from casework.staff import StaffMember
    from shipinban.first_users import NewUser, add_user
    from shipinban.imports import show_problems

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    member = StaffMember(
        username=username,
        name=name,
        name_en=romanised_name(name),
        organisation_id=organisation,
        roles=tuple(role),
        skill_groups=tuple(group),
        window_id=window,
    )
    try:
        run_to_the_end(add_user(Settings(), NewUser(member, password)))
    except ImportRefused as refused:
        show_problems(out, refused)
        raise
    out.print(f"{username} can sign in.")


@app.command("import")
def import_file(kind: ImportKind, file: Path) -> None:
    """Import organisations, staff or items from a CSV or XLSX file (see docs/import.md).

    All rows or none: every row that is wrong is named with its reason.
    """
    from shipinban.imports import import_content

    run_to_the_end(import_content(Settings(), kind, file.read_bytes(), out))


@review_app.command("verify-draw")
def review_verify_draw(file: Path) -> None:
    """Draw again what supervision saved of a draw; needs no database and no network."""
    from shipinban.draw_files import examine_draw

    if not examine_draw(file.read_bytes(), out):
        sys.exit(1)


@key_app.command("rotate")
def key_rotate() -> None:
    """Put everything under a new master key, with all nodes stopped; run again if interrupted."""
    from shipinban.key_rotation import Rotated, rotate

    settings = Settings()
    done: list[Rotated] = []

    async def run() -> None:
        done.append(await rotate(settings))

    run_to_the_end(run())
    for one in done:
        out.print(f"Master key {one.key_id} counts now: {settings.master_key_file}")
        out.print(f"{one.data_keys} data keys, {one.values} values, {one.files} page files.")
    out.print("Keep a copy of the new key apart. Backups made before need the old key file.")


@cert_app.command("init")
def cert_init() -> None:
    """Make the installation's own authority and a certificate, or renew the certificate."""
    from shipinban.certificates import (
        CertificateFolder,
        ForeignNameError,
        fingerprint,
        init_certificates,
        read,
    )

    settings = Settings()
    if not settings.https_names:
        _fail("Set SHIPINBAN_HTTPS_NAMES to the names that the certificate is for.")
    try:
        init_certificates(settings.certificate_folder, settings.https_names)
    except ForeignNameError as error:
        _fail(str(error))
    authority = read(CertificateFolder(settings.certificate_folder).authority)
    out.print(f"Certificate for {', '.join(settings.https_names)} in {settings.certificate_folder}")
    out.print(f"Fingerprint of the authority: {fingerprint(authority)}", highlight=False)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="New or empty; on another disk.")],
    keys: Annotated[Path | None, typer.Option(help="Where to put the keys, apart.")] = None,
    store: Annotated[bool, typer.Option(help="Fetch recordings that the store has.")] = True,
) -> None:
    """Copy database, recordings and pages into a folder and read them back; the node may run."""
    from shipinban.backups.backup import back_up

    done = asyncio.run(back_up(Settings(), folder, keys, store=store))
    size = sum(file.size_bytes for file in done.files)
    out.print(f"{len(done.files)} files, {size:,} bytes in {folder}, read back and whole.")
    if done.left_out:
        err.print(f"{len(done.left_out)} recordings were nowhere to be found.", style="red")
    if keys is None:
        out.print(f"Without keys. Needed to restore: master key {done.master_key_id}.")
    else:
        out.print(
            f"Keys in {keys}: together with the backup they open everything; keep them apart."
        )


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="What `shipinban backup` wrote.")],
    keys: Annotated[Path | None, typer.Option(help="The folder of keys.")] = None,
) -> None:
    """Bring a backup back onto a blank host; anything that is there already is left and refused."""
    from shipinban.backups.restore import restore as run_restore

    settings = Settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    done = asyncio.run(run_restore(settings, folder, keys))
    out.print(f"{len(done.files)} files are back. Now: `shipinban doctor`, then start the node.")


@app.command()
def doctor() -> None:
    """Look at ports, certificate, clock, disk, receive buffers and database; say what to do."""
    from shipinban.doctor import examine, show

    if not show(out, examine(Settings())):
        sys.exit(1)


@app.command()
def station(
    camera: Annotated[Path, typer.Option(help="WebM with VP8 and Opus, a key frame each second.")],
    document: Annotated[Path, typer.Option(help="The same, for the document camera.")],
    item: Annotated[str, typer.Option(help="Code of the service item.")],
    username: Annotated[str, typer.Option(help="A helper's.")],
    password: Annotated[str, typer.Option(envvar="SHIPINBAN_PASSWORD")],
    origin: str = "http://localhost:8080",
    call_s: Annotated[float | None, typer.Option(help="Hang up after so many seconds.")] = None,
) -> None:
    """A window without a browser: take a ticket and send two files to the agent."""
    from village_client.station import StationOrder, run_station

    order = StationOrder(
        origin, username, password, camera, document, item_code=item, call_s=call_s
    )
    run_to_the_end(run_station(order, out.print))


@app.command()
def seat(
    username: Annotated[str, typer.Option(help="An agent's.")],
    password: Annotated[str, typer.Option(envvar="SHIPINBAN_PASSWORD")],
    accept: Annotated[bool, typer.Option(help="Accept whatever rings.")] = False,
    calls: Annotated[int | None, typer.Option(help="Go off duty after so many.")] = None,
    origin: str = "http://localhost:8080",
) -> None:
    """An agent without a browser: accepts what rings and counts what it is sent."""
    from agent_console.seat import SeatOrder, run_seat

    if not accept:
        _fail("A seat has nobody to ask: say --accept.")
    run_to_the_end(run_seat(SeatOrder(origin, username, password, calls), out.print))
