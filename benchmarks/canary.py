"""Canaries: 200 personal marks are put into a running service wherever people can put them, and looked for wherever they must not be.

    python -m benchmarks.canary

Names, id numbers, card and phone numbers: declared, in names of files, on papers, in pictures' comments, in messages, in broken files,
and in requests that are refused. Then every file of the service is read (database, write-ahead log, blobs, temporary files, keys), what
its parts said, its metrics, its queue, and every answer that is not asked for in full, in several encodings. The last line is JSON; exit
code 1 when a mark is found, or when too few were found where they must be: a canary that never was planted proves nothing.
"""

from __future__ import annotations

import base64
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from redis import Redis

from benchmarks.served import Service
from intake import ids
from tests.made_files import pdf, text
from worker.queue import socket_path

CASES, EACH = 10, 5
SETTINGS = {"YUSHEN_BLIND_S": "0.01", "YUSHEN_FREE_BYTES": "0"}
SURNAMES, GIVEN = "鄢麴璩郗亓缪禚逄", "曌犇骉麤翀翾璟珺旻昉晗暄曦桢椿榕"


@dataclass(frozen=True)
class Person:
    """Four marks."""

    name: str
    id_number: str
    card: str
    phone: str

    @property
    def marks(self) -> tuple[str, ...]:
        return self.name, self.id_number, self.card, self.phone


@dataclass
class Outcome:
    """How many marks were planted, how many were found where they may be, and each one found where it must not."""

    planted: int = 0
    shown: int = 0
    places: int = 0
    leaks: list[str] = field(default_factory=list)


def people(chance: random.Random, count: int) -> list[Person]:
    """People of whom no two share a mark."""
    found: dict[str, Person] = {}
    while len(found) < count:
        name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2))
        digits = "".join(chance.choices("0123456789", k=40))
        found[name] = Person(name, f"500103{1950 + len(found)}0{digits[0]}{digits[1:7]}", f"622202{digits[7:20]}", f"138{digits[20:28]}")
    return list(found.values())


def run(folder: Path, seed: int = 1) -> Outcome:
    """Plants, waits until all is read, erases a case, and looks."""
    outcome, everybody = Outcome(), people(random.Random(seed), CASES * EACH)
    temporary = folder / "tmp"
    temporary.mkdir()
    service = Service(folder, SETTINGS, workers=1)
    service.environment["TMPDIR"] = str(temporary)
    token = service.prepare()
    service.start()
    try:
        service.ready()
        with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
            cases = [_planted(client, everybody[n * EACH : (n + 1) * EACH]) for n in range(CASES)]
            told = list(_refused(client, everybody))
            _wait(client, cases)
            revealed = "".join(_revealed(client, cases))
            told += _shown(client, cases)
            told.append(("the queue", _queue(service)))
            _look(outcome, everybody, [*told, *_files(folder)])
            client.delete(f"/v1/cases/{cases[0]}").raise_for_status()
    finally:
        service.stop()
    _look(outcome, everybody, [("after the end: " + where, data) for where, data in _files(folder)])
    marks = [mark for person in everybody for mark in person.marks]
    outcome.planted, outcome.shown = len(marks), sum(mark in revealed for mark in marks)
    return outcome


# --- planting ------------------------------------------------------------------------------------------------------------------
def _planted(client: httpx.Client, some: Sequence[Person]) -> str:
    first = some[0]
    parties = [{"role": "guarantor", "name": each.name, "id_number": each.id_number} for each in some[1:]]
    parties = [{"role": "borrower", "name": first.name, "id_number": first.id_number}, *parties]
    told = {"product": "personal_mortgage", "parties": parties}
    made = client.post("/v1/cases", json=told, headers=_key()).raise_for_status().json()["id"]
    sent = [("files", (f"{each.name}{each.id_number}{each.phone}.pdf", _letter(each), "application/pdf")) for each in some]
    sent.append(("files", (f"{first.name}.png", _picture(first), "image/png")))
    sent.append(("files", (f"{first.card}.pdf", b"%PDF-1.7\n" + " ".join(first.marks).encode() + b"\n%%EOF", "application/pdf")))
    client.post(f"/v1/cases/{made}/files", files=sent, headers=_key()).raise_for_status()
    said = f"{first.name}，{first.id_number}，{first.card}，{first.phone}"
    client.post(f"/v1/cases/{made}/messages", json={"text": said}, headers=_key()).raise_for_status()
    client.post(f"/v1/cases/{made}/complete", headers=_key()).raise_for_status()
    return str(made)


def _letter(person: Person) -> bytes:
    rows = (
        "收入证明",
        f"兹证明{person.name}，身份证号码：{person.id_number}，系我单位正式员工，月收入人民币15800.00元整。",
        f"工资卡号：{person.card}",
        f"联系人：{person.name}  联系电话：{person.phone}",
        "重庆示例科技有限公司  2026年11月1日",
    )
    return pdf("".join(text(72, 700 - 40 * n, row) for n, row in enumerate(rows)))


