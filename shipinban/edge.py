"""The edge of one node, put together: pages, API, sockets, dispatcher, recordings.

The only process that opens the database. Everything it starts is a child of one task group; when
told to stop it takes nothing new, lets its clients go, and releases its lease.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from aiohttp import web

from casework.course.overdue import OverdueWatch
from casework.database import Database, new_id, open_engine
from casework.errors import Unavailable
from casework.journal.sequencer import Sequencer
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.renditions import Renderer
from casework.reports.watch import FigureWatch
from casework.reviews.periods import first_checkpoint_after
from recording.archive import Archive
from recording.call_recordings import CallRecordings, RecordingRules, RoomAlarms
from recording.evidence.county_signer import CountySigner
from recording.evidence.exporting import Exporter
from recording.evidence.handlers import EXPORTER
from recording.evidence.keys import SigningKey
from recording.evidence.verifying import Verifying
from recording.keeping.desk import ARCHIVE, STORE
from recording.keeping.expiry import Expiry
from recording.keeping.page_expiry import PageExpiry
from recording.keeping.served import ServedLedger
from recording.keeping.stores import Store
from recording.playback import Player
from recording.recorder_client import RecorderClient
from recording.supervision import OPENER, Opener, recording_states
from recording.watched import watched
from shipinban.certificates import CertificateFolder, renew_certificates
from shipinban.routes import all_routes
from shipinban.settings import Settings
from shipinban.trust_site import trust_app, trust_files, trust_routes
from signaling.bus import Bus, InProcessBus, RedisBus
from signaling.edge.app import Site, build_app, start_server
from signaling.edge.context import EdgeContext
from signaling.edge.sockets.context import SocketContext
from signaling.edge.sockets.heart import Heart
from signaling.edge.sockets.limits import SocketLimits
from signaling.edge.sockets.presence import Presence
from signaling.edge.sockets.resume import Resumable
from signaling.edge.sockets.routes import socket_routes
from signaling.edge.static_files import StaticFiles
from signaling.journal_bell import JournalBell
from signaling.leases import LeaseRules, NodeLease
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import announcing, tell_overdue
from signaling.relay_client import RelayClient
from signaling.report_sources import REPORT_SOURCES
from signaling.review_watch import ReviewWatch
from signaling.rooms.context import RoomContext
from signaling.rooms.rooms import Rooms
from signaling.rooms.settings import RoomSettings, TurnSettings
from signaling.wire.base import CloseCode

PAGE_ROOMS = ("village_client", "agent_console")


def pairing_rules(settings: Settings) -> PairingRules:
    return PairingRules(
        ring_ms=settings.limits.offer_ring_s * 1000,
        wrap_up_ms=settings.limits.wrap_up_s * 1000,
    )


def room_settings(settings: Settings) -> RoomSettings:
    turn = None
    if settings.turn and settings.turn_secret is not None:
        turn = TurnSettings(
            tuple(settings.turn_urls),
            settings.turn_secret.get_secret_value(),
            settings.turn_credential_s,
        )
    return RoomSettings(
        grace_s=settings.limits.reconnect_hold_s,
        longest_call_s=settings.limits.longest_call_s,
        turn=turn,
    )


def open_bus(settings: Settings) -> Bus:
    return RedisBus(settings.redis_url) if settings.redis_url else InProcessBus()


def static_files() -> StaticFiles:
    """What vite built into ``static`` of each room that has pages."""
    above = Path(__file__).parents[1]
    return StaticFiles({room: above / room / "static" for room in PAGE_ROOMS})


def public_origin(settings: Settings) -> str:
    """The one that is printed on receipts: residents' telephones need https, so that comes first."""
    origins = settings.public_origins
    secure = (origin for origin in origins if origin.startswith("https://"))
    return next(secure, origins[0] if origins else "http://localhost")


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


