"""What the clients were promised, held against what the database and the blobs hold at the end. Every row of the answer must be 0."""

from __future__ import annotations

import hashlib
from collections import Counter

from sqlalchemy import Connection, Engine, func, select

from benchmarks.clients import History
from intake import merkle, storage, vault
from intake.database import reading
from intake.settings import Settings
from intake.tables import audit, cases, events, files, reports, work


def open_work(engine: Engine) -> int:
    """Pieces of work that are not done yet."""
    with reading(engine) as tx:
        return _count(tx, "queued", "running")


def _count(tx: Connection, *states: str) -> int:
    return int(tx.execute(select(func.count()).select_from(work).where(work.c.state.in_(states))).scalar_one())


def faults(settings: Settings, engine: Engine, history: History) -> dict[str, int]:
    """Name of a broken promise → how often it was broken."""
    with reading(engine) as tx:
        held = {row.id: row for row in tx.execute(select(files))}
        promised = {each.file_id: each for each in history.promises}
        keys = Counter(key for key, _ in {(each.key, each.file_id) for each in history.promises})
        return {
            "lost": len(set(promised) - set(held)),
            "other_bytes": sum(held[id].sha256 != each.sha256 for id, each in promised.items() if id in held),
            "blob_differs": _blobs(settings, tx, list(held.values())),
            "never_asked_for": len(set(held) - set(promised)),
            "keys_mapped_twice": sum(number > 1 for number in keys.values()),
            "unread": sum(row.state != "read" for row in held.values()),
            **_reports(tx, history),
            "work_left": _count(tx, "queued", "running", "failed"),
            "audit_broken": _audit(tx),
        }  # fmt: skip


def _blobs(settings: Settings, tx: Connection, held: list[object]) -> int:
    """Files whose bytes, opened, are not those that were hashed at the upload."""
    keys, blobs, wrong = vault.opened(settings), storage.opened(settings), 0
    for row in held:
        try:
            data = keys.box(tx, row.case_id).open(blobs.get(row.blob), row.blob)  # type: ignore[attr-defined]
            wrong += hashlib.sha256(data).hexdigest() != row.sha256  # type: ignore[attr-defined]
        except (KeyError, vault.SealBroken):
            wrong += 1
    return wrong


def _reports(tx: Connection, history: History) -> dict[str, int]:
    known = list(tx.execute(select(cases.c.id, cases.c.inputs, cases.c.report)))
    made: dict[str, list[tuple[int, int]]] = {}
    for row in tx.execute(select(reports.c.case_id, reports.c.version, reports.c.inputs)):
        made.setdefault(row.case_id, []).append((row.version, row.inputs))
    told = Counter(tx.execute(select(events.c.case_id).where(events.c.kind == "report.ready")).scalars())
    with_files = {each.case_id for each in history.promises}
    return {
        "cases_lost": len(set(history.cases) - {row.id for row in known}),
        "two_reports_for_one_state": sum(len(of) != len({inputs for _, inputs in of}) for of in made.values()),
        "versions_with_gaps": sum(sorted(v for v, _ in of) != list(range(1, len(of) + 1)) for of in made.values()),
        "no_report_on_the_present_state": sum(
            row.id in with_files and row.inputs not in {inputs for _, inputs in made.get(row.id, [])} for row in known
        ),
        "events_differ_from_reports": sum(told[case] != len(of) for case, of in made.items()),
    }


def _audit(tx: Connection) -> int:
    """Leaves that are missing, or whose hash is not that of what they say."""
    rows = list(tx.execute(select(audit.c.seq, audit.c.leaf, audit.c.leaf_hash).order_by(audit.c.seq)))
    gaps = sum(row.seq != place for place, row in enumerate(rows))
    return gaps + sum(merkle.leaf_hash(row.leaf.encode()) != bytes(row.leaf_hash) for row in rows)
