"""How quickly the pages answer with 10,000 cases in the database while workers hold all cores: `python -m benchmarks.pages_load`.

    --cases N    cases of the branch, 10,000 unless told; every one with its key, its parties and a stage
    --rounds N   requests of each page, 200 unless told
    --idle       nobody reads

Besides: how soon chromium shows the review of a packet of 200 pages, and how many of its pages it loads. Figures mean something only on a
machine that does nothing else. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert, select

from benchmarks.load import _spread, busy
from benchmarks.served import Service
from intake import database, ids, lookup, people, vault
from intake.database import now, writing
from intake.tables import cases, organisations
from tests.service import Bank
from tests.service_long import long_case

PASSWORD = "correct horse battery staple 9"  # noqa: S105  (of a service that lives for this run)
STAGES = ("open", "review", "review", "returned", "passed", "passed", "declined", "closed")
AT_ONCE = 500


def fill(engine: Any, keys: vault.Vault, number: int) -> None:
    """So many cases of the branch, as they would be after half a year."""
    chance = random.Random(20261123)
    with writing(engine) as tx:
        branch = tx.execute(select(organisations).where(organisations.c.kind == "branch")).first()
    assert branch is not None
    for start in range(0, number, AT_ONCE):
        with writing(engine) as tx:
            for n in range(start, min(number, start + AT_ONCE)):
                tx.execute(insert(cases).values(_case(keys, tx, branch, chance, n)))


def _case(keys: vault.Vault, tx: Any, branch: Any, chance: random.Random, n: int) -> dict[str, Any]:
    id, stage = ids.new("case"), chance.choice(STAGES)
    moment = now() - timedelta(minutes=chance.randrange(180 * 24 * 60))
    parties = [{"role": "borrower", "name": f"客户{n}", "id_number": f"50010319880{n:06d}X"}, {"role": "spouse", "name": f"配偶{n}"}]
    sealed = keys.new_key(tx, id).seal_json({"parties": parties, "loan": {"amount": "900000"}}, "cases.declared:" + id)
    return {
        "id": id, "seq": -1 - n, "bank_id": branch.bank_id, "branch_id": branch.id, "opened_by": "bench", "product": "personal_mortgage",
        "stage": stage, "declared_sealed": sealed, "inputs": 1, "verdict": chance.choice(("complete", "incomplete", "discrepant", None)),
        "created_at": moment, "updated_at": moment, "due_at": moment + timedelta(hours=24) if stage == "review" else None,
    }  # fmt: skip


def index(engine: Any, keys: vault.Vault, number: int) -> None:
    """Lets the cases be found by names and numbers."""
    with writing(engine) as tx:
        rows = tx.execute(select(cases.c.id, cases.c.seq).where(cases.c.seq < 0)).all()
        for row in rows:
            n = -1 - row.seq
            lookup.keep(tx, keys, row.id, [{"name": f"客户{n}", "id_number": f"50010319880{n:06d}X"}])


def measured(client: httpx.Client, cookie: str, pages: dict[str, str], rounds: int) -> dict[str, Any]:
    """Milliseconds of each page, asked for in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for name, address in [each for each in pages.items() for _ in range(2)]:  # what is made once is made
        assert client.get(address, headers={"Cookie": cookie}).status_code == 200, name
    for _ in range(rounds):
        for name, address in pages.items():
            begun = time.perf_counter()
            answer = client.get(address, headers={"Cookie": cookie})
            seconds[name].append(time.perf_counter() - begun)
            assert answer.status_code == 200, name
    return {name: _spread(sorted(each)) for name, each in seconds.items()}


def seen(url: str, case: str) -> dict[str, Any]:
    """How soon the review of a long packet stands in chromium, and how many of its pages are loaded then and after a jump."""
    from playwright.sync_api import expect, sync_playwright

    asked: set[str] = set()
    shown: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1366, "height": 850}, base_url=url.replace("127.0.0.1", "localhost")).new_page()
        page.goto("/login")
        page.fill("[name=login]", "bench.manager")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login" not in address)
        page.on("request", lambda request: asked.add(request.url) if "/pages/" in request.url and "side=" not in request.url else None)
        for _ in range(7):
            page.goto(f"/review/{case}", wait_until="domcontentloaded")
            expect(page.locator(".finding").last).to_be_attached()
            shown.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()"))
        first = len(asked)
        page.locator(".leaf").nth(150).scroll_into_view_if_needed()
        page.wait_for_timeout(1500)
        browser.close()
    return {"painted_ms": [round(each) for each in sorted(shown)], "pages_loaded": first, "pages_loaded_after_a_jump": len(asked)}


def run(folder: Path, number: int, rounds: int, idle: bool) -> dict[str, Any]:
    """Everything, in a folder of its own."""
    service = Service(folder, {"YUSHEN_FREE_BYTES": "0"}, workers=os.cpu_count() or 2)
    token = service.prepare()
    settings = service.read()
    engine, keys = database.connect(settings.url), vault.opened(settings)
    with writing(engine) as tx:
        branch = tx.execute(select(organisations.c.id).where(organisations.c.kind == "branch")).scalar_one()
        person = {"organisation_id": branch, "login": "bench.manager", "name": "经理", "role": "manager", "password": PASSWORD}
        people.add_user(tx, keys, **person, actor="command", must_change=False)
    begun = time.monotonic()
    fill(engine, keys, number)
    index(engine, keys, number)
    filled = time.monotonic() - begun
    case = _long(folder, settings, token)
    service.start()
    service.ready()
    if not idle:
        busy(service, token)
    try:
        with httpx.Client(base_url=service.url, timeout=60) as client:
            answer = client.post("/login", data={"login": "bench.manager", "password": PASSWORD, "next": "/"})
            cookie = answer.headers["set-cookie"].split(";")[0]
            pages = {
                "queue": "/queue", "queue_late": "/queue?due=late", "queue_stage_verdict": "/queue?stage=passed&verdict=discrepant",
                "queue_new": "/queue?new=1", "queue_older": "/queue?age=older", "queue_page_100": "/queue?place=5000",
                "queue_name": "/queue?called=客户777", "review_200_pages": f"/review/{case}", "figures": "/figures",
            }  # fmt: skip
            told = measured(client, cookie, pages, rounds)
        return {"cases": number, "filled_s": round(filled), "idle": idle, "pages_ms": told, "long": seen(service.url, case)}
    finally:
        service.stop()
        engine.dispose()


def _long(folder: Path, settings: Any, token: str) -> str:
    """A checked case of 200 pages of this branch."""
    from api.http import app as http

    door = http.opened(settings)
    here = Bank(settings, door, http.create_app(settings, door), tokens={"red": token, "north": token})
    return long_case(here)


def main() -> int:
    """Prints one line of JSON; 1 when a page is slower than promised."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--idle", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yushen-pages-") as folder:
        told = run(Path(folder), arguments.cases, arguments.rounds, arguments.idle)
    print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
