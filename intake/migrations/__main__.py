"""Writes the first step's statements out of tables.py: `python -m intake.migrations [--check]`. Only until the first release: afterwards
a change of the tables is a step of its own, and the first one stays as it was."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from intake.rowguard import policies
from intake.tables import metadata

FOLDER = Path(__file__).parent / "versions"
DIALECTS: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}  # type: ignore[no-untyped-call]


def statements(name: str) -> str:
    """All statements that make an empty database of this kind what tables.py says, each ended by a semicolon and an empty line."""
    dialect = DIALECTS[name]
    found = []
    for table in metadata.sorted_tables:
        found.append(str(CreateTable(table).compile(dialect=dialect)))
        found += [str(CreateIndex(index).compile(dialect=dialect)) for index in sorted(table.indexes, key=lambda index: str(index.name))]
    found += policies() if name == "postgresql" else []
    return "".join(f"{_tidy(each)};\n\n" for each in found).rstrip("\n") + "\n"


def _tidy(statement: str) -> str:
    return "\n".join(row.rstrip().replace("\t", "    ") for row in statement.strip().splitlines())


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` compare them: 0 when they are up to date, 1 when stale, 2 for another argument."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m intake.migrations [--check]", file=sys.stderr)
        return 2
    for name in DIALECTS:
        path = FOLDER / f"m0001_{name}.sql"
        if not arguments:
            path.write_text(statements(name), encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != statements(name):
            print("the first migration is stale: run python -m intake.migrations", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
