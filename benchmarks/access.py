"""Access: every route × method × role × organisation, generated from OpenAPI, in this process.

    make access                       the matrix, and 600 tamperings of the audit log
    python -m benchmarks.access

For each operation a fresh case of one agency and branch is asked for by everybody: those it belongs to reach it; to all others the answer
is, byte by byte, the one to an id that is not there, and nothing of the case changes. The last line is JSON; exit code 1 on a leak.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from intake import accounts, audit, ids, people
from intake.database import count, now, reading, writing
from intake.errors import Invalid
from intake.scope import ROLES
from intake.tables import cases, files, metadata, reports, uploads
from tests.service import PASSWORD, Bank, bank

OWNERS = {"red", "north", "a"}
"""Organisations to which the case belongs: its agency, its branch, its bank."""
SEES = {"broker": "red", "manager": "north"}
"""People who see it: by their role and organisation."""
PUBLIC = {"/health", "/ready", "/metrics", "/v1/openapi.json"}
"""Paths that anybody may ask for. What they say is looked through for personal data."""
DOORS = {"/v1/session", "/v1/oauth/token", "/v1/token"}
"""Paths by which one comes in: they check what is sent and not who sends it."""
MARKS = ("张三丰", "110101199003071234", "文件名张三丰")
REACHED = {400, 409, 410, 412, 413, 415, 428}
"""Statuses of somebody who reached the case, and was refused for its state or for what he sent."""


@dataclass(frozen=True)
class Actor:
    """Somebody who asks. `owner`: whether the case is his to see."""

    name: str
    client: TestClient
    owner: bool


@dataclass(frozen=True)
class Operation:
    """A route and method of OpenAPI."""

    method: str
    path: str
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


@dataclass
class Outcome:
    """What was asked, and each thing that was not as it must be."""

    operations: int = 0
    requests: int = 0
    faults: list[str] = field(default_factory=list)


class Matrix:
    """One bank, everybody in it, and all operations."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.bank = bank(folder, free_bytes=0, **settings)
        self.spec = self.bank.app.openapi()
        self.operations = [
            Operation(method, path, spec)
            for path, methods in sorted(self.spec["paths"].items())
            for method, spec in sorted(methods.items())
            if method in ("get", "post", "put", "patch", "delete", "head")
        ]
        self.actors = [*self._machines(), *self._people()]
        self.nobody = Actor("nobody", self.bank.client(), False)
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Asks for everything."""
        for operation in self.operations:
            self.outcome.operations += 1
            if operation.path in PUBLIC | DOORS:
                self._public(operation)
            elif "case_id" in operation.parameters:
                self._of_a_case(operation)
            else:
                self._of_no_case(operation)
        return self.outcome

    # --- asking ----------------------------------------------------------------------------------------------------------
    def _of_a_case(self, operation: Operation) -> None:
        case = Case.of(self.bank)
        unknown = set(operation.parameters) - set(case.ids)
        if unknown:
            self._fault(operation, "matrix", f"does not know how to fill {sorted(unknown)}: add them to benchmarks/access.py")
            return
        before = case.rows()
        absent = case.absent()
        for actor in (each for each in self.actors if not each.owner):
            status, body = self._ask(actor, operation, case.ids)
            none = self._ask(actor, operation, absent.ids)
            if status not in (403, 404) or (status, body) != none:
                self._fault(operation, actor.name, f"answers {status} to a foreign id, {none[0]} to one that is not there")
            self._looked_through(operation, actor, body, case)
        if self._ask(self.nobody, operation, case.ids)[0] != 401:
            self._fault(operation, "nobody", "is not asked who he is")
        if case.rows() != before:
            self._fault(operation, "somebody foreign", "changed the case")
        self._by_owners(operation)

    def _by_owners(self, operation: Operation) -> None:
        reached = 0
        for actor in (each for each in self.actors if each.owner):
            status, _ = self._ask(actor, operation, Case.of(self.bank).ids)
            reached += status < 400 or status in REACHED
            if status in (401, 404, 422) or status >= 500:
                self._fault(operation, actor.name, f"answers {status} to one whose case it is")
        if not reached:
            self._fault(operation, "owners", "none of them reaches it: the row proves nothing")

    def _of_no_case(self, operation: Operation) -> None:
        """Lists and the like: nobody is let in, and nobody sees a case that is not his."""
        case = Case.of(self.bank)
        filled = {name: f"{name.removesuffix('_id')}_{'A' * 22}" for name in operation.parameters}
        if self._ask(self.nobody, operation, filled)[0] != 401:
            self._fault(operation, "nobody", "is not asked who he is")
        for actor in self.actors:
            if operation.method == "get" or not actor.owner:
                status, body = self._ask(actor, operation, filled)
                if status >= 500:
                    self._fault(operation, actor.name, f"answers {status}")
                if not actor.owner:
                    self._looked_through(operation, actor, body, case)

    def _public(self, operation: Operation) -> None:
        status, body = self._ask(self.nobody, operation, {})
        if status >= 500 and operation.path != "/ready":
            self._fault(operation, "nobody", f"answers {status}")
        self._looked_through(operation, self.nobody, body, Case.of(self.bank))

    def _ask(self, actor: Actor, operation: Operation, filled: Mapping[str, str]) -> tuple[int, str]:
        """Status and body, without the request's own id."""
        self.outcome.requests += 1
        sent = {"headers": self._headers(operation), **self._body(operation)}
        answer = actor.client.request(operation.method, operation.path.format(**filled), **sent, follow_redirects=False)
        return answer.status_code, re.sub(r'"request_id":"[^"]*"', "", answer.text)

    def _headers(self, operation: Operation) -> dict[str, str]:
        known = {"idempotency-key": ids.new("key"), "if-match": "*", "upload-offset": "0", "content-digest": ""}
        asked = [each["name"].lower() for each in operation.spec.get("parameters", ()) if each["in"] == "header"]
        wanted = {name: known[name] for name in asked if known.get(name)}
        return wanted if operation.method == "get" else {"idempotency-key": known["idempotency-key"], **wanted}

    def _body(self, operation: Operation) -> dict[str, Any]:
        content = operation.spec.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            return {"json": sample(content["application/json"]["schema"], self.spec)}
        if "multipart/form-data" in content:
            return {"files": [("files", ("a.png", PNG, "image/png"))]}
        if "application/x-www-form-urlencoded" in content:
            return {"data": sample(content["application/x-www-form-urlencoded"]["schema"], self.spec)}
        return {"content": b"12345"} if content else {}

    def _looked_through(self, operation: Operation, actor: Actor, body: str, case: Case) -> None:
        for mark in (*MARKS, case.ids["case_id"], case.ids["file_id"]):
            if mark in body:
                self._fault(operation, actor.name, "was told something of a foreign case")
                return

    def _fault(self, operation: Operation, who: str, what: str) -> None:
        self.outcome.faults.append(f"{operation.name}: {who}: {what}")

    # --- everybody -------------------------------------------------------------------------------------------------------
    def _machines(self) -> Iterator[Actor]:
        for name in self.bank.organisations:
            yield Actor(f"machine of {name}", self.bank.client(name), name in OWNERS)

    def _people(self) -> Iterator[Actor]:
        door = self.bank.door
        for role in ROLES:
            for name, id in self.bank.organisations.items():
                login = f"matrix.{role}.{name}"
                try:
                    with writing(door.engine) as tx:
                        told = {"organisation_id": id, "login": login, "name": "x", "role": role, "password": PASSWORD}
                        people.add_user(tx, door.vault, **told, actor="test", must_change=False)
                except Invalid:
                    continue
                session = accounts.log_in(door.engine, door.vault, door.settings, login, PASSWORD, address=login)
                client = self.bank.client()
                client.cookies.set("__Host-yushen", session.cookie)
                client.headers["X-CSRF-Token"] = session.csrf
                yield Actor(f"{role} of {name}", client, SEES.get(role) == name)


