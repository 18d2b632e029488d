"""The doctor finds each fault that is made here, and says what to do."""

import errno
import io
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from rich.console import Console

from shipinban import certificates, doctor
from shipinban.examinations import network, storage, system
from shipinban.examinations.finding import Finding, Health
from shipinban.migrate import migrate
from shipinban.settings import Limits, Settings
from tests.setup.local_compose import free_ports

MakeSettings = Callable[..., Settings]


PORT_SETTINGS = ("http_port", "https_port", "trust_port", "media_port")


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Settings of an installation in a folder of its own, on ports that are free."""
    chosen = {
        "data_folder": tmp_path,
        **dict(zip(PORT_SETTINGS, free_ports(len(PORT_SETTINGS)), strict=True)),
        "media_addresses": [ip_address("127.0.0.1")],
        "https_names": ["localhost"],
    }
    return lambda **changed: Settings(**{**chosen, **changed})


def assert_told(finding: Finding, health: Health, *words: str) -> None:
    assert finding.health is health, finding
    assert finding.advice, finding
    for word in words:
        assert word in f"{finding.seen} {finding.advice}"


def test_a_new_installation_lacks_only_its_database(make_settings: MakeSettings) -> None:
    findings = doctor.examine(make_settings())
    wrong = {name for name, finding in findings.items() if finding.health is Health.FAIL}
    assert wrong - {"pages"} == {"database"}


def test_looking_changes_nothing(make_settings: MakeSettings, tmp_path: Path) -> None:
    doctor.examine(make_settings())
    assert list(tmp_path.iterdir()) == []


def test_a_broken_check_is_a_finding_and_the_others_go_on(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: Settings) -> Finding:
        raise RuntimeError("surprise")

    monkeypatch.setitem(doctor.CHECKS, "disk", broken)
    findings = doctor.examine(make_settings())
    assert_told(findings["disk"], Health.FAIL, "surprise")
    assert findings["clock"].seen


def test_the_table_names_fault_and_remedy_and_tells_whether_all_is_well() -> None:
    out = Console(width=200, record=True, file=io.StringIO())
    assert doctor.show(out, {"clock": Finding.warn("It runs behind.", "Install chrony.")})
    assert not doctor.show(out, {"disk": Finding.fail("Full [100 %].", "Free space.")})
    text = out.export_text()
    assert "It runs behind." in text
    assert "→ Free space." in text
    assert "[100 %]" in text


# --- storage -------------------------------------------------------------------------------------


def test_a_disk_below_the_reserve_fails(make_settings: MakeSettings) -> None:
    settings = make_settings(limits=Limits(archive_reserve_bytes=1 << 60))
    assert_told(storage.disk(settings), Health.FAIL, "No recorded call", "larger")
    assert storage.disk(make_settings(limits=Limits(archive_reserve_bytes=0))).seen


@pytest.mark.parametrize("opened", ["archive", "archive/folder", "archive/folder/log"])
def test_anything_in_the_archive_that_others_may_read_is_found(
    make_settings: MakeSettings, tmp_path: Path, opened: str
) -> None:
    (tmp_path / "archive" / "folder").mkdir(parents=True)
    (tmp_path / "archive" / "folder" / "log").touch(mode=0o600)
    for folder in ("archive", "archive/folder"):
        (tmp_path / folder).chmod(0o700)
    assert storage.archive(make_settings()).health is Health.OK
    target = tmp_path / opened
    target.chmod(target.stat().st_mode | 0o040)
    assert_told(storage.archive(make_settings()), Health.FAIL, "1 files", "chmod")


def test_a_master_key_that_others_may_read_is_found(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    assert_told(storage.master_key(make_settings()), Health.FAIL, "no key file")
    key.write_text("ab" * 32)
    assert storage.master_key(make_settings()).health is Health.OK
    key.chmod(0o640)
    assert_told(storage.master_key(make_settings()), Health.FAIL, f"chmod 600 {key}")


def test_a_rotation_that_is_not_finished_is_found(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    for name in ("master.key", "master.key.next"):
        (tmp_path / name).touch(mode=0o600)
    assert_told(storage.master_key(make_settings()), Health.FAIL, "shipinban key rotate")


def test_a_store_is_tried(make_settings: MakeSettings, tmp_path: Path) -> None:
    assert storage.store(make_settings()).health is Health.OK
    folder = f"file://{tmp_path / 'store'}"
    assert storage.store(make_settings(store_url=folder)).health is Health.OK
    away = make_settings(store_url="s3://recordings", store_endpoint="http://127.0.0.1:1")
    assert_told(storage.store(away), Health.FAIL, "SHIPINBAN_STORE_ENDPOINT")
    wrong = make_settings(store_url="ftp://somewhere")
    assert_told(storage.store(wrong), Health.FAIL, "SHIPINBAN_STORE_URL")


def test_a_master_key_inside_the_archive_is_found(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "archive").mkdir()
    key = tmp_path / "archive" / "master.key"
    key.touch(mode=0o600)
    assert_told(storage.master_key(make_settings(master_key_file=key)), Health.FAIL, "archive")


def test_the_database_is_missing_old_or_current(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    settings = make_settings()
    assert_told(storage.database(settings), Health.FAIL, "shipinban migrate")
    sqlite3.connect(tmp_path / "shipinban.db").close()
    (tmp_path / "shipinban.db").touch()
    assert_told(storage.database(settings), Health.FAIL, "not at this program's version")
    migrate(settings.database_url)
    assert storage.database(settings).health is Health.OK


def test_a_postgresql_that_is_away_is_named_without_its_password(
    make_settings: MakeSettings,
) -> None:
    url = f"postgresql+psycopg://spb:5ecret@127.0.0.1:{free_ports(1)[0]}/spb"
    finding = storage.database(make_settings(database_url=url))
    assert_told(finding, Health.FAIL, "does not answer", "SHIPINBAN_DATABASE_URL")
    assert "5ecret" not in finding.seen + finding.advice


@pytest.mark.integration
def test_postgresql_answers_and_its_clock_agrees(
    make_settings: MakeSettings, postgresql_url: str
) -> None:
    settings = make_settings(database_url=postgresql_url)
    assert storage.database(settings).health is Health.OK
    assert abs(system.database_offset_s(settings) or 0) < system.OFFSET_LIMIT_S


def test_pages_that_are_not_built_are_found(
    make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "ROOMS", tmp_path)
    (tmp_path / "agent_console" / "static").mkdir(parents=True)
    (tmp_path / "agent_console" / "static" / "index.html").touch()
    assert_told(storage.pages(make_settings()), Health.FAIL, "village_client", "build_web.py")


# --- network -------------------------------------------------------------------------------------


@contextmanager
def taken(port: int, kind: socket.SocketKind) -> Iterator[None]:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            holder.listen()
        yield


def test_ports_held_by_another_program_are_named(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "DEADLINE_S", 0.2)
    settings = make_settings()
    assert network.web_ports(settings).health is Health.OK
    with taken(settings.http_port, socket.SOCK_STREAM):
        assert_told(network.web_ports(settings), Health.FAIL, str(settings.http_port), "ss -tlnp")
    with taken(settings.media_port, socket.SOCK_DGRAM):
        assert_told(network.media_port(settings), Health.FAIL, str(settings.media_port), "-ulnp")


def test_a_running_node_holds_its_own_ports(make_settings: MakeSettings) -> None:
    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    settings = make_settings()
    with (
        HTTPServer(("127.0.0.1", settings.http_port), Healthy) as server,
        taken(settings.media_port, socket.SOCK_DGRAM),
    ):
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            assert network.web_ports(settings).health is Health.OK
            assert network.media_port(settings).health is Health.OK
        finally:
            server.shutdown()
            thread.join()


def test_a_media_address_of_another_machine_is_found(make_settings: MakeSettings) -> None:
    settings = make_settings(media_addresses=[ip_address("192.0.2.77")])
    assert_told(network.media_port(settings), Health.FAIL, "192.0.2.77", "no address of this")


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EPERM])
def test_a_port_that_the_user_may_not_open_is_found(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    monkeypatch.setattr(network, "_why_not", lambda *_: reason)
    assert_told(network.media_port(make_settings()), Health.FAIL, "SHIPINBAN_MEDIA_PORT")


def test_the_certificate_is_missing_good_or_its_key_open(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    settings = make_settings(lan=True)
    assert_told(network.certificate(settings), Health.FAIL, "shipinban cert init")
    certificates.init_certificates(settings.certificate_folder, settings.https_names)
    assert network.certificate(settings).health is Health.OK
    (tmp_path / "certificates" / "server.key").chmod(0o644)
    assert_told(network.certificate(settings), Health.FAIL, "server.key", "chmod 600")


def test_redis_that_is_away_is_a_warning_only(make_settings: MakeSettings) -> None:
    settings = make_settings(redis_url=f"redis://127.0.0.1:{free_ports(1)[0]}/0")
    assert_told(network.wake_ups(settings), Health.WARN, "slower", "SHIPINBAN_REDIS_URL")
    assert network.wake_ups(make_settings()).health is Health.OK


# --- system --------------------------------------------------------------------------------------

UDP_TABLE = """\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode drops
  101: 0100007F:9C40 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 1 2 0000000000 7
  102: 020011AC:9C40 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 2 2 0000000000 5
  103: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 3 2 0000000000 900
