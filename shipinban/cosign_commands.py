"""``shipinban cosign``: prepare and run a town's own process."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from casework.journal.signed_notes import NotANoteError, Verifier
from casework.vocabulary import JournalHash
from shipinban.cosigner import EVERY_S, Cosigner, NoTownError, Town

app = typer.Typer(no_args_is_help=True, help="Co-sign the county's journal, in a town.")
out = Console(highlight=False, soft_wrap=True)

Folder = Annotated[Path, typer.Option(help="Key and last tree head; on the town's own machine.")]


def _verifier(text: str) -> Verifier:
    try:
        return Verifier.parse(text)
    except NotANoteError as error:
        raise typer.BadParameter(str(error)) from error


@app.command("init")
def init(
    name: Annotated[str, typer.Option(help="Such as dengta.example.org/journal; no blanks.")],
    county: Annotated[str, typer.Option(help="The county's key, as `journal keys` shows it.")],
    hash_name: Annotated[JournalHash, typer.Option("--hash")] = JournalHash.SHA256,
    folder: Folder = Path("cosign"),
) -> None:
    """Make the town's key; prints the line that the county registers with `journal add-town`."""
    verifier = Town(folder).init(name, _verifier(county), hash_name)
    out.print(verifier.text, markup=False)


@app.command("trust")
def trust(
    county: Annotated[str, typer.Argument(help="A new key of the county.")],
    folder: Folder = Path("cosign"),
) -> None:
    """Believe a new key of the county as well, once it was told by a way of its own."""
    try:
        Town(folder).trust(_verifier(county))
    except NoTownError as error:
        raise typer.BadParameter(str(error)) from error
    out.print("The key is believed from now on.")


@app.command("run")
def run(
    origin: Annotated[str, typer.Option(help="The county's address: https://HOST.")],
    every_s: Annotated[float, typer.Option(min=1.0, max=3600.0)] = EVERY_S,
    folder: Folder = Path("cosign"),
) -> None:
    """Co-sign each new checkpoint until stopped; what does not follow is never signed."""
    town = Town(folder)
    try:
        town.read()
    except NoTownError as error:
        raise typer.BadParameter(str(error)) from error
    try:
        asyncio.run(Cosigner(town, origin.rstrip("/")).run(every_s, out.print))
    except KeyboardInterrupt:
        out.print("stopped")
