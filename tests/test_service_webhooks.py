"""Webhooks: nothing inside can be reached by naming it, what is sent is signed, tried again, and logged."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from intake import addresses, cases, webhooks
from intake.settings import Settings
from intake.webhooks import Due
from tests.service import Bank, bank, fresh_key
from worker import deliver

HOSTS = (
    # loopback and this host, in every notation
    "127.0.0.1", "127.1", "127.0.0.1.", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0",
    "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]",
    # private, shared, link-local, metadata
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "169.254.169.254", "[fd00:ec2::254]",
    "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fec0::1]",
    # translated and tunnelled: 6to4, NAT64, Teredo, mapped
    "[2002:7f00:1::]", "[2002:c0a8:0001::1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2001:0:7f00:1::]", "[::ffff:10.0.0.1]",
    # never anybody's
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "[ff02::1]",
    "[2001:db8::1]", "[100::1]",
)  # fmt: skip
"""Hosts that must not be reached."""
ODD = (
    "http://hooks.example/", "ftp://hooks.example/", "https://hooks.example:22/", "https://user:pw@hooks.example/", "https://hooks.example/#x",
    "https://127.0.0.1\\@hooks.example/", "https://hooks.example\\.evil/", "https:///nohost", "https://", "https://hooks.example:99999/",
    "https://ｅxample.com/", "https://hooks.example/ x", "gopher://127.0.0.1/", "file:///etc/passwd", "https://[::1",
    "https://" + "a" * 600 + ".example/",
)  # fmt: skip
"""Addresses of a wrong form."""


class Canary(BaseHTTPRequestHandler):
    """Remembers who spoke to it."""

    heard: list[dict[str, Any]]
    status: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append({"headers": dict(self.headers), "body": body, "path": self.path})  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "http://127.0.0.1/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def canary() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Canary)
    server.heard, server.status = [], 200  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def due(url: str, outsider: bool = False, kind: str = "report.ready") -> Due:
    data = json.dumps({"report": 1, "verdict": "discrepant", "findings": 3})
    return Due("dlv_x", 1, "hook_x", url, b"k" * 32, 7, kind, "case_x", data, datetime(2026, 11, 23, tzinfo=UTC), outsider)


def heard(canary: HTTPServer) -> list[dict[str, Any]]:
    return list(canary.heard)  # type: ignore[attr-defined]


# --- where it may go -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
def test_what_lies_inside_is_not_reached(host: str, canary: HTTPServer, tmp_path: Path) -> None:
    assert len(HOSTS) >= 40
    port = canary.server_port
    for url in (f"https://{host}/", f"https://{host}:{port}/", f"http://{host}:{port}/"):
        status, problem = deliver.attempt(due(url), Settings(data=tmp_path))
        assert status is None and problem in ("address_not_public", "malformed", "https_only"), (url, problem)
    assert heard(canary) == []


@pytest.mark.parametrize("url", ODD)
def test_odd_addresses_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(addresses.AddressRefused):
        addresses.parsed(url, Settings(data=tmp_path))


@pytest.mark.parametrize("host", [each for each in HOSTS if re.fullmatch(r"([1-9]\d*|0)(\.([1-9]\d*|0)){3}", each)])
def test_a_name_that_leads_inside_is_refused_at_each_try(host: str, tmp_path: Path) -> None:
    """The name resolves to one public address and one inside: all must pass."""

    def resolve(_name: str, _port: int) -> Sequence[str]:
        return ["93.184.216.34", host]

    assert deliver.attempt(due("https://hooks.example/"), Settings(data=tmp_path), resolve) == (None, "address_not_public")


def test_the_connection_goes_to_the_address_that_was_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes between check and connection changes nothing: it is asked for once."""
    asked, reached = [], []

    def resolve(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: tuple[str, int], **_: Any) -> Any:
        reached.append(address)
        raise OSError

    monkeypatch.setattr(deliver.socket, "create_connection", connect)
    assert deliver.attempt(due("https://hooks.example/"), Settings(data=tmp_path), resolve) == (None, "unreachable")
    assert (asked, reached) == (["hooks.example"], [("93.184.216.34", 443)])


def test_only_named_hosts_where_the_operator_says_so(tmp_path: Path) -> None:
    only = Settings(data=tmp_path, webhook_hosts="only:cases.bank.internal")
    assert addresses.parsed("https://cases.bank.internal/x", only).named
    with pytest.raises(addresses.AddressRefused, match="host_not_allowed"):
        addresses.parsed("https://hooks.example/", only)
    with pytest.raises(addresses.AddressRefused):  # metadata is not reached even by a named host
        addresses.checked(addresses.parsed("https://cases.bank.internal/", only), lambda name, port: ["169.254.169.254"])
    assert addresses.checked(addresses.parsed("https://cases.bank.internal/", only), lambda name, port: ["10.1.2.3"]) == "10.1.2.3"


