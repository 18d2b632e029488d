"""Ending with the parent, SIGKILL included: a relay without its `serve` helps nobody."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> int:
    """Asks the kernel to signal us when the parent dies; returns the parent's process id.

    The parent may be dead already, or the system may not be Linux: so compare :func:`os.getppid`
    with the result now and then.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return parent
