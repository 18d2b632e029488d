"""Ending with the parent, SIGKILL included: a part of a node without its ``serve`` helps nobody."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def end_with_parent(parent_pid: int | None = None) -> int:
    """Makes this process get SIGTERM when its parent ends, however that happens; answers its id.

    :param parent_pid: the process that started this one, where that is known: a parent that ended
        before we could ask would never be missed otherwise.
    :raises ProcessLookupError: the parent is gone already.

    Where the kernel can't tell (it is not Linux), compare :func:`os.getppid` with the answer now
    and then.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # Between fork and prctl the parent may have died: then nobody would tell us.
    present = os.getppid()
    if parent_pid not in {None, present}:
        raise ProcessLookupError("the watching process has ended")
    return present
