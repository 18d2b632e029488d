"""Settings of an installation, from environment variables and an optional TOML file.

``SHIPINBAN_HTTP_PORT=8080`` in the environment, or ``http_port = 8080`` in the file that
``SHIPINBAN_CONFIG`` names; the environment wins. Lists are comma-separated in the environment.
Every default suits one machine that only itself can reach: nothing has to be set for a trial.

The three processes of a node each read the same environment.
"""

import os
import re
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import ifaddr
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from casework.vocabulary import JournalHash
from recording.ciphers import CipherName
from recording.keeping.stores import StoreAddress

CONFIG_VARIABLE = "SHIPINBAN_CONFIG"
PREFIX = "SHIPINBAN_"
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")

IpAddress: TypeAlias = IPv4Address | IPv6Address
IpNetwork: TypeAlias = IPv4Network | IPv6Network
Port = Annotated[int, Field(ge=1, le=65_535)]
Url = Annotated[str, Field(min_length=1, max_length=400)]


def machine_addresses() -> list[IpAddress]:
    """The addresses by which other machines can reach this one, IPv4 first; no link-local ones."""
    found: set[IpAddress] = set()
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ip_address(text.partition("%")[0])
            if not (address.is_loopback or address.is_link_local or address.is_multicast):
                found.add(address)
    return sorted(found, key=lambda address: (address.version, int(address)))


def _below_data_folder(name: str) -> Callable[[dict[str, Any]], Path]:
    return lambda given: Path(given["data_folder"]) / name


def _own_database(given: dict[str, Any]) -> str:
    return f"sqlite+aiosqlite:///{given['data_folder']}/shipinban.db"


def _own_names() -> list[str]:
    return [socket.gethostname().lower(), *(str(address) for address in machine_addresses())]


def _own_origins(given: dict[str, Any]) -> list[str]:
    origins = [f"http://localhost:{given['http_port']}"]
    for name in given["https_names"] if given["lan"] else ():
        host = f"[{name}]" if ":" in name else name
        origins.append(f"https://{host}:{given['https_port']}")
    return origins


def _media_addresses(given: dict[str, Any]) -> list[IpAddress]:
    loopback = ip_address("127.0.0.1")
    return [loopback, *machine_addresses()] if given["lan"] else [loopback]


