"""How long cases are kept, that erased is gone, and that a backup comes back whole: on SQLite and PostgreSQL, and from one to the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from api import audit_verify
from intake import backup as backups
from intake import checkpoints, database, ids, masterkeys, retention, storage, vault
from intake.database import count, now, reading, writing
from intake.errors import NotFound, OnHold, WrongUse
from intake.storage import ERASED
from intake.tables import audit, case_index, cases, corrections, decisions, files, keys, messages, metadata, notices, uploads
from intake.tables import settings as settings_table
from tests.service_ground import Ground
from tests.service_postgres import Server, ground, postgres, small

__all__ = ["ground", "postgres", "small"]


def whole_case(ground: Ground, **columns: Any) -> str:
    """A case with a row in every table that holds something sealed."""
    case, moment = ground.case(), now()
    with writing(ground.engine) as tx:
        box = ground.vault.box(tx, case)

        def row(**more: Any) -> dict[str, Any]:
            return {"id": ids.new("row"), "seq": count(tx), "case_id": case, "by": "user_x", "created_at": moment} | more

        text = box.seal_text("张三丰 110101199003071234", "somewhere")
        tx.execute(insert(messages).values(row(text_sealed=text, internal=False)))
        tx.execute(insert(notices).values(row(content_sealed=text, report=1)))
        tx.execute(insert(corrections).values(row(kind="field", document="file_x:1:0", content_sealed=text)))
        tx.execute(insert(decisions).values(row(finding="x", decision="waived", reason_sealed=text)))
        tx.execute(insert(case_index).values(case_id=case, kind="name", digest=ground.vault.digest("name", "张三丰")))
        told = {"id": ids.new("upload"), "case_id": case, "name_sealed": text, "size": 5, "started_by": "user_x"}
        tx.execute(insert(uploads).values(**told, created_at=moment, ends_at=moment + timedelta(days=1)))
        if columns:
            tx.execute(update(cases).where(cases.c.id == case).values(**columns))
    return case


def erase(ground: Ground, case: str) -> None:
    retention.erase(ground.engine, ground.vault, ground.blobs, case, "user_manager")


def bank_sets(ground: Ground, **values: int) -> None:
    with writing(ground.engine) as tx:
        for name, value in values.items():
            tx.execute(insert(settings_table).values(organisation_id=ground.organisations["bank_1"], name=name, value=str(value)))


# --- erasing -----------------------------------------------------------------------------------------------------------------


def test_of_an_erased_case_nothing_can_be_read(ground: Ground) -> None:
    case, other = whole_case(ground), whole_case(ground)
    with reading(ground.engine) as tx:
        blob = tx.execute(select(files.c.blob).where(files.c.case_id == case)).scalar_one()
    sealed = ground.blobs.get(blob)
    box = ground.vault.masters
    with reading(ground.engine) as tx:
        wrapped = tx.execute(select(keys.c.wrapped).where(keys.c.owner == case)).scalar_one()
    erase(ground, case)
    with reading(ground.engine) as tx:
        with pytest.raises(NotFound):
            ground.vault.box(tx, case)
        for table in (messages, notices, corrections, decisions, case_index, uploads):
            assert tx.execute(select(func.count()).select_from(table).where(table.c.case_id == case)).scalar() == 0
            assert tx.execute(select(func.count()).select_from(table).where(table.c.case_id == other)).scalar() == 1
        row = tx.execute(select(cases).where(cases.c.id == case)).one()
        assert (row.stage, row.declared_sealed, row.reference) == ("erased", b"", None) and row.erased_at is not None
        assert tx.execute(select(files.c.name_sealed).where(files.c.case_id == case)).scalars().all() == [b""]
        assert ground.vault.box(tx, other)
    assert list(ground.blobs.keys(f"{case}/")) == [] and len(list(ground.blobs.keys(f"{other}/"))) == 1
    assert sealed and box.unwrap(1, wrapped, case.encode()), "whoever kept copies of both could still read: see docs/security.md"


def test_of_an_erased_key_no_byte_is_left_in_sqlites_files(small: Ground) -> None:
    case = whole_case(small)
    for _ in range(30):
        whole_case(small)
    with reading(small.engine) as tx:
        wrapped = bytes(tx.execute(select(keys.c.wrapped).where(keys.c.owner == case)).scalar_one())

    def held() -> list[str]:
        return [path.name for path in small.settings.data.glob("yushen.sqlite*") if wrapped in path.read_bytes()]

    assert held()
    erase(small, case)
    assert held() == []


def test_the_audit_log_still_holds_after_an_erasure(ground: Ground, tmp_path: Path) -> None:
    case = whole_case(ground)
    with writing(ground.engine) as tx:
        earlier = checkpoints.checkpoint(tx, ground.vault)
    erase(ground, case)
    with writing(ground.engine) as tx:
        (tmp_path / "export").write_text("".join(checkpoints.export(tx, ground.vault)), encoding="utf-8")
        last = tx.execute(select(audit.c.leaf).order_by(audit.c.seq.desc()).limit(1)).scalar_one()
    key = audit_verify.public_key(checkpoints.public_key(ground.vault))
    assert audit_verify.verify_export(tmp_path / "export", key, earlier).size > 0
    assert json.loads(last)["action"] == "case.erase" and json.loads(last)["case"] == case


def test_an_erased_case_cannot_be_erased_again(small: Ground) -> None:
    case = whole_case(small)
    erase(small, case)
    for absent in (case, "case_x"):
        with pytest.raises(NotFound):
            erase(small, absent)


def test_a_legal_hold_refuses_until_it_is_lifted(ground: Ground) -> None:
    case = whole_case(ground, stage="closed", closed_at=now() - timedelta(days=9999))
    with writing(ground.engine) as tx:
        retention.hold(tx, case, True, actor="user_manager")
    with pytest.raises(OnHold) as refused:
        erase(ground, case)
    assert refused.value.code == "on_hold" and retention.due(ground.engine, ground.settings) == []
    with reading(ground.engine) as tx:
        assert ground.vault.box(tx, case)
    with writing(ground.engine) as tx:
        retention.hold(tx, case, False, actor="user_manager")
    erase(ground, case)
    with writing(ground.engine) as tx, pytest.raises(NotFound):
        retention.hold(tx, case, True, actor="user_manager")


def test_before_the_banks_shortest_time_nobody_erases(small: Ground) -> None:
    bank_sets(small, min_retention_days=30)
    young = whole_case(small, stage="closed", closed_at=now() - timedelta(days=29))
    old = whole_case(small, stage="closed", closed_at=now() - timedelta(days=31))
    for case in (young, whole_case(small)):
        with pytest.raises(OnHold):
            erase(small, case)
    erase(small, old)


def test_what_is_due_is_erased_by_itself_and_nothing_else(ground: Ground) -> None:
    ended = now() - timedelta(days=181)
    due = [whole_case(ground, stage=stage, closed_at=ended) for stage in ("closed", "passed", "declined")]
    due.append(whole_case(ground, stage="passed", updated_at=ended))
    kept = [
        whole_case(ground, stage="closed", closed_at=now() - timedelta(days=179)),
        whole_case(ground, stage="review", updated_at=ended),
        whole_case(ground, stage="closed", closed_at=ended, legal_hold=True),
    ]
    assert set(retention.due(ground.engine, ground.settings)) == set(due)
    assert retention.sweep(ground.engine, ground.vault, ground.blobs, ground.settings) == 4
    assert retention.sweep(ground.engine, ground.vault, ground.blobs, ground.settings) == 0
    with reading(ground.engine) as tx:
        living = set(tx.execute(select(cases.c.id).where(cases.c.stage != "erased")).scalars())
    assert living == set(kept)


def test_a_bank_sets_its_own_time_which_is_never_below_its_shortest(small: Ground) -> None:
    case = whole_case(small, stage="closed", closed_at=now() - timedelta(days=50))
    assert retention.due(small.engine, small.settings) == []
    bank_sets(small, retention_days=40)
    assert retention.due(small.engine, small.settings) == [case]
    bank_sets(small, min_retention_days=60)
    assert retention.due(small.engine, small.settings) == []


class Broken(storage.Disk):
    """A store that fails in the middle of an erasure."""

    def delete(self, key: str) -> None:
        raise OSError(5, "input/output error")


def test_an_erasure_whose_blobs_could_not_be_deleted_is_finished_by_the_sweep(small: Ground, caplog: pytest.LogCaptureFixture) -> None:
    case = whole_case(small)
    assert isinstance(small.blobs, storage.Disk)
    retention.erase(small.engine, small.vault, Broken(small.blobs.root), case, "user_manager")
    assert "OSError" in caplog.text and case not in caplog.text
    assert len(list(small.blobs.keys(f"{case}/"))) == 1
    assert storage.collect(small.engine, small.blobs, timedelta(seconds=-5)) == 1
    assert list(small.blobs.keys()) == [f"{ERASED}{case}"]
    small.blobs.delete(f"{ERASED}{case}")
    assert retention.finish(small.engine, small.blobs) == 1 and retention.finish(small.engine, small.blobs) == 0


# --- backup and restore ------------------------------------------------------------------------------------------------------


def state(engine: Engine) -> dict[str, list[Any]]:
    with reading(engine) as tx:
        return {
            name: sorted((tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in tx.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in backups.LEFT_OUT
        }


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_comes_back_whole_on_either_database(ground: Ground, target: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    made = [whole_case(ground) for _ in range(3)]
    erase(ground, made[2])
    told = backups.backup(ground.engine, ground.blobs, tmp_path / "backup")
    assert told["rows"] > 30 and told["blobs"] == told["copied"] == 2
    server: Server | None = request.getfixturevalue("postgres") if target == "postgresql" else None
    url = server.new_database("restored") if server else f"sqlite:///{tmp_path / 'restored.sqlite'}"
    engine, blobs = database.connect(url), storage.Disk(tmp_path / "blobs")
    secrets = vault.opened(ground.settings)
    assert backups.restore(engine, secrets, blobs, tmp_path / "backup") == {"rows": told["rows"], "blobs": 3, "forgotten": 0}
    assert state(engine) == state(ground.engine)
    again = Ground(ground.settings, engine, secrets, blobs, ground.organisations)
    with reading(engine) as tx:
        blob = tx.execute(select(files.c.blob).where(files.c.case_id == made[0])).scalar_one()
        assert secrets.box(tx, made[0]).open(blobs.get(blob), blob) == b"bytes of 110101199003071234"
    whole_case(again)  # counters go on where they were
    with writing(engine) as tx:
        (tmp_path / "export").write_text("".join(checkpoints.export(tx, secrets)), encoding="utf-8")
    audit_verify.verify_export(tmp_path / "export", audit_verify.public_key(checkpoints.public_key(secrets)))
    engine.dispose()


def restored(ground: Ground, folder: Path, into: Path, secrets: vault.Vault | None = None) -> Engine:
    into.mkdir(exist_ok=True)
    engine = database.connect(f"sqlite:///{into / 'x.sqlite'}")
    backups.restore(engine, secrets or ground.vault, storage.Disk(into / "blobs"), folder)
    return engine


def test_a_second_backup_copies_new_blobs_only_and_forgets_erased_ones(small: Ground, tmp_path: Path) -> None:
    first = whole_case(small)
    backups.backup(small.engine, small.blobs, tmp_path / "backup")
    whole_case(small)
    erase(small, first)
    assert backups.backup(small.engine, small.blobs, tmp_path / "backup")["copied"] == 1
    assert {entry.key.split("/")[0] for entry in storage.Disk(tmp_path / "backup" / "blobs").entries()} & {first} == set()


def test_what_was_erased_after_the_backup_is_erased_again_by_the_restore(small: Ground, tmp_path: Path) -> None:
    case, other = whole_case(small), whole_case(small)
    backups.backup(small.engine, small.blobs, tmp_path / "backup")
    erase(small, case)
    (tmp_path / "x").mkdir()
    engine = database.connect(f"sqlite:///{tmp_path / 'x' / 'x.sqlite'}")
    told = backups.restore(engine, small.vault, small.blobs, tmp_path / "backup")  # the blob store was not lost, only the database
    assert told["forgotten"] == 1
    with reading(engine) as tx:
        with pytest.raises(NotFound):
            small.vault.box(tx, case)
        assert tx.execute(select(cases.c.stage).where(cases.c.id == case)).scalar_one() == "erased"
        assert small.vault.box(tx, other)
    assert list(small.blobs.keys(f"{case}/")) == []


def test_the_backup_holds_nothing_readable(small: Ground, tmp_path: Path) -> None:
    whole_case(small)
    backups.backup(small.engine, small.blobs, tmp_path / "backup")
    sizes = 0
    for path in (tmp_path / "backup").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            sizes += len(data)
            assert "张三".encode() not in data and b"110101199003071234" not in data
            assert path.stat().st_mode & 0o077 == 0
    assert sizes > 5000


def test_a_stranger_key_restores_nothing(small: Ground, tmp_path: Path) -> None:
    backups.backup(small.engine, small.blobs, tmp_path / "backup")
    with pytest.raises(WrongUse) as refused:
        restored(small, tmp_path / "backup", tmp_path / "x", vault.Vault(masterkeys.parsed(masterkeys.fresh())))
    assert "master key" in refused.value.sentence
    with reading(database.connect(f"sqlite:///{tmp_path / 'x' / 'x.sqlite'}")) as tx:
        assert tx.execute(select(func.count()).select_from(cases)).scalar() == 0, "rolled back"


HARMS = {
    "no list": "no whole backup", "a byte of a table": "damaged", "a table": "missing", "a blob": "blobs are missing",
    "another schema": "schema 0000", "another format": "another format",
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_a_backup_that_is_not_whole_is_refused(small: Ground, tmp_path: Path, harm: str) -> None:
    whole_case(small)
    folder = tmp_path / "backup"
    backups.backup(small.engine, small.blobs, folder)
    said = json.loads((folder / backups.LIST).read_text())
    if harm == "no list":
        (folder / backups.LIST).unlink()
    elif harm == "a byte of a table":
        path = folder / "tables" / "cases.jsonl"
        path.write_bytes(path.read_bytes().replace(b"open", b"opem"))
    elif harm == "a table":
        (folder / "tables" / "cases.jsonl").unlink()
    elif harm == "a blob":
        next(path for path in (folder / "blobs").rglob("*") if path.is_file()).unlink()
    else:
        changed = {"schema": "0000"} if harm == "another schema" else {"format": "x"}
        (folder / backups.LIST).write_text(json.dumps(said | changed))
    with pytest.raises(WrongUse) as refused:
        restored(small, folder, tmp_path / "x")
    assert HARMS[harm] in refused.value.sentence


def test_a_backup_goes_into_an_empty_database_only(small: Ground, tmp_path: Path) -> None:
    backups.backup(small.engine, small.blobs, tmp_path / "backup")
    restored(small, tmp_path / "backup", tmp_path / "x")
    with pytest.raises(WrongUse) as refused:
        restored(small, tmp_path / "backup", tmp_path / "x")
    assert "not empty" in refused.value.sentence


def test_a_backup_is_of_one_moment_while_others_write(small: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first and the last table somebody opens cases: the backup has none of them, or it would not fit together."""
    whole_case(small)
    write, opened = backups._write, []

    def slowly(path: Path, lines: Iterator[str]) -> tuple[int, str]:
        done = write(path, lines)
        if path.name == "cases.jsonl":
            opened.append(whole_case(small))
        return done

    monkeypatch.setattr(backups, "_write", slowly)
    backups.backup(small.engine, small.blobs, tmp_path / "backup")
    engine = restored(small, tmp_path / "backup", tmp_path / "x")
    with reading(engine) as tx:
        assert len(opened) == 1 and opened[0] not in set(tx.execute(select(cases.c.id)).scalars())
        assert opened[0] not in set(tx.execute(select(files.c.case_id)).scalars())
