"""A demo county on two nodes behind the proxy: the services of docker-compose.yml, running here."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy

from tests.setup import local_compose
from tests.setup.local_compose import LocalCompose

NODES = {"node-a": 8081, "node-b": 8082}


class County:
    """The services, running; ``processes`` by their names in the file."""

    def __init__(self, compose: LocalCompose, stack: ExitStack) -> None:
        self.compose = compose
        self._stack = stack
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, service: str) -> None:
        """Waits until the service's own health check is content."""
        self.processes[service] = self._stack.enter_context(self.compose.running(service))
        self.compose.wait_healthy(service, self.processes[service])

    def stop(self, service: str) -> None:
        local_compose.end(self.processes.pop(service))


@contextmanager
def two_nodes(folder: Path, postgresql_server: str) -> Iterator[County]:
    """PostgreSQL is there already (the server's URL); Redis, nodes and proxy are started."""
    with _database(postgresql_server) as port, ExitStack() as stack:
        compose = LocalCompose(folder, ports={5432: port})
        county = County(compose, stack)
        county.start("redis")
        compose.run("prepare")
        compose.run("prepare", "shipinban demo load")
        compose.proxy_configuration()
        for service in (*NODES, "proxy"):
            county.start(service)
        yield county


@contextmanager
def _database(server: str) -> Iterator[int]:
    """The database that the image of PostgreSQL would make; the server's port."""
    admin = sqlalchemy.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE shipinban"))
    try:
        yield int(server.rpartition(":")[2])
    finally:
        with admin.connect() as connection:
            connection.execute(sqlalchemy.text("DROP DATABASE shipinban WITH (FORCE)"))
        admin.dispose()
