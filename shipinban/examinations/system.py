"""What the machine gives: its clock, and room for packets that wait."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from casework.database import now_ms
from shipinban.examinations.finding import DEADLINE_S, Finding
from shipinban.settings import Settings

PROC = Path("/proc")
RECEIVE_BUFFER_BYTES = 8 << 20
"""What the relay asks for; the kernel gives ``rmem_max`` at most."""
LOST_FRACTION = 0.001
OFFSET_LIMIT_S = 2.0
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock before this is wrong for certain."""
STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """The head of ``struct timex`` (adjtimex(2)); the rest only has to be there."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def synchronised() -> bool:
    """Whether something keeps this machine's clock right, as the kernel knows it."""
    timex = _Timex()
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    return answer >= 0 and not timex.status & STA_UNSYNC


def database_offset_s(settings: Settings) -> float | None:
    """How far the database's clock is ahead; ``None`` when it is this machine's, or silent."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return None
    engine = create_engine(url, connect_args={"connect_timeout": int(DEADLINE_S)})
    try:
        with engine.connect() as connection:
            return connection.execute(select(now_ms())).scalar_one() / 1000 - time.time()
    except (SQLAlchemyError, OSError):
        return None  # the check of the database tells it
    finally:
        engine.dispose()


def clock(settings: Settings) -> Finding:
    advice = "Let the machine keep time: apt-get install chrony, or timedatectl set-ntp true"
    now = datetime.now(UTC)
    if now < BUILT:
        return Finding.fail(f"The clock says {now:%Y-%m-%d}, which is past.", advice)
    offset_s = database_offset_s(settings)
    if offset_s is not None and abs(offset_s) > OFFSET_LIMIT_S:
        return Finding.fail(f"The database's clock is {offset_s:+.1f} s from this one's.", advice)
    if not synchronised():
        return Finding.warn("Nothing keeps this machine's clock right.", advice)
    return Finding.ok("The clock is kept right.")


def receive_buffer(_settings: Settings) -> Finding:
    allowed = int((PROC / "sys/net/core/rmem_max").read_text())
    seen = f"The kernel lets {allowed / (1 << 20):.1f} MiB of packets wait at a port."
    if allowed >= RECEIVE_BUFFER_BYTES:
        return Finding.ok(seen)
    return Finding.warn(
        f"{seen} In a busy moment packets are lost.",
        f"sysctl -w net.core.rmem_max={RECEIVE_BUFFER_BYTES}, and the same line in /etc/sysctl.d/",
    )


def receive_drops(settings: Settings) -> Finding:
    """Packets that the kernel threw away: at the media port now, on the machine since it started."""
    dropped = sum(
        drops_at(port_table.read_text(), settings.media_port)
        for port_table in (PROC / "net/udp", PROC / "net/udp6")
        if port_table.is_file()
    )
    advice = "Raise net.core.rmem_max (above), run fewer calls on this node, or add a node."
    if dropped:
        return Finding.warn(f"{dropped} packets were dropped at the media port.", advice)
    received, lost = udp_counters((PROC / "net/snmp").read_text())
    if lost > received * LOST_FRACTION:
        return Finding.warn(f"{lost} of {received} UDP packets were dropped here.", advice)
    return Finding.ok("No packet was dropped at the media port.")


def drops_at(port_table: str, port: int) -> int:
    """The sum of ``drops`` of the sockets on ``port`` in a table such as /proc/net/udp (proc(5))."""
    total = 0
    for line in port_table.splitlines()[1:]:
        columns = line.split()
        if int(columns[1].rpartition(":")[2], 16) == port:
            total += int(columns[-1])
    return total


def udp_counters(snmp: str) -> tuple[int, int]:
    """``InDatagrams`` and ``RcvbufErrors`` of /proc/net/snmp."""
    names, values = (line.split() for line in snmp.splitlines() if line.startswith("Udp:"))
    counters = dict(zip(names[1:], map(int, values[1:]), strict=True))
    return counters["InDatagrams"], counters["RcvbufErrors"]
