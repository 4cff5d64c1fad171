"""What the operating system keeps a worker from: memory, time, files, a memory image, the network.

A worker decodes what strangers send. Should a decoder be taken over by a file, what it reaches from
there is this little: no token (it is not in a worker's memory), no network, no other file of the
bot's, and no more of the machine than one voice note is worth.
"""

import contextlib
import ctypes
import math
import os
import struct
import sys

if sys.platform == "linux":
    import resource

MEMORY_LIMIT = 2 * 1024**3  # bytes of its own that a worker, or a decoder it starts, may take
FILE_LIMIT = MEMORY_LIMIT  # bytes of one file; the converter's output is one, in memory
OPEN_FILES_LIMIT = 256  # at once; an idle worker has about twenty
CPU_SPARE_SECONDS = 5.0  # beyond what a call may take, before the kernel ends it
OUT_OF_MEMORY_SCORE = 800  # of 1000: where the machine runs out, a worker goes before the bot

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000  # of linux/sched.h
PR_SET_NO_NEW_PRIVS = 38  # of linux/prctl.h
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446  # system calls; the same on all machines
LANDLOCK_VERSION_FLAG = 1
LANDLOCK_WITH_NETWORK = 4  # the version from which on it knows TCP
LANDLOCK_BIND_AND_CONNECT = 3  # of TCP


def confine() -> None:
    """Put this process, and whatever it starts, under the limits; before it starts any thread.

    Bounds that it has already, and tighter ones, stay.
    """
    os.umask(0o077)
    _limit(resource.RLIMIT_DATA, MEMORY_LIMIT)
    _limit(resource.RLIMIT_FSIZE, FILE_LIMIT)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT)
    _limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(str(OUT_OF_MEMORY_SCORE))
    leave_network()


def allow_cpu(seconds: float) -> None:
    """Allow this process so many seconds of CPU time from now on, and a little to spare.

    The time-out that kills is the bot's; this one holds where the bot itself is stopped.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds + CPU_SPARE_SECONDS)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def leave_network() -> str:
    """Leave the network for good, as far as the kernel lets a process do that to itself.

    A network namespace of its own has nothing in it, not even a loopback interface that is up.
    Where making one is forbidden (in most containers), Landlock forbids TCP, on Linux 6.7 or newer.

    Returns
    -------
    str
        By what: "namespace", "landlock", or "" where neither is to be had.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        return "namespace"
    return "landlock" if forbid_tcp(libc) else ""


def forbid_tcp(libc: ctypes.CDLL) -> bool:
    """Forbid this process TCP by Landlock; tell whether that was possible."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION_FLAG)
    if version < LANDLOCK_WITH_NETWORK:
        return False
    # Two masks: what of file systems is forbidden, which is nothing, and what of the network.
    rules = struct.pack("QQ", 0, LANDLOCK_BIND_AND_CONNECT)
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return False
    try:
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _limit(kind: int, most: int) -> None:
    """Lower a limit, unless it is lower already."""
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or hard > most:
        resource.setrlimit(kind, (most, most))
