"""The store: where sealed recordings lie when they have left the archive folder of their node.

A local folder (a mounted disk of another machine, for instance) or any S3-compatible store; the
drivers are obstore's. Objects are the encrypted files as they are, named ``FOLDER/FILE`` by the
random names that they have in the archive: the store learns sizes and times, nothing else.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:
    from obstore.store import S3Config

PART_BYTES = 5 << 20
"""The least that S3 allows for a part of an upload: what a failure costs to send again."""
READ_BYTES = 1 << 20
PROBE = "probe"


class StoreAway(OSError):
    """The store did not do what it was asked for; asked again later, it may."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """``url`` is ``s3://BUCKET`` or ``s3://BUCKET/PREFIX``, or ``file:///FOLDER``."""

    url: str
    endpoint: str | None = None
    """Of a store that is not Amazon's: ``https://HOST:PORT``."""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    silence_s: float = 60.0
    """How long a store may send or take nothing before a request counts as failed."""
    longest_s: float = 3_600.0
    """For one part at all: 5 MiB at 1.5 KB/s."""

    @property
    def shown(self) -> str:
        """Without keys."""
        return self.url if self.endpoint is None else f"{self.url} ({self.endpoint})"


@dataclass(frozen=True, slots=True)
class Digest:
    size_bytes: int
    sha256: str


class Store:
    """Every method raises :class:`StoreAway`, and ``FileNotFoundError`` for what is not there."""

    def __init__(self, address: StoreAddress) -> None:
        """Opens no connection. Raises ``ValueError`` for an address that is none."""
        self.address = address
        self._folder: Path | None = None
        parts = urlsplit(address.url)
        if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
            self._folder = Path(parts.path)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._store: LocalStore | S3Store = LocalStore(self._folder)
        elif parts.scheme == "s3" and parts.netloc:
            self._store = _s3(address, parts.netloc, parts.path.strip("/"))
        else:
            raise ValueError("a store is s3://BUCKET/PREFIX or file:///FOLDER")

    async def put(self, folder: str, name: str, file: Path) -> Digest:
        """What is there already under the name is replaced; the digest is of what was read.

        The file is read once, in threads, and hashed as it goes out.
        """
        whole, size = hashlib.sha256(), 0

        async def pieces() -> AsyncIterator[bytes]:
            nonlocal size
            with await asyncio.to_thread(_open, file) as opened:
                while piece := await asyncio.to_thread(opened.read, READ_BYTES):
                    whole.update(piece)
                    size += len(piece)
                    yield piece

        with _told():
            await obstore.put_async(
                self._store,
                _path(folder, name),
                pieces(),
                chunk_size=PART_BYTES,
                max_concurrency=1,
            )
        if self._folder is not None:
            await asyncio.to_thread(_sync, self._folder / folder / name)
        return Digest(size, whole.hexdigest())

    async def size(self, folder: str, name: str) -> int | None:
        """``None``: it is not there."""
        try:
            with _told():
                found = await obstore.head_async(self._store, _path(folder, name))
        except FileNotFoundError:
            return None
        return int(found["size"])

    async def digest(self, folder: str, name: str) -> Digest:
        """Of what the store gives back, read whole."""
        whole, size = hashlib.sha256(), 0
        with _told():
            found = await obstore.get_async(self._store, _path(folder, name))
            async for piece in found.stream(min_chunk_size=READ_BYTES):
                whole.update(piece)
                size += len(piece)
        return Digest(size, whole.hexdigest())

    async def fetch(self, folder: str, name: str, target: Path) -> Digest:
        """Into a new file of mode 0600, on disk when this returns."""
        whole, size = hashlib.sha256(), 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(target, flags, 0o600), "wb") as file, _told():
            found = await obstore.get_async(self._store, _path(folder, name))
            async for piece in found.stream(min_chunk_size=READ_BYTES):
                file.write(piece)
                whole.update(piece)
                size += len(piece)
            file.flush()
            os.fsync(file.fileno())
        return Digest(size, whole.hexdigest())

    def read(self, folder: str, name: str, start: int, end: int) -> bytes:
        """Bytes ``[start, end)``, which must be there. Blocks: call in a thread."""
        with _told():
            piece = bytes(obstore.get_range(self._store, _path(folder, name), start=start, end=end))
        if len(piece) != end - start:
            raise StoreAway("the store gave fewer bytes than it has")
        return piece

    async def names(self, folder: str) -> list[str]:
        with _told():
            listed = await obstore.list(self._store, prefix=folder).collect_async()
        return [str(entry["path"]).rpartition("/")[2] for entry in listed]

    async def remove(self, folder: str) -> None:
        """Everything in the folder; twice does no harm."""
        for name in await self.names(folder):
            with _told():
                await obstore.delete_async(self._store, _path(folder, name))

    async def probe(self) -> None:
        """Whether an object can be written, read and removed."""
        with _told():
            await obstore.put_async(self._store, PROBE, PROBE.encode())
            found = await obstore.get_async(self._store, PROBE)
            if bytes(await found.bytes_async()) != PROBE.encode():
                raise StoreAway("the store gives back something else than it was given")
            await obstore.delete_async(self._store, PROBE)


def _s3(address: StoreAddress, bucket: str, prefix: str) -> S3Store:
    config: S3Config = {"region": address.region}
    if address.endpoint is not None:
        config["endpoint"] = address.endpoint
    if address.access_key:  # else the environment's, or the machine's own role
        config["access_key_id"] = address.access_key
        config["secret_access_key"] = address.secret_key
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": (address.endpoint or "").startswith("http:"),
            "connect_timeout": timedelta(seconds=5),
            "read_timeout": timedelta(seconds=address.silence_s),
            "timeout": timedelta(seconds=address.longest_s),
        },
        # What fails is tried again from the backlog, where it is seen to fail.
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=address.longest_s)},
    )


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}"


@contextmanager
def _told() -> Iterator[None]:
    """One line without addresses' query strings or keys: it is shown and logged."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise StoreAway(str(error).partition("\n")[0][:160]) from None


def _open(file: Path) -> BinaryIO:
    """Without following links."""
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _sync(file: Path) -> None:
    for path, flags in ((file, os.O_RDONLY), (file.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
