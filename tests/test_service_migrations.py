"""The database's form: what the steps make is what the tables say, on both databases, however many come at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect, select

from intake import migrations
from intake.database import connect, reading, writing
from intake.migrations import __main__ as first
from intake.migrations import migrate
from intake.tables import counters, metadata
from tests.service_postgres import postgres

__all__ = ["postgres"]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres").new_database("form") if request.param == "postgresql" else f"sqlite:///{tmp_path / 'x.sqlite'}"
    made = connect(url)
    yield made
    made.dispose()


def test_the_steps_make_what_the_tables_say(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as tx:
        assert compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata) == [], "python -m intake.migrations"
        made = inspect(tx)
        for table in metadata.sorted_tables:
            checks = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
            assert {each["name"] for each in made.get_check_constraints(table.name)} == checks, table.name


def test_the_first_step_is_fresh() -> None:
    assert first.main(["--check"]) == 0, "run: python -m intake.migrations"


def test_a_stale_first_step_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first, "FOLDER", tmp_path)
    assert [first.main(each) for each in (["--check"], [], ["--check"], ["--wrong"])] == [1, 0, 0, 2]
    (tmp_path / "m0001_sqlite.sql").write_text("old", encoding="utf-8")
    assert first.main(["--check"]) == 1


def test_many_processes_start_at_once(engine: Engine) -> None:
    engines = [connect(engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    failed: list[BaseException] = []

    def start(each: Engine) -> None:
        try:
            migrate(each)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=start, args=(each,)) for each in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(engine) as tx:
        assert dict(tuple(row) for row in tx.execute(select(counters))) == {"seq": 0, "audit": 0}
        assert migrations.version(tx) == ScriptDirectory.from_config(migrations.configuration(tx)).get_current_head()
    for each in engines:
        each.dispose()


def test_a_database_that_is_there_stays_as_it_is(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as tx:
        tx.execute(counters.update().values(value=7))
    migrate(engine)
    with reading(engine) as tx:
        assert set(tx.execute(select(counters.c.value)).scalars()) == {7}
