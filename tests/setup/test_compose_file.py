"""docker-compose.yml: valid, complete, and its single services run as they are written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from shipinban.settings import Limits
from tests.setup import local_compose
from tests.setup.local_compose import FILE, ROOT, VALUES, LocalCompose


def _valid(file: Path) -> bool:
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_file_keeps_to_the_compose_schema(tmp_path: Path) -> None:
    assert _valid(FILE)
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(FILE.read_text().replace("healthcheck:", "health-check:", 1))
    assert not _valid(wrong)


def test_the_example_of_values_names_every_value_and_no_other() -> None:
    example = (ROOT / "deploy" / "env.example").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert named == {match[1] for match in local_compose.VARIABLE.finditer(FILE.read_text())}


@pytest.mark.parametrize("name", VALUES)
def test_no_service_starts_with_a_value_left_empty(name: str) -> None:
    with pytest.raises(local_compose.MissingValueError, match=name):
        local_compose.load(FILE.read_text(), {**VALUES, name: ""})


def test_nodes_differ_in_id_and_ports_and_share_everything_else() -> None:
    services = local_compose.load(FILE.read_text(), VALUES)["services"]
    first, second = (dict(services[name]["environment"]) for name in ("node-a", "node-b"))
    own = {"SHIPINBAN_NODE_ID", "SHIPINBAN_HTTP_PORT", "SHIPINBAN_MEDIA_PORT"}
    assert {name for name in first if first[name] != second[name]} == own
    assert services["node-a"]["volumes"] == services["node-b"]["volumes"]


def test_what_only_nodes_need_is_published_on_loopback_alone() -> None:
    services = local_compose.load(FILE.read_text(), VALUES)["services"]
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_a_node_gets_longer_to_stop_than_its_processes_take() -> None:
    services = local_compose.load(FILE.read_text(), VALUES)["services"]
    grace_s = int(services["node-a"]["stop_grace_period"].removesuffix("s"))
    assert grace_s > 3 * Limits().stop_s


@pytest.mark.integration
def test_redis_runs_and_its_health_check_tells(tmp_path: Path) -> None:
    compose = LocalCompose(tmp_path)
    assert not compose.healthy("redis")
    with compose.running("redis") as process:
        compose.wait_healthy("redis", process)
    assert not compose.healthy("redis")
    assert list(tmp_path.glob("*.rdb")) == []


@pytest.mark.integration
def test_the_databases_health_check_tells(tmp_path: Path, postgresql_server: str) -> None:
    assert not LocalCompose(tmp_path).healthy("postgresql")
    running = {5432: int(postgresql_server.rpartition(":")[2])}
    assert LocalCompose(tmp_path, ports=running).healthy("postgresql")
