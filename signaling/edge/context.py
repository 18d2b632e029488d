"""What the edge is built from. ``shipinban`` fills it; handlers find everything here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database
from casework.journal.receipts import Watched
from casework.page_files import PageFiles
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.renditions import Renderer
from casework.vocabulary import RecordingState
from signaling.bus import Bus, InProcessBus
from signaling.edge.catalogue import Catalogue
from signaling.edge.rate_limit import Rate
from signaling.edge.static_files import StaticFiles
from signaling.pairing.rules import PairingRules
from signaling.wallboard.cache import BoardCache


async def _nothing_changed(_page_id: str) -> None:
    """For an edge without rooms."""


async def _nothing_recorded(
    _session: AsyncSession, _call_ids: Sequence[str]
) -> Mapping[str, RecordingState]:
    """For an edge without recordings."""
    return {}


async def _nobody_watched(
    _session: AsyncSession, _case_id: str, _language: str
) -> Sequence[Watched]:
    """For an edge without recordings."""
    return ()


HealthCheck = Callable[[], Awaitable[str | None]]
"""Answers what is wrong, or ``None``; has two seconds."""


@dataclass(frozen=True)
class Rates:
    """Requests of one source address."""

    requests: Rate = field(default=Rate(per_s=40, burst=400))
    sign_ins: Rate = field(default=Rate(per_s=1, burst=30))


@dataclass(frozen=True, kw_only=True)
class EdgeContext:
    database: Database
    passwords: Passwords
    protected: ProtectedFields
    page_files: PageFiles
    renderer: Renderer
    origins: frozenset[str]
    """Exactly these may write and open sockets."""
    node_id: str
    version: str
    bus: Bus = field(default_factory=InProcessBus)
    rules: PairingRules = field(default_factory=PairingRules)
    demo: bool = False
    public_origin: str = "http://localhost:8080"
    """Where residents reach the public pages: printed on receipts."""
    boards: BoardCache = field(default_factory=BoardCache)
    catalogue: Catalogue = field(default_factory=Catalogue)
    static_files: StaticFiles = field(default_factory=lambda: StaticFiles({}))
    """The built pages of ``village_client`` and ``agent_console``."""
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()
    """Whose ``X-Forwarded-For`` counts."""
    rates: Rates = Rates()
    health_checks: Mapping[str, HealthCheck] = field(default_factory=dict)
    page_changed: Callable[[str], Awaitable[None]] = _nothing_changed
    """Told after the commit of each change of a page, by its id."""
    recording_states: Callable[
        [AsyncSession, Sequence[str]], Awaitable[Mapping[str, RecordingState]]
    ] = _nothing_recorded
    """Call id → the state of its recording; calls without one are left out."""
    recording_watched: Callable[[AsyncSession, str, str], Awaitable[Sequence[Watched]]] = (
        _nobody_watched
    )
    """Who watched recordings of a case, given its id and a language."""
