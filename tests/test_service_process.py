"""Who is gone: the processes of this machine are known by number and by when they started; of others nothing is claimed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from worker import process


def name_of(pid: int, started: str | None = None) -> str:
    place = process.worker_name().partition(":")[0]
    return f"{place}:{started or process._started(pid)}:{pid}"


def test_a_worker_that_lives_is_not_gone() -> None:
    assert process.worker_name() == name_of(os.getpid())
    assert not process.gone(process.worker_name())


def test_a_killed_one_is_gone_before_it_is_buried_and_after() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = name_of(child.pid)
    assert not process.gone(name)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process.gone(name), "a zombie works on nothing"
    child.wait()
    assert process.gone(name)


def test_its_number_may_be_another_process_by_now() -> None:
    assert process.gone(name_of(os.getpid(), started="1"))


@pytest.mark.parametrize("name", ["", "w", "other-0123456789ab:1:999999", "host:123", f"{process.worker_name().partition(':')[0]}:x:y"])
def test_of_workers_elsewhere_nothing_is_claimed(name: str) -> None:
    assert not process.gone(name)


def test_where_its_start_cannot_be_seen_it_counts_as_alive() -> None:
    assert not process.gone(name_of(os.getpid(), started="0"))
