"""A chain is made once, continued after a crash, and proves what it says."""

import secrets
from random import Random

import pytest

from casework.vocabulary import EvidenceSigner, RecordingState
from recording.chunk_file import Damaged
from recording.evidence.canonical import parse
from recording.evidence.chain_file import ChainFile
from recording.evidence.checking import faults
from recording.evidence.keys import SigningKey, verifies
from recording.evidence.links import LinkKind
from recording.keys import file_name, new_data_key
from tests.figures import count, write_figures
from tests.recording.conftest import Place
from tests.recording.evidence.calls import RecordedCall


def new_place(place: Place) -> Place:
    key = new_data_key()
    return Place(place.archive, place.archive.create_folder(), key, secrets.token_hex(8))


def test_a_whole_call_is_signed_by_a_key_that_no_longer_exists(place: Place) -> None:
    call = RecordedCall(place).record()
    evidence = call.evidence()
    assert list(faults(evidence)) == []
    manifest = parse(evidence.manifest.content)
    assert evidence.manifest.signed_by is EvidenceSigner.CALL
    assert manifest["state"] == RecordingState.SEALED
    assert [file["stream"] for file in manifest["files"]] == ["aa/audio_camera", "aa/document"]
    assert manifest["chain"]["events"] > 0
    start = parse(evidence.chain[0])
    assert start["call_key"] == evidence.manifest.public_key != start["node_key"]


def test_after_a_crash_the_node_signs_and_says_so(place: Place) -> None:
    evidence = RecordedCall(place).record(crashes=2).evidence()
    assert list(faults(evidence)) == []
    assert evidence.manifest.signed_by is EvidenceSigner.NODE
    kinds = [parse(link)["kind"] for link in evidence.chain]
    assert kinds.count(LinkKind.START) == 1
    assert kinds.count(LinkKind.RESUMED) == 2


@pytest.mark.proof
def test_no_good_call_is_ever_suspected_crashed_ones_included(place: Place) -> None:
    total, crashed = count(500, 20), 0
    random = Random(7)
    for number in range(total):
        crashes = random.choice([0, 0, 1, 3])
        call = RecordedCall(new_place(place), power_cuts=number % 3 == 0).record(
            random.uniform(1, 12), crashes=crashes, seed=number
        )
        assert list(faults(call.evidence())) == [], number
        crashed += crashes > 0
    write_figures(
        "evidence_good_calls",
        "Evidence: good calls that the verifier suspected",
        ["calls", "of these crashed and salvaged", "suspected", "goal"],
        [[total, crashed, 0, 0]],
    )


def test_clusters_that_a_power_cut_took_are_written_and_chained_again(place: Place) -> None:
    """The chain reached the disk, the end of a stream did not."""
    evidence = RecordedCall(place, power_cuts=True).record(20, crashes=3).evidence()
    kinds = [parse(link)["kind"] for link in evidence.chain]
    assert LinkKind.REWOUND in kinds
    assert list(faults(evidence)) == []


def test_a_chain_goes_on_where_its_file_ends(place: Place) -> None:
    with place.archive.folder(place.folder) as folder:
        chain = ChainFile(folder, place.key, place.recording_id)
        chain.add(LinkKind.START, {"call_id": "c"})
        chain.add(LinkKind.EVENT, {"event_id": "1"})
        assert chain.commit()
        assert not chain.commit()
        chain.add(LinkKind.EVENT, {"event_id": "2"})  # lost: never written
        chain.close()
        again = ChainFile(folder, place.key, place.recording_id)
        assert (again.links, again.event_ids) == (2, {"1"})
        again.add(LinkKind.END, {"state": "sealed", "reason": ""})
        again.add(LinkKind.EVENT, {"event_id": "3"})
        again.finish()
        again.close()
        ended = ChainFile(folder, place.key, place.recording_id)
        assert (ended.links, ended.ended) == (3, True)
        ended.close()


def test_a_chain_whose_middle_was_damaged_is_not_continued(place: Place) -> None:
    with place.archive.folder(place.folder) as folder:
        chain = ChainFile(folder, place.key, place.recording_id)
        for number in range(3):
            chain.add(LinkKind.EVENT, {"event_id": f"{number}"})
            chain.commit()
        chain.close()
        path = place.path / file_name(place.key, place.recording_id, "chain")
        raw = bytearray(path.read_bytes())
        raw[60] ^= 1
        path.write_bytes(raw)
        with pytest.raises(Damaged):
            ChainFile(folder, place.key, place.recording_id)


def test_a_destroyed_key_signs_nothing(place: Place) -> None:
    key = SigningKey.new()
    signature = key.sign(b"{}")
    assert verifies(key.public_key, b"{}", signature)
    assert not verifies(key.public_key, b"{ }", signature)
    assert not verifies(key.public_key, b"{}", signature.upper())
    key.destroy()
    with pytest.raises(RuntimeError):
        key.sign(b"{}")


def test_a_key_file_that_others_may_read_is_refused(place: Place) -> None:
    path = place.path / "node.key"
    made = SigningKey.load_or_create(path)
    assert SigningKey.load_or_create(path).public_key == made.public_key
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        SigningKey.load_or_create(path)