@dataclass(frozen=True)
class Case:
    """A case of agency red at branch north, with a row of every kind, and what its ids are in paths."""

    bank: Bank
    ids: Mapping[str, str]

    @staticmethod
    def of(bank: Bank) -> Case:
        """A new one."""
        door, moment, case = bank.door, now(), ids.new("case")
        filled = {"case_id": case, "file_id": ids.new("file"), "upload_id": ids.new("upload"), "version": "1", "form": "html"}
        of = bank.organisations
        with writing(door.engine) as tx:
            box = door.vault.new_key(tx, case)
            told = box.seal_json({"parties": [{"role": "borrower", "name": MARKS[0], "id_number": MARKS[1]}]}, f"cases.declared:{case}")
            place = {"bank_id": of["a"], "branch_id": of["north"], "agency_id": of["red"], "opened_by": "user_x", "declared_sealed": told}
            row = {"id": case, "seq": count(tx), "stage": "open", "inputs": 2, "report": 1, "created_at": moment, "updated_at": moment}
            tx.execute(insert(cases).values(**row, **place))
            blob = f"{case}/{ids.new('blob')}"
            door.blobs.put(blob, box.seal(PNG, blob))
            name = box.seal_text(f"{MARKS[2]}.png", f"files.name:{filled['file_id']}")
            kind = {"kind": "png", "mime": "image/png", "size": len(PNG), "sha256": "0" * 64, "blob": blob, "state": "read", "pages": 1}
            kind |= {"id": filled["file_id"], "case_id": case, "name_sealed": name, "uploaded_by": "user_x", "created_at": moment}
            tx.execute(insert(files).values(seq=count(tx), **kind))
            begun = {"id": filled["upload_id"], "case_id": case, "size": 9, "received": 0, "started_by": "user_x", "created_at": moment}
            sealed = box.seal_text(f"{MARKS[2]}.png", f"uploads.name:{filled['upload_id']}")
            tx.execute(insert(uploads).values(**begun, name_sealed=sealed, ends_at=moment + timedelta(days=1)))
            _reported(bank, tx, box, case)
        return Case(bank, filled)

    def absent(self) -> Case:
        """The same with ids that are not there."""
        made = {name: f"{name.removesuffix('_id')}_{'A' * 22}" for name in self.ids if name.endswith("_id")}
        return replace(self, ids={**self.ids, **made})

    def rows(self) -> dict[str, list[Any]]:
        """All rows of it but those of the audit log, which also says who was refused."""
        with reading(self.bank.door.engine) as tx:
            found = {
                table.name: [repr(row) for row in tx.execute(select(table).where(table.c.case_id == self.ids["case_id"]))]
                for table in metadata.sorted_tables
                if "case_id" in table.c and table.name != "audit"
            }
            found["cases"] = [repr(tx.execute(select(cases).where(cases.c.id == self.ids["case_id"])).one())]
        return found


