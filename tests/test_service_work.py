"""Work is claimed by one, counts once, survives its workers, and is given up when it kills them. On SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from intake import ids, tables, work
from intake.database import count, now, reading, writing
from intake.work import Claim, Made, Running
from tests.service_ground import Ground
from tests.service_postgres import ground, postgres
from worker.sweeper import Watch

__all__ = ["ground", "postgres"]


@pytest.fixture
def case(ground: Ground) -> str:
    """A case without files."""
    id = ground.case()
    with writing(ground.engine) as tx:
        tx.execute(tables.files.delete().where(tables.files.c.case_id == id))
    return id


def files(ground: Ground, case: str, number: int = 1, priority: int = work.WAITING) -> list[str]:
    """So many files that wait to be read."""
    made = [ids.new("file") for _ in range(number)]
    with writing(ground.engine) as tx:
        for id in made:
            told = {"case_id": case, "name_sealed": b"", "kind": "jpeg", "mime": "image/jpeg", "size": 1, "sha256": "0" * 64, "blob": f"{case}/{id}"}
            tx.execute(insert(tables.files).values(id=id, seq=count(tx), **told, state="waiting", uploaded_by="x", created_at=now()))
            work.enqueue_read(tx, id, case, priority)
    return made


def claimed(ground: Ground, worker: str = "w") -> Claim:
    found = work.claim(ground.engine, worker)
    assert found is not None
    return found


def read(ground: Ground, claim: Claim, blob: str = "", error: str | None = None) -> None:
    with writing(ground.engine) as tx:
        work.finish_read(tx, claim, blob or f"{claim.case_id}/{ids.new('blob')}", 1, error)


def check(ground: Ground, claim: Claim, version: int = 1) -> None:
    blob = f"{claim.case_id}/{ids.new('blob')}"
    with writing(ground.engine) as tx:
        work.finish_check(tx, claim, Made(version, "complete", 0, blob, "a" * 64))


def rows(ground: Ground, table: Any, *where: Any) -> list[Any]:
    with reading(ground.engine) as tx:
        return list(tx.execute(select(table).where(*where)))


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs them at the same moment; what each gave, or the error it raised."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[n] = act()
        except Exception as error:
            found[n] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def test_who_waits_goes_before_bulk_and_checks_before_both(ground: Ground, case: str) -> None:
    (slow,) = files(ground, case, priority=work.BULK)
    first, second = files(ground, case, 2)
    with writing(ground.engine) as tx:
        paper = work.enqueue_paper(tx, case, 1, "pdf")
        assert work.enqueue_paper(tx, case, 1, "pdf") == paper
    order = [claimed(ground) for _ in range(4)]
    assert [each.file_id or each.id for each in order] == [paper, first, second, slow]
    assert work.claim(ground.engine, "w") is None
    assert {row.state for row in rows(ground, tables.files, tables.files.c.case_id == case)} == {"reading"}


def test_many_workers_never_claim_the_same(ground: Ground, case: str) -> None:
    files(ground, case, 40)

    def all_of_it() -> list[str]:
        mine = []
        while (found := work.claim(ground.engine, "w")) is not None:
            mine.append(found.id)
        return mine

    found = [id for each in together(*[all_of_it] * 6) for id in each]
    assert len(found) == len(set(found)) == 40


def test_a_late_worker_is_refused_by_the_fence(ground: Ground, case: str) -> None:
    files(ground, case)
    late = claimed(ground, "late")
    seen = Running(late.id, late.attempt, 0, 0)
    assert work.take_back(ground.engine, seen, attempts=2)
    quick = claimed(ground, "quick")
    assert (quick.id, quick.attempt, quick.crashes) == (late.id, 2, 1)
    assert not work.beat(ground.engine, late, 1) and work.beat(ground.engine, quick, 1)
    with pytest.raises(work.Lost):
        read(ground, late, f"{case}/late")
    work.give_back(ground.engine, late)
    work.abandon(ground.engine, late)
    assert not work.fail(ground.engine, late, 1)
    read(ground, quick, f"{case}/quick")
    (row,) = rows(ground, tables.work, tables.work.c.kind == "read")
    assert (row.state, row.result) == ("done", f"{case}/quick")
    with pytest.raises(work.Lost):
        read(ground, quick, f"{case}/again")


def test_a_beat_that_moved_is_not_taken_back(ground: Ground, case: str) -> None:
    files(ground, case)
    claim = claimed(ground)
    with reading(ground.engine) as tx:
        (seen,) = work.running(tx)
    work.beat(ground.engine, claim, 0)
    assert not work.take_back(ground.engine, seen, attempts=2)


def test_the_last_two_readings_at_once_ask_for_one_check(ground: Ground) -> None:
    for _ in range(8):
        case = ground.case()
        files(ground, case, 2)
        first, second = claimed(ground, "a"), claimed(ground, "b")
        assert together(lambda one=first: read(ground, one), lambda two=second: read(ground, two)) == [None, None]
        (asked,) = rows(ground, tables.work, tables.work.c.kind == "check", tables.work.c.case_id == case)
        assert asked.state == "queued"
        check(ground, claimed(ground))


def test_one_report_for_one_state_however_often_it_is_checked(ground: Ground, case: str) -> None:
    files(ground, case)
    read(ground, claimed(ground))
    first = claimed(ground)
    assert first.kind == "check"
    assert work.take_back(ground.engine, Running(first.id, 1, 0, 0), attempts=9)
    second = claimed(ground)
    found = together(lambda: check(ground, first), lambda: check(ground, second))
    assert sorted(type(each).__name__ for each in found) == ["Lost", "NoneType"] and isinstance(found[0], work.Lost)
    (report,) = rows(ground, tables.reports, tables.reports.c.case_id == case)
    assert (report.version, report.inputs) == (1, 1)
    (told,) = rows(ground, tables.events, tables.events.c.case_id == case, tables.events.c.kind == "report.ready")
    leaves = rows(ground, tables.audit, tables.audit.c.case_id == case)
    assert "report.make" in leaves[report.leaf - leaves[0].seq].leaf and '"report": 1' in told.data


def test_a_check_of_an_older_state_is_thrown_away(ground: Ground, case: str) -> None:
    files(ground, case)
    read(ground, claimed(ground))
    old = claimed(ground)
    with writing(ground.engine) as tx:
        tx.execute(update(tables.cases).where(tables.cases.c.id == case).values(inputs=2))
        assert work.enqueue_check(tx, case)
        assert work.enqueue_check(tx, case) is None
    with pytest.raises(work.Lost):
        check(ground, old)
    check(ground, claimed(ground))
    (report,) = rows(ground, tables.reports)
    assert (report.version, report.inputs) == (1, 2)


def test_no_check_while_a_file_is_unread_or_the_case_is_over(ground: Ground, case: str) -> None:
    with writing(ground.engine) as tx:
        assert work.enqueue_check(tx, "case_none") is None
    files(ground, case)
    with writing(ground.engine) as tx:
        assert work.enqueue_check(tx, case) is None
        tx.execute(update(tables.cases).where(tables.cases.c.id == case).values(stage="closed"))
    read(ground, claimed(ground))
    assert work.claim(ground.engine, "w") is None


def test_poison_is_given_up_after_its_attempts_and_the_rest_is_checked(ground: Ground, case: str) -> None:
    poison, sound = files(ground, case, 2)
    assert work.fail(ground.engine, claimed(ground), 2)
    assert work.fail(ground.engine, claimed(ground), 2)
    read(ground, claimed(ground))
    state = {row.id: (row.state, row.error) for row in rows(ground, tables.files, tables.files.c.case_id == case)}
    assert state == {poison: ("failed", "internal_retry_exhausted"), sound: ("read", None)}
    assert claimed(ground).kind == "check"
    kinds = [row.kind for row in rows(ground, tables.events, tables.events.c.case_id == case)]
    assert kinds == ["file.failed", "file.read"]


def test_a_long_file_is_shared_out_once(ground: Ground, case: str) -> None:
    (file,) = files(ground, case)
    first = work.split(ground.engine, claimed(ground), pages=45, part=20)
    assert first.last_page == 20
    work.fail(ground.engine, first, 9)
    second, third, again = claimed(ground), claimed(ground), claimed(ground)
    spans = {(each.first_page, each.last_page) for each in (second, third, again)}
    assert spans == {(0, 20), (21, 40), (41, 45)}
    assert work.split(ground.engine, next(c for c in (second, third, again) if not c.first_page), 45, 20).last_page == 20
    for each in (second, third):
        read(ground, each)
        assert rows(ground, tables.files, tables.files.c.id == file)[0].state == "reading"
    read(ground, again, error="parse_timeout")
    (row,) = rows(ground, tables.files, tables.files.c.id == file)
    assert (row.state, row.error) == ("read", "parse_timeout")
    with reading(ground.engine) as tx:
        assert [part.first_page for part in work.results(tx, case)] == [0, 21, 41]


def test_work_of_a_removed_file_is_of_no_use(ground: Ground, case: str) -> None:
    gone, waiting, kept = files(ground, case, 3)
    at_it = claimed(ground)
    with writing(ground.engine) as tx:
        work.drop(tx, case, gone)
        work.drop(tx, case, waiting)
    with pytest.raises(work.Lost):
        read(ground, at_it)
    assert claimed(ground).file_id == kept


def test_a_failed_check_can_be_asked_for_again(ground: Ground, case: str) -> None:
    files(ground, case)
    read(ground, claimed(ground))
    work.fail(ground.engine, claimed(ground), 1)
    with reading(ground.engine) as tx:
        assert work.depth(tx) == {("check", "failed"): 1}
    with writing(ground.engine) as tx:
        assert work.enqueue_check(tx, case)
    check(ground, claimed(ground))


def test_life_is_judged_by_the_watchers_own_clock() -> None:
    watch = Watch(8.0)
    still, lively = Running("a", 1, 3, 0), Running("b", 1, 0, 0)
    assert watch.silent([still, lively], 100.0) == []
    assert watch.silent([still, Running("b", 1, 1, 0)], 107.9) == []
    assert watch.silent([still, Running("b", 1, 1, 0)], 108.0) == [still]
    assert watch.silent([Running("a", 2, 3, 1)], 120.0) == [], "another attempt begins anew"
    watch.forget()
    assert watch.silent([Running("a", 2, 3, 1)], 140.0) == []


def test_work_of_a_process_that_is_gone_waits_again_at_once_and_others_keep_theirs(ground: Ground, case: str) -> None:
    files(ground, case, 2)
    dead, alive = claimed(ground, "dead"), claimed(ground, "alive")
    with reading(ground.engine) as tx:
        seen = work.running(tx)
    assert work.release(ground.engine, seen, lambda worker: worker == "dead", attempts=2) == [dead.id]
    assert work.release(ground.engine, seen, lambda worker: worker == "dead", attempts=2) == [], "once"
    assert work.beat(ground.engine, alive, 1) and not work.beat(ground.engine, dead, 1)
    assert claimed(ground, "next").id == dead.id
