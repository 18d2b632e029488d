"""Wake-ups between those who change rows and those who show or act on them.

The bus only says "look again": a message names a topic and carries nothing else. Whoever is woken
reads the database; everyone also looks again on a timer, so a lost message costs a delay and never
a wrong state. Therefore publishing neither waits nor fails, and no message is ever retried.

Topics are plain strings (:mod:`signaling.pairing.topics` has their names). A subscription holds
each of its topics at most once however often it was published: bounded, and the slow reader
catches up with one look.
"""

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol, Self

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

_log = structlog.get_logger(__name__)

CHANNEL = "shipinban:wake-ups"
EVERYONE = "*"
PENDING_LIMIT = 512
"""Distinct topics that wait for Redis; above it one "everyone" takes their place."""
CONNECT_TIMEOUT_S = 2.0
PUBLISH_TIMEOUT_S = 2.0
ECHO_INTERVAL_S = 3.0
"""A node hears itself this often, or the connection counts as lost."""
SILENCE_S = 8.0
RECONNECT_S = 1.0


class Subscription:
    """Topics that one reader waits for. Used by one task at a time; close it when done."""

    def __init__(self, hub: "_Hub", topics: Iterable[str]) -> None:
        self._hub = hub
        self._topics: set[str] = set()
        self._woken: set[str] = set()
        self._event = asyncio.Event()
        self.add(*topics)

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._topics)

    def add(self, *topics: str) -> None:
        """Also waits for these from now on."""
        for topic in topics:
            self._topics.add(topic)
            self._hub.readers[topic].add(self)

    def remove(self, *topics: str) -> None:
        for topic in topics:
            self._topics.discard(topic)
            self._woken.discard(topic)
            self._hub.forget(topic, self)

    def wake(self, topics: Iterable[str]) -> None:
        self._woken.update(topics)
        self._event.set()

    async def wait(self, timeout_s: float) -> frozenset[str]:
        """The topics published since the last call; empty when ``timeout_s`` passed without any."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        self._event.clear()
        woken, self._woken = frozenset(self._woken), set()
        return woken

    def close(self) -> None:
        self.remove(*self.topics)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Bus(Protocol):
    @property
    def connected(self) -> bool:
        """Whether wake-ups of every node arrive."""

    def publish(self, *topics: str) -> None:
        """Wakes the readers of the topics on this node now and on other nodes soon, or never."""

    def subscribe(self, *topics: str) -> Subscription: ...

    async def run(self) -> None:
        """Carries wake-ups between nodes until cancelled; to be run in the node's task group."""


class _Hub:
    """The readers of one process."""

    def __init__(self) -> None:
        self.readers: defaultdict[str, set[Subscription]] = defaultdict(set)

    def forget(self, topic: str, reader: Subscription) -> None:
        readers = self.readers.get(topic)
        if readers is not None:
            readers.discard(reader)
            if not readers:
                del self.readers[topic]

    def wake(self, topics: Iterable[str]) -> None:
        for topic in topics:
            if topic == EVERYONE:
                self.wake_everyone()
            for reader in self.readers.get(topic, ()):
                reader.wake((topic,))

    def wake_everyone(self) -> None:
        for topic, readers in self.readers.items():
            for reader in readers:
                reader.wake((topic,))


class InProcessBus:
    """For one node: wake-ups do not leave the process."""

    connected = True

    def __init__(self) -> None:
        self._hub = _Hub()

    def publish(self, *topics: str) -> None:
        self._hub.wake(topics)

    def subscribe(self, *topics: str) -> Subscription:
        return Subscription(self._hub, topics)

    async def run(self) -> None:
        await asyncio.Event().wait()


class RedisBus:
    """For several nodes: one channel that every node reads.

    Readers of this node are woken directly, so a lost Redis only slows what happens between nodes.
    After each (re)connection everyone is woken once, since wake-ups may have been missed. The node
    hears its own echo every few seconds; silence means a half-open connection, which is replaced.
    """

    def __init__(self, url: str, *, channel: str = CHANNEL) -> None:
        self._url = url
        self._channel = channel
        self._hub = _Hub()
        self._origin = secrets.token_hex(8)
        self._pending: set[str] = set()
        self._something_pending = asyncio.Event()
        self.connected = False
        """Whether wake-ups of other nodes arrive: for the doctor, metrics and tests."""

    def publish(self, *topics: str) -> None:
        self._hub.wake(topics)
        self._pending.update(topics)
        if len(self._pending) > PENDING_LIMIT:
            self._pending = {EVERYONE}
        self._something_pending.set()

    def subscribe(self, *topics: str) -> Subscription:
        return Subscription(self._hub, topics)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_reading(), name="bus reader")
            group.create_task(self._keep_publishing(), name="bus publisher")

    async def _keep_reading(self) -> None:
        while not _is_cancelled():
            try:
                async with self._client() as redis:
                    await self._read(redis)
            except (RedisError, OSError, TimeoutError) as error:
                if self.connected:
                    _log.warning("bus.lost", reason=repr(error))
                self.connected = False
            await asyncio.sleep(RECONNECT_S)

    async def _read(self, redis: Redis) -> None:
        async with redis.pubsub() as pubsub:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await pubsub.subscribe(self._channel)
            while True:
                async with asyncio.timeout(SILENCE_S):
                    kind, body = await _next_message(pubsub)
                if kind == "subscribe":
                    _log.info("bus.connected")
                    self.connected = True
                    self._hub.wake_everyone()
                elif kind == "message" and isinstance(body, bytes):
                    self._receive(body)

    def _receive(self, body: bytes) -> None:
        origin, _, topics = body.decode(errors="replace").partition("\n")
        if origin != self._origin:
            self._hub.wake(topics.split("\n"))

    async def _keep_publishing(self) -> None:
        while not _is_cancelled():
            try:
                async with self._client() as redis:
                    await self._publish_pending(redis)
            except (RedisError, OSError, TimeoutError) as error:
                _log.debug("bus.not_published", reason=repr(error))
            self._pending.clear()  # others look again on their timers
            await asyncio.sleep(RECONNECT_S)

    async def _publish_pending(self, redis: Redis) -> None:
        while not _is_cancelled():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ECHO_INTERVAL_S):
                    await self._something_pending.wait()
            self._something_pending.clear()
            topics, self._pending = self._pending, set()
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await redis.publish(self._channel, "\n".join([self._origin, *topics]))

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Redis]:
        # redis-py 8 retries ten times by default: a wake-up is sent once or not at all.
        redis = Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=SILENCE_S,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            yield redis
        finally:
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await redis.aclose()


def _is_cancelled() -> bool:
    """A cancellation that the client library has turned into an error of its own is still one."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _next_message(pubsub: PubSub) -> tuple[str, object]:
    """Kind and body of the next message; the caller sets the deadline."""
    while True:
        message = await pubsub.get_message(timeout=None)
        if message is not None:
            return message["type"], message["data"]
