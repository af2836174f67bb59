"""What each part of the service is to its supervisor: a child that dies with it, says when it is ready, and shows that it lives.

Where a supervisor starts a part it hands down a pipe (`SUPERVISOR_PULSE` names it). The part writes a byte when it is ready and one
each second after; a part that has been silent for long is ended from outside, whatever it hangs in. A part started by hand just says
`ready`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

PULSE_S = 1.0
PULSE = "SUPERVISOR_PULSE"
"""Variable that names the pipe; taken out of the environment at once."""
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """To be run in a child between fork and exec: the kernel kills it when its parent ends, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def worker_name(pid: int) -> str:
    """What a worker process of this machine is called in the database."""
    return f"{socket.gethostname()[:40]}:{pid}"


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
