"""The zygote: a small process that has the decoders loaded and forks one locked child for each file.

Started by `sandbox.py` as a fresh interpreter with an empty environment, never forked from a process that holds OCR networks
or keys. It reads no file itself. It ends when the socket to the process that started it closes, and its children end with it.

Request (one message on the control socket): a JSON object {job, limits, …} with three descriptors: the socket that takes the
child's frames, a memory file that holds the bytes to decode, and a socket that is told how the child ended. When the asking
side closes the last one, the child is killed.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import gc
import json
import os
import select
import signal
import socket
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from extractors.decoding import lock as decode_lock
from extractors.decoding import wire as decode_wire

REQUEST_CAP = 64 << 10
CODECS = "ascii latin-1 cp1252 utf-8 utf-8-sig utf-16 utf-16-be utf-16-le utf-32 gb2312 gbk gb18030 big5 idna".split()  # noqa: SIM905
FRAMES, BYTES = 3, 4
"""The child's two descriptors besides the standard ones."""


@dataclass(slots=True)
class Zygote:
    """What the process knows: its way to the asker, the filter for children, and the children that run."""

    control: socket.socket
    seccomp: Any
    readable: tuple[str, ...]
    watchers: dict[int, socket.socket | None] = field(default_factory=dict)
    """Whom to tell of a child's end; None when nobody asks any more and the child, killed, is yet to be reaped."""


def main(control_descriptor: int) -> None:
    """Loads the decoders, says that it is ready (and behind which layers), and serves until the control socket closes."""
    control = socket.socket(fileno=control_descriptor)
    try:
        import_decoders()
        zygote = Zygote(control, decode_lock.prepare_seccomp(), readable_folders())
        layers = decode_lock.drop_privileges()  # after all imports: the interpreter may live where nobody cannot read
        gc.collect()
        gc.freeze()
        layers += _probe_layers(zygote)
    except BaseException as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"[:500]}).encode())
        raise
    control.send(json.dumps({"layers": layers, "landlock": decode_lock.landlock_version()}).encode())
    _serve(zygote)


def import_decoders() -> None:
    """Loads everything a child may need: once it is locked, it can import nothing."""
    from extractors.decoding import probe as decode_probe  # noqa: F401
    from extractors.decoding import warm as decode_warm

    for name in CODECS:
        codecs.lookup(name)
    decode_warm.warm()


def readable_folders() -> tuple[str, ...]:
    """What children may read: fonts and Python's own and installed code (which holds pdfminer's character maps)."""
    return (*decode_lock.FONTS, *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def _probe_layers(zygote: Zygote) -> list[str]:
    """Locks a child once, to know which layers this machine gives."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            layers = decode_lock.lock({"memory": 1 << 30, "seconds": 10}, zygote.readable, zygote.seccomp)
            os.write(writing, " ".join(layers).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        layers = answer.read().split()
    os.waitpid(pid, 0)
    return layers


def _serve(zygote: Zygote) -> None:
    waking, wake = os.pipe()
    os.set_blocking(waking, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        poll = select.poll()
        poll.register(zygote.control, select.POLLIN)
        poll.register(waking, select.POLLIN)
        for watcher in zygote.watchers.values():
            if watcher is not None:
                poll.register(watcher, 0)  # a hang-up is reported without being asked for
        ready = {descriptor for descriptor, _ in poll.poll()}
        if waking in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(waking, 4096)
        for pid, watcher in zygote.watchers.items():
            if watcher is not None and watcher.fileno() in ready:
                os.kill(pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
                watcher.close()  # watched on, it would wake this loop over and over while the child is torn down
                zygote.watchers[pid] = None
        _reap(zygote)
        if zygote.control.fileno() in ready and not _take(zygote):
            return


def _reap(zygote: Zygote) -> None:
    while zygote.watchers:
        pid, status, usage = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            return
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        watcher = zygote.watchers.pop(pid, None)
        if watcher is not None:
            with contextlib.suppress(OSError):
                watcher.send(decode_wire.ENDED.pack(ended_by, code, usage.ru_maxrss * 1024))
            watcher.close()


def _take(zygote: Zygote) -> bool:
    """One request; False when the asking side has gone."""
    text, descriptors, _, _ = socket.recv_fds(zygote.control, REQUEST_CAP, 3)
    if not text:
        return False
    frames, data, watcher = descriptors
    request = json.loads(text)
    pid = os.fork()
    if pid == 0:
        _child(zygote, request, frames, data)
    os.close(frames)
    os.close(data)
    zygote.watchers[pid] = socket.socket(fileno=watcher)
    return True


def _child(zygote: Zygote, request: dict[str, Any], frames: int, data: int) -> None:
    """Never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        high = [fcntl.fcntl(each, fcntl.F_DUPFD, 2 * BYTES) for each in (frames, data)]  # out of the way of their new numbers
        os.dup2(high[0], FRAMES)
        os.dup2(high[1], BYTES)
        os.closerange(BYTES + 1, os.sysconf("SC_OPEN_MAX"))
        size = os.fstat(BYTES).st_size
        content = os.pread(BYTES, size, 0)
        decode_lock.lock(request["limits"], zygote.readable, zygote.seccomp)
        if os.getppid() == 1:
            os._exit(1)  # the zygote died before the lock could tie this process to it
        _run(request, content)
        code = 0
    except BrokenPipeError:
        code = 0  # the asking side has what it wanted
    except MemoryError:
        code = 2
    finally:
        os._exit(code)


def _run(request: dict[str, Any], content: bytes) -> None:
    try:
        for frame in _frames(request, content):
            blob = frame.pop("blob", b"")
            decode_wire.send(FRAMES, frame, blob)
        decode_wire.send(FRAMES, {"is": "end"})
    except MemoryError:
        gc.collect()
        decode_wire.send(FRAMES, {"is": "failed", "code": "parse_memory"})


def _frames(request: dict[str, Any], content: bytes) -> Iterator[dict[str, Any]]:
    from extractors.decoding import image as decode_image
    from extractors.decoding import pdf as decode_pdf
    from extractors.decoding import probe as decode_probe
    from extractors.decoding import tables as decode_tables
    from extractors.decoding import traits as decode_traits

    job = request["job"]
    if job == "probe":
        yield {"is": "probe", "acts": decode_probe.attempt(request["parent"])}
    elif job == "misbehave":
        yield from decode_probe.misbehave(request["how"])
    elif job == "traits":
        yield decode_traits.traits(content)
    elif job == "tables":
        yield from decode_tables.tables(content, request)
    else:
        decoder = decode_pdf if request["kind"] == "pdf" else decode_image
        yield from (decoder.picture if job == "render" else decoder.frames)(content, request)
