"""Limits of a worker process on memory, CPU time, files, core dumps and the network (Linux).

A worker decodes what strangers send. Should a file exploit a decoder, it finds no token in the
worker's memory, no network, and no more of the machine than one voice note may use.
"""

import contextlib
import ctypes
import math
import os
import struct
import sys

if sys.platform == "linux":
    import resource

MEMORY_LIMIT = 2 * 1024**3  # bytes of data that a worker, or a process it starts, may have
FILE_LIMIT = MEMORY_LIMIT  # bytes of one file
OPEN_FILES_LIMIT = 256  # at once; an idle worker has about twenty
CPU_SPARE_SECONDS = 5.0  # beyond the time-out of a call, before the kernel ends the process
OUT_OF_MEMORY_SCORE = 800  # of 1000: the kernel kills a worker before the bot

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000  # of linux/sched.h
PR_SET_NO_NEW_PRIVS = 38  # of linux/prctl.h
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446  # system calls; the same on all machines
LANDLOCK_VERSION_FLAG = 1
LANDLOCK_WITH_NETWORK = 4  # the first version that can restrict TCP
LANDLOCK_BIND_AND_CONNECT = 3  # of TCP


def confine() -> None:
    """Limit this process, and whatever it starts; to be called before it starts any thread.

    Limits that are lower already stay.
    """
    os.umask(0o077)
    _limit(resource.RLIMIT_DATA, MEMORY_LIMIT)
    _limit(resource.RLIMIT_FSIZE, FILE_LIMIT)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT)
    _limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(str(OUT_OF_MEMORY_SCORE))
    disable_network()


def limit_cpu(seconds: float) -> None:
    """Limit this process to some seconds of CPU time from now on, with a little to spare.

    The bot has a time-out of its own; this limit holds also while the bot is stopped.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds + CPU_SPARE_SECONDS)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def disable_network() -> str:
    """Cut this process off from the network for good, as far as the kernel lets it.

    A new network namespace has nothing in it, not even a loopback interface that is up. Where it is
    not permitted (in most containers), Landlock forbids TCP, on Linux 6.7 or newer.

    Returns
    -------
    str
        What keeps it from the network: "namespace", "landlock", or "" where there is neither.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        return "namespace"
    return "landlock" if forbid_tcp(libc) else ""


def forbid_tcp(libc: ctypes.CDLL) -> bool:
    """Forbid this process TCP by Landlock, and return whether that was possible."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION_FLAG)
    if version < LANDLOCK_WITH_NETWORK:
        return False
    # Two masks: the accesses to files that are forbidden (none), and those to the network.
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
