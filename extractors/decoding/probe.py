"""Tries, inside a locked child, what a file that took over its decoder would try; and misbehaves on demand.

This is how the sandbox is known to hold on the machine it runs on: `sandbox.probe()` asks for it, tests and the status page
show it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any


def acts(parent: int) -> dict[str, Callable[[], object]]:
    """Name → a forbidden act, which raises where it is refused. `parent`: a process to attack (the one that asked)."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(result: int) -> None:
        if result < 0:
            raise OSError(ctypes.get_errno(), "refused")

    return {
        "read_passwd": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
        "read_environment": lambda: os.close(os.open(f"/proc/{parent}/environ", os.O_RDONLY)),
        "list_root": lambda: os.listdir("/"),  # noqa: PTH208
        "write_file": lambda: os.close(os.open(f"/tmp/probe-{os.getpid()}", os.O_WRONLY | os.O_CREAT)),  # noqa: S108
        "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "unix_socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close(),
        "execute": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "fork": _fork,
        "thread": lambda: threading.Thread(target=int).start(),
        "ptrace": lambda: call(libc.ptrace(16, parent, 0, 0)),
        "signal_parent": lambda: os.kill(parent, 0),
        "four_gigabytes": lambda: bytearray(4 << 30),
        "more_memory": _more_memory,
    }


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _more_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def attempt(parent: int) -> dict[str, str]:
    """Name of each act → "allowed", or the kind of refusal."""
    result = {}
    for name, act in acts(parent).items():
        try:
            act()
            result[name] = "allowed"
        except (OSError, MemoryError, RuntimeError, ValueError) as error:
            result[name] = type(error).__name__
    return result


def misbehave(how: str) -> Iterator[dict[str, Any]]:
    """A decoder that goes wrong after its first page: "crash", "hang", "eat", "quit", "garbage" or "flood"."""
    yield {"is": "opened", "pages": 3}
    yield {"is": "page", "number": 1, "width": 10.0, "height": 10.0}
    if how == "crash":
        ctypes.string_at(0)
    elif how == "hang":
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(60)
    elif how == "eat":
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
    elif how == "quit":
        os._exit(3)
    elif how == "garbage":
        os.write(3, b"\xff" * 4096)
    elif how == "flood":
        for _ in range(100_000):
            yield {"is": "page", "number": 1, "width": 10.0, "height": 10.0}
