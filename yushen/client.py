"""A client for Yushen's HTTP API: typed, synchronous, and safe to retry.

Every request that changes something carries an Idempotency-Key, so an answer that was lost on the way costs nothing: the request is
sent again and happens once. What the service refuses comes as `Refused` with its stable code.

    with Client("http://127.0.0.1:8420", token="…") as yushen:
        case = yushen.open_case(product="personal_mortgage")
        yushen.upload(case["id"], [Path("card.jpg"), Path("licence.pdf")])
        yushen.complete(case["id"])
        report = yushen.wait_for_report(case["id"])
"""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

Json = dict[str, Any]
TRIES = 6
AGAIN = (408, 409, 425, 429, 502, 503, 504)
"""Statuses after which the same request is sent again, when its problem says that this may help."""


class Refused(Exception):
    """The service said no. `code` is stable, `title` says what to do (in Chinese), `errors` names the places at fault."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after_s: float = 0.0) -> None:
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.title = str(problem.get("title", ""))
        self.errors = list(problem.get("errors", ()))
        self.retryable = bool(problem.get("retryable", status >= 500))
        self.retry_after_s = retry_after_s
        super().__init__(f"{status} {self.code}: {self.title}")


class Unreachable(Exception):
    """No answer after all tries."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be uploaded."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """An event, as it was told."""

    seq: int
    kind: str
    case_id: str
    data: Json


