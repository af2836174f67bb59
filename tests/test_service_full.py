"""What the service meets on its machine: a disk that is really full, and clocks that jump. Nothing half done stays, and it goes on by itself."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from intake import database, events, storage, work
from intake.tables import reports
from tests.service import Bank, bank, checked
from tests.service_http import opened, upload
from worker.sweeper import Watch

PICTURE = 300 << 10


def a_picture() -> bytes:
    return b"\xff\xd8\xff" + os.urandom(PICTURE)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A disk of its own of so many bytes, where this user may mount one."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("no disk may be mounted here; the write that fails is tried in the next test")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def held(here: Bank, case: str, taken: list[str]) -> None:
    """What is on the disk is what was promised: every file whole, no temporary ones, a sound database."""
    client = here.client("red")
    listed = client.get(f"/v1/cases/{case}/files")
    assert listed.status_code == 200, "who only looks is served"
    assert [each["id"] for each in listed.json()] == taken
    assert not [path for path in (here.settings.data / "blobs").rglob(f"{storage.TEMPORARY}*")]
    for each in taken:
        assert len(here.client("north").get(f"/v1/cases/{case}/files/{each}/content").content) == PICTURE + 3
    with sqlite3.connect(here.settings.data / "yushen.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def refused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full"), answer.text


def test_on_a_full_disk_uploads_are_refused_and_go_on_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "24m"):
        here = bank(tmp_path / "disk" / "data", free_bytes=0)
        ballast = tmp_path / "disk" / "ballast"
        ballast.write_bytes(bytes(12 << 20))
        client, taken = here.client("red"), []
        case = opened(client)
        for _ in range(50):
            answer = upload(client, case, ("a.jpg", a_picture()))
            if answer.status_code != 201:
                break
            taken.append(answer.json()["files"][0]["id"])
        refused(answer)
        assert 1 <= len(taken) < 50
        refused(upload(client, case, ("a.jpg", a_picture())))
        ballast.unlink()
        held(here, case, taken)
        again = upload(client, case, ("a.jpg", a_picture()))
        assert again.status_code == 201, again.text
        held(here, case, [*taken, again.json()["files"][0]["id"]])
        here.door.engine.dispose()


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_whichever_call_finds_no_room_nothing_half_done_stays(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bank(tmp_path / "data", free_bytes=0)
    client = here.client("red")
    case = opened(client)
    first = upload(client, case, ("a.jpg", a_picture())).json()["files"][0]["id"]

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Full:
        """A file that takes nothing."""

        def __init__(self, descriptor: int) -> None:
            self.descriptor = descriptor

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.descriptor)

        write = full

    with monkeypatch.context() as patch:
        if call == "write":
            patch.setattr(os, "fdopen", lambda descriptor, *_, **__: Full(descriptor))
        else:
            patch.setattr(os, call, full)
        refused(upload(client, case, ("b.jpg", a_picture())))
    held(here, case, [first])
    assert upload(client, case, ("b.jpg", a_picture())).status_code == 201


def test_a_database_without_room_is_a_full_disk_too(tmp_path: Path) -> None:
    here = bank(tmp_path / "data", free_bytes=0)
    client = here.client("red")
    case = opened(client)
    with here.door.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    here.door.engine.dispose()

    def capped(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 1}")

    event.listen(here.door.engine, "connect", capped)
    answers = [upload(client, case, ("a.jpg", a_picture())) for _ in range(20)]
    refused(answers[-1])
    event.remove(here.door.engine, "connect", capped)
    here.door.engine.dispose()
    taken = [each.json()["files"][0]["id"] for each in answers if each.status_code == 201]
    held(here, case, taken)
    assert upload(client, case, ("a.jpg", a_picture())).status_code == 201


def jump(patch: pytest.MonkeyPatch, hours: int) -> None:
    """The wall clock of all of the service is wrong by so much from here on."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("intake.", "worker.", "api.")) and getattr(module, "now", None) is database.now:
            patch.setattr(module, "now", lambda: datetime.now(UTC) + timedelta(hours=hours))


@pytest.mark.parametrize("hours", [1, -1, 24 * 400])
def test_a_clock_that_jumps_in_mid_work_loses_and_doubles_nothing(hours: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bank(tmp_path / "data", free_bytes=0)
    client = here.client("red")
    case = opened(client)
    first = upload(client, case, ("a.jpg", a_picture())).json()["files"][0]["id"]
    with monkeypatch.context() as patch:
        jump(patch, hours)
        late = work.claim(here.door.engine, "late")
        assert late is not None
        with database.reading(here.door.engine) as tx:
            (seen,) = work.running(tx)
        assert Watch(8.0).silent([seen], 100.0) == [], "who was claimed by a wrong clock is not gone"
        work.give_back(here.door.engine, late)
        checked(here, case, {"verdict": "complete", "findings": [], "documents": [], "parties": []})
        if hours < 0:
            assert upload(client, case, ("b.jpg", a_picture())).status_code == 201
    checked(here, case, {"verdict": "complete", "findings": [], "documents": [], "parties": []})
    with database.reading(here.door.engine) as tx:
        made = tx.execute(select(reports.c.version, reports.c.inputs).where(reports.c.case_id == case).order_by(reports.c.version)).all()
    assert [tuple(each) for each in made] == [(1, 2), (2, 3)][: 2 if hours < 0 else 1], "one report for each state"
    assert client.get(f"/v1/cases/{case}/files").json()[0]["id"] == first
    told = [each.kind for each in since(here, case)]
    assert told.count("report.ready") == len(made) and told[0] == "case.opened"


def since(here: Bank, case: str) -> list[events.Event]:
    with database.reading(here.door.engine) as tx:
        return events.since(tx, here.scope("red"), case, 0)
