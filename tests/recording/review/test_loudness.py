"""Audio levels: read from packets, kept beside the streams, told as a curve and quiet stretches."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from struct import pack

import pytest
from sqlalchemy import select

from casework.database import Database, open_engine
from casework.passwords import Passwords
from recording.review.levels import LevelMeter, Levels, audio_level, write_levels
from recording.review.loudness import curve, quiet_stretches
from recording.rtp import parse
from recording.tables import Recording
from signaling.tables import CallParticipant
from tests.recording.keeping.recorded_call import MASTER, Desk, open_desk
from tests.signaling.edge.conftest import code_of

LEVEL_ID = 5


def packet(extension: bytes, *, profile: int = 0xBEDE, sources: int = 0) -> memoryview:
    """An RTP packet of Opus with this header extension (RFC 8285)."""
    extension += bytes(-len(extension) % 4)
    head = pack(">BBHII", 0x90 | sources, 111, 7, 960, 1234) + bytes(4 * sources)
    return memoryview(head + pack(">HH", profile, len(extension) // 4) + extension + b"opus")


def spoken(below_loudest_db: int) -> memoryview:
    return packet(bytes([LEVEL_ID << 4, 0x80 | below_loudest_db]))


@pytest.mark.parametrize(
    ("sent", "loudness"),
    [
        (spoken(30), 97),
        (spoken(127), 0),
        (packet(bytes([0x31, 1, 2, 0, LEVEL_ID << 4, 30])), 97),
        (packet(bytes([LEVEL_ID << 4, 30]), sources=3), 97),
        (packet(bytes([1, 0, LEVEL_ID, 1, 30]), profile=0x1000), 97),
        (packet(bytes([0x31, 1, 2])), None),
        (packet(bytes([0xF0, LEVEL_ID << 4, 30])), None),
        (packet(bytes([LEVEL_ID << 4, 30]), profile=0xABCD), None),
        (packet(bytes([LEVEL_ID, 9, 30]), profile=0x1000), 97),
        (memoryview(pack(">BBHII", 0x80, 111, 7, 960, 1234) + b"opus"), None),
    ],
)
def test_a_level_is_read_from_the_packet(sent: memoryview, loudness: int | None) -> None:
    assert parse(sent, 0) is not None
    assert audio_level(sent, LEVEL_ID) == loudness


def test_no_packet_that_is_taken_for_one_breaks_the_reading() -> None:
    random, taken = Random(11), 0
    for _ in range(20_000):
        head = bytes([0x80 | random.choice([0x10, 0x12]), 111]) + bytes(10)
        profile = random.choice([b"\xbe\xde", b"\x10\x00", b"\x10\x07"])
        raw = head + bytes(8) * (head[0] & 3) + profile + b"\0\2" + random.randbytes(12)
        if parse(memoryview(raw), 0) is not None:
            taken += 1
            found = audio_level(memoryview(raw), LEVEL_ID)
            assert found is None or 0 <= found <= 127
    assert taken > 10_000


def meter_of(*loud_s: tuple[int, int], total_s: int, who: str = "aa") -> LevelMeter:
    """50 packets a second for so long, loud in the given stretches."""
    meter = LevelMeter(longest_s=3_600)
    for number in range(total_s * 50):
        at_s = number / 50
        loud = any(start <= at_s < end for start, end in loud_s)
        meter.note(who, number * 20_000, spoken(28 if loud else 75), LEVEL_ID)
    return meter


def levels_of(meter: LevelMeter) -> Levels:
    return Levels({who: bytes(bins) for who, bins in meter.voices.items()}, frozenset())


def test_the_curve_keeps_the_loudest_of_each_part() -> None:
    bins = bytes(meter_of((3, 4), total_s=10).voices["aa"])
    assert curve(bins, 10_000, 10) == [52, 52, 52, 99, 52, 52, 52, 52, 52, 52]
    assert curve(bins, 20_000, 10) == [52, 99, 52, 52, 52, 0, 0, 0, 0, 0]
    assert len(curve(bins, 10_000, 2_000)) == 100


def test_quiet_is_where_nobody_speaks_for_two_seconds() -> None:
    levels = levels_of(meter_of((0, 3), (4, 6), (12, 14), total_s=20))
    assert quiet_stretches(levels, 20_000) == [(6_300, 11_700), (14_300, 19_700)]
    answer = levels_of(meter_of((7, 8), total_s=20, who="bb"))
    both = Levels({**levels.voices, **answer.voices}, frozenset())
    assert quiet_stretches(both, 20_000) == [(8_300, 11_700), (14_300, 19_700)]
    assert quiet_stretches(both, 30_000)[-1] == (14_300, 29_700), "nothing was sent at the end"


def test_a_voice_without_levels_may_speak_at_any_time() -> None:
    meter = meter_of((0, 1), total_s=20)
    meter.note("bb", 0, packet(b""), None)
    assert meter.unmeasured == {"bb"}
    assert quiet_stretches(Levels({"aa": bytes(100)}, frozenset({"bb"})), 20_000) == []


def test_a_call_that_never_ends_fills_no_memory() -> None:
    meter = LevelMeter(longest_s=60)
    meter.note("aa", 10**15, spoken(30), LEVEL_ID)
    assert meter.voices == {}


@pytest.fixture
async def light_desk(sqlite_url: str, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(open_engine(sqlite_url))
    async for opened in open_desk(database, passwords, tmp_path):
        yield opened
    await database.close()


async def test_the_curve_is_served_to_who_opened_the_recording(light_desk: Desk) -> None:
    person = await light_desk.edge.sign_in("home_supervisor")
    view_id = await light_desk.view(person)
    before = await (await person.get(f"views/{view_id}/loudness")).json()
    assert (before["voices"], before["quiet"]) == ([], [])
    await _keep(light_desk, meter_of((0, 3), (30, 33), total_s=60))
    told = await (await person.get(f"views/{view_id}/loudness", params={"points": 64})).json()
    (voice,) = told["voices"]
    assert (voice["participant_kind"], len(voice["loudness"])) == ("window", 64)
    assert told["quiet"] == [[3_300, 29_700], [33_300, 63_700]]
    for name in ("county_supervisor", "south_supervisor"):
        other = await light_desk.edge.sign_in(name)
        refused = await other.get(f"views/{view_id}/loudness")
        assert await code_of(refused) == (404, "recording.not_found")
    too_many = await person.get(f"views/{view_id}/loudness", params={"points": 2_001})
    assert (await code_of(too_many))[0] == 400


async def _keep(desk: Desk, meter: LevelMeter) -> None:
    """As the recorder does when it closes the recording."""
    async with desk.database.reading() as session:
        row = (await session.scalars(select(Recording))).one()
        who = await session.scalar(select(CallParticipant.id).limit(1))
    meter.voices[who or ""] = meter.voices.pop("aa")
    assert row.wrapped_key is not None
    key = MASTER.unwrap(row.wrapped_key, f"recording {row.id}")
    with desk.archive.folder(row.folder) as folder:
        write_levels(folder, key, row.id, meter)
