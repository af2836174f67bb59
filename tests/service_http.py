"""A bank per database and clients that speak to its API, for tests of HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service import Bank, bank, fresh_key
from tests.service_postgres import postgres

__all__ = ["postgres"]
JPEG = b"\xff\xd8\xff some picture"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    url = request.getfixturevalue("postgres").new_database("api") if request.param == "postgresql" else ""
    return bank(tmp_path_factory.mktemp("bank"), database_url=url)


@pytest.fixture
def red(here: Bank) -> TestClient:
    return here.client("red")


@pytest.fixture
def north(here: Bank) -> TestClient:
    return here.client("north")


def opened(client: TestClient) -> str:
    answer = client.post("/v1/cases", json={}, headers=fresh_key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def upload(client: TestClient, case: str, *files: tuple[str, bytes], key: dict[str, str] | None = None) -> Any:
    form = [("files", (name, data, "application/octet-stream")) for name, data in files]
    return client.post(f"/v1/cases/{case}/files", files=form, headers=key or fresh_key())


def all_cases(client: TestClient, limit: int = 100) -> list[str]:
    found, cursor = [], None
    while True:
        page = client.get("/v1/cases", params={"limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        found += [each["id"] for each in page["cases"]]
        cursor = page["next"]
        if cursor is None:
            return found