def explain(error: ValidationError) -> str:
    """One line for each wrong setting, by the name that it has in the environment.

    Defaults that could not be worked out, because what they rest on is wrong, are left out.
    """
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        if fault["type"] != "default_factory_not_called":
            name = PREFIX + "__".join(map(str, fault["loc"])).upper()
            lines.append(f"{name}: {fault['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)


class Limits(BaseModel):
    """Times and sizes that a county may want to change. ``SHIPINBAN_LIMITS__OFFER_RING_S=30``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    offer_ring_s: Annotated[int, Field(ge=5, le=120)] = 20
    """Seconds that an offer rings before it goes to the next agent."""
    wrap_up_s: Annotated[int, Field(ge=0, le=1_800)] = 120
    """Seconds after a call before an agent is available again by himself."""
    reconnect_hold_s: Annotated[int, Field(ge=10, le=600)] = 60
    """Seconds that a call, its agent and its recording wait for a lost connection."""
    longest_call_s: Annotated[int, Field(ge=600, le=43_200)] = 14_400
    """Seconds; a recording reserves index space for a call as long as this."""
    archive_reserve_bytes: Annotated[int, Field(ge=0)] = 2 << 30
    """Free bytes in the archive below which no new recorded call is begun."""
    stop_s: Annotated[int, Field(ge=1, le=300)] = 20
    """Seconds that each process gets to end in order."""


class Settings(BaseSettings):
    """One node's settings. Raises pydantic's ``ValidationError`` naming each wrong one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    node_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "a"
    """Name of this node; ``/nodes/ID/`` reaches it. Different on every node of a county."""
    demo: bool = False
    """Whether this is a demo county: the pages offer a test camera and sample documents."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged; never personal data, at any level."""

    data_folder: Path = Path("var")
    """Folder of everything that the node keeps, unless a setting below puts it elsewhere."""
    database_url: Url = Field(default_factory=_own_database)
    """``sqlite+aiosqlite:///FILE`` or ``postgresql+psycopg://USER:PASSWORD@HOST/NAME``."""
    redis_url: Url | None = None
    """``redis://HOST:PORT/0`` when there are several nodes; nothing is kept in it."""
    archive_folder: Path = Field(default_factory=_below_data_folder("archive"))
    """Folder of recordings and documents; the same one on every node of a county."""
    store_url: Url | None = None
    """Where sealed recordings go: ``s3://BUCKET/PREFIX``, ``file:///FOLDER``, or nowhere."""
    store_endpoint: Url | None = None
    """``https://HOST:PORT`` of an S3-compatible store that is not Amazon's."""
    store_region: Annotated[str, Field(min_length=1, max_length=40)] = "us-east-1"
    """Region that requests to the store are signed for."""
    store_access_key: Annotated[str, Field(max_length=200)] = ""
    """Access key of the store; when empty, the machine's own role is asked for."""
    store_secret_key: SecretStr = SecretStr("")
    """The secret that belongs to the access key."""
    recording_cipher: CipherName = CipherName.AES_256_GCM
    """Cipher of new recordings; old ones keep theirs."""
    master_key_file: Path = Field(default_factory=_below_data_folder("master.key"))
    """Key file, made at the first start; the same on every node, kept apart from all backups."""
    node_key_folder: Path = Field(default_factory=_below_data_folder("node-keys"))
    """Folder of this node's signing key for evidence, made at the first start; on its own disk."""
    journal_key_file: Path = Field(default_factory=_below_data_folder("journal.key"))
    """Keys that sign the journal's checkpoints, made at the first start; as ``master_key_file``."""
    journal_hash: JournalHash = JournalHash.SHA256
    """``sha256`` or ``sm3``; counts when the journal begins, and cannot be changed later."""
    certificate_folder: Path = Field(default_factory=_below_data_folder("certificates"))
    """Folder of the installation's own authority and its certificate (``shipinban cert init``)."""

    http_address: IpAddress = ip_address("127.0.0.1")
    """Address that plain HTTP listens on: loopback, or what the reverse proxy reaches."""
    http_port: Port = 8080
    """TCP port of plain HTTP."""
    lan: bool = False
    """Whether other machines are served directly, over https, without a reverse proxy."""
    https_port: Port = 8443
    """TCP port of https, when ``lan`` is on."""
    trust_port: Port = 8081
    """TCP port of the plain-HTTP page ``/trust``, when ``lan`` is on; it serves nothing else."""
    https_names: Annotated[list[str], NoDecode] = Field(default_factory=_own_names)
    """Host names and addresses in the certificate; by default this machine's."""
    public_origins: Annotated[list[str], NoDecode] = Field(default_factory=_own_origins)
    """Origins from which pages may write and open sockets, such as ``https://spb.example.org``."""
    trusted_proxies: Annotated[list[IpNetwork], NoDecode] = []
    """Networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed."""

    media_addresses: Annotated[list[IpAddress], NoDecode] = Field(default_factory=_media_addresses)
    """Addresses that the relay's UDP port is bound to; with ``lan``, by default this machine's."""
    media_port: Port = 40_000
    """UDP port of the relay: all media of the node."""
    media_advertised_addresses: Annotated[list[IpAddress], NoDecode] = Field(
        default_factory=lambda given: given["media_addresses"]
    )
    """Addresses told to browsers, one for each bound one, where they differ (port forwarding)."""
    media_advertised_port: Port = Field(default_factory=lambda given: given["media_port"])
    """UDP port told to browsers, where it differs from the bound one."""
    turn_urls: Annotated[list[str], NoDecode] = []
    """``turn:HOST:3478?transport=udp`` and the like, for networks that block the media port."""
    turn_secret: SecretStr | None = None
    """The secret shared with coturn (``static-auth-secret``)."""
    turn_credential_s: Annotated[int, Field(ge=300, le=86_400)] = 14_400
    """Seconds that a TURN credential handed out for a call stays valid."""

    limits: Limits = Limits()
    """Times and sizes; see below."""

    @field_validator(
        "https_names",
        "public_origins",
        "trusted_proxies",
        "media_addresses",
        "media_advertised_addresses",
        "turn_urls",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("public_origins")
    @classmethod
    def _check_origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin; write scheme://host or scheme://host:port, "
                    "in lower case and without a path"
                )
        return origins

    @field_validator("media_advertised_addresses")
    @classmethod
    def _check_pairs(cls, advertised: list[IpAddress], given: ValidationInfo) -> list[IpAddress]:
        if len(advertised) != len(given.data.get("media_addresses", advertised)):
            raise ValueError("there must be as many as media_addresses, in the same order")
        return advertised

    @property
    def store(self) -> StoreAddress | None:
        """Where sealed recordings go; ``None``: they stay in the archive folder."""
        if self.store_url is None:
            return None
        return StoreAddress(
            url=self.store_url,
            endpoint=self.store_endpoint,
            region=self.store_region,
            access_key=self.store_access_key,
            secret_key=self.store_secret_key.get_secret_value(),
        )

    @property
    def turn(self) -> bool:
        """Whether browsers are offered TURN."""
        return bool(self.turn_urls) and self.turn_secret is not None

    @property
    def node_key_file(self) -> Path:
        """The signing key of this node."""
        return self.node_key_folder / f"{self.node_id}.key"

    @property
    def run_folder(self) -> Path:
        """Folder of the sockets between this node's own processes."""
        return self.data_folder / "run" / self.node_id

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file; a file that is named must be there."""
        file = os.environ.get(CONFIG_VARIABLE)
        if file is None:
            return init_settings, env_settings
        if not Path(file).is_file():
            raise FileNotFoundError(f"{CONFIG_VARIABLE} names {file}, which is no file")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))
