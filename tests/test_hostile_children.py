"""A child that goes wrong while it reads a file harms nobody, and the sandbox around it holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors import sandbox
from tests.reading_outcome import GOOD_JPEG, GOOD_PDF, GOOD_PNG, outcome

ROOT = Path(__file__).resolve().parent.parent


class TestChildrenGoneWrong:
    """The child misbehaves after its first page; what comes next works as if nothing had been."""

    @pytest.mark.parametrize(
        ("how", "code"),
        [
            ("crash", "parse_crashed"),
            ("quit", "parse_crashed"),
            ("garbage", "parse_crashed"),
            ("hang", "parse_timeout"),
            ("eat", "parse_memory"),
        ],
    )
    def test_named_error(self, how: str, code: str) -> None:
        with sandbox.shared().run({"job": "misbehave", "how": how}, b"") as job:
            assert job.frame(10)[0] == {"is": "opened", "pages": 3}
            assert job.frame(10)[0]["number"] == 1
            with pytest.raises(sandbox.Failed, match=code):
                job.frame(1.0 if how == "hang" else 20)
        assert outcome(GOOD_PNG, "a.png") == (1, set())

    def test_a_child_that_floods_is_held_back_and_killed(self) -> None:
        with sandbox.shared().run({"job": "misbehave", "how": "flood"}, b"") as job:
            time.sleep(0.3)
            assert job.frame(10)[0]["is"] == "opened"
        assert _gone(lambda: _children(sandbox.shared().pid or 0) == [])

    def test_a_hanging_child_is_killed_when_nobody_waits_any_more(self) -> None:
        with sandbox.shared().run({"job": "misbehave", "how": "hang"}, b"") as job:
            job.frame(10)
            assert len(_children(sandbox.shared().pid or 0)) == 1
        assert _gone(lambda: _children(sandbox.shared().pid or 0) == [])

    def test_a_dead_zygote_is_replaced(self) -> None:
        own = sandbox.Sandbox()
        with own.run({"job": "misbehave", "how": "hang"}, b"") as job:
            job.frame(20)
            job.frame(20)
            before = own.pid
            assert before is not None
            os.kill(before, signal.SIGKILL)
            with pytest.raises(sandbox.Failed, match="parse_crashed"):
                job.frame(20)
        assert own.probe()["socket"] != "allowed" or "seccomp" in own.status().missing
        assert own.pid != before
        own.close()

    def test_nothing_is_left_when_the_asking_process_is_killed(self) -> None:
        code = (
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom extractors import sandbox\n"
            "job = sandbox.shared().run({'job': 'misbehave', 'how': 'hang'}, b'')\njob.frame(20)\n"
            "print(sandbox.shared().pid, flush=True)\nimport time; time.sleep(60)"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as asking:
            assert asking.stdout is not None
            zygote = int(asking.stdout.readline())
            children = _children(zygote)
            assert len(children) == 1
            asking.kill()
        assert _gone(lambda: not any(_alive(pid) for pid in (zygote, *children)))

    def test_several_threads_at_once(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda i: outcome(GOOD_PDF if i % 2 else GOOD_JPEG, "x"), range(12)))
        assert results == [(1, set()), (3, set())] * 6


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split() if _alive(int(child))] if listed.exists() else []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _gone(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


NEEDED = {
    "read_passwd": {"landlock"}, "read_environment": {"landlock", "user"}, "list_root": {"landlock"}, "write_file": {"landlock", "seccomp"},
    "socket": {"seccomp"}, "unix_socket": {"seccomp"}, "execute": {"landlock", "seccomp"}, "fork": {"seccomp", "limits"},
    "thread": {"seccomp", "limits"}, "ptrace": {"seccomp", "landlock"}, "signal_parent": {"seccomp", "landlock", "user"},
    "four_gigabytes": {"limits"}, "more_memory": {"limits"},
}  # fmt: skip
"""Forbidden act → the layers of which one refuses it."""


class TestTheLock:
    def test_a_taken_over_decoder_can_do_nothing(self) -> None:
        status, tried = sandbox.shared().status(), sandbox.shared().probe()
        assert set(tried) == set(NEEDED)
        allowed = {act for act, how in tried.items() if how == "allowed"}
        assert allowed == {act for act in allowed if not NEEDED[act] & set(status.layers)}
        assert {"limits", "no_new_privs"} <= set(status.layers)
        if status.missing:
            pytest.skip(f"this machine gives no {', '.join(status.missing)}: {len(allowed)} of {len(tried)} acts are not refused")
        assert not allowed

    @pytest.mark.parametrize("layer", ["landlock", "seccomp"])
    def test_each_layer_holds_without_the_other(self, layer: str) -> None:
        """A machine that lacks one of the two: what the other refuses stays refused."""
        if layer not in sandbox.shared().status().layers:
            pytest.skip(f"this machine gives no {layer}")
        without = "decode_lock._landlock = lambda _: False" if layer == "seccomp" else "decode_lock.prepare_seccomp = lambda: None"
        code = (
            f"import sys, os, json; sys.path.insert(0, {str(ROOT)!r})\nfrom extractors.decoding import lock as decode_lock, probe as decode_probe\n{without}\n"
            "filter = decode_lock.prepare_seccomp()\n"
            "layers = decode_lock.lock({'memory': 1 << 30, 'seconds': 20}, (), filter)\n"
            "print(json.dumps([layers, decode_probe.attempt(os.getppid())]))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={}, timeout=60)
        import json

        layers, tried = json.loads(done.stdout)
        assert layer in layers and len(layers) == 3
        still_refused = {act for act, by in NEEDED.items() if layer in by}
        assert {act for act in still_refused if tried[act] == "allowed"} == set()

    def test_the_child_has_an_empty_environment_and_no_descriptors(self) -> None:
        os.environ["YUSHEN_TEST_SECRET"] = "not to be seen"
        own = sandbox.Sandbox()
        try:
            with own.run({"job": "misbehave", "how": "hang"}, b"") as job:
                job.frame(20)
                job.frame(20)
                zygote = own.pid
                assert zygote is not None
                (child,) = _children(zygote)
                for pid in (zygote, child):
                    shown = Path(f"/proc/{pid}/environ")
                    if os.access(shown, os.R_OK):
                        assert b"SECRET" not in _read(shown)
                if os.geteuid() == 0:
                    opened = sorted(int(each.name) for each in Path(f"/proc/{child}/fd").iterdir())
                    assert opened == [0, 1, 2, 3, 4]
        finally:
            own.close()
            del os.environ["YUSHEN_TEST_SECRET"]

    def test_a_decoder_that_cannot_start_is_said_and_nothing_is_decoded_outside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sandbox.sys, "executable", "/bin/false")
        own = sandbox.Sandbox()
        with pytest.raises(sandbox.SandboxUnavailable):
            own.run({"job": "probe", "parent": 1}, b"")
        own.close()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
