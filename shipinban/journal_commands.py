"""``shipinban journal``: export and verify, keys of the county and of towns."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from casework.counties import the_county
from casework.database import Database, open_engine
from casework.journal.exporting import Exported, export_journal
from casework.journal.keys import add_county_key, add_town_key, live_keys
from casework.journal.seen import Seen, parse_seen
from casework.journal.signed_notes import NotANoteError, Verifier
from casework.journal.signing import Ed25519Signer, add_seed, load_seeds
from casework.journal.verifying import Verdict, verify_export
from casework.tables import Journal
from casework.vocabulary import JournalKeyKind
from shipinban.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The journal: export, verify, keys.")
out = Console(highlight=False, soft_wrap=True)

LIMITS = (
    "This says that everything up to the last good checkpoint is as the county signed it, in that "
    "order, with nothing left out. It cannot say that the file is the latest: a journal that was "
    "cut or rolled back is whole in itself, so give a later checkpoint or receipt with --seen. What "
    "stands after the last checkpoint, and entries without a number, are as yet unproven. A county "
    "that uses its own key to sign two histories is found out by towns' co-signatures and by "
    "--seen, not by one file."
)


@app.command("export")
def export(file: Path) -> None:
    """Write the whole journal to FILE; it holds no personal fields and no secrets."""

    async def work(settings: Settings) -> Exported:
        database = Database(open_engine(settings.database_url))
        try:
            async with database.reading() as session:
                county = await the_county(session)
            return await export_journal(database, county.id, file)
        finally:
            await database.close()

    exported = asyncio.run(work(Settings()))
    out.print(
        f"{file}: {exported.entries} entries, {exported.checkpoints} checkpoints, "
        f"{exported.unsequenced} entries without a number"
    )


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from opened


def _key(text: str) -> Verifier:
    """A vkey, or the name of a file that holds one."""
    path = Path(text)
    try:
        return Verifier.parse(path.read_text("utf-8") if "+" not in text else text)
    except (NotANoteError, OSError) as error:
        raise typer.BadParameter(str(error)) from error


def _seen(text: str) -> Seen:
    printed = text.startswith(("http://", "https://"))
    try:
        content = text if printed else Path(text).read_text("utf-8")
        return parse_seen(content, text)
    except (NotANoteError, OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{text}: {error}") from error


@app.command("verify")
def verify(
    file: Path,
    key: Annotated[
        list[str], typer.Option(help="The county's public key, from elsewhere than the file.")
    ] = [],  # noqa: B006
    seen: Annotated[
        list[str],
        typer.Option(help="A checkpoint, a downloaded proof, or the address in a receipt's QR."),
    ] = [],  # noqa: B006
) -> None:
    """Check an exported journal offline; exit code 1 names the first bad entry."""
    keys, before = [_key(text) for text in key], [_seen(text) for text in seen]
    verdict = verify_export(_lines(file), keys, before)
    for line in told(verdict, len(before)):
        out.print(line, markup=False)
    if not verdict.good:
        sys.exit(1)


def told(verdict: Verdict, seen: int) -> Iterator[str]:
    """The verdict in sentences."""
    if verdict.problem is not None:
        first, last = verdict.problem.first, verdict.problem.last
        place = f"entry {first}" if first == last else f"between entries {first} and {last}"
        yield f"BAD at {place}: {verdict.problem.text} ({verdict.problem.code})."
    if verdict.checkpoint:
        word = "Complete" if verdict.good else "Before that, complete"
        yield f"{word} up to checkpoint {verdict.checkpoint}: {verdict.signed} entries."
    else:
        yield "No checkpoint holds: nothing is proven."
    after = verdict.entries - verdict.signed
    if after:
        yield f"{after} entries stand after that checkpoint: in order, not signed yet."
    if verdict.unsequenced:
        yield f"{verdict.unsequenced} entries have no number yet: committed, not proven."
    if verdict.key is not None:
        source = "named by the file itself: compare it" if verdict.keys_from_file else "as given"
        yield f"County's key, {source}: {verdict.key.text}"
    for name, size in verdict.towns.items():
        yield f"Co-signed by {name} up to {size} entries."
    if not verdict.towns:
        yield "No town has co-signed."
    if verdict.clock_set_back:
        listed = ", ".join(map(str, verdict.clock_set_back[:10]))
        yield f"A machine's clock was set back before entries {listed}: the order is not affected."
    if not seen:
        yield "Nothing seen before was given."
    yield LIMITS


@app.command("keys")
def keys() -> None:
    """Show the public keys: the county's, to hand to auditors and towns; then the towns'."""

    async def work(settings: Settings) -> list[str]:
        database = Database(open_engine(settings.database_url))
        try:
            async with database.reading() as session:
                county = await the_county(session)
                return [
                    f"{kind}  {key.verifier}"
                    for kind in JournalKeyKind
                    for key in await live_keys(session, county.id, kind)
                ]
        finally:
            await database.close()

    for line in asyncio.run(work(Settings())):
        out.print(line, markup=False)


@app.command("new-key")
def new_key() -> None:
    """Make a new key of the county; it signs after one more checkpoint of the old one.

    With several nodes, copy the key file to all of them afterwards.
    """

    async def work(settings: Settings) -> Verifier | None:
        database = Database(open_engine(settings.database_url))
        try:
            async with database.transaction() as session:
                county = await the_county(session)
                journal = await session.get(Journal, county.id)
                if journal is None:
                    return None
                load_seeds(settings.journal_key_file)
                signer = Ed25519Signer(journal.origin, add_seed(settings.journal_key_file))
                await add_county_key(session, journal, signer.verifier)
                return signer.verifier
        finally:
            await database.close()

    verifier = asyncio.run(work(Settings()))
    if verifier is None:
        out.print("There is no journal yet: start the node first.")
        sys.exit(1)
    out.print(verifier.text, markup=False)


@app.command("add-town")
def add_town(
    organisation: Annotated[str, typer.Argument(help="Code of the town.")],
    key: Annotated[str, typer.Argument(help="The line that `shipinban cosign init` showed.")],
) -> None:
    """Let a town co-sign with its key; an earlier key of the town ends. It is journaled."""

    async def work(settings: Settings) -> str:
        database = Database(open_engine(settings.database_url))
        try:
            async with database.transaction() as session:
                county = await the_county(session)
                added = await add_town_key(session, county.id, organisation, key)
                return added.name
        finally:
            await database.close()

    out.print(f"{asyncio.run(work(Settings()))} may co-sign.", markup=False)
