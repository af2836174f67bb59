"""The HTTP API's promises: pages and limits, files and uploads that go on after a break, events told in order, papers, errors."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.http.routes import events as routes
from intake import errors, events, uploads
from tests.service import Bank, checked, checked_case, fresh_key
from tests.service_http import JPEG, all_cases, here, north, opened, postgres, red, upload

__all__ = ["here", "north", "postgres", "red"]


# --- lists, cursors, limits ----------------------------------------------------------------------------------------------------------


def test_pages_hold_every_case_once(here: Bank) -> None:
    green = here.client("green")
    made = [opened(green) for _ in range(7)]
    found = all_cases(green, limit=2)
    assert found[:7] == made[::-1] and len(set(found)) == len(found)
    for wrong in ("x", "!!", "MTIz" * 20, "LTE"):
        assert green.get("/v1/cases", params={"cursor": wrong}).status_code == 422
    assert green.get("/v1/cases", params={"limit": 101}).status_code == 422


def test_cases_are_found_by_reference_and_stage(red: TestClient) -> None:
    red.post("/v1/cases", json={"reference": "LN-2026/0042"}, headers=fresh_key())
    (found,) = red.get("/v1/cases", params={"reference": "LN-2026/0042"}).json()["cases"]
    assert found["stage"] == "open"
    assert red.get("/v1/cases", params={"reference": "LN-2026/0042", "stage": "closed"}).json()["cases"] == []


@pytest.mark.parametrize(
    ("body", "at"),
    [({"parties": [{"role": "borrower"}]}, "/parties/0"), ({"loan": {"amount": "-1"}}, "/loan/amount"), ({"x": "110101199003071234"}, "/x"),
     ({"parties": [{"role": "x", "name": "张三丰"}]}, "/parties/0/role"), ({"reference": "张三丰"}, "/reference")],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place_and_never_repeated(body: dict[str, Any], at: str, red: TestClient) -> None:
    answer = red.post("/v1/cases", json=body, headers=fresh_key())
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["at"] == at
    assert "张三丰" not in answer.text and "110101199003071234" not in answer.text


def test_large_bodies_are_refused_before_they_are_read(red: TestClient) -> None:
    answer = red.post("/v1/cases", content=b"x" * 300_000, headers={**fresh_key(), "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def untold() -> Any:
        yield from (b" " * 65536 for _ in range(20))

    answer = red.post("/v1/cases", content=untold(), headers={**fresh_key(), "Content-Type": "application/json"})
    assert answer.status_code in (400, 413)


def test_every_answer_bears_the_headers_of_safety(here: Bank, red: TestClient) -> None:
    for answer in (red.get("/v1/cases"), red.get("/v1/nothing"), here.client().get("/health"), here.client().get("/v1/cases")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY" and len(answer.headers["X-Request-Id"]) == 16


def test_figures_name_no_case(here: Bank, north: TestClient) -> None:
    north.get(f"/v1/cases/{opened(here.client('red'))}")
    text = north.get("/metrics").text
    assert 'yushen_requests_total{method="GET",route="/v1/cases/{case_id}",status="200"}' in text
    assert "case_" not in text.replace("case_id", "")


# --- files ---------------------------------------------------------------------------------------------------------------------------


def test_of_several_files_those_that_cannot_come_in_are_named(red: TestClient) -> None:
    case = opened(red)
    answer = upload(red, case, ("a.jpg", JPEG), ("b.zip", b"PK\3\4zip"), ("a.jpg", JPEG + b"2"), ("c.jpg", b""))
    body = answer.json()
    assert answer.status_code == 201 and [each["number"] for each in body["files"]] == [1, 2]
    assert [(each["index"], each["code"]) for each in body["refused"]] == [(1, "type_not_allowed"), (3, "empty_file")]
    alone = upload(red, case, ("b.zip", b"PK\3\4zip"))
    assert (alone.status_code, alone.json()["code"]) == (415, "type_not_allowed")


def test_the_bank_gets_the_original_back_and_a_browser_cannot_show_it(red: TestClient, north: TestClient) -> None:
    case = opened(red)
    file = upload(red, case, ("张伟.jpg", JPEG)).json()["files"][0]
    answer = north.get(f"/v1/cases/{case}/files/{file['id']}/content")
    assert answer.content == JPEG and answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;") and answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--x--\r\n", b"--y--\r\n"]
)
def test_broken_forms_are_refused(content: bytes, red: TestClient) -> None:
    case = opened(red)
    headers = {**fresh_key(), "Content-Type": "multipart/form-data; boundary=x"}
    assert red.post(f"/v1/cases/{case}/files", content=content, headers=headers).status_code == 422


def test_a_file_that_is_removed_counts_no_more(red: TestClient) -> None:
    case = opened(red)
    file = upload(red, case, ("a.jpg", JPEG)).json()["files"][0]["id"]
    assert red.delete(f"/v1/cases/{case}/files/{file}").status_code == 204
    assert red.get(f"/v1/cases/{case}/files").json() == []
    assert red.delete(f"/v1/cases/{case}/files/{file}").status_code == 404


# --- in pieces -----------------------------------------------------------------------------------------------------------------------


def test_an_upload_goes_on_where_it_broke_off(here: Bank, red: TestClient, north: TestClient) -> None:
    case, data = opened(red), JPEG * 1000
    begun = red.post(f"/v1/cases/{case}/uploads", json={"name": "gross.jpg", "size": len(data)}, headers=fresh_key()).json()
    address = f"/v1/cases/{case}/uploads/{begun['id']}"

    def piece(at: int, size: int) -> Any:
        return red.patch(address, content=data[at : at + size], headers={"Upload-Offset": str(at)})

    assert piece(0, 5000).json()["received"] == 5000
    twice = piece(0, 5000)
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")
    assert piece(6000, 10).status_code == 409 and piece(5000, 0).status_code == 422
    assert red.get(address).json()["received"] == 5000
    assert red.patch(address, content=b"x" * len(data), headers={"Upload-Offset": "5000"}).status_code == 422
    done = piece(5000, len(data)).json()
    assert done["file"]["size"] == len(data) and red.get(address).json()["file"]["id"] == done["file"]["id"]
    assert north.get(f"/v1/cases/{case}/files/{done['file']['id']}/content").content == data
    assert piece(len(data), 1).status_code == 409


def test_an_upload_that_turns_out_wrong_ends(red: TestClient) -> None:
    case = opened(red)
    begun = red.post(f"/v1/cases/{case}/uploads", json={"name": "a.zip", "size": 4}, headers=fresh_key()).json()
    address = f"/v1/cases/{case}/uploads/{begun['id']}"
    assert red.patch(address, content=b"PK\3\4", headers={"Upload-Offset": "0"}).json()["code"] == "type_not_allowed"
    assert red.get(address).status_code == 404
    large = red.post(f"/v1/cases/{case}/uploads", json={"name": "a.pdf", "size": 1 << 30}, headers=fresh_key())
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    assert uploads.PIECE < 10 << 20


# --- events --------------------------------------------------------------------------------------------------------------------------


def stream(client: TestClient, address: str, last: int | None = None) -> list[dict[str, Any]]:
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    text = client.get(address, headers=headers).text
    assert text.startswith("retry: ")
    blocks = [block for block in text.split("\n\n") if block.startswith("id: ")]
    told = [json.loads(block.split("data: ", 1)[1]) for block in blocks]
    assert [int(block.split("\n")[0][4:]) for block in blocks] == [each["id"] for each in told]
    return told


def test_a_stream_goes_on_where_it_broke_off(here: Bank, red: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "LONGEST_S", 0.01)
    made = checked_case(here, names=("a.jpg",))
    address = f"/v1/cases/{made.case}/events"
    whole = stream(red, f"{address}/stream")
    kinds = [each["kind"] for each in whole]
    assert kinds[:2] == ["case.opened", "file.received"] and "report.ready" in kinds
    assert set(kinds) <= set(events.KINDS) and [each["id"] for each in whole] == sorted({each["id"] for each in whole})
    for cut in range(len(whole)):
        assert stream(red, f"{address}/stream", whole[cut]["id"]) == whole[cut + 1 :]
    assert red.get(address).json()["events"] == whole
    assert red.get(address, params={"after": whole[2]["id"], "limit": 2}).json()["events"] == whole[3:5]
    inside = stream(here.client("north"), f"{address}/stream")
    assert len(inside) > len(whole)  # the bank's own note
    assert "verdict" not in json.dumps(whole) and "verdict" in json.dumps(inside)


def test_a_stream_tells_what_comes_while_it_is_open(here: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "LONGEST_S", 1.5)
    monkeypatch.setattr(routes, "EVERY_S", 0.05)
    red = here.client("red")
    case = opened(red)
    found: list[list[dict[str, Any]]] = []
    listening = threading.Thread(target=lambda: found.append(stream(here.client("red"), f"/v1/cases/{case}/events/stream")))
    listening.start()
    upload(red, case, ("a.jpg", JPEG))
    listening.join(10)
    assert [each["kind"] for each in found[0]] == ["case.opened", "file.received"]


# --- papers --------------------------------------------------------------------------------------------------------------------------


def test_a_paper_is_printed_when_it_is_asked_for(here: Bank, north: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.http.routes import reports

    monkeypatch.setattr(reports, "WAIT_S", 0.0)
    made = checked_case(here, names=("a.jpg",))
    address = f"/v1/cases/{made.case}/reports/latest/pdf"
    first = north.get(address)
    assert (first.status_code, first.headers["Retry-After"]) == (202, "2")
    checked(here, made.case, {"verdict": "", "findings": []})
    ready = north.get(address)
    assert (ready.status_code, ready.content, ready.headers["content-type"]) == (200, b"paper", "application/pdf")
    assert here.client("red").get(address).status_code == 403


def test_a_report_bears_its_proof(here: Bank, north: TestClient) -> None:
    made = checked_case(here, names=("a.jpg",))
    proof = north.get(f"/v1/cases/{made.case}/reports/1/proof").json()
    assert json.loads(proof["leaf"])["detail"]["sha256"] == proof["report_sha256"]


def test_nothing_that_is_refused_is_a_server_error(here: Bank) -> None:
    """Every error of the tree has a status below 500 but the two that say that the service lacks something."""
    def tree(kind: type[errors.YushenError]) -> list[type[errors.YushenError]]:
        return [kind, *(each for sub in kind.__subclasses__() for each in tree(sub))]

    high = {each.code for each in tree(errors.YushenError) if each.http_status >= 500}
    assert high == {"internal", "unavailable", "storage_full"}




def test_every_code_and_kind_of_event_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")

    def tree(kind: type[errors.YushenError]) -> list[type[errors.YushenError]]:
        return [kind, *(each for sub in kind.__subclasses__() for each in tree(sub))]

    for each in tree(errors.YushenError):
        if "code" in vars(each):
            assert f"| `{each.code}` | {each.http_status}" in page, each.code
    assert [kind for kind in events.KINDS if f"`{kind}`" not in page] == []
