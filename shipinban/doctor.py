"""``shipinban doctor``: what is wrong with this installation, and what to do about it.

A check looks at one thing and changes nothing. One that breaks is reported like any other fault:
a doctor that gives up at the first surprise helps nobody.
"""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shipinban.examinations import journal, network, storage, system
from shipinban.examinations.finding import Finding, Health
from shipinban.settings import Settings

CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "data folder": storage.data_folder,
    "disk": storage.disk,
    "archive": storage.archive,
    "store": storage.store,
    "master key": storage.master_key,
    "database": storage.database,
    "destroyed keys": storage.destroyed_keys,
    "co-signatures": journal.cosignatures,
    "Redis": network.wake_ups,
    "web ports": network.web_ports,
    "media port": network.media_port,
    "certificate": network.certificate,
    "receive buffer": system.receive_buffer,
    "receive drops": system.receive_drops,
    "clock": system.clock,
    "pages": storage.pages,
}
"""By name, in the order in which to mend things."""

_STYLES = {Health.OK: "green", Health.WARN: "yellow", Health.FAIL: "bold red"}


def examine(settings: Settings) -> dict[str, Finding]:
    """Every check's finding, by the check's name."""
    return {name: _examine(check, settings) for name, check in CHECKS.items()}


def _examine(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except Exception as error:  # noqa: BLE001 - told as a finding
        return Finding.fail(
            f"The check itself failed: {type(error).__name__}: {error}",
            "Run it as the user that runs the node; if it fails again, report it.",
        )


def show(out: Console, findings: dict[str, Finding]) -> bool:
    """Prints a table; whether nothing failed."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, finding in findings.items():
        mark = Text(finding.health, style=_STYLES[finding.health])
        table.add_row(mark, Text(name), Text(finding.seen))
        if finding.advice:
            table.add_row("", "", Text(f"→ {finding.advice}", style="bold"))
    out.print(table)
    return not any(finding.health is Health.FAIL for finding in findings.values())
