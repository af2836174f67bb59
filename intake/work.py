"""What is to be done, who does it, and when it counts: the only SQL about work.

A worker claims a row, counts its beat up while it works, and finishes it in one transaction with all that follows from it. `attempt`
fences: each claim raises it, and what a worker brings counts only while the number is still its own, however late it comes and
whatever the doorbell said. So work may be done twice, and never counts twice.

Locks are taken in one order everywhere: the case, then its rows, then the counters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, and_, exists, func, insert, or_, select, update

from intake import audit, events, ids
from intake.database import count, now, reading, writing
from intake.tables import cases, files, reports, work

SOON, WAITING, BULK = 0, 5, 9
"""Priorities, the smallest first: checks and papers (short, and somebody waits), files of a broker who waits, files in bulk."""
ACTOR = "system:worker"
"""Who the audit log says did it."""
EXHAUSTED = "internal_retry_exhausted"
OVER = ("closed", "erased")


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of work in a worker's hands. Pages count from 1; `last_page` 0: to the end. `crashes`: how often it ended its worker."""

    id: str
    kind: str
    case_id: str
    file_id: str
    first_page: int
    last_page: int
    inputs: int
    form: str
    attempt: int
    crashes: int


@dataclass(frozen=True, slots=True)
class Running:
    """What the sweeper sees of claimed work: alive as long as `beat` changes. `worker`: the name of whose it is."""

    id: str
    attempt: int
    beat: int
    crashes: int
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of a file that were read: `result` is their blob, None where nothing came of them (`error` says why)."""

    file_id: str
    first_page: int
    last_page: int
    result: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made: the case's `version`-th, its bytes (`sha256`) sealed in `blob`."""

    version: int
    verdict: str
    findings: int
    blob: str
    sha256: str


class Lost(Exception):
    """The work is another's by now, or of no use any more: nothing of what was done for it may count."""


# --- asking for work -------------------------------------------------------------------------------------------------------
def enqueue_read(tx: Connection, file_id: str, case_id: str, priority: int = WAITING) -> str:
    """A file is to be read, whole or, once it is seen how long it is, in parts."""
    return _enqueue(tx, "read", case_id, priority, file_id=file_id)


def enqueue_check(tx: Connection, case_id: str) -> str | None:
    """The case is to be checked as it stands, unless a file is still unread, or that state is checked or waits for it already.

    Called after every change of `cases.inputs`, in the same transaction; the end of the last reading calls it too."""
    case = _locked(tx, case_id)
    if case is None or case.stage in OVER or _unread(tx, case_id):
        return None
    of_case = and_(work.c.kind == "check", work.c.case_id == case_id)
    tx.execute(update(work).where(of_case, work.c.inputs < case.inputs, work.c.state == "queued").values(state="dropped", done_at=now()))
    present = tx.execute(select(work.c.id, work.c.state).where(of_case, work.c.inputs == case.inputs)).first()
    if present is None:
        return _enqueue(tx, "check", case_id, SOON, inputs=case.inputs)
    if present.state == "failed":
        tx.execute(update(work).where(work.c.id == present.id).values(state="queued", crashes=0, error=None))
        return str(present.id)
    return None


def enqueue_paper(tx: Connection, case_id: str, version: int, form: str) -> str:
    """A report is to be printed as `form` (html, pdf); gives the id of the work, which may be there already. `inputs` of its row is
    the report's version."""
    where = and_(work.c.kind == "paper", work.c.case_id == case_id, work.c.inputs == version, work.c.form == form)
    present = tx.execute(select(work.c.id, work.c.state).where(where)).first()
    if present is None:
        return _enqueue(tx, "paper", case_id, SOON, inputs=version, form=form)
    if present.state == "failed":
        tx.execute(update(work).where(work.c.id == present.id).values(state="queued", crashes=0, error=None))
    return str(present.id)


def paper(tx: Connection, case_id: str, version: int, form: str) -> tuple[str, str | None] | None:
    """State and blob of a printed report, None when nobody asked for it."""
    where = and_(work.c.kind == "paper", work.c.case_id == case_id, work.c.inputs == version, work.c.form == form)
    row = tx.execute(select(work.c.state, work.c.result).where(where)).first()
    return None if row is None else (row.state, row.result)


