"""The edge of one node, put together: pages, API, sockets, dispatcher, recordings.

The only process that opens the database. Everything it starts is a child of one task group; when
told to stop it takes nothing new, lets its clients go, and releases its lease.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import metadata
from pathlib import Path

import structlog

from casework.database import Database, new_id, open_engine
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.renditions import Renderer
from shipinban.certificates import CertificateFolder, renew_certificates
from shipinban.settings import Settings
from shipinban.trust_site import trust_app, trust_files, trust_routes
from signaling.bus import Bus, InProcessBus, RedisBus
from signaling.edge.app import Site, build_app, start_server
from signaling.edge.context import EdgeContext
from signaling.edge.routes import ROUTES
from signaling.edge.static_files import StaticFiles
from signaling.leases import LeaseRules, NodeLease
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.rules import PairingRules

PAGE_ROOMS = ("village_client", "agent_console")

logger = structlog.get_logger(__name__)


def pairing_rules(settings: Settings) -> PairingRules:
    return PairingRules(
        ring_ms=settings.limits.offer_ring_s * 1000,
        wrap_up_ms=settings.limits.wrap_up_s * 1000,
    )


def open_bus(settings: Settings) -> Bus:
    return RedisBus(settings.redis_url) if settings.redis_url else InProcessBus()


def static_files() -> StaticFiles:
    """What vite built into ``static`` of each room that has pages."""
    above = Path(__file__).parents[1]
    return StaticFiles({room: above / room / "static" for room in PAGE_ROOMS})


def tls(settings: Settings) -> ssl.SSLContext:
    """Of the installation's own certificate, made or renewed first when that is due."""
    folder = settings.certificate_folder
    renew_certificates(folder, settings.https_names)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    files = CertificateFolder(folder)
    context.load_cert_chain(files.server, files.server_key)
    return context


def sites(settings: Settings) -> list[Site]:
    """Plain HTTP on loopback (or for the proxy); with ``lan`` also https for other machines."""
    listed = [Site(str(settings.http_address), settings.http_port)]
    if settings.lan:
        listed.append(Site("0.0.0.0", settings.https_port, tls(settings)))  # noqa: S104
    return listed


@asynccontextmanager
async def edge(settings: Settings) -> AsyncIterator[None]:
    """Runs the edge inside the block."""
    async with AsyncExitStack() as stack:
        database = Database(open_engine(settings.database_url))
        stack.push_async_callback(database.close)
        passwords = Passwords()
        stack.callback(passwords.close)
        master = MasterKey.load_or_create(settings.master_key_file)
        bus = open_bus(settings)
        lease = NodeLease(database, settings.node_id, new_id(), LeaseRules())
        context = EdgeContext(
            database=database,
            passwords=passwords,
            protected=ProtectedFields(master),
            page_files=PageFiles(settings.archive_folder, master),
            renderer=Renderer(),
            origins=frozenset(settings.public_origins),
            node_id=settings.node_id,
            version=metadata.version("shipinban"),
            demo=settings.demo,
            static_files=static_files(),
            trusted_proxies=settings.trusted_proxies,
        )
        await lease.take()
        stack.push_async_callback(lease.release)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        tasks = [
            group.create_task(bus.run()),
            group.create_task(lease.run()),
            group.create_task(Dispatcher(database, bus, pairing_rules(settings)).run()),
        ]
        listening = sites(settings)
        trust = trust_files(settings)
        app = build_app(context, [*ROUTES, *trust_routes(trust)])
        runners = [await start_server(app, listening)]
        if settings.lan:
            # Before a machine trusts the certificate it can be told how only over plain HTTP.
            everywhere = Site("0.0.0.0", settings.trust_port)  # noqa: S104
            runners.append(await start_server(trust_app(trust), [everywhere]))
        try:
            yield
        finally:
            for runner in runners:
                await runner.cleanup()
            for task in tasks:
                task.cancel()
