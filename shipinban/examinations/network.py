"""What others reach, and what the node reaches: ports, certificate, Redis."""

import errno
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

from redis import Redis
from redis.exceptions import RedisError

from shipinban.certificates import CertificateFolder, read, why_renew
from shipinban.examinations.finding import DEADLINE_S, Finding
from shipinban.settings import IpAddress, Settings


def node_answers(settings: Settings) -> bool:
    """Whether a node answers on the plain HTTP port: then it is what holds the ports."""
    address = settings.http_address
    host = "127.0.0.1" if address.is_unspecified else str(address)
    bracketed = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(
            f"http://{bracketed}:{settings.http_port}/health", timeout=DEADLINE_S
        ) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _why_not(address: IpAddress, port: int, kind: socket.SocketKind) -> int:
    """The error number of binding the port, or 0."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((str(address), port))
        except OSError as error:
            return error.errno or errno.EINVAL
    return 0


def _tcp_ports(settings: Settings) -> Iterator[tuple[IpAddress, int, str]]:
    yield settings.http_address, settings.http_port, "SHIPINBAN_HTTP_PORT"
    if settings.lan:
        any_address = type(settings.http_address)(0)
        yield any_address, settings.https_port, "SHIPINBAN_HTTPS_PORT"
        yield any_address, settings.trust_port, "SHIPINBAN_TRUST_PORT"


def web_ports(settings: Settings) -> Finding:
    if node_answers(settings):
        return Finding.ok(f"The node answers on port {settings.http_port}.")
    for address, port, setting in _tcp_ports(settings):
        if reason := _why_not(address, port, socket.SOCK_STREAM):
            return _taken(address, port, "TCP", setting, reason)
    return Finding.ok("Nothing runs, and the ports for pages are free.")


def media_port(settings: Settings) -> Finding:
    running = node_answers(settings)
    for address in settings.media_addresses:
        reason = _why_not(address, settings.media_port, socket.SOCK_DGRAM)
        if reason and not (running and reason == errno.EADDRINUSE):
            return _taken(address, settings.media_port, "UDP", "SHIPINBAN_MEDIA_PORT", reason)
    where = ", ".join(str(address) for address in settings.media_advertised_addresses)
    return Finding.ok(f"UDP {settings.media_advertised_port} at {where}; let firewalls pass it.")


def _taken(address: IpAddress, port: int, kind: str, setting: str, reason: int) -> Finding:
    place = f"{kind} port {port} at {address}"
    if reason == errno.EADDRINUSE:
        option = "t" if kind == "TCP" else "u"
        return Finding.fail(
            f"{place} is held by another program.",
            f"End it (ss -{option}lnp 'sport = {port}' names it), or set {setting}.",
        )
    if reason == errno.EADDRNOTAVAIL:
        return Finding.fail(f"{address} is no address of this machine.", "Mend the addresses.")
    if reason == errno.EACCES:
        return Finding.fail(f"This user may not open {place}.", f"Set {setting} above 1023.")
    name = errno.errorcode.get(reason, str(reason))
    return Finding.fail(f"{place} cannot be opened: {name}.", f"Choose another: {setting}.")


def certificate(settings: Settings) -> Finding:
    if not settings.lan:
        return Finding.ok("Pages are served on this machine, or behind a proxy that has its own.")
    folder = CertificateFolder(settings.certificate_folder)
    if reason := why_renew(folder.path, settings.https_names):
        return Finding.fail(f"The certificate will not do: {reason}.", "shipinban cert init")
    for key in folder.keys:
        if key.stat().st_mode & 0o077:
            return Finding.fail(f"{key} is open to other users.", f"chmod 600 {key}")
    ends = read(folder.server).not_valid_after_utc
    return Finding.ok(f"The certificate is good until {ends:%Y-%m-%d}.")


def wake_ups(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding.ok("Redis is not used: this node is alone.")
    try:
        with Redis.from_url(
            settings.redis_url, socket_timeout=DEADLINE_S, socket_connect_timeout=DEADLINE_S
        ) as redis:
            redis.ping()
    except (RedisError, OSError, ValueError) as error:
        return Finding.warn(
            f"Redis does not answer ({type(error).__name__}): everything works, only slower.",
            "Start Redis, or mend SHIPINBAN_REDIS_URL.",
        )
    return Finding.ok("Redis answers.")