def drop(tx: Connection, case_id: str, file_id: str | None = None) -> None:
    """Nothing of this case (or of this file of it) is to be done any more: it was erased or removed. A worker at it finds its claim
    lost when it comes to finish."""
    where = [work.c.case_id == case_id, work.c.state.in_(("queued", "running"))]
    if file_id is not None:
        where.append(work.c.file_id == file_id)
    tx.execute(update(work).where(*where).values(state="dropped", done_at=now()))


def _enqueue(tx: Connection, kind: str, case_id: str, priority: int, **columns: Any) -> str:
    id = ids.new("work")
    row = {"id": id, "seq": count(tx), "kind": kind, "case_id": case_id, "priority": priority, "state": "queued", "created_at": now()}
    tx.execute(insert(work).values(row | columns))
    return id


def _locked(tx: Connection, case_id: str) -> Any:
    """The case, held until the end of the transaction, so that of two last readings one sees the other."""
    wanted = select(cases.c.inputs, cases.c.stage, cases.c.report).where(cases.c.id == case_id).with_for_update()
    return tx.execute(wanted).first()


def _unread(tx: Connection, case_id: str) -> bool:
    wanted = and_(files.c.case_id == case_id, files.c.removed_at.is_(None), files.c.state.in_(("waiting", "reading")))
    return bool(tx.execute(select(exists().where(wanted))).scalar())


# --- doing it --------------------------------------------------------------------------------------------------------------
def claim(engine: Engine, worker: str) -> Claim | None:
    """The most urgent piece of work, now this worker's; None when nothing waits."""
    with reading(engine) as tx:  # an idle worker looks every second: without a writer's lock
        if tx.execute(select(work.c.id).where(work.c.state == "queued").limit(1)).first() is None:
            return None
    with writing(engine) as tx:
        wanted = select(work.c.id).where(work.c.state == "queued").order_by(work.c.priority, work.c.seq).limit(1)
        id = tx.execute(wanted.with_for_update(skip_locked=True)).scalar()
        if id is None:
            return None
        changed = {"state": "running", "attempt": work.c.attempt + 1, "beat": 0, "pages_done": 0}
        taken = update(work).where(work.c.id == id).values(**changed, worker=worker[:60], started_at=now())
        row = tx.execute(taken.returning(work)).one()
        if row.kind == "read":
            _reading(tx, row.file_id)
    pages = row.first_page, row.last_page
    return Claim(row.id, row.kind, row.case_id, row.file_id, *pages, row.inputs, row.form, row.attempt, row.crashes)


def _reading(tx: Connection, file_id: str) -> None:
    """The file is being read; not said where somebody holds its row just now, who may be waiting for ours."""
    free = select(files.c.id).where(files.c.id == file_id, files.c.state == "waiting").with_for_update(skip_locked=True)
    if tx.execute(free).first() is not None:
        tx.execute(update(files).where(files.c.id == file_id).values(state="reading"))


def beat(engine: Engine, claim: Claim, pages_done: int) -> bool:
    """The worker lives and has read so many pages of this piece. False: the work is not its own any more."""
    with writing(engine) as tx:
        values = {"beat": work.c.beat + 1, "pages_done": pages_done}
        return tx.execute(update(work).where(_own(claim)).values(**values)).rowcount == 1


def split(engine: Engine, claim: Claim, pages: int, part: int) -> Claim:
    """A file of so many pages, and how much of it this claim keeps: the first `part` pages; the others become rows of their own, for
    all workers. Raises Lost. Parts that an earlier attempt made stay."""
    with writing(engine) as tx:
        _locked(tx, claim.case_id)
        tx.execute(update(files).where(files.c.id == claim.file_id).values(pages=pages))
        last = min(part, pages) if pages > part else 0
        priority = tx.execute(update(work).where(_own(claim)).values(last_page=last).returning(work.c.priority)).scalar()
        if priority is None:
            raise Lost
        made = set(tx.execute(select(work.c.first_page).where(work.c.kind == "read", work.c.file_id == claim.file_id)).scalars())
        for first in range(part + 1, pages + 1, part):
            if first not in made:
                span = {"first_page": first, "last_page": min(first + part - 1, pages)}
                _enqueue(tx, "read", claim.case_id, priority, file_id=claim.file_id, **span)
    return Claim(claim.id, claim.kind, claim.case_id, claim.file_id, 0, last, 0, "", claim.attempt, claim.crashes)


