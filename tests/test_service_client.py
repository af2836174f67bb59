"""The Python client over a real connection that loses answers: everything happens once, and what is refused comes with its code."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.http.routes import events
from intake import database, machines
from tests.service import FINDING, Bank, bank, checked, checked_case, served
from yushen.client import Client, Refused, Unreachable, Upload

JPEG = b"\xff\xd8\xff a picture"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="module")
def address(here: Bank) -> Iterator[str]:
    with served(here.app) as port:
        yield f"http://127.0.0.1:{port}"


class Lossy(httpx.BaseTransport):
    """Sends every request, and loses three of ten answers."""

    def __init__(self, seed: int) -> None:
        self.inner = httpx.HTTPTransport()
        self.chance = random.Random(seed)
        self.lost = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        if request.method != "GET" and self.chance.random() < 0.3:
            answer.read()
            answer.close()
            self.lost += 1
            raise httpx.ReadError("lost on the way")
        return answer


def test_what_is_sent_again_happens_once(here: Bank, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yushen.client._pause", lambda attempt, problem: 0.01)
    lossy = Lossy(7)
    with Client(address, token=here.tokens["green"], transport=lossy, tries=20) as yushen:
        cases = [yushen.open_case(reference=f"R-{n}")["id"] for n in range(8)]
        for case in cases:
            assert len(yushen.upload(case, [Upload("a.jpg", JPEG), Upload("b.jpg", JPEG)])["files"]) == 2
            assert yushen.complete(case)["stage"] == "review"
        assert [case["id"] for case in yushen.cases()] == cases[::-1]
        assert {len(yushen.files(case)) for case in cases} == {2}
    assert lossy.lost >= 5


def test_a_large_file_goes_on_after_lost_answers(here: Bank, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yushen.client._pause", lambda attempt, problem: 0.01)
    data = JPEG * 4000
    lossy = Lossy(3)
    with Client(address, token=here.tokens["red"], transport=lossy, tries=20) as yushen:
        case = yushen.open_case(branch_id=here.organisations["north"])["id"]
        file = yushen.upload_large(case, Upload("gross.jpg", data), piece=5000)
    with Client(address, token=here.tokens["north"]) as bank_side:
        assert bank_side.content(case, file["id"]) == data
    assert lossy.lost >= 2


def test_id_and_secret_are_exchanged_and_renewed(here: Bank, address: str) -> None:
    with database.writing(here.door.engine) as tx:
        _, secret = machines.add_credential(tx, here.clients["north"], "secret", actor="test")
    with Client(address, client_id=here.clients["north"], client_secret=secret) as yushen:
        assert yushen.open_case()["stage"] == "open"
        yushen._token = "yst_expired"
        assert yushen.open_case()["stage"] == "open"
    with Client(address, client_id=here.clients["north"], client_secret="ysc_wrong") as wrong, pytest.raises(Refused) as refused:
        wrong.open_case()
    assert refused.value.code == "unauthenticated"


def test_a_whole_review(here: Bank, address: str, tmp_path: Path) -> None:
    made = checked_case(here, names=("a.jpg",))
    with Client(address, token=here.tokens["north"]) as yushen:
        case = yushen.case(made.case)
        assert [each["version"] for each in yushen.reports(made.case)] == [2, 1]
        assert yushen.findings(made.case)["findings"][0]["key"] == FINDING
        yushen.decide_finding(case, FINDING, "waived", "已电话核实")
        with pytest.raises(Refused) as refused:
            yushen.decide_finding(case, FINDING, "confirmed")
        assert (refused.value.status, refused.value.code) == (412, "changed")
        assert yushen.findings(made.case)["findings"][0]["decided"]["decision"] == "waived"
        yushen.undo(yushen.case(made.case), made.correction)
        assert yushen.case(made.case)["checked"] is False
        with pytest.raises(TimeoutError):
            yushen.wait_for_report(made.case, timeout_s=0.2, every_s=0.05)
        checked(here, made.case, {"verdict": "complete", "findings": [], "report_version": 3})
        assert yushen.decide(yushen.case(made.case), "passed")["stage"] == "passed"
        assert yushen.reopen(made.case)["stage"] == "review"
        yushen.send(made.case, "内部", internal=True)
        assert len(yushen.messages(made.case)) == 3 and len(yushen.notices(made.case)) == 1
        assert yushen.close(made.case)["stage"] == "closed"
        assert yushen.proof(made.case)["report_sha256"]
        assert yushen.product("enterprise")["requirements"]
        yushen.erase(made.case)
        with pytest.raises(Refused, match="not_found"):
            yushen.case(made.case)


def test_events_are_heard_until_enough(here: Bank, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream ends every half second; the listener goes on where it was."""
    monkeypatch.setattr(events, "LONGEST_S", 0.5)
    monkeypatch.setattr(events, "EVERY_S", 0.05)
    with Client(address, token=here.tokens["red"]) as yushen, Client(address, token=here.tokens["red"]) as other:
        case = yushen.open_case(branch_id=here.organisations["north"])["id"]
        threading.Timer(1.2, lambda: other.upload(case, [Upload("a.jpg", JPEG)])).start()
        kinds = []
        for told in yushen.events(case, timeout_s=20):
            kinds.append(told.kind)
            if told.kind == "file.received":
                break
    assert kinds == ["case.opened", "file.received"]


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yushen.client._pause", lambda attempt, problem: 0.0)
    with Client("http://127.0.0.1:9", token="x") as yushen, pytest.raises(Unreachable):
        yushen.case("case_x")


def test_progress_between_the_events_is_no_event() -> None:
    from yushen.client import _told

    kept = ["id: 7", "event: case.opened", 'data: {"id": 7, "kind": "case.opened", "case_id": "case_a", "data": {}}', ""]
    progress = ["event: file.progress", 'data: {"file_id": "file_a", "pages_done": 1}', ""]
    assert [told.kind for told in _told(iter([*progress, *kept, ": still here", "", *progress]))] == ["case.opened"]
