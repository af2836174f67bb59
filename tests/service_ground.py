"""What tests of the service stand on: a database (SQLite, or PostgreSQL where it is asked for), vault, blobs, organisations, cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, insert

from intake import database, ids, migrations, people, storage, vault
from intake.database import count, now, writing
from intake.scope import ROLES, Scope
from intake.settings import Settings
from intake.storage import Blobs
from intake.tables import cases, files
from intake.vault import Vault

PASSWORD = "correct horse 9 battery"


@dataclass(frozen=True)
class Ground:
    """One bank with two branches and two agencies, each agency handing in to its branch; and another bank with one branch."""

    settings: Settings
    engine: Engine
    vault: Vault
    blobs: Blobs
    organisations: dict[str, str]

    def scope(self, name: str, role: str = "") -> Scope:
        """Somebody of an organisation: by its kind a broker or manager, or a machine."""
        kind = name.split("_")[0]
        role = role or {"agency": "broker", "branch": "manager", "bank": "system"}[kind]
        bank = self.organisations["bank_2" if name.endswith("_9") else "bank_1"] if kind != "bank" else self.organisations[name]
        allowed = ROLES.get(role, frozenset({"cases:read", "cases:write"}))
        return Scope(f"user_{name}", role, self.organisations[name], kind, bank, scopes=allowed)

    def case(self, agency: str | None = "agency_1", branch: str = "branch_1", stage: str = "open") -> str:
        """A case with a key, something declared, and one file with its blob."""
        id, moment = ids.new("case"), now()
        of = self.organisations
        bank = of["bank_2" if branch.endswith("_9") else "bank_1"]
        with writing(self.engine) as tx:
            box = self.vault.new_key(tx, id)
            declared = box.seal_json({"name": "张三丰"}, f"cases.declared:{id}")
            place = {"bank_id": bank, "branch_id": of[branch], "agency_id": of[agency] if agency else None}
            row = {"id": id, "seq": count(tx), **place, "opened_by": "user_x", "declared_sealed": declared, "stage": stage, "inputs": 1}
            tx.execute(insert(cases).values(**row, created_at=moment, updated_at=moment))
            blob = f"{id}/{ids.new('blob')}"
            self.blobs.put(blob, box.seal(b"bytes of 110101199003071234", blob))
            name = box.seal_text("张三丰.jpg", "files.name")
            told = {"case_id": id, "name_sealed": name, "kind": "jpeg", "mime": "image/jpeg", "size": 27, "sha256": "0" * 64, "blob": blob}
            tx.execute(insert(files).values(id=ids.new("file"), seq=count(tx), **told, state="read", uploaded_by="user_x", created_at=moment))
        return id


def laid(folder: Path, url: str = "", **settings: object) -> Ground:
    """The ground, in an empty folder and database."""
    folder.mkdir(parents=True, exist_ok=True)
    given = Settings(data=folder, database_url=url, free_bytes=0, **settings)  # type: ignore[arg-type]
    engine = database.connect(given.url)
    migrations.migrate(engine)
    secrets = vault.opened(given)
    secrets.prepare(engine)
    made: dict[str, str] = {}
    with writing(engine) as tx:
        for name in ("bank_1", "bank_2"):
            made[name] = people.add_organisation(tx, "bank", name, actor="command")
        for name in ("branch_1", "branch_2", "agency_1", "agency_2", "branch_9", "agency_9"):
            bank = made["bank_2" if name.endswith("9") else "bank_1"]
            made[name] = people.add_organisation(tx, name.split("_")[0], name, bank=bank, actor="command")
        for number in ("1", "2", "9"):
            people.allow_branch(tx, made[f"agency_{number}"], made[f"branch_{number}"], actor="command")
    return Ground(given, engine, secrets, storage.opened(given), made)
