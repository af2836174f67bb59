"""The short form of `make chaos`: a running service whose parts are killed, on SQLite and PostgreSQL. Nothing promised is lost or doubled."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from benchmarks import chaos
from benchmarks.hostile import run as hostile
from tests.service_postgres import programs

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_no_promise_is_broken_by_kills(name: str) -> None:
    if name == "postgresql" and programs() is None:
        pytest.skip("PostgreSQL is not installed (deploy/system.sh tests)")
    told = chaos.told_of(chaos.asked(["--short", "--databases", name, "--rounds", "0"]))
    assert told["held"], told
    assert told[name]["kills"] >= 15 and told[name]["uploads"] >= 100, told


@pytest.mark.parametrize("supervised", [True, False])
def test_work_of_a_killed_worker_soon_runs_again(supervised: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="yushen-chaos-") as folder:
        told = chaos.recovery(Path(folder), "", 1, supervised=supervised)
    assert told["times"] >= 1 and told["worst_s"] <= chaos.RECOVERY_S, told


def test_hostile_files_stop_nothing() -> None:
    from argparse import Namespace

    with tempfile.TemporaryDirectory(prefix="yushen-hostile-") as folder:
        told = hostile(Path(folder), Namespace(files=24, good=1, seed=7, collection=False, networks=False))
    assert not any(told["broken"].values()), told
