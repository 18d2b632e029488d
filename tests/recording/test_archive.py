import os
import stat
from pathlib import Path

import pytest

from casework.master_key import MasterKey, WrongKey
from recording.archive import Archive
from recording.keys import file_name, new_data_key, unwrap_data_key, wrap_data_key


def test_folders_are_private_and_their_names_random(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    names = {archive.create_folder() for _ in range(3)}
    assert len(names) == 3
    for name in names:
        assert stat.S_IMODE((tmp_path / "archive" / name).stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "archive").stat().st_mode) == 0o700
    archive.close()


@pytest.mark.parametrize("name", ["..", "/etc", "", "a" * 31, "A" * 32, "a" * 32 + "/.."])
def test_only_names_of_the_archive_are_opened(tmp_path: Path, name: str) -> None:
    archive = Archive(tmp_path)
    with pytest.raises(ValueError, match="no name"), archive.folder(name):
        pass
    archive.close()


def test_a_folder_swapped_for_a_link_is_not_followed(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    name = archive.create_folder()
    folder = tmp_path / "archive" / name
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(OSError, match=r"Not a directory|symbolic"), archive.folder(name):
        pass
    archive.close()


def test_a_data_key_opens_only_for_its_recording(tmp_path: Path) -> None:
    master = MasterKey(os.urandom(32))
    key = new_data_key()
    wrapped = wrap_data_key(master, "recording-1", key)
    assert unwrap_data_key(master, "recording-1", wrapped) == key
    with pytest.raises(WrongKey):
        unwrap_data_key(master, "recording-2", wrapped)


def test_file_names_are_found_again_with_the_key_alone(tmp_path: Path) -> None:
    key = new_data_key()
    names = {
        file_name(key, "r", "log"),
        file_name(key, "r", "index"),
        file_name(key, "s", "log"),
        file_name(new_data_key(), "r", "log"),
    }
    assert len(names) == 4
    assert file_name(key, "r", "log") in names
    assert Archive(tmp_path).log_path("f", key, "r") == tmp_path / "f" / file_name(key, "r", "log")
