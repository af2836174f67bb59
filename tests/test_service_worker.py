"""Worker, sweeper, bell: from an uploaded file to its report, with everything real but the networks."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from extractors.fileread import read_file
from extractors.ocr import Engine
from intake import cases, files, tables, work
from intake.acting import acting
from intake.database import now, reading, writing
from intake.scope import SCOPES, Scope
from tests.engines import Blind
from tests.made_files import pdf, text
from tests.service_ground import Ground, laid
from worker import casefile, jobs, parts, queue
from worker.jobs import Tools
from worker.queue import Bell
from worker.run import Worker
from worker.sweeper import Sweeper, Watch

LETTER = "收入证明 兹证明张伟系我单位正式员工 月收入人民币15800.00元整"


def letter(pages: int = 1, note: str = "") -> bytes:
    """A PDF with a text layer on each page."""
    return pdf(*[text(72, 700, f"{LETTER}{note} 第{n}页") + text(72, 660, "重庆示例科技有限公司") for n in range(1, pages + 1)])


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = laid(tmp_path, part_pages=3)
    yield made
    made.engine.dispose()


def scope(ground: Ground) -> Scope:
    return replace(ground.scope("branch_1"), scopes=frozenset(SCOPES))


def opened(ground: Ground) -> str:
    with acting(ground.engine, ground.vault, scope(ground)) as act:
        return cases.open_case(act, cases.NewCase(product="personal_mortgage", declared={"as_of": "2026-11-23"})).id


def upload(ground: Ground, case: str, name: str, data: bytes) -> str:
    within = files.limits(ground.settings)
    stored = files.store(ground.engine, ground.vault, ground.blobs, scope(ground), case, name, data, within)
    with acting(ground.engine, ground.vault, scope(ground)) as act:
        return files.accept(act, case, [stored], within)[0].id


def worker(ground: Ground, engine: Engine | None = None) -> Worker:
    return Worker(Tools(ground.settings, ground.engine, ground.vault, ground.blobs, engine or Blind()), queue.opened(ground.settings))


def all_of_it(ground: Ground, engine: Engine | None = None) -> None:
    doing = worker(ground, engine)
    for _ in range(50):
        if not doing.once():
            return
    raise AssertionError("the work does not end")


def newest(ground: Ground, case: str) -> dict[str, object]:
    with reading(ground.engine) as tx:
        version = tx.execute(select(tables.cases.c.report).where(tables.cases.c.id == case)).scalar_one()
        return dict(casefile.report(tx, ground.blobs, ground.vault.box(tx, case), case, version))


def state(ground: Ground, case: str) -> dict[str, tuple[str, str | None]]:
    with reading(ground.engine) as tx:
        rows = tx.execute(select(tables.files).where(tables.files.c.case_id == case))
        return {row.id: (row.state, row.error) for row in rows}


def test_from_upload_to_report(ground: Ground) -> None:
    case = opened(ground)
    upload(ground, case, "证明.pdf", letter())
    upload(ground, case, "坏.pdf", b"%PDF-1.7 and nothing else")
    all_of_it(ground)
    assert sorted(state(ground, case).values(), key=str) == [("failed", "corrupt_pdf"), ("read", None)]
    report = newest(ground, case)
    assert (report["case_id"], report["report_version"], report["as_of"]) == (case, 1, "2026-11-23")
    assert [file["name"] for file in report["files"]] == ["证明.pdf", "坏.pdf"]  # type: ignore[index, attr-defined]
    assert "unreadable_file" in {finding["code"] for finding in report["findings"]}  # type: ignore[index, attr-defined]
    upload(ground, case, "补.pdf", letter(note="补"))
    with reading(ground.engine) as tx:
        assert len(work.queued(tx)) == 1, "only what is new is read again"
    all_of_it(ground)
    assert newest(ground, case)["report_version"] == 2


def test_a_long_file_in_parts_reads_as_the_whole_one(ground: Ground) -> None:
    case, data = opened(ground), letter(8)
    upload(ground, case, "长.pdf", data)
    all_of_it(ground)
    with reading(ground.engine) as tx:
        held = casefile.load(tx, ground.vault, case)
    assert [(part.first_page, part.last_page) for part in held.results] == [(0, 3), (4, 6), (7, 8)]
    (joined,) = casefile.reads(held, ground.blobs)
    alone = read_file(data, "pdf", "长.pdf", held.files[0].sha256, Blind())
    assert joined.record == alone.record
    assert [(s.page, s.file, [line.text for line in s.lines]) for s in joined.sheets] == [
        (s.page, s.file, [line.text for line in s.lines]) for s in alone.sheets
    ]


def test_the_same_work_gives_the_same_bytes() -> None:
    once, again = (parts.dump(read_file(letter(2), "pdf", "f", "0" * 64, Blind())) for _ in range(2))
    assert once == again and parts.dump(parts.load(once)) == once


def test_what_raises_each_time_is_given_up_and_said_in_the_report(ground: Ground) -> None:
    case = opened(ground)
    lost, sound = upload(ground, case, "a.pdf", letter()), upload(ground, case, "b.pdf", letter(note="b"))
    with reading(ground.engine) as tx:
        blob = tx.execute(select(tables.files.c.blob).where(tables.files.c.id == lost)).scalar_one()
    ground.blobs.delete(blob)
    all_of_it(ground)
    assert state(ground, case) == {lost: ("failed", "internal_retry_exhausted"), sound: ("read", None)}
    (found,) = [each for each in newest(ground, case)["findings"] if each["code"] == "unreadable_file"]  # type: ignore[attr-defined]
    assert found["detail"] == {"file": "a.pdf", "reason": "internal_retry_exhausted"}


def test_pages_that_kill_their_reader_cost_only_themselves(ground: Ground) -> None:
    case = opened(ground)
    file = upload(ground, case, "长.pdf", letter(5))
    doing = worker(ground)
    assert doing.once()
    for _ in range(2):
        claim = work.claim(ground.engine, "dies")
        assert claim is not None and claim.first_page == 4
        work.fail(ground.engine, claim, 2)
    all_of_it(ground)
    assert state(ground, case)[file] == ("read", "internal_retry_exhausted")
    with reading(ground.engine) as tx:
        (read,) = casefile.reads(casefile.load(tx, ground.vault, case), ground.blobs)
    assert ["damaged" in ref.quality.unreadable for ref in read.record.page_refs] == [False, False, False, True, True]
    assert read.record.error is None


def test_a_file_of_more_pages_than_allowed_is_refused_by_name(tmp_path: Path) -> None:
    ground = laid(tmp_path, pdf_pages=3)
    case = opened(ground)
    file = upload(ground, case, "长.pdf", letter(4))
    all_of_it(ground)
    assert state(ground, case) == {file: ("failed", "too_many_pages")}
    ground.engine.dispose()


def test_an_erased_case_is_left_alone(ground: Ground) -> None:
    case = opened(ground)
    upload(ground, case, "a.pdf", letter())
    with writing(ground.engine) as tx:
        ground.vault.drop_key(tx, case)
    all_of_it(ground)
    with reading(ground.engine) as tx:
        assert tx.execute(select(tables.work.c.state)).scalars().all() == ["dropped"]


def test_a_worker_that_is_stopped_gives_back_between_two_pages(ground: Ground) -> None:
    case = opened(ground)
    upload(ground, case, "a.pdf", letter(3))
    doing = worker(ground)
    doing.stopping.set()
    doing.once()
    with reading(ground.engine) as tx:
        row = tx.execute(select(tables.work)).one()
    assert (row.state, row.crashes) == ("queued", 0)


def test_a_report_is_printed_again_from_what_was_kept(ground: Ground) -> None:
    case = opened(ground)
    upload(ground, case, "证明.pdf", letter())
    all_of_it(ground)
    with writing(ground.engine) as tx:
        for form in ("html", "pdf"):
            work.enqueue_paper(tx, case, 1, form)
    all_of_it(ground)
    with reading(ground.engine) as tx:
        box = ground.vault.box(tx, case)
        (_, page), (_, sheet) = (work.paper(tx, case, 1, form) or ("", "") for form in ("html", "pdf"))
    assert "证明.pdf" in box.open(ground.blobs.get(str(page)), str(page)).decode()
    assert box.open(ground.blobs.get(str(sheet)), str(sheet)).startswith(b"%PDF")


def test_nothing_lies_about_in_plain(ground: Ground) -> None:
    case = opened(ground)
    upload(ground, case, "张三丰的证明.pdf", letter(note="13912345678"))
    all_of_it(ground)
    held = [path.read_bytes() for path in ground.settings.data.rglob("*") if path.is_file() and "keys" not in path.parts]
    for marker in ("13912345678", "张三丰", "重庆示例科技"):
        assert not [1 for data in held if marker.encode() in data or json.dumps(marker)[1:-1].encode() in data]


class TestBell:
    @pytest.fixture
    def served(self, ground: Ground) -> Iterator[tuple[Bell, subprocess.Popen[bytes]]]:
        server = subprocess.Popen(queue.server_command(ground.settings))
        bell = queue.opened(ground.settings)
        until = time.monotonic() + 10
        while bell.length() is None and time.monotonic() < until:
            time.sleep(0.05)
        yield bell, server
        server.kill()
        server.wait()

    def test_a_ring_is_heard_once(self, served: tuple[Bell, object]) -> None:
        bell, _ = served
        assert bell.ring(["work_a", "work_b"]) and bell.length() == 2
        assert [bell.wait(1), bell.wait(1), bell.wait(1)] == [True, True, False]
        assert bell.length() == 0
        assert not [key for key in bell._short.keys("rq:*") if key != b"rq:queues"], "an answered ring leaves nothing behind"

    def test_a_dead_bell_costs_no_time_and_no_error(self, served: tuple[Bell, subprocess.Popen[bytes]]) -> None:
        bell, server = served
        server.kill()
        server.wait()
        begun = time.monotonic()
        assert not bell.ring(["work_a"]) and not bell.ring(["work_b"]) and bell.length() is None
        assert time.monotonic() - begun < 1

    def test_lost_rings_are_rung_again_and_not_more_than_needed(self, ground: Ground, served: tuple[Bell, object]) -> None:
        bell, _ = served
        case = opened(ground)
        for name in "abc":
            upload(ground, case, f"{name}.pdf", letter(note=name))
        sweeper = Sweeper(ground.settings, ground.engine, bell)
        for _ in range(3):
            sweeper.sweep(Watch(8))
            assert bell.length() == 3
        bell._short.flushall()
        sweeper.sweep(Watch(8))
        assert bell.length() == 3


def test_the_sweeper_takes_back_what_nobody_does(ground: Ground) -> None:
    case = opened(ground)
    upload(ground, case, "a.pdf", letter())
    held = work.claim(ground.engine, "gone")
    assert held is not None
    sweeper, watch = Sweeper(ground.settings, ground.engine, queue.opened(ground.settings)), Watch(0.2)
    sweeper.sweep(watch)
    with reading(ground.engine) as tx:
        assert work.queued(tx) == []
    time.sleep(0.25)
    sweeper.sweep(watch)
    again = work.claim(ground.engine, "other")
    assert again is not None and (again.id, again.attempt, again.crashes) == (held.id, 2, 1)


def test_clocks_do_not_decide_who_lives(ground: Ground) -> None:
    """A claim that a clock of tomorrow wrote is taken back like any other, and one of yesterday is left while it beats."""
    case = opened(ground)
    upload(ground, case, "a.pdf", letter())
    claim = work.claim(ground.engine, "w")
    assert claim is not None
    sweeper, watch = Sweeper(ground.settings, ground.engine, queue.opened(ground.settings)), Watch(0.2)
    for year in (2020, 2035):
        with writing(ground.engine) as tx:
            tx.execute(update(tables.work).values(started_at=now().replace(year=year)))
        for _ in range(3):
            work.beat(ground.engine, claim, 0)
            sweeper.sweep(watch)
            time.sleep(0.1)
        with reading(ground.engine) as tx:
            assert len(work.running(tx)) == 1


def test_the_day_is_chinas() -> None:
    assert jobs.CHINA.key == "Asia/Shanghai" and (jobs.today() - now().date()).days in (0, 1)
