"""The API does what its description says: schemathesis makes requests from the description, right and wrong, over a real connection.
No server error, no answer that the description does not know. FULL=1 tries many more."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from api.http.routes import events, reports
from tests.service import Bank, bank, checked_case

SEED = "20261123"
EXAMPLES = "200" if os.environ.get("FULL") else "4"
LONGEST_S = 5400 if os.environ.get("FULL") else 900
ROOT = Path(__file__).parent.parent
EXPECTED = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "413", "415", "422", "429"]
[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "404", "422", "428"]
"""
"""412, 413, 415, 422: what no description can say of a request (two parts that do not fit, a file that is no picture, an old ETag).
428: what a missing If-Match is answered."""


@dataclass(frozen=True)
class Served:
    bank: Bank
    address: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "LONGEST_S", 0.0)
        patch.setattr(reports, "WAIT_S", 0.0)
        here = bank(tmp_path_factory.mktemp("bank"))
        checked_case(here, names=("a.jpg",))
        door = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(here.app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield Served(here, f"http://127.0.0.1:{door.getsockname()[1]}")
        server.should_exit = True
        thread.join(10)


def run(served: Served, folder: Path, *headers: str) -> str:
    """What schemathesis says of the API, for somebody with these headers."""
    config = folder / "schemathesis.toml"
    config.write_text(EXPECTED)
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config), "run", f"{served.address}/v1/openapi.json"]
    command += ["--checks", "all", "--seed", SEED, "--generation-deterministic", "--max-examples", EXAMPLES, "--workers", "1"]
    for header in headers:
        command += ["-H", header]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.schema_hooks"}, capture_output=True, text=True)
    assert "Test cases:" in ran.stdout, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout if ran.returncode else ""


def told(output: str) -> str:
    """The part on failures."""
    return output[output.find("= FAILURES =") :][:20000]


@pytest.mark.timeout(LONGEST_S)
def test_the_api_answers_a_machine_as_it_is_described(served: Served, tmp_path: Path) -> None:
    failed = run(served, tmp_path, f"Authorization: Bearer {served.bank.tokens['a']}")
    assert not failed, told(failed)


@pytest.mark.timeout(LONGEST_S)
def test_the_api_answers_an_administrator_as_it_is_described(served: Served, tmp_path: Path) -> None:
    person = served.bank.person("administrator a")
    cookie = next(value for name, value in person.cookies.items() if re.fullmatch("__Host-yushen", name))
    failed = run(served, tmp_path, f"Cookie: __Host-yushen={cookie}", f"X-CSRF-Token: {person.headers['X-CSRF-Token']}")
    assert not failed, told(failed)
