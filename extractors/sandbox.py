"""Runs decoders on strangers' files in locked child processes, and survives whatever becomes of them.

One zygote per process (`decoding/child.py`) forks a child per job; its frames are read here with caps on bytes and time. A
child that crashes, hangs or runs out of memory ends as `Failed` with a code; a zygote that died is started anew at the next
job.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from extractors.decoding import wire as decode_wire

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0
LAYERS = ("limits", "no_new_privs", "landlock", "seccomp")
"""What every child should have; where the process is root, also "user" and "network"."""
MEMORY = 1 << 30
SECONDS = 300
"""Processor seconds of a child: a backstop. The waiting side's clock is what ends a slow child."""


class Failed(Exception):
    """A job ended badly. `code`: parse_timeout, parse_memory or parse_crashed, or what the decoder itself said."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SandboxUnavailable(RuntimeError):
    """The decoding process does not start on this machine: nothing can be read, and nothing is decoded outside of it."""


@dataclass(frozen=True, slots=True)
class Status:
    """Which protections children have here; `missing` names those that this machine does not give."""

    layers: tuple[str, ...]
    missing: tuple[str, ...]
    landlock_version: int


class Job:
    """One child at work on one file. Leaving the context kills it if it still runs."""

    def __init__(self, frames: socket.socket, watcher: socket.socket, memory: int) -> None:
        self._frames = frames
        self._watcher = watcher
        self._memory = memory

    def __enter__(self) -> Job:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child; harmless when it has ended."""
        self._frames.close()
        self._watcher.close()

    def frame(self, seconds: float) -> tuple[dict[str, Any], bytearray]:
        """The child's next frame; raises Failed when none comes within `seconds`, the child died, or it sends rubbish."""
        deadline = time.monotonic() + seconds
        try:
            head, blob = decode_wire.receive(lambda into: self._fill(into, deadline))
        except TimeoutError as error:
            raise Failed("parse_timeout") from error
        except decode_wire.BadFrame as error:
            raise Failed("parse_crashed") from error
        except (EOFError, OSError) as error:
            raise Failed(self._cause_of_death()) from error
        if head.get("is") == "failed":
            raise Failed(str(head.get("code")))
        return head, blob

    def _fill(self, into: memoryview, deadline: float) -> None:
        while into:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._frames.settimeout(left)
            got = self._frames.recv_into(into)
            if got == 0:
                raise EOFError
            into = into[got:]

    def _cause_of_death(self) -> str:
        self._watcher.settimeout(5)
        try:
            message = self._watcher.recv(decode_wire.ENDED.size)
        except OSError:
            message = b""
        if len(message) != decode_wire.ENDED.size:
            return "parse_crashed"  # the zygote is gone, too
        ended_by, code, resident = decode_wire.ENDED.unpack(message)
        if ended_by == signal.SIGXCPU:
            return "parse_timeout"
        if code == 2 or ended_by == signal.SIGKILL or resident > self._memory // 2:
            return "parse_memory"
        return "parse_crashed"


class Sandbox:
    """The zygote and the way to it. Safe to use from several threads; after a fork of the owner, the copy starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        self._status: Status | None = None

    def start(self) -> None:
        """Begins to start the zygote and returns at once, so that it loads while the caller loads its networks."""
        with self._lock:
            self._spawn_unless_alive()

    def status(self) -> Status:
        """The protections in force; starts the zygote if need be. Raises SandboxUnavailable."""
        with self._lock:
            self._ready()
            assert self._status is not None
            return self._status

    @property
    def pid(self) -> int | None:
        """The zygote's process number, None while there is none."""
        return self._process.pid if self._process is not None and self._owner == os.getpid() else None

    def run(self, request: Mapping[str, Any], data: bytes | memoryview, memory: int = MEMORY) -> Job:
        """Forks a child for `request` on `data`. Raises SandboxUnavailable when none can be started."""
        message = json.dumps({**request, "limits": {"memory": memory, "seconds": SECONDS}}).encode()
        with _memory_file(data) as content:
            for attempt in (1, 2):
                with self._lock:
                    control = self._ready()
                    frames, far_frames = socket.socketpair()
                    watcher, far_watcher = socket.socketpair()
                    try:
                        socket.send_fds(control, [message], [far_frames.fileno(), content, far_watcher.fileno()])
                        return Job(frames, watcher, memory)
                    except OSError as error:
                        frames.close()
                        watcher.close()
                        self._forget()
                        if attempt == 2:
                            raise SandboxUnavailable("the decoding process ends as soon as it is asked") from error
                    finally:
                        far_frames.close()
                        far_watcher.close()
        raise AssertionError("unreachable")

    def probe(self) -> dict[str, str]:
        """What a hostile decoder could do here: each forbidden act → "allowed" or the kind of refusal."""
        with self.run({"job": "probe", "parent": os.getpid()}, b"") as job:
            head, _ = job.frame(20)
            return {str(name): str(outcome) for name, outcome in head["acts"].items()}

    def close(self) -> None:
        """Ends the zygote and with it all children; a later job starts a new one."""
        with self._lock:
            self._forget()

    def _ready(self) -> socket.socket:
        self._spawn_unless_alive()
        assert self._control is not None
        if self._status is None:
            self._control.settimeout(START_SECONDS)
            try:
                said = json.loads(self._control.recv(4096) or b"{}")
            except (OSError, ValueError) as error:
                self._forget()
                raise SandboxUnavailable("the decoding process does not start in time") from error
            if "layers" not in said:
                self._forget()
                raise SandboxUnavailable(f"the decoding process does not start: {said.get('failed', 'it ended')}")
            wanted = LAYERS + (("user", "network") if os.geteuid() == 0 else ())
            layers = tuple(said["layers"])
            self._status = Status(layers, tuple(w for w in wanted if w not in layers), int(said["landlock"]))
        return self._control

    def _spawn_unless_alive(self) -> None:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None and not self._hung_up():
            return
        self._forget()
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from extractors.decoding.child import main; main({far.fileno()})"
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", start],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # decoders print what they find in files, and that may be personal
            env=_environment(),
            cwd="/",
            pass_fds=(far.fileno(),),
            start_new_session=True,  # a Ctrl-C in the terminal is for the asking process, which then ends this one
        )
        far.close()
        self._control, self._owner = near, os.getpid()

    def _hung_up(self) -> bool:
        assert self._control is not None
        poll = select.poll()
        poll.register(self._control, 0)
        return bool(poll.poll(0))

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._process, self._control, self._status = None, None, None


def _environment() -> dict[str, str]:
    """No secrets, no proxies: only what keeps numpy to one thread (the zygote must fork) and the loader's own path."""
    kept = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    if "LD_LIBRARY_PATH" in os.environ:
        kept["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return kept


@contextlib.contextmanager
def _memory_file(data: bytes | memoryview) -> Iterator[int]:
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        yield descriptor
    finally:
        os.close(descriptor)


_shared = Sandbox()
atexit.register(_shared.close)


def shared() -> Sandbox:
    """The sandbox of this process."""
    return _shared
