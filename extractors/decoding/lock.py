"""Locks a decoding child before it sees the first byte of a stranger's file. Runs in the zygote and its children only.

Threat: the file takes over the decoder (pdfium, libjpeg, libtiff, pdfminer) and runs code of its own. What that code then
finds: no network, no other process, no file but fonts and character maps (read only), no new program, bounded memory, time
and output. Layers, each on its own, so that one that a kernel lacks leaves the others: an ordinary user and an empty network
namespace (where the zygote was started as root), resource limits, no_new_privs, Landlock, seccomp.
Accepted: system calls that are not on the list below stay allowed (a hole in the kernel itself is not covered), and without
Landlock files that this user may read can be read, though nothing can be sent anywhere but to the asking process, which
takes pixels and text only.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NOBODY = 65534
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SIGKILL = 9
CLONE_NEWNET, CLONE_NEWIPC = 0x40000000, 0x08000000
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # the same numbers on every architecture
READ_FILE, READ_DIR = 1 << 2, 1 << 3
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts")
"""Where pdfium looks for a font that a PDF names but does not carry, as statements from bank cores often do (宋体, STSong)."""

_FORBIDDEN = """
socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
execve execveat fork vfork clone ptrace process_vm_readv process_vm_writev kill tkill pidfd_open pidfd_getfd pidfd_send_signal
unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat mknod mknodat creat truncate
ftruncate chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr fsetxattr
removexattr mount umount2 pivot_root chroot move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr swapon swapoff
unshare setns bpf perf_event_open io_uring_setup io_uring_enter io_uring_register userfaultfd memfd_create memfd_secret
keyctl add_key request_key name_to_handle_at open_by_handle_at inotify_init inotify_init1 fanotify_init quotactl acct
setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset personality
reboot kexec_load kexec_file_load init_module finit_module delete_module iopl ioperm syslog sethostname setdomainname
settimeofday clock_settime clock_adjtime adjtimex sched_setaffinity sched_setscheduler sched_setparam sched_setattr
setpriority ioprio_set migrate_pages move_pages shmget shmat shmctl msgget msgsnd semget semop mq_open ioctl
""".split()  # noqa: SIM905

_libc = ctypes.CDLL(None, use_errno=True)


def drop_privileges() -> list[str]:
    """Where this process is root: becomes nobody in an empty network namespace. Returns the layers that took hold."""
    taken: list[str] = []
    if os.geteuid() != 0:
        return taken
    if _libc.unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0:
        taken.append("network")
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        taken.append("user")
    except OSError:
        pass  # a user namespace without that number: the other layers remain, and the status says so
    return taken


def die_with_parent() -> None:
    """The kernel kills this process when the one that forked it ends; to be called after any change of user."""
    _libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)


def prepare_seccomp() -> Any:
    """The filter, built once before the fork; None where libseccomp is not installed or does not work."""
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError):
        return None
    try:
        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        denied = seccomp.ERRNO(errno.EPERM)
        for name in _FORBIDDEN:
            with contextlib.suppress(OSError):  # a call that this architecture or this libseccomp does not know
                rules.add_rule(denied, name)
        for name in ("clone3", "openat2"):  # libc falls back to clone and openat, whose arguments can be judged
            with contextlib.suppress(OSError):
                rules.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
        for name, at in (("open", 1), ("openat", 2)):
            for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC):
                with contextlib.suppress(OSError):
                    rules.add_rule(denied, name, seccomp.Arg(at, seccomp.MASKED_EQ, flags, flags))
        with contextlib.suppress(OSError):  # its own limits may be asked for, no other process's may be set
            rules.add_rule(denied, "prlimit64", seccomp.Arg(0, seccomp.NE, 0))
        return rules
    except OSError:
        return None


def lock(limits: dict[str, int], readable: Iterable[str], seccomp_filter: Any) -> list[str]:
    """Locks the calling process for good. `limits`: memory (bytes of address space), seconds (of processor time). Returns the
    layers that took hold. Whatever is needed later must be imported and open before."""
    memory = limits["memory"]
    seconds = limits["seconds"]
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, memory),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))  # first SIGXCPU, which tells time from memory
    die_with_parent()
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    layers = ["limits"]
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        layers.append("no_new_privs")
        if _landlock(readable):
            layers.append("landlock")
        if _seccomp(seccomp_filter):
            layers.append("seccomp")
    return layers


def landlock_version() -> int:
    """The Landlock interface of this kernel, 0 where it has none."""
    return max(0, int(_syscall(LANDLOCK_CREATE, 0, 0, 1)))


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _syscall(number: int, *arguments: Any) -> int:
    return int(_libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)))


def _landlock(readable: Iterable[str]) -> bool:
    """Everything forbidden that this kernel's Landlock knows, but reading beneath the folders named."""
    version = landlock_version()
    if version == 0:
        return False
    rights = 13 + (version >= 2) + (version >= 3) + (version >= 5)  # refer, truncate, ioctl on devices came one by one
    rules = _Ruleset((1 << rights) - 1, 0b11 if version >= 4 else 0, 0b11 if version >= 6 else 0)
    length = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _syscall(LANDLOCK_CREATE, ctypes.byref(rules), length, 0)
    if ruleset < 0:
        return False
    try:
        for folder in readable:
            _allow(ruleset, folder)
        return _syscall(LANDLOCK_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, folder: str) -> None:
    try:
        handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = READ_FILE | READ_DIR if Path(folder).is_dir() else READ_FILE
    beneath = _Beneath(rights, handle)
    _syscall(LANDLOCK_ADD, ruleset, 1, ctypes.byref(beneath), 0)
    os.close(handle)


def _seccomp(prepared: Any) -> bool:
    if prepared is None:
        return False
    import pyseccomp as seccomp

    try:
        # abort() must still reach this very process, so that a decoder's own alarm ends it at once
        prepared.add_rule(seccomp.ERRNO(errno.EPERM), "tgkill", seccomp.Arg(0, seccomp.NE, os.getpid()))
        prepared.load()
    except OSError:
        return False
    return True


def machine() -> str:
    """Kernel and processor, for the status that is shown to people."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"
