"""Settings: what an installation may say, and what it gets when it says nothing."""

import os
from ipaddress import ip_address
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from shipinban import settings as module
from shipinban.settings import Settings, explain


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(module.PREFIX):
            monkeypatch.delenv(name)
    addresses = [ip_address("10.1.2.3"), ip_address("fd00::5")]
    monkeypatch.setattr(module, "machine_addresses", lambda: addresses)
    monkeypatch.setattr("socket.gethostname", lambda: "County-Hall")


def test_defaults_are_reachable_from_this_machine_only() -> None:
    settings = Settings()
    assert settings.http_address.is_loopback
    assert all(address.is_loopback for address in settings.media_addresses)
    assert settings.public_origins == ["http://localhost:8080"]
    assert not settings.turn


def test_everything_kept_follows_the_data_folder() -> None:
    settings = Settings(data_folder=Path("/srv/spb"))
    assert settings.database_url == "sqlite+aiosqlite:////srv/spb/shipinban.db"
    assert settings.archive_folder == Path("/srv/spb/archive")
    assert settings.master_key_file.parent == settings.certificate_folder.parent == Path("/srv/spb")


def test_lan_names_this_machine_in_certificate_origins_and_media() -> None:
    settings = Settings(lan=True, https_port=9443)
    assert settings.https_names == ["county-hall", "10.1.2.3", "fd00::5"]
    assert settings.public_origins[1:] == [
        "https://county-hall:9443",
        "https://10.1.2.3:9443",
        "https://[fd00::5]:9443",
    ]
    assert ip_address("127.0.0.1") in settings.media_addresses
    assert settings.media_advertised_addresses == settings.media_addresses


def test_environment_reads_lists_and_nested_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPINBAN_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")
    monkeypatch.setenv("SHIPINBAN_LIMITS__OFFER_RING_S", "45")
    settings = Settings()
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "127.0.0.1/32"]
    assert settings.limits.offer_ring_s == 45


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "shipinban.toml"
    file.write_text('node_id = "b"\nhttp_port = 9000\n[limits]\nwrap_up_s = 60\n')
    monkeypatch.setenv(module.CONFIG_VARIABLE, str(file))
    monkeypatch.setenv("SHIPINBAN_HTTP_PORT", "9001")
    settings = Settings()
    assert (settings.node_id, settings.http_port, settings.limits.wrap_up_s) == ("b", 9001, 60)


@pytest.mark.parametrize("text", ["http_prot = 9000\n", "[limits]\nwrap_up = 60\n"])
def test_a_misspelt_setting_in_the_file_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shipinban.toml"
    file.write_text(text)
    monkeypatch.setenv(module.CONFIG_VARIABLE, str(file))
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Settings()


def test_a_named_file_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(module.CONFIG_VARIABLE, "/nowhere/shipinban.toml")
    with pytest.raises(FileNotFoundError, match="names /nowhere/shipinban"):
        Settings()


@pytest.mark.parametrize(
    "origin", ["https://spb.example.org/window", "spb.example.org", "https://Spb.example.org", "*"]
)
def test_an_origin_with_path_capitals_or_without_scheme_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(public_origins=[origin])


def test_faults_are_told_by_their_environment_names_and_no_other() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(http_port=0, limits={"offer_ring_s": 1})
    assert explain(caught.value).splitlines() == [
        "SHIPINBAN_HTTP_PORT: Input should be greater than or equal to 1",
        "SHIPINBAN_LIMITS__OFFER_RING_S: Input should be greater than or equal to 5",
    ]


def test_each_bound_address_has_its_advertised_one() -> None:
    bound, public = [ip_address("10.1.2.3")], [ip_address("192.0.2.1"), ip_address("192.0.2.2")]
    with pytest.raises(ValidationError, match="as many as media_addresses"):
        Settings(media_addresses=bound, media_advertised_addresses=public)
    assert Settings(media_addresses=bound).media_advertised_addresses == bound


def test_the_turn_secret_is_not_printed() -> None:
    settings = Settings(turn_secret=SecretStr("5ecret-5ecret"), turn_urls=["turn:h:3478"])
    assert settings.turn
    assert "5ecret" not in repr(settings)


def test_every_setting_says_what_it_is() -> None:
    for fields in (Settings.model_fields, module.Limits.model_fields):
        assert [name for name, field in fields.items() if not field.description] == []
