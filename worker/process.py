"""What each part of the service is to its supervisor: a child that dies with it, says when it is ready, and shows that it lives.

Where a supervisor starts a part it hands down a pipe (`SUPERVISOR_PULSE` names it). The part writes a byte when it is ready and one
each second after; a part that has been silent for long is ended from outside, whatever it hangs in. A part started by hand just says
`ready`.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

PULSE_S = 1.0
PULSE = "SUPERVISOR_PULSE"
"""Variable that names the pipe; taken out of the environment at once."""
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """To be run in a child between fork and exec: the kernel kills it when its parent ends, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def worker_name() -> str:
    """What this worker process is called in the database: where it runs, since when, its number."""
    pid = os.getpid()
    return f"{_place()}:{_started(pid)}:{pid}"


def gone(worker: str) -> bool:
    """Whether this worker's process has surely ended. Only of those can it be known that run under the same kernel, in the same
    namespace of processes: of others it is False. A number that another process has by now is told by when that started."""
    place, _, known = worker.partition(":")
    started, _, pid = known.partition(":")
    if place != _place() or not (started.isdigit() and pid.isdigit()):
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody's, perhaps its
    return started != "0" and _started(int(pid)) not in (started, "0")


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks since the boot; "-" for one that has ended and is not yet buried, "0" where that
    cannot be seen."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return "-" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return "0"


@functools.cache
def _place() -> str:
    """Names the kernel's present run and the namespace of processes; where they cannot be told, a name that nobody else has."""
    host = socket.gethostname().replace(":", "-")[:20]
    try:
        run = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip() + str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        run = secrets.token_hex(8)
    return f"{host}-{hashlib.sha256(f'{host}|{run}'.encode()).hexdigest()[:12]}"


def stop_on_signals(stopping: threading.Event) -> None:
    """SIGTERM and SIGINT ask the part to end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())


def ready(stopping: threading.Event, lives: Callable[[], bool] = lambda: True) -> None:
    """The part works from here on; its pulse goes on while `lives` says so. SIGTERM and SIGINT set `stopping`."""
    stop_on_signals(stopping)
    pulse(lives)


def pulse(lives: Callable[[], bool] = lambda: True) -> None:
    """Says ready, and then each second that this process lives."""
    named = os.environ.pop(PULSE, "")
    if not named:
        print("ready", flush=True)
        return
    pipe = int(named)
    os.set_inheritable(pipe, False)

    def beat() -> None:
        with contextlib.suppress(OSError):
            while True:
                if lives():
                    os.write(pipe, b".")
                time.sleep(PULSE_S)

    os.write(pipe, b"r")
    threading.Thread(target=beat, name="pulse", daemon=True).start()
