"""The demo county's accounts as a person who tries it needs them: address, name, password.

The database keeps hashes only, so the passwords of the demo accounts, which are made once, are
also kept in a 0600 file beside it, to be shown again at the next start.
"""

import json
import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from casework.database import Database, open_engine
from casework.passwords import Passwords
from casework.vocabulary import Surface
from shipinban.certificates import CertificateFolder, fingerprint, read, renew_certificates
from shipinban.demo.load import Credential, load_demo
from shipinban.settings import Settings
from shipinban.trust_page import PAGE_PATH

PAGES = {
    Surface.WINDOW: "/window",
    Surface.CONSOLE: "/console",
    Surface.SUPERVISION: "/supervision",
}


def passwords_file(settings: Settings) -> Path:
    return settings.data_folder / "demo-passwords.json"


async def prepare_demo(settings: Settings) -> list[Credential]:
    """Loads what is missing of the demo county; the accounts, all with their passwords."""
    kept = _read(passwords_file(settings))
    database = Database(open_engine(settings.database_url))
    passwords = Passwords()
    try:
        async with database.transaction() as session:
            loaded = await load_demo(session, passwords)
            if any(each.password is None and each.username not in kept for each in loaded):
                loaded = await load_demo(session, passwords, new_passwords=True)
            made = {each.username: each.password for each in loaded if each.password}
            kept |= made
            if made:
                # Written before the commit: a password that nobody can read any more is worse
                # than one that does not count yet.
                _write(passwords_file(settings), kept)
    finally:
        passwords.close()
        await database.close()
    return [
        Credential(each.username, each.role, each.surface, kept[each.username]) for each in loaded
    ]


def show_sign_ins(out: Console, settings: Settings, sign_ins: list[Credential]) -> None:
    origin = settings.public_origins[0]
    table = Table(box=None, pad_edge=False)
    for heading in ("page", "role", "user name", "password"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    for each in sign_ins:
        table.add_row(
            PAGES[each.surface], each.role.replace("_", " "), each.username, each.password
        )
    out.print(f"\nShipinban 视频办: {origin}\n", style="bold", highlight=False)
    out.print(table, highlight=False)
    if settings.lan:
        _show_other_machines(out, settings)
    out.print("\nCtrl-C stops it.\n")


def _show_other_machines(out: Console, settings: Settings) -> None:
    renew_certificates(settings.certificate_folder, settings.https_names)
    authority = read(CertificateFolder(settings.certificate_folder).authority)
    out.print("\nOther machines, once each, trust this installation's authority first:")
    secure = settings.public_origins[1:]
    for origin in secure:
        plain = origin.replace("https:", "http:")
        page = plain.replace(f":{settings.https_port}", f":{settings.trust_port}{PAGE_PATH}")
        out.print(f"  {page}", highlight=False, markup=False)
    out.print("and compare its fingerprint:", f"  {fingerprint(authority)}", sep="\n")
    out.print("Then they open:")
    for origin in secure:
        out.print(f"  {origin}", highlight=False, markup=False)


def _read(path: Path) -> dict[str, str]:
    try:
        return {str(name): str(word) for name, word in json.loads(path.read_text()).items()}
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _write(path: Path, passwords: dict[str, str]) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(passwords, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
