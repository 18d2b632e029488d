"""``shipinban evidence``: export a bundle, verify one, and keep the node's signing key."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from shipinban.settings import Settings

if TYPE_CHECKING:
    from recording.evidence.bundle_check import Verdict

evidence_app = typer.Typer(no_args_is_help=True, help="What proves a call's recording.")
out = Console()


@evidence_app.command("export")
def export(
    call: Annotated[str, typer.Argument(help="Id of the call.")],
    file: Annotated[Path | None, typer.Option("--out", help="Where the bundle goes.")] = None,
) -> None:
    """Write the bundle of a call whose export two supervisors stand for."""
    from recording.evidence.exporting import bundle_name
    from shipinban.evidence_export import export_bundle

    path = file or Path(bundle_name(call))
    asyncio.run(export_bundle(Settings(), call, path))
    out.print(f"The bundle is in {path}; check it with: shipinban evidence verify {path}")


@evidence_app.command("verify")
def verify(
    bundle: Annotated[Path, typer.Argument(help="The bundle's file.")],
    key: Annotated[
        list[str], typer.Option(help="The county's public key, from another source.")
    ] = [],  # noqa: B006
    seen: Annotated[
        list[Path],
        typer.Option(help="A checkpoint, proof or receipt's address seen before; or a growth."),
    ] = [],  # noqa: B006
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check a bundle without network and database; names the first thing that is wrong.

    What was seen before may be of any size: where the bundle cannot lead to it by itself, the
    command says which growth to fetch, and ends with code 2.
    """
    from casework.journal.seen import parse_seen
    from casework.journal.signed_notes import NotANoteError, Verifier
    from recording.evidence.bundle_check import verify_bundle
    from recording.evidence.verdict_text import dump

    try:
        trusted = [Verifier.parse(text) for text in key]
        before = [parse_seen(path.read_text(), str(path)) for path in seen]
    except NotANoteError as error:
        out.print(str(error), style="red", highlight=False, markup=False)
        sys.exit(2)
    verdict = verify_bundle(bundle, trusted, before)
    if as_json:
        print(dump(verdict))  # noqa: T201 - for programs
    else:
        compared = sum(each.since is None for each in before)
        _tell(verdict, trusted=bool(trusted), seen=compared)
    sys.exit(1 if not verdict.good else 2 if verdict.journal.missing else 0)


def _tell(verdict: "Verdict", *, trusted: bool, seen: int) -> None:
    from recording.evidence.verdict_text import explain

    for text, good in explain(verdict, trusted=trusted, seen=seen):
        out.print(text, style=None if good else "red", highlight=False, markup=False)


@evidence_app.command("new-key")
def new_key() -> None:
    """Put the node's signing key aside; a new one is made at the next start of the node."""
    from recording.evidence.keys import SigningKey

    path = Settings().node_key_file
    public_key = SigningKey.load_or_create(path).public_key
    path.rename(path.with_name(f"{path.name}.{public_key[:16]}"))
    out.print(f"The key {public_key} is put aside. Start the node again; the journal will say so.")


@evidence_app.command("revoke-key")
def revoke_key(
    public_key: Annotated[str, typer.Argument(help="64 hexadecimal digits.")],
    reason: Annotated[str, typer.Option(help="Why; goes into the record.")],
) -> None:
    """Declare that a node's key proves nothing from now on."""
    from shipinban.evidence_export import revoke_node_key

    asyncio.run(revoke_node_key(Settings(), public_key, reason))
    out.print("Revoked. If the node still has this key, run `shipinban evidence new-key` there.")
