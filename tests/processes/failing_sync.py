"""Our program on a disk whose syncs can be made to fail: after SIGUSR1 the kernel answers every one with EIO.

`python -m tests.processes.failing_sync serve …` is `python -m app serve …`, with a filter of system calls that the
signal puts before all of its threads (seccomp(2)). The program itself is what it always is.
"""

import ctypes
import errno
import platform
import runpy
import signal
from typing import Final

CALLS: Final = {"x86_64": (317, (74, 75)), "aarch64": (277, (82, 83))}
"""By the machine: the numbers of seccomp, and of fsync and fdatasync."""

_SET_NO_NEW_PRIVS: Final = 38
_SET_MODE_FILTER: Final = 1
_TO_ALL_THREADS: Final = 1
_LOAD_NUMBER, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000 | errno.EIO


class Step(ctypes.Structure):
    """One instruction of a filter (struct sock_filter)."""

    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint32))


class Filter(ctypes.Structure):
    """All of them (struct sock_fprog)."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(Step)))


def fail_from_now_on(*_: object) -> None:
    """Let every fsync and fdatasync of this process fail with EIO; OSError if the kernel does not take the filter."""
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp, syncs = CALLS[platform.machine()]
    steps = [
        Step(_LOAD_NUMBER, 0, 0, 0),
        *(Step(_IF_EQUAL, len(syncs) - at, 0, number) for at, number in enumerate(syncs)),
        Step(_RETURN, 0, 0, _ALLOW),
        Step(_RETURN, 0, 0, _FAIL),
    ]
    whole = Filter(len(steps), (Step * len(steps))(*steps))
    libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.syscall(seccomp, _SET_MODE_FILTER, _TO_ALL_THREADS, ctypes.byref(whole)) != 0:
        raise OSError(ctypes.get_errno(), "the kernel did not take the filter")


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, fail_from_now_on)
    runpy.run_module("app", run_name="__main__", alter_sys=True)