def _own(claim: Claim) -> Any:
    return and_(work.c.id == claim.id, work.c.attempt == claim.attempt, work.c.state == "running")


def _finished(tx: Connection, claim: Claim, state: str, **columns: Any) -> None:
    """The row's last word, by whoever still has it. Raises Lost."""
    changed = update(work).where(_own(claim)).values(state=state, done_at=now(), **columns)
    if tx.execute(changed).rowcount != 1:
        raise Lost


def has(tx: Connection, claim: Claim, blob: str) -> bool:
    """Whether this very result was taken already."""
    return tx.execute(select(work.c.id).where(work.c.id == claim.id, work.c.result == blob)).first() is not None


def finish_read(tx: Connection, claim: Claim, result: str, pages: int, error: str | None) -> None:
    """This part is read: `result` is its blob; `pages` counts the whole file's, `error` says why the part gave nothing. With the last
    part the file is read (failed, when no part gave anything), with the last file the check is asked for. Raises Lost."""
    _locked(tx, claim.case_id)
    _finished(tx, claim, "done", result=result, error=error)
    if pages:
        tx.execute(update(files).where(files.c.id == claim.file_id).values(pages=pages))
    _settle_file(tx, claim.case_id, claim.file_id)


def _settle_file(tx: Connection, case_id: str, file_id: str) -> None:
    parts = tx.execute(select(work.c.state, work.c.error).where(work.c.kind == "read", work.c.file_id == file_id)).all()
    if any(part.state in ("queued", "running") for part in parts):
        return
    errors = [part.error for part in parts if part.error]
    state = "failed" if len(errors) == len(parts) else "read"
    changed = update(files).where(files.c.id == file_id, files.c.state.in_(("waiting", "reading")))
    if tx.execute(changed.values(state=state, error=errors[0] if errors else None)).rowcount:
        events.tell(tx, case_id, f"file.{state}", {"file": file_id, "error": errors[0] if errors else None})
        audit.record(tx, "file.read", actor=ACTOR, case_id=case_id, object_id=file_id, detail={"state": state})
    enqueue_check(tx, case_id)


def finish_check(tx: Connection, claim: Claim, made: Made) -> None:
    """The case is checked in the state that `claim` names: its next report, and exactly one for that state. Raises Lost when the case
    has moved on, or another was quicker."""
    case = _locked(tx, claim.case_id)
    if case is None or case.stage in OVER or case.inputs != claim.inputs or case.report != made.version - 1:
        raise Lost
    _finished(tx, claim, "done", result=made.blob)
    tx.execute(update(cases).where(cases.c.id == claim.case_id).values(report=made.version, verdict=made.verdict, updated_at=now()))
    told = {"report": made.version, "verdict": made.verdict, "findings": made.findings}
    events.tell(tx, claim.case_id, "report.ready", told)
    facts = {"version": made.version, "inputs": claim.inputs, "sha256": made.sha256}
    leaf = audit.record(tx, "report.make", actor=ACTOR, case_id=claim.case_id, detail=facts)
    row = {"case_id": claim.case_id, "version": made.version, "inputs": claim.inputs, "verdict": made.verdict, "leaf": leaf}
    row |= {"findings": made.findings, "blob": made.blob, "sha256": made.sha256, "created_at": now()}
    tx.execute(insert(reports).values(row))


def finish_paper(tx: Connection, claim: Claim, result: str) -> None:
    """A report is printed; `result` is its blob. Raises Lost."""
    _finished(tx, claim, "done", result=result)
    events.tell(tx, claim.case_id, "paper.ready", {"report": claim.inputs, "form": claim.form})


# --- when it goes wrong ----------------------------------------------------------------------------------------------------
def give_back(engine: Engine, claim: Claim) -> None:
    """The worker stops before it is done, without fault of the work: it waits again, for another."""
    with writing(engine) as tx:
        tx.execute(update(work).where(_own(claim)).values(state="queued", worker=None))


def abandon(engine: Engine, claim: Claim) -> None:
    """The work is of no use any more: what it was for is gone or has changed."""
    with writing(engine) as tx:
        tx.execute(update(work).where(_own(claim)).values(state="dropped", done_at=now()))