def _reported(bank: Bank, tx: Any, box: Any, case: str) -> None:
    empty: dict[str, Any] = {"documents": [], "findings": [], "checks": [], "files": []}
    content = {"case_id": case, "verdict": "complete", "parties": [{"name": MARKS[0]}], **empty}
    blob = f"{case}/{ids.new('blob')}"
    bank.door.blobs.put(blob, box.seal(json.dumps(content).encode(), blob))
    leaf = audit.record(tx, "report.made", actor="system:worker", case_id=case)
    row = {"case_id": case, "version": 1, "inputs": 1, "verdict": "complete", "findings": 0, "blob": blob, "sha256": "0" * 64, "leaf": leaf}
    tx.execute(insert(reports).values(**row, created_at=now()))


def sample(schema: Mapping[str, Any], spec: Mapping[str, Any]) -> Any:
    """The smallest value that a JSON schema allows, so that no request is refused for its form before it is asked whose it is."""
    if "$ref" in schema:
        return sample(spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]], spec)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    if "examples" in schema:
        return schema["examples"][0]
    for joined in ("anyOf", "oneOf", "allOf"):
        if joined in schema:
            return sample(next((each for each in schema[joined] if each.get("type") != "null"), schema[joined][0]), spec)
    if schema.get("type") == "object":
        wanted = schema.get("required", ())
        return {name: sample(each, spec) for name, each in schema.get("properties", {}).items() if name in wanted}
    if schema.get("type") == "array":
        return [sample(schema["items"], spec)] * schema.get("minItems", 0)
    if schema.get("type") == "string":
        return _text(schema)
    return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}.get(str(schema.get("type")))


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date":
        return "2026-11-23"
    if "pattern" in schema:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fits = st.from_regex(schema["pattern"], alphabet=st.characters(codec="ascii"))
            found = fits.filter(lambda text: len(text) >= schema.get("minLength", 0))
            return hypothesis.find(found, lambda text: not text.endswith("\n"))
    return "x" * max(1, schema.get("minLength", 1))


def _png() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return out.getvalue()


PNG = _png()


def main() -> int:
    """Runs the matrix; the exit code."""
    with tempfile.TemporaryDirectory(prefix="yushen-access-") as folder:
        matrix = Matrix(Path(folder))
        found = matrix.run()
    for fault in found.faults:
        print(fault)
    told = {"operations": found.operations, "actors": len(matrix.actors) + 1, "requests": found.requests, "leaks": len(found.faults)}
    print(json.dumps({"access": told}))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
