import multiprocessing
import secrets
import stat
from pathlib import Path

import pytest

from casework.master_key import MasterKey, WrongKey
from casework.private_file import UnsafeKeyFile


def test_the_first_start_makes_a_private_file_that_later_starts_read(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    first = MasterKey.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = MasterKey.load_or_create(path)
    assert again.key_id == first.key_id
    assert again.derive("look-up") == first.derive("look-up")


def test_a_wrapped_key_opens_only_under_its_context_and_key(tmp_path: Path) -> None:
    master = MasterKey.load_or_create(tmp_path / "a")
    other = MasterKey.load_or_create(tmp_path / "b")
    key = secrets.token_bytes(32)
    wrapped = master.wrap(key, "recording 1")
    assert master.unwrap(wrapped, "recording 1") == key
    assert wrapped != master.wrap(key, "recording 1")
    with pytest.raises(WrongKey):
        master.unwrap(wrapped, "recording 2")
    with pytest.raises(WrongKey):
        other.unwrap(wrapped, "recording 1")


def test_every_changed_or_missing_byte_of_a_wrapped_key_is_noticed() -> None:
    master = MasterKey(bytes(range(32)))
    wrapped = master.wrap(bytes(32), "x")
    for position in range(len(wrapped)):
        damaged = bytearray(wrapped)
        damaged[position] ^= 0x10
        with pytest.raises(WrongKey):
            master.unwrap(bytes(damaged), "x")
        with pytest.raises(WrongKey):
            master.unwrap(wrapped[:position], "x")


def test_derived_keys_differ_by_purpose() -> None:
    master = MasterKey(bytes(32))
    assert len({master.derive("a"), master.derive("b"), bytes(32)}) == 3


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    MasterKey.load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(UnsafeKeyFile, match="chmod 600"):
        MasterKey.load_or_create(path)


@pytest.mark.parametrize("text", ["", "not hex", "00ff"])
def test_a_file_that_is_no_key_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(UnsafeKeyFile, match="not a key file"):
        MasterKey.load_or_create(path)
    assert path.read_text() == text


def _key_id(path: Path) -> str:
    return MasterKey.load_or_create(path).key_id


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("forkserver").Pool(4) as pool:
        key_ids = pool.map(_key_id, [tmp_path / "master.key"] * 16, chunksize=1)
    assert len(set(key_ids)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]