def _picture(person: Person) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info, out = PngInfo(), io.BytesIO()
    info.add_text("Comment", "|".join(person.marks))
    Image.new("RGB", (300, 200), "white").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def _refused(client: httpx.Client, everybody: Sequence[Person]) -> Iterator[tuple[str, bytes]]:
    """Requests that are refused, with marks wherever a request has room; what they are answered."""
    for each in everybody[:10]:
        said = f"{each.name} {each.id_number}"
        asked: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", "/v1/cases", {"params": {"reference": said, "stage": each.name}}),
            ("GET", f"/v1/cases/{quote(said)}", {}),
            ("GET", f"/v1/{quote(said)}?name={quote(said)}", {}),
            ("POST", "/v1/cases", {"json": {"reference": said, "product": each.name, said: each.phone}}),
            ("POST", "/v1/cases", {"content": f'{{"name": "{said}', "headers": {"Content-Type": "application/json"}}),
            ("POST", "/v1/session", {"json": {"login": each.phone, "password": said, "name": each.card}}),
            ("POST", "/v1/session", {"json": {"login": each.phone, "password": each.id_number}}),
            ("GET", "/v1/cases", {"headers": {"Authorization": f"Bearer {each.id_number}"}}),
            ("POST", "/v1/cases", {"json": {}, "headers": {"Idempotency-Key": each.id_number * 20}}),
            ("POST", "/v1/webhooks", {"json": {"url": f"http://127.0.0.1/{each.id_number}?name={quote(each.name)}"}}),
        ]
        for method, path, more in asked:
            headers = {**_key(), **more.pop("headers", {})}
            answer = client.request(method, path, headers=headers, **more)
            assert answer.status_code >= 400 or "params" in more, f"{method} {path.split('?')[0]}: {answer.status_code}"
            yield f"the answer to a refused {method} /v1/{path.split('/')[2][:8]}", answer.content


def _key() -> dict[str, str]:
    return {"Idempotency-Key": ids.new("key")}


# --- looking -------------------------------------------------------------------------------------------------------------------
def _wait(client: httpx.Client, cases: Sequence[str], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not all(client.get(f"/v1/cases/{each}").json().get("checked") for each in cases):
        if time.monotonic() > until:
            raise TimeoutError("not all cases are checked")
        time.sleep(0.3)


def _revealed(client: httpx.Client, cases: Sequence[str]) -> Iterator[str]:
    for each in cases:
        for path in ("", "/files", "/reports/latest"):
            yield client.get(f"/v1/cases/{each}{path}?reveal=true").raise_for_status().text


def _shown(client: httpx.Client, cases: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for each in cases:
        for path in ("", "/files", "/reports/latest", "/documents", "/findings", "/reports", "/corrections", "/notices", "/events"):
            yield f"the answer to GET …{path}, masked", client.get(f"/v1/cases/{each}{path}").content
    for path in ("/v1/cases", "/v1/events", "/metrics", "/health", "/ready", "/v1/audit/export"):
        yield f"the answer to GET {path}", client.get(path).content


def _queue(service: Service) -> bytes:
    server = Redis(unix_socket_path=str(socket_path(service.read())))
    return b"\n".join(bytes(key) + b" " + (server.dump(key) or b"") for key in server.scan_iter())


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that the service wrote."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path.read_bytes()
        except FileNotFoundError:
            continue


def _look(outcome: Outcome, everybody: Sequence[Person], places: Sequence[tuple[str, bytes]]) -> None:
    outcome.places += len(places)
    forms = {form: mark for person in everybody for mark in person.marks for form in _forms(mark)}
    for where, data in places:
        for form, mark in forms.items():
            if form in data:
                kind = "a name" if not mark.isdigit() else f"a number of {len(mark)} digits"
                outcome.leaks.append(f"{where}: {kind}")
                break


def _forms(mark: str) -> Iterator[bytes]:
    """A mark as it may stand in a file: plain, in JSON, in an address, in UTF-16, in base64 at each of its three beginnings."""
    plain = mark.encode()
    yield from {plain, json.dumps(mark)[1:-1].encode(), quote(mark).encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be")}
    if not mark.isdigit():
        yield mark.encode("gb18030")
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + plain)
        yield whole[(before * 8 + 5) // 6 : len(whole) - 4]


def main() -> int:
    """Runs once; the exit code."""
    with tempfile.TemporaryDirectory(prefix="yushen-canary-") as folder:
        found = run(Path(folder))
    for leak in sorted(set(found.leaks)):
        print(leak, file=sys.stderr)
    told = {"planted": found.planted, "shown_when_revealed": found.shown, "places": found.places, "leaks": len(found.leaks)}
    print(json.dumps({"canary": told}))
    return 1 if found.leaks or found.shown < found.planted // 2 else 0


if __name__ == "__main__":
    sys.exit(main())