# --- what is sent --------------------------------------------------------------------------------------------------------------------


def named(canary: HTTPServer, folder: Path) -> Settings:
    return Settings(data=folder, webhook_hosts="127.0.0.1", webhook_http=True)


def test_an_independent_verifier_accepts_the_signature(canary: HTTPServer, tmp_path: Path) -> None:
    assert deliver.attempt(due(f"http://127.0.0.1:{canary.server_port}/hook?x=1"), named(canary, tmp_path)) == (200, None)
    (told,) = heard(canary)
    headers = {key.lower(): value for key, value in told["headers"].items()}
    body = Webhook("whsec_" + base64.b64encode(b"k" * 32).decode())
    stamp = str(int(headers["webhook-timestamp"]))
    signed = body.sign("dlv_x", datetime.fromtimestamp(int(stamp), UTC), told["body"].decode())
    assert signed == headers["webhook-signature"] and headers["webhook-id"] == "dlv_x" and told["path"] == "/hook?x=1"
    assert json.loads(told["body"])["data"] == {"case_id": "case_x", "event": 7, "findings": 3, "report": 1, "verdict": "discrepant"}


def test_an_agency_is_not_told_the_verdict() -> None:
    assert json.loads(deliver.body(due("https://hooks.example/", outsider=True)))["data"] == {"case_id": "case_x", "event": 7, "report": 1}


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 500, 503])
def test_anything_but_success_is_a_failure_and_redirects_are_not_followed(status: int, canary: HTTPServer, tmp_path: Path) -> None:
    canary.status = status  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{canary.server_port}/"
    assert deliver.attempt(due(url), named(canary, tmp_path)) == (status, "status")
    assert len(heard(canary)) == 1


def told_of(here: Bank, canary: HTTPServer) -> str:
    with here.door.act(here.scope("north")) as act:
        return webhooks.add(act, f"http://127.0.0.1:{canary.server_port}/", ("case.opened",))[0].id


def one_case(here: Bank) -> None:
    with here.door.act(here.scope("red")) as act:
        cases.open_case(act, cases.NewCase())


def run(here: Bank) -> int:
    return deliver.deliver(here.door.engine, here.door.vault, here.settings)


def test_each_event_is_told_once_and_tried_again_under_the_same_id(canary: HTTPServer, tmp_path: Path) -> None:
    here = bank(tmp_path, webhook_hosts="127.0.0.1", webhook_http=True)
    hook = told_of(here, canary)
    canary.status = 503  # type: ignore[attr-defined]
    one_case(here)
    assert (run(here), run(here)) == (1, 0)  # the next try is later
    client = here.client("north")
    (entry,) = client.get(f"/v1/webhooks/{hook}/deliveries").json()
    assert (entry["state"], entry["attempt"], entry["status"], entry["problem"]) == ("waiting", 1, 503, "status")
    waiting = client.post(f"/v1/webhooks/{hook}/deliveries/{entry['id']}/replay", headers=fresh_key())
    assert waiting.status_code == 409
    canary.status = 204  # type: ignore[attr-defined]
    with here.door.engine.begin() as tx:
        from sqlalchemy import update

        from intake.tables import deliveries

        tx.execute(update(deliveries).values(next_at=None))
    assert run(here) == 1
    (entry,) = client.get(f"/v1/webhooks/{hook}/deliveries").json()
    assert (entry["state"], entry["attempt"], entry["status"]) == ("sent", 2, 204)
    assert client.post(f"/v1/webhooks/{hook}/deliveries/{entry['id']}/replay", headers=fresh_key()).status_code == 200
    assert run(here) == 1
    assert {each["headers"]["webhook-id"] for each in heard(canary)} == {entry["id"]} and len(heard(canary)) == 3


def test_an_address_that_is_gone_is_told_nothing_more(canary: HTTPServer, tmp_path: Path) -> None:
    here = bank(tmp_path, webhook_hosts="127.0.0.1", webhook_http=True)
    hook = told_of(here, canary)
    canary.status = 410  # type: ignore[attr-defined]
    for _ in range(2):
        one_case(here)
        run(here)
    assert len(heard(canary)) == 1
    (shown,) = here.client("north").get("/v1/webhooks").json()
    assert shown["id"] == hook and shown["disabled_at"] is not None


def test_an_address_inside_cannot_be_registered(tmp_path: Path) -> None:
    client = bank(tmp_path).client("north")
    for host in ("127.0.0.1", "10.0.0.1", "[::1]", "0x7f000001"):
        answer = client.post("/v1/webhooks", json={"url": f"https://{host}/"}, headers=fresh_key())
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, "/url"), host
    made = client.post("/v1/webhooks", json={"url": "https://hooks.example/"}, headers=fresh_key()).json()
    assert made["secret"].startswith("whsec_") and len(base64.b64decode(made["secret"][6:])) == 32
    assert "secret" not in client.get("/v1/webhooks").json()[0]