def fail(engine: Engine, claim: Claim, attempts: int, error: str = EXHAUSTED) -> bool:
    """The work ended its worker, or raised. It waits again, before others of its priority; after `attempts` times it is given up, with
    `error`. True when it was this claim's to fail."""
    return _crashed(engine, Running(claim.id, claim.attempt, -1, claim.crashes), attempts, error)


def take_back(engine: Engine, seen: Running, attempts: int) -> bool:
    """As `fail`, for a worker whose beat stands where it was `seen` a lease ago."""
    return _crashed(engine, seen, attempts, EXHAUSTED)


def release(engine: Engine, claims: Iterable[Running], gone: Callable[[str], bool], attempts: int) -> list[str]:
    """As `fail`, for the claims whose worker's process has surely ended, as `gone` knows: nobody needs to wait for a lease. Gives the
    ids of what waits again."""
    dead = [replace(each, beat=-1) for each in claims if gone(each.worker)]
    return [each.id for each in dead if _crashed(engine, each, attempts, EXHAUSTED)]


def _crashed(engine: Engine, seen: Running, attempts: int, error: str) -> bool:
    with writing(engine) as tx:
        row = tx.execute(select(work.c.case_id, work.c.kind, work.c.file_id).where(work.c.id == seen.id)).first()
        if row is None or _locked(tx, row.case_id) is None:
            return False
        still = and_(work.c.id == seen.id, work.c.attempt == seen.attempt, work.c.state == "running")
        if seen.beat >= 0:
            still = and_(still, work.c.beat == seen.beat)
        over = seen.crashes + 1 >= attempts
        values = {"state": "failed", "error": error, "done_at": now()} if over else {"state": "queued", "worker": None}
        if tx.execute(update(work).where(still).values(crashes=work.c.crashes + 1, **values)).rowcount != 1:
            return False
        if over and row.kind == "read":
            _settle_file(tx, row.case_id, row.file_id)
        elif over:
            events.tell(tx, row.case_id, f"{row.kind}.failed", {"error": error})
    return True


# --- looking at it ---------------------------------------------------------------------------------------------------------
def queued(tx: Connection, most: int = 500) -> list[str]:
    """Ids of what waits, in the order in which it is claimed."""
    wanted = select(work.c.id).where(work.c.state == "queued").order_by(work.c.priority, work.c.seq).limit(most)
    return list(tx.execute(wanted).scalars())


def running(tx: Connection) -> list[Running]:
    """What is claimed and not finished."""
    wanted = select(work.c.id, work.c.attempt, work.c.beat, work.c.crashes, work.c.worker).where(work.c.state == "running")
    return [Running(row.id, row.attempt, row.beat, row.crashes, row.worker or "") for row in tx.execute(wanted)]


def depth(tx: Connection) -> dict[tuple[str, str], int]:
    """(kind, state) → how many rows, of what is not done yet and of what failed."""
    open_ = work.c.state.in_(("queued", "running", "failed"))
    rows = tx.execute(select(work.c.kind, work.c.state, func.count()).where(open_).group_by(work.c.kind, work.c.state))
    return {(kind, state): number for kind, state, number in rows}


def progress(tx: Connection, case_id: str) -> dict[str, int]:
    """File id → pages read so far, of the files of a case."""
    rows = tx.execute(
        select(work.c.file_id, func.sum(work.c.pages_done))
        .where(work.c.case_id == case_id, work.c.kind == "read", or_(work.c.state == "running", work.c.state == "done"))
        .group_by(work.c.file_id)
    )
    return {file_id: int(done or 0) for file_id, done in rows}


def results(tx: Connection, case_id: str) -> list[Part]:
    """What was read of a case, in the order of files and pages."""
    columns = work.c.file_id, work.c.first_page, work.c.last_page, work.c.result, work.c.error
    wanted = select(*columns).join(files, files.c.id == work.c.file_id)
    read = and_(work.c.case_id == case_id, work.c.kind == "read", work.c.state.in_(("done", "failed")), files.c.removed_at.is_(None))
    return [Part(*row) for row in tx.execute(wanted.where(read).order_by(files.c.seq, work.c.first_page))]
