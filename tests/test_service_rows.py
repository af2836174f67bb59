"""Who sees which cases: the filter on both databases, and PostgreSQL's own guard where the filter is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import ProgrammingError

from intake import audit, rowguard
from intake.database import Who, count, insert_or_hold, now, reading, writing
from intake.scope import visible, who
from intake.settings import Settings, SettingWrong
from intake.tables import cases, events, files, keys, messages, metadata, throttle
from tests.service_ground import Ground, laid
from tests.service_postgres import Server, ground, postgres

__all__ = ["ground", "postgres"]
KINDS = ["agency_1", "agency_2", "branch_1", "branch_2", "bank_1", "bank_2", "branch_9", "agency_9"]


@pytest.fixture
def guarded(postgres: Server, tmp_path: Path) -> Iterator[Ground]:
    made = laid(tmp_path, postgres.new_database("guarded"))
    yield made
    made.engine.dispose()


def seen(ground: Ground, name: str, role: str = "") -> set[str]:
    scope = ground.scope(name, role)
    with reading(ground.engine, who(scope)) as tx:
        return set(tx.execute(select(cases.c.id).where(visible(scope))).scalars())


def test_the_filter_shows_ones_own_cases_only(ground: Ground) -> None:
    a, b, c = ground.case("agency_1", "branch_1"), ground.case("agency_2", "branch_2"), ground.case(None, "branch_2")
    x = ground.case("agency_9", "branch_9")
    expected = {
        "agency_1": {a}, "agency_2": {b}, "branch_1": {a}, "branch_2": {b, c}, "bank_1": {a, b, c}, "bank_2": {x}, "branch_9": {x}, "agency_9": {x},
    }  # fmt: skip
    assert {name: seen(ground, name) for name in KINDS} == expected
    assert {name: seen(ground, name, "system") for name in KINDS} == expected, "a machine sees what its organisation may"


@pytest.mark.parametrize("role", ["administrator", "auditor", "broker", "manager"])
def test_people_of_the_bank_itself_see_no_case(ground: Ground, role: str) -> None:
    ground.case()
    assert seen(ground, "bank_1", role) == set()


def test_a_role_in_the_wrong_kind_of_organisation_sees_nothing(ground: Ground) -> None:
    ground.case()
    assert seen(ground, "branch_1", "broker") == seen(ground, "agency_1", "manager") == seen(ground, "branch_1", "administrator") == set()


def test_without_the_right_to_read_nothing_is_visible(ground: Ground) -> None:
    ground.case()
    scope = replace(ground.scope("branch_1"), scopes=frozenset({"cases:write"}))
    with reading(ground.engine, who(scope)) as tx:
        assert tx.execute(select(cases.c.id).where(visible(scope))).all() == []


def every_row(tx: Connection) -> dict[str, int]:
    return {name: len(tx.execute(select(metadata.tables[name])).all()) for name in ("cases", "files", "events")}


def filled(ground: Ground) -> dict[str, str]:
    made = {name: ground.case(f"agency_{name}", f"branch_{name}") for name in ("1", "2", "9")}
    with writing(ground.engine) as tx:
        for case in made.values():
            row = {"seq": count(tx), "case_id": case, "kind": "case.opened", "data": "{}", "created_at": now()}
            tx.execute(insert(events).values(row))
    return made


def test_a_forgotten_filter_shows_nothing_foreign(guarded: Ground) -> None:
    filled(guarded)
    for name, rows in {"agency_1": 1, "branch_2": 1, "bank_1": 2, "bank_2": 1}.items():
        with reading(guarded.engine, Who(guarded.organisations[name])) as tx:
            assert every_row(tx) == {"cases": rows, "files": rows, "events": rows}, name
    with reading(guarded.engine) as tx:
        assert every_row(tx) == {"cases": 3, "files": 3, "events": 3}


def test_a_transaction_that_says_nothing_sees_nothing_and_the_next_one_remembers_nothing(guarded: Ground) -> None:
    filled(guarded)
    with reading(guarded.engine) as tx:
        assert every_row(tx)["cases"] == 3
    for _ in range(3):
        with guarded.engine.connect() as connection, connection.begin():  # the same pooled connection, without `set_config`
            assert every_row(connection) == {"cases": 0, "files": 0, "events": 0}
            assert connection.execute(select(keys.c.owner)).scalars().all() == ["system"]


def test_foreign_rows_cannot_be_changed_written_or_deleted(guarded: Ground) -> None:
    made = filled(guarded)
    mine = Who(guarded.organisations["agency_1"])
    with writing(guarded.engine, mine) as tx:
        assert tx.execute(update(cases).where(cases.c.id == made["2"]).values(reference="x")).rowcount == 0
        assert tx.execute(delete(files).where(files.c.case_id == made["2"])).rowcount == 0
        assert tx.execute(delete(keys).where(keys.c.owner == made["2"])).rowcount == 0
        assert tx.execute(update(cases).where(cases.c.id == made["1"]).values(reference="x")).rowcount == 1
    moment = now()
    row = {"id": "message_x", "seq": 900, "case_id": made["2"], "text_sealed": b"", "by": "user_x", "internal": False, "created_at": moment}
    with pytest.raises(ProgrammingError, match="row-level security"), writing(guarded.engine, mine) as tx:
        tx.execute(insert(messages).values(row))
    with pytest.raises(ProgrammingError, match="row-level security"), writing(guarded.engine, mine) as tx:
        tx.execute(update(cases).where(cases.c.id == made["1"]).values(**moved(guarded)))


def moved(ground: Ground) -> dict[str, str]:
    of = ground.organisations
    return {"agency_id": of["agency_9"], "branch_id": of["branch_9"], "bank_id": of["bank_2"]}


def test_every_table_of_cases_is_guarded_even_for_its_owner(guarded: Ground, postgres: Server) -> None:
    listed = postgres.sql("guarded", "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY 1").split()
    assert set(listed) == {"cases", "keys", *rowguard.OF_A_CASE}
    assert {table.name for table in metadata.tables.values() if "case_id" in table.c} - set(listed) == {"audit"}


def test_the_audit_log_takes_leaves_of_whoever_acts(guarded: Ground) -> None:
    made = filled(guarded)
    with writing(guarded.engine, Who(guarded.organisations["agency_1"])) as tx:
        first = audit.record(tx, "case.seen", actor="user_x", case_id=made["1"])
    with writing(guarded.engine, Who("nobody")) as tx:
        assert audit.record(tx, "login", actor="user_y") == first + 1


def test_production_refuses_a_role_that_the_guard_does_not_hold_for(guarded: Ground, postgres: Server) -> None:
    from intake.database import connect

    rowguard.check(guarded.engine, Settings(production=True))
    engine = connect(postgres.url("guarded", "postgres"))
    with pytest.raises(SettingWrong, match="superuser"):
        rowguard.check(engine, Settings(production=True))
    rowguard.check(engine, Settings())
    engine.dispose()


def test_a_broker_and_a_manager_do_their_work_under_the_guard(postgres: Server, tmp_path: Path) -> None:
    """Over HTTP on a database that guards its rows: nothing that the use cases need is hidden from them, and nothing foreign is shown."""
    from tests.service import bank, fresh_key

    small = bank(tmp_path, database_url=postgres.new_database("door"), free_bytes=0)
    red, blue, north, far = (small.client(name) for name in ("red", "blue", "north", "far"))
    opened = red.post("/v1/cases", json={"branch_id": small.organisations["north"]}, headers=fresh_key())
    assert opened.status_code == 201, opened.text
    case = f"/v1/cases/{opened.json()['id']}"
    picture = (Path(__file__).parent.parent / "samples" / "packets" / "problems").glob("*.jpg")
    sent = red.post(f"{case}/files", files=[("files", ("a.jpg", next(picture).read_bytes(), "image/jpeg"))], headers=fresh_key())
    assert sent.status_code == 201, sent.text
    assert red.post(f"{case}/complete", headers=fresh_key()).status_code == 200
    for client, status in ((red, 200), (north, 200), (blue, 404), (far, 404)):
        assert client.get(case).status_code == client.get(f"{case}/files").status_code == status
    assert [len(client.get("/v1/cases").json()["cases"]) for client in (red, north, blue, far)] == [1, 1, 0, 0]
    small.door.engine.dispose()


def test_a_row_that_another_transaction_deletes_meanwhile_is_made_anew(guarded: Ground) -> None:
    held: list[int] = []

    def beside() -> None:
        with writing(guarded.engine) as tx:
            held.append(insert_or_hold(tx, throttle, bucket=b"b", failures=1, last_at=now()).failures)

    other = threading.Thread(target=beside)
    with writing(guarded.engine) as tx:
        assert insert_or_hold(tx, throttle, bucket=b"b", failures=0, last_at=now()).failures == 0
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the other one waits for the row"
        tx.execute(delete(throttle))
    other.join(20)
    assert held == [1]
