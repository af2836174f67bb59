"""PostgreSQL's own guard of rows, behind the filter in `scope.visible`: a statement that forgets the filter still gets nothing foreign.

Every transaction says as whom it reads (`database.writing`, `database.reading`); said nothing, no row of any case is there. The audit
log is not guarded: it is one tree over all cases, and holds ids and hashes only.
"""

from __future__ import annotations

from sqlalchemy import Engine, text

from intake.settings import Settings, SettingWrong
from intake.tables import metadata

WHO = "current_setting('yushen.organisation', true)"
OF_A_CASE = sorted(table.name for table in metadata.tables.values() if "case_id" in table.c and table.name != "audit")
"""Tables whose rows belong to a case."""


def policies() -> list[str]:
    """The statements that guard the rows, for a fresh database."""
    mine = f"{WHO} = '*' OR {WHO} IN (bank_id, branch_id, agency_id)"
    guarded = {"cases": mine, "keys": _with_case("keys.owner", "owner = 'system' OR ")}
    guarded |= {name: _with_case(f"{name}.case_id") for name in OF_A_CASE}
    found = []
    for name, condition in guarded.items():
        found.append(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        found.append(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        allowed = "true" if name == "keys" else condition  # a case's key is made just before its row
        found.append(f"CREATE POLICY of_organisation ON {name} USING ({condition}) WITH CHECK ({allowed})")
    return found


def check(engine: Engine, settings: Settings) -> None:
    """Refuses (SettingWrong), in production, a role of PostgreSQL that its guard does not hold for."""
    if engine.dialect.name != "postgresql" or not settings.production:
        return
    with engine.connect() as connection:
        free = connection.execute(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")).scalar()
    if free:
        raise SettingWrong("YUSHEN_DATABASE_URL: this role is a superuser or passes row security; give the service a plain role of its own")


def _with_case(column: str, more: str = "") -> str:
    """`cases` is guarded itself, so that a case that is not to be seen is not there to be found."""
    return f"{WHO} = '*' OR {more}EXISTS (SELECT 1 FROM cases WHERE cases.id = {column})"  # noqa: S608  (our own column names)
