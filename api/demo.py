"""The main job through the service, as a case system does it: `make demo`; and `make serve`, which keeps the service running.

The demo starts `yushen serve` in a temporary folder on a free port, makes a bank and a key, and from there on speaks HTTP only: opens a
case, uploads the packet, waits on events, fetches the report in its three forms. At the end the service is stopped and the folder is
removed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx

from api import terminal
from intake import database, machines, people, vault
from intake.errors import Conflict
from intake.migrations import migrate
from intake.scope import MACHINE_SCOPES
from intake.settings import Settings
from worker.packet import Packet, load
from yushen.client import Client

ACTOR = "system:demo"
READY_S = 60.0
STOP_S = 30.0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True), default=Path("samples/packets/problems"))
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), help="Folder for the reports.")
@click.option("--keep", is_flag=True, help="Serve from ./data until Ctrl-C instead, with people to log in as.")
def main(folder: Path, out: Path, keep: bool) -> None:
    """Check a packet through the service, over HTTP."""
    if keep:
        sys.exit(_keep(Settings(data=Path("data"), port=int(os.environ.get("YUSHEN_PORT", "8420")))))
    data = Path(tempfile.mkdtemp(prefix="yushen-demo-"))
    try:
        settings = Settings(data=data, port=_free_port())
        key = _bank(settings)
        with _service(settings) as address:
            click.echo(f"== the service runs at {address}")
            _check(Client(address, token=key), load(folder), out)
        click.echo("== the service has stopped")
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _bank(settings: Settings) -> str:
    """A bank with one branch, and a key of its case system."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    vault.opened(settings)
    engine = database.connect(settings.url)
    migrate(engine)
    with database.writing(engine) as tx:
        bank = people.add_organisation(tx, "bank", "示例银行", actor=ACTOR)
        branch = people.add_organisation(tx, "branch", "示例银行城中支行", bank=bank, actor=ACTOR)
        client = machines.add_client(tx, branch, "case system", frozenset(MACHINE_SCOPES), actor=ACTOR)
        _, key = machines.add_credential(tx, client, "key", lasts=timedelta(days=1), actor=ACTOR)
    engine.dispose()
    return key


@contextmanager
def _service(settings: Settings) -> Iterator[str]:
    """`yushen serve`, ready; stopped by SIGTERM at the end, as an operator does it."""
    set_here = {"YUSHEN_DATA": str(settings.data), "YUSHEN_PORT": str(settings.port), "YUSHEN_HOST": settings.host}
    command = [sys.executable, "-m", "api.cli", "serve"]
    serving = subprocess.Popen(command, env=os.environ | set_here)
    address = f"http://{settings.host}:{settings.port}"
    try:
        _until_ready(address, serving)
        yield address
    finally:
        serving.send_signal(signal.SIGTERM)
        try:
            code = serving.wait(STOP_S)
        except subprocess.TimeoutExpired:
            serving.kill()
            raise SystemExit("the service did not stop") from None
    if code not in (0, -signal.SIGTERM):
        raise SystemExit(f"the service ended with code {code}")


def _until_ready(address: str, serving: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if serving.poll() is not None:
            raise SystemExit(f"the service ended with code {serving.returncode}")
        try:
            if httpx.get(f"{address}/ready", trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the service did not become ready")


def _check(yushen: Client, packet: Packet, out: Path) -> None:
    """Opens a case, uploads the packet, waits, fetches the report, says what it says."""
    began = time.monotonic()
    case = yushen.open_case(**_declared(packet))
    click.echo(f"== case {case['id']} opened")
    uploaded = yushen.upload(case["id"], packet.files)
    names = {file["id"]: path.name for file, path in zip(uploaded["files"], packet.files, strict=False)}
    click.echo(f"== {len(uploaded['files'])} files uploaded, {len(uploaded['refused'])} refused")
    yushen.complete(case["id"])
    for told in yushen.events(case["id"]):
        if told.kind in ("file.read", "file.failed"):
            click.echo(f"   {told.kind}  {names.get(told.data['file'], '')}")
        if told.kind == "check.failed":
            raise SystemExit("the check failed")
        if told.kind == "report.ready" and yushen.case(case["id"])["checked"]:
            break
    report = yushen.report(case["id"], reveal=True)
    out.mkdir(parents=True, exist_ok=True)
    written = [_kept(out / "report.json", json.dumps(report, ensure_ascii=False, indent=1).encode())]
    written += [_kept(out / f"report.{form}", yushen.paper(case["id"], form)) for form in ("html", "pdf")]
    terminal.summary(packet, report, [path.resolve() for path in written])
    click.echo(f"== report {report['report_version']} of {case['id']} after {time.monotonic() - began:.0f} s")


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _declared(packet: Packet) -> Mapping[str, Any]:
    """What packet.toml says, as the API has it."""
    said, loan = packet.declaration, packet.declaration.loan
    wish = {"amount": _yuan(loan.amount_fen), "months": loan.months, "property_value": _yuan(loan.property_fen)}
    wish["annual_rate"] = None if loan.annual_rate is None else f"{loan.annual_rate:.6f}".rstrip("0").rstrip(".")
    parties = [
        {key: value for key in ("role", "name", "id_number", "marital_status") if (value := getattr(party, key))} for party in said.parties
    ]
    for party in parties:
        party["marital_status"] = MARITAL.get(party.get("marital_status", ""), party.get("marital_status"))
    return {
        "product": said.product, "loan": wish, "parties": parties, "as_of": packet.as_of.isoformat() if packet.as_of else None,
    }  # fmt: skip


MARITAL = {"已婚": "married", "未婚": "single", "离异": "divorced", "离婚": "divorced", "丧偶": "widowed"}


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100}.{fen % 100:02}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


# --- make serve --------------------------------------------------------------------------------------------------------------
def _keep(settings: Settings) -> int:
    """The service until Ctrl-C, with an example bank; what was set up before is used again."""
    try:
        _people(settings)
    except Conflict:
        click.echo(f"== using what is in {settings.data}/ (remove the folder to begin anew)")
    try:
        with _service(settings) as address:
            click.echo(f"== {address}   (Ctrl-C stops it)")
            signal.pause()
    except KeyboardInterrupt:
        click.echo("== stopped")
    return 0


def _people(settings: Settings) -> None:
    """An example bank with a broker, a manager and an administrator, whose passwords are told once."""
    key = _bank(settings)
    click.echo(f"   key of the case system (one day): {key}")
    keys, engine = vault.opened(settings), database.connect(settings.url)
    with database.writing(engine) as tx:
        rows = {row.kind: row.id for row in tx.execute(people.of_bank(_only_bank(tx))).all()}
        agency = people.add_organisation(tx, "agency", "示例助贷", bank=rows["bank"], actor=ACTOR)
        people.allow_branch(tx, agency, rows["branch"], actor=ACTOR)
        places = {"broker": agency, "manager": rows["branch"], "administrator": rows["bank"]}
        for role, place in places.items():
            password = people.generated_password()
            person = {"organisation_id": place, "login": role, "name": role, "role": role, "password": password}
            people.add_user(tx, keys, **person, actor=ACTOR, must_change=False)
            click.echo(f"   {role}: login {role}, password {password}")
    engine.dispose()


def _only_bank(tx: Any) -> str:
    from sqlalchemy import select

    from intake.tables import organisations

    return str(tx.execute(select(organisations.c.id).where(organisations.c.kind == "bank")).scalar_one())


if __name__ == "__main__":
    main()