class Client:
    """Speaks for one machine client: with a long-lived key or token, or with id and secret, which are exchanged for tokens."""

    def __init__(
        self,
        address: str,
        *,
        token: str = "",
        client_id: str = "",
        client_secret: str = "",
        timeout_s: float = 60.0,
        tries: int = TRIES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(base_url=address, timeout=timeout_s, transport=transport, trust_env=False)
        self._token = token
        self._secret = (client_id, client_secret)
        self._tries = tries

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.done()

    def done(self) -> None:
        """Ends the connections."""
        self._http.close()

    # --- cases -----------------------------------------------------------------------------------------------------------
    def open_case(self, *, key: str | None = None, **declared: Any) -> Json:
        """Opens a case; `declared` as in the API: product, loan, parties, as_of, reference, branch_id, agency_id."""
        return self._json("POST", "/v1/cases", json=declared, key=key)

    def case(self, case_id: str, *, reveal: bool = False) -> Json:
        """A case as it stands."""
        return self._json("GET", f"/v1/cases/{case_id}", params=_reveal(reveal))

    def cases(self, **where: Any) -> Iterator[Json]:
        """The cases that one may see, newest first; `where`: stage, reference."""
        cursor: str | None = None
        while True:
            page = self._json("GET", "/v1/cases", params={**where, **({"cursor": cursor} if cursor else {})})
            yield from page["cases"]
            cursor = page["next"]
            if cursor is None:
                return

    def change(self, case: Json, **declared: Any) -> Json:
        """Declares anew, as a whole, from the state that `case` shows. Raises Refused with code `changed` when somebody was quicker."""
        return self._json("PUT", f"/v1/cases/{case['id']}", json=declared, match=case["etag"])

    def complete(self, case_id: str, *, key: str | None = None) -> Json:
        """Says that everything was handed in."""
        return self._json("POST", f"/v1/cases/{case_id}/complete", key=key)

    def decide(self, case: Json, decision: str) -> Json:
        """The bank's word: `passed` or `declined`."""
        return self._json("POST", f"/v1/cases/{case['id']}/decision", json={"decision": decision}, match=case["etag"])

    def close(self, case_id: str) -> Json:
        """Ends a case: it takes nothing more."""
        return self._json("POST", f"/v1/cases/{case_id}/close")

    def reopen(self, case_id: str) -> Json:
        """Goes on with a case that was decided or closed."""
        return self._json("POST", f"/v1/cases/{case_id}/reopen")

    def erase(self, case_id: str) -> None:
        """Erases a case for ever."""
        self._send("DELETE", f"/v1/cases/{case_id}")

    # --- files -----------------------------------------------------------------------------------------------------------
    def upload(self, case_id: str, files: Sequence[Path | Upload], *, bulk: bool = False, key: str | None = None) -> Json:
        """Uploads files; those that were not taken in are in `refused`. When it returns they are safe."""
        read = [each if isinstance(each, Upload) else Upload(each.name, each.read_bytes()) for each in files]
        form = [("files", (each.name, each.data, "application/octet-stream")) for each in read]
        params = {"priority": "bulk" if bulk else "waiting"}
        return self._json("POST", f"/v1/cases/{case_id}/files", files=form, params=params, key=key)

    def files(self, case_id: str, *, reveal: bool = False) -> list[Json]:
        """The files of a case."""
        return self._list("GET", f"/v1/cases/{case_id}/files", params=_reveal(reveal))

    def upload_large(self, case_id: str, file: Path | Upload, *, piece: int = 4 << 20) -> Json:
        """Uploads a file in pieces; after a broken line it goes on where the service says. Gives the file."""
        read = file if isinstance(file, Upload) else Upload(file.name, file.read_bytes())
        state = self._json("POST", f"/v1/cases/{case_id}/uploads", json={"name": read.name, "size": len(read.data)})
        address = f"/v1/cases/{case_id}/uploads/{state['id']}"
        while state["file"] is None:
            at = state["received"]
            try:
                more = {"content": read.data[at : at + min(piece, state["piece"])], "headers": {"Upload-Offset": str(at)}}
                state = self._json("PATCH", address, **more)
            except Refused as refused:
                if refused.code != "conflict":
                    raise
                state = self._json("GET", address)  # the piece had come, only the answer was lost
        file_made: Json = state["file"]
        return file_made

    def content(self, case_id: str, file_id: str) -> bytes:
        """A file as it was uploaded: a recorded act, for the bank."""
        return self._send("GET", f"/v1/cases/{case_id}/files/{file_id}/content").content

    def remove(self, case_id: str, file_id: str) -> None:
        """Takes a file out of the case."""
        self._send("DELETE", f"/v1/cases/{case_id}/files/{file_id}")

    # --- reports ---------------------------------------------------------------------------------------------------------
    def report(self, case_id: str, version: int | None = None, *, reveal: bool = False) -> Json:
        """A report by the contract, the newest when none is named."""
        return self._json("GET", f"/v1/cases/{case_id}/reports/{version or 'latest'}", params=_reveal(reveal))

    def reports(self, case_id: str) -> list[Json]:
        """All reports of a case, the newest first."""
        return self._list("GET", f"/v1/cases/{case_id}/reports")

    def paper(self, case_id: str, form: str, version: int | None = None, *, timeout_s: float = 120.0) -> bytes:
        """A report as `html` or `pdf`: a recorded act, for the bank. Raises TimeoutError while it is not printed."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            answer = self._send("GET", f"/v1/cases/{case_id}/reports/{version or 'latest'}/{form}")
            if answer.status_code == 200:
                return answer.content
        raise TimeoutError(f"no {form} of {case_id} after {timeout_s:.0f} s")

    def proof(self, case_id: str, version: int | None = None) -> Json:
        """That a report stands in the audit log."""
        return self._json("GET", f"/v1/cases/{case_id}/reports/{version or 'latest'}/proof")

    def documents(self, case_id: str, *, reveal: bool = False) -> Json:
        """The papers of the newest report with their fields and keys."""
        return self._json("GET", f"/v1/cases/{case_id}/documents", params=_reveal(reveal))

    def findings(self, case_id: str, *, reveal: bool = False) -> Json:
        """The findings of the newest report with their keys and what was decided on them."""
        return self._json("GET", f"/v1/cases/{case_id}/findings", params=_reveal(reveal))

    # --- review ----------------------------------------------------------------------------------------------------------
    def correct(self, case: Json, kind: str, document: str, **content: Any) -> Json:
        """Puts something right: kind field (field, value), type (type), party (party), join (other), split (file, page)."""
        body = {"kind": kind, "document": document, **content}
        return self._json("POST", f"/v1/cases/{case['id']}/corrections", json=body, match=case["etag"])

    def undo(self, case: Json, correction_id: str) -> Json:
        """Undoes a correction."""
        return self._json("POST", f"/v1/cases/{case['id']}/corrections/{correction_id}/undo", match=case["etag"])

    def decide_finding(self, case: Json, finding: str, decision: str, reason: str | None = None) -> Json:
        """Confirms a finding, waives it with a reason, or opens it again."""
        body = {"decision": decision, "reason": reason}
        return self._json("POST", f"/v1/cases/{case['id']}/findings/{finding}/decision", json=body, match=case["etag"])

    def notify(self, case: Json, report: int, text: str | None = None, findings: Sequence[str] = ()) -> Json:
        """Tells the broker what to bring; without a text, what the report says."""
        body = {"report": report, "text": text, "findings": list(findings)}
        return self._json("POST", f"/v1/cases/{case['id']}/notices", json=body, match=case["etag"])

    def notices(self, case_id: str) -> list[Json]:
        """What the broker was asked to bring."""
        return self._list("GET", f"/v1/cases/{case_id}/notices")

    def send(self, case_id: str, text: str, *, internal: bool = False) -> Json:
        """Writes a message in a case."""
        return self._json("POST", f"/v1/cases/{case_id}/messages", json={"text": text, "internal": internal})

    def messages(self, case_id: str) -> list[Json]:
        """The messages of a case."""
        return self._list("GET", f"/v1/cases/{case_id}/messages")

    # --- events ----------------------------------------------------------------------------------------------------------
    def events(self, case_id: str | None = None, *, after: int = 0, timeout_s: float = 600.0) -> Iterator[Told]:
        """What happens, as it happens; after a broken line it goes on where it was. Ends after `timeout_s`."""
        address = "/v1/events/stream" if case_id is None else f"/v1/cases/{case_id}/events/stream"
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            headers = {"Last-Event-ID": str(after), **self._authorization()}
            try:
                with self._http.stream("GET", address, headers=headers, timeout=httpx.Timeout(30.0)) as answer:
                    if answer.status_code != 200:
                        answer.read()
                        raise _refused(answer)
                    for told in _told(answer.iter_lines()):
                        after = told.seq
                        yield told
                        if time.monotonic() > until:
                            return
            except httpx.TransportError:
                time.sleep(0.5)

    def webhook(self, url: str, kinds: Sequence[str] = ("*",)) -> Json:
        """Registers an address; its `secret` is told now and never again."""
        return self._json("POST", "/v1/webhooks", json={"url": url, "kinds": list(kinds)})

    def product(self, product: str) -> Json:
        """A product's checklist."""
        return self._json("GET", f"/v1/products/{product}")

    def wait_for_report(self, case_id: str, *, timeout_s: float = 600.0, every_s: float = 0.5, reveal: bool = False) -> Json:
        """The report on what the case holds now, once there is one. Raises TimeoutError."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if self.case(case_id)["checked"]:
                return self.report(case_id, reveal=reveal)
            time.sleep(every_s)
        raise TimeoutError(f"no report on {case_id} after {timeout_s:.0f} s")

    # --- the wire --------------------------------------------------------------------------------------------------------
    def _json(self, method: str, path: str, **more: Any) -> Json:
        body: Json = self._send(method, path, **more).json()
        return body

    def _list(self, method: str, path: str, **more: Any) -> list[Json]:
        body: list[Json] = self._send(method, path, **more).json()
        return body

    def _send(self, method: str, path: str, *, key: str | None = None, match: str | None = None, **more: Any) -> httpx.Response:
        """Sends until there is an answer. Raises Refused, Unreachable."""
        headers: dict[str, str] = {**more.pop("headers", {})}
        if method not in ("GET", "HEAD"):
            headers["Idempotency-Key"] = key or secrets.token_urlsafe(18)
        if match is not None:
            headers["If-Match"] = match
        problem: Exception = Unreachable()
        for attempt in range(self._tries):
            if attempt:
                time.sleep(_pause(attempt, problem))
            try:
                answer = self._http.request(method, path, headers=headers | self._authorization(), **more)
            except httpx.TransportError as error:
                problem = Unreachable(type(error).__name__)
                continue
            if answer.status_code < 400:
                return answer
            problem = _refused(answer)
            if answer.status_code == 401 and self._secret[0] and attempt == 0:
                self._token = ""
            elif answer.status_code not in AGAIN or not problem.retryable:
                raise problem
        raise problem

    def _authorization(self) -> dict[str, str]:
        if not self._token and self._secret[0]:
            form = {"grant_type": "client_credentials"}
            answer = self._http.post("/v1/oauth/token", data=form, auth=self._secret)
            if answer.status_code != 200:
                raise _refused(answer)
            self._token = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


def _told(lines: Iterator[str]) -> Iterator[Told]:
    """Server-sent events out of their lines; those without an id (a file's progress) are kept nowhere and left out."""
    data, kept = "", False
    for line in lines:
        if line.startswith("id: "):
            kept = True
        elif line.startswith("data: "):
            data += line.removeprefix("data: ")
        elif not line:
            if data and kept:
                told = json.loads(data)
                yield Told(told["id"], told["kind"], told["case_id"], told["data"])
            data, kept = "", False


def _reveal(wanted: bool) -> dict[str, str]:
    return {"reveal": "true"} if wanted else {}


def _refused(answer: httpx.Response) -> Refused:
    try:
        problem = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        problem = {}
    after = answer.headers.get("retry-after", "")
    return Refused(answer.status_code, problem if isinstance(problem, dict) else {}, float(after) if after.isdigit() else 0.0)


def _pause(attempt: int, problem: Exception) -> float:
    """Seconds before the next try: what the service asked for, else doubling from a fifth of a second, with some chance in it."""
    asked = problem.retry_after_s if isinstance(problem, Refused) else 0.0
    return min(30.0, asked or 0.2 * 2**attempt * random.uniform(0.5, 1.0))


__all__ = ["Client", "Refused", "Told", "Unreachable", "Upload"]