"""


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a fault, as the kernel tells it."""
    folder = tmp_path / "proc"
    (folder / "net").mkdir(parents=True)
    (folder / "sys/net/core").mkdir(parents=True)
    (folder / "sys/net/core/rmem_max").write_text("16777216\n")
    (folder / "net/udp").write_text(UDP_TABLE.splitlines()[0] + "\n")
    (folder / "net/snmp").write_text(
        "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\nUdp: 100000 0 0 9 3\n"
    )
    monkeypatch.setattr(system, "PROC", folder)
    return folder


def test_drops_are_counted_at_the_media_port_alone() -> None:
    assert system.drops_at(UDP_TABLE, 40_000) == 12
    assert system.drops_at(UDP_TABLE, 41_000) == 0


def test_the_kernels_own_tables_can_be_read() -> None:
    assert system.drops_at(Path("/proc/net/udp").read_text(), 40_000) >= 0
    received, lost = system.udp_counters(Path("/proc/net/snmp").read_text())
    assert received >= lost


@pytest.mark.usefixtures("proc")
def test_a_machine_without_fault_passes(make_settings: MakeSettings) -> None:
    assert system.receive_buffer(make_settings()).health is Health.OK
    assert system.receive_drops(make_settings()).health is Health.OK


def test_a_small_buffer_and_dropped_packets_are_found(
    make_settings: MakeSettings, proc: Path
) -> None:
    (proc / "sys/net/core/rmem_max").write_text("212992\n")
    assert_told(system.receive_buffer(make_settings()), Health.WARN, "sysctl", "0.2 MiB")
    (proc / "net/udp").write_text(UDP_TABLE)
    settings = make_settings(media_port=40_000)
    assert_told(system.receive_drops(settings), Health.WARN, "12 packets")


def test_packets_lost_by_the_whole_machine_are_found(
    make_settings: MakeSettings, proc: Path
) -> None:
    (proc / "net/snmp").write_text("Udp: InDatagrams RcvbufErrors\nUdp: 100000 400\n")
    assert_told(system.receive_drops(make_settings()), Health.WARN, "400 of 100000")


@pytest.mark.parametrize(("kept", "health"), [(True, Health.OK), (False, Health.WARN)])
def test_a_clock_that_nothing_keeps_right_is_a_warning(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, kept: bool, health: Health
) -> None:
    monkeypatch.setattr(system, "synchronised", lambda: kept)
    assert system.clock(make_settings()).health is health


def test_a_clock_apart_from_the_databases_fails(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "database_offset_s", lambda _settings: -3.5)
    assert_told(system.clock(make_settings()), Health.FAIL, "-3.5 s", "chrony")
