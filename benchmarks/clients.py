"""Clients that upload and keep their own history of what they were promised, for the checker to compare with the database."""

from __future__ import annotations

import hashlib
import io
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

TRY_AGAIN_S = 0.25
GIVE_UP_S = 120.0


@dataclass(frozen=True, slots=True)
class Promise:
    """One answer with success: this key is this file of this case, with these bytes."""

    key: str
    case_id: str
    file_id: str
    sha256: str
    seconds: float
    tries: int


@dataclass
class History:
    """What all clients were told, and what they were refused."""

    promises: list[Promise] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def picture(chance: random.Random) -> bytes:
    """A small JPEG that no other upload equals."""
    from PIL import Image

    out = io.BytesIO()
    shade = tuple(chance.randrange(120, 250) for _ in range(3))
    Image.new("RGB", (320, 220), shade).save(out, "JPEG", quality=80)
    data = out.getvalue()
    comment = secrets.token_bytes(24)
    return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]


def pages(chance: random.Random, count: int = 5) -> bytes:
    """A small PDF of so many pages that no other upload equals."""
    import pikepdf

    made = pikepdf.new()
    for number in range(count):
        page = made.add_blank_page(page_size=(300, 400))
        page.Contents = made.make_stream(f"{chance.random():.3f} 0.5 0.5 rg {10 + number} 40 200 300 re f".encode())
    made.docinfo["/Title"] = secrets.token_hex(12)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


Make = Callable[[random.Random], bytes]
"""Makes a file."""


class Client:
    """One client of the API, that never gives up before it knows."""

    def __init__(self, url: str, token: str, history: History, seed: int, file: Make = picture) -> None:
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=15)
        self.history = history
        self.chance = random.Random(seed)
        self.file = file

    def open(self) -> str:
        """A new case; its id."""
        case_id = str(self._told("/v1/cases", {"json": {"product": "personal_mortgage"}})[0]["id"])
        with self.history.lock:
            self.history.cases.append(case_id)
        return case_id

    def packet(self) -> None:
        """Opens a case and uploads one to three files into it, then says that is all."""
        case_id = self.open()
        for number in range(self.chance.choice((1, 1, 1, 2, 3))):
            data = pages(self.chance) if self.chance.random() < 0.05 else self.file(self.chance)
            self.upload(case_id, f"{number}.jpg" if data[:1] == b"\xff" else f"{number}.pdf", data)
        self._told(f"/v1/cases/{case_id}/complete", {})

    def upload(self, case_id: str, name: str, data: bytes) -> None:
        """Sends a file until it is taken; one time in twenty the answer is lost, and the same is sent again."""
        key, begun = secrets.token_hex(12), time.monotonic()
        for _ in range(2 if self.chance.random() < 0.05 else 1):
            answer, tries = self._told(f"/v1/cases/{case_id}/files", {"files": {"files": (name, data)}}, key)
            file = answer["files"][0]
            taken = time.monotonic() - begun
            promise = Promise(key, case_id, file["id"], hashlib.sha256(data).hexdigest(), taken, tries)
            with self.history.lock:
                self.history.promises.append(promise)

    def _told(self, path: str, content: dict[str, object], key: str | None = None) -> tuple[dict[str, list[dict[str, str]]], int]:
        """The answer to a request that is sent until it is answered with success, and how often it was sent."""
        headers, until, tries = {"Idempotency-Key": key or secrets.token_hex(12)}, time.monotonic() + GIVE_UP_S, 0
        while time.monotonic() < until:
            tries += 1
            try:
                answer = self.http.post(path, headers=headers, **content)  # type: ignore[arg-type]
                if answer.is_success:
                    return answer.json(), tries
                with self.history.lock:
                    self.history.refusals.append((answer.status_code, answer.json().get("code", "")))
            except httpx.HTTPError:
                pass
            time.sleep(TRY_AGAIN_S)
        raise TimeoutError(f"{path}: no success in {GIVE_UP_S:.0f} s")


def crowd(
    url: str, token: str, history: History, number: int, seed: int, enough: Callable[[], bool], file: Make = picture
) -> list[threading.Thread]:
    """So many clients, each with packet after packet until there are enough."""

    def act(n: int) -> None:
        client = Client(url, token, history, seed * 1000 + n, file)
        while not enough():
            client.packet()

    threads = [threading.Thread(target=act, args=(n,), daemon=True) for n in range(number)]
    for each in threads:
        each.start()
    return threads
