"""docs/settings.md: every setting, as its own docstring tells it."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shipinban.settings import PREFIX, Limits, Settings

HEAD = """\
# Settings

Written by `python -m shipinban.generate` from `shipinban/settings.py`. Change that, not this.

Set a value in the environment (`SHIPINBAN_HTTP_PORT=8080`), or in a TOML file that
`SHIPINBAN_CONFIG` names (`http_port = 8080`, the limits below `[limits]`); the environment wins.
Lists are comma-separated in the environment. Nothing has to be set for a trial on one machine.
"""
WORKED_OUT = {
    "database_url": "`shipinban.db` in the data folder",
    "archive_folder": "`archive` in the data folder",
    "node_key_folder": "`node-keys` in the data folder",
    "master_key_file": "`master.key` in the data folder",
    "journal_key_file": "`journal.key` in the data folder",
    "certificate_folder": "`certificates` in the data folder",
    "https_names": "this machine's",
    "public_origins": "`http://localhost:PORT`, and with `lan` the https ones",
    "media_addresses": "loopback, and with `lan` this machine's",
    "media_advertised_addresses": "the bound ones",
    "media_advertised_port": "the bound one",
}
"""Defaults that rest on other settings, in words."""


def settings_page() -> str:
    """The whole page. Raises ``KeyError`` for a worked-out default that has no words above."""
    return "\n".join([HEAD, *_table(Settings, PREFIX), "", "## Limits", "", *_limits(), ""])


def _limits() -> list[str]:
    return list(_table(Limits, f"{PREFIX}LIMITS__"))


def _table(model: type[BaseModel], prefix: str) -> Iterator[str]:
    yield "| variable | default | what it is |"
    yield "| --- | --- | --- |"
    for name, field in model.model_fields.items():
        if name != "limits":
            what = " ".join((field.description or "").replace("``", "`").split()).replace(
                "|", "\\|"
            )
            yield f"| `{prefix}{name.upper()}` | {_default(name, field)} | {what} |"


def _default(name: str, field: FieldInfo) -> str:
    if field.default_factory is not None:
        return WORKED_OUT[name]
    return _shown(field.default)


def _shown(value: object) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{value}`"