class Edge:
    """The parts of one edge, made from the settings and joined; :meth:`run` gives them life."""

    def __init__(self, settings: Settings, database: Database, archive: Archive) -> None:
        self._settings = settings
        self._database = database
        self._archive = archive
        self._master = master = MasterKey.load_or_create(settings.master_key_file)
        store = None if settings.store is None else Store(settings.store)
        self.player = Player(archive, store)
        protected = ProtectedFields(master)
        rules = pairing_rules(settings)
        self._bus = open_bus(settings)
        boot_id = new_id()
        self._lease = NodeLease(database, settings.node_id, boot_id, LeaseRules())
        bell = JournalBell(self._bus)
        database.after_acts.append(bell.ring)
        self._sequencer = Sequencer(
            database,
            boot_id,
            settings.journal_key_file,
            hash_name=settings.journal_hash,
            telling=bell,
        )
        self._dispatcher = Dispatcher(database, self._bus, rules)
        self._relay = RelayClient(settings.run_folder / "relay")
        self._recorder = RecorderClient(settings.run_folder / "recorder")
        signer = CountySigner(settings.journal_key_file)
        node_key = SigningKey.load_or_create(settings.node_key_file)
        self.exporter = Exporter(master, self.player, signer, node_key, settings.node_id)
        self._verifying = Verifying(database, master, self.player, signer, settings.node_id)
        self._served = ServedLedger(database)
        self._expiry = Expiry(database, signer)
        self._page_expiry = PageExpiry(database, PageFiles(settings.archive_folder, master))
        self._recordings = CallRecordings(
            database,
            master,
            archive,
            RecordingRules(
                node_id=settings.node_id,
                longest_call_s=settings.limits.longest_call_s,
                reserve_bytes=settings.limits.archive_reserve_bytes,
                cipher=settings.recording_cipher,
            ),
            signer,
            store,
        )
        self._recordings.after_outcome.append(self._verifying.wake)
        self._rooms = Rooms(
            RoomContext(
                database=database,
                bus=self._bus,
                rules=rules,
                settings=room_settings(settings),
                relay=self._relay,
                node_id=settings.node_id,
                protected=protected,
                recorder=self._recordings,
            )
        )
        self._sockets = self._socket_context(rules)
        self.passwords = Passwords()
        self.context = EdgeContext(
            database=database,
            passwords=self.passwords,
            protected=protected,
            page_files=PageFiles(settings.archive_folder, master),
            renderer=Renderer(),
            origins=frozenset(settings.public_origins),
            public_origin=public_origin(settings),
            node_id=settings.node_id,
            version=metadata.version("shipinban"),
            demo=settings.demo,
            bus=self._bus,
            rules=rules,
            static_files=static_files(),
            trusted_proxies=settings.trusted_proxies,
            health_checks={"relay": self._relay_health, "recorder": self._recorder_health},
            page_changed=self._rooms.page_changed,
            recording_states=recording_states,
            recording_watched=watched,
        )

    def _socket_context(self, rules: PairingRules) -> SocketContext:
        limits = SocketLimits()
        return SocketContext(
            database=self._database,
            bus=self._bus,
            rules=rules,
            rooms=self._rooms,
            presence=Presence(self._database, limits.sign_in_check_s),
            heart=Heart(self._database, rules, self._settings.node_id),
            resumable=Resumable(limits.resumable, limits.resume_s),
            limits=limits,
            node_id=self._settings.node_id,
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping``: then nothing new, clients are told, the lease is released."""
        await self._lease.take()
        try:
            async with asyncio.TaskGroup() as group:
                work = [group.create_task(each) for each in self._work()]
                runners = await self._listen()
                await stopping.wait()
                await self._lease.drain()
                self._sockets.presence.close_all(CloseCode.GOING_AWAY)
                for runner in runners:
                    await runner.cleanup()
                for task in work:
                    task.cancel()
                await self._served.write()
        finally:
            await self._lease.release()

    def _work(self) -> list[Coroutine[Any, Any, None]]:
        alarms = RoomAlarms(self._rooms.recording_failed, self._rooms.key_frame_wanted)
        return [
            self._bus.run(),
            self._lease.run(),
            self._sequencer.run(),
            self._dispatcher.run(),
            self._rooms.run(),
            self._relay.run(self._rooms),
            self._recordings.run(self._recorder, alarms),
            self._verifying.run(),
            self._sockets.presence.run(),
            self._sockets.heart.run(),
            self._served.run(),
            self._expiry.run(),
            self._page_expiry.run(),
            FigureWatch(self._database, REPORT_SOURCES).run(),
            ReviewWatch(self._database, first_checkpoint_after).run(),
            OverdueWatch(
                self._database, partial(announcing, self._database, self._bus), tell_overdue
            ).run(),
        ]

    async def _listen(self) -> list[web.AppRunner]:
        listening = sites(self._settings)
        trust = trust_files(self._settings)
        routes = [*all_routes(), *socket_routes(self._sockets), *trust_routes(trust)]
        app = build_app(self.context, routes)
        app[OPENER] = Opener(self.player, self._master, self._served)
        app[ARCHIVE] = self._archive
        if self._settings.store is not None:
            app[STORE] = self._settings.store
        app[EXPORTER] = self.exporter
        runners = [await start_server(app, listening)]
        if self._settings.lan:
            # Before a machine trusts the certificate it can be told how only over plain HTTP.
            everywhere = Site("0.0.0.0", self._settings.trust_port)  # noqa: S104
            runners.append(await start_server(trust_app(trust), [everywhere]))
        return runners

    async def _relay_health(self) -> str | None:
        try:
            _ = self._relay.ready
        except Unavailable as error:
            return error.code
        return None

    async def _recorder_health(self) -> str | None:
        return None if self._recorder.connected else "recorder.away"


async def serve_edge(settings: Settings, stopping: asyncio.Event) -> None:
    """Opens what the edge needs, runs it, and closes it again."""
    database = Database(open_engine(settings.database_url))
    archive = Archive(settings.archive_folder)
    try:
        edge = Edge(settings, database, archive)
        try:
            await edge.run(stopping)
        finally:
            edge.passwords.close()
            edge.exporter.close()
            edge.player.close()
    finally:
        archive.close()
        await database.close()
