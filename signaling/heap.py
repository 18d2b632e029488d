"""One heap for all threads of a process.

The C library gives each thread a heap of its own. What one thread takes and another gives back (the
packets of a log) then stays behind in many of them; under Python's lock threads hardly ever wait for
one another here.
"""

import contextlib
import ctypes

M_ARENA_MAX = -8
"""mallopt(3) of the GNU C library."""


def use_one_heap() -> None:
    """To be called before the first thread is started. Does nothing with another C library."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
