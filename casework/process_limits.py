"""What a worker process denies itself before it touches what a stranger sent. Imported by workers,
so by nothing that is slow to start."""

import resource

MEMORY_BYTES = 1 << 30


def limit_process(cpu_s: int) -> None:
    """Memory, time, no files to write, no core to leave behind with somebody's identity card."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
