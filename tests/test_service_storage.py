"""Blobs: on the disk before anybody is told, never half, never replaced, refused when the disk is full; the same over S3."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from obstore.store import MemoryStore
from sqlalchemy import update

from intake import storage
from intake.bucket import Bucket, bucket
from intake.database import writing
from intake.errors import StorageFull, Unavailable
from intake.settings import Settings, SettingWrong
from intake.storage import Blobs, Disk
from intake.tables import cases
from tests.service_ground import laid


class Shelf(BaseHTTPRequestHandler):
    """As much of S3 as the client speaks: PUT with If-None-Match, GET, deleting many, listing. It signs nothing and checks no signature."""

    objects: dict[str, bytes]
    lose_answers: int

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("If-None-Match") == "*" and self.key in self.objects:
            return self.answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        self.objects[self.key] = data
        if type(self).lose_answers:
            type(self).lose_answers -= 1
            return self.answer(503, b"<Error><Code>SlowDown</Code></Error>")
        self.answer(200, b"", ETag=f'"{hashlib.md5(data).hexdigest()}"')

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            return self.answer(200, self.listing(query.get("prefix", [""])[0]))
        if self.key not in self.objects:
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        dated = {"ETag": '"x"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
        self.answer(200, self.objects[self.key], **dated)

    def do_POST(self) -> None:
        assert urlsplit(self.path).query == "delete", self.path
        keys = re.findall(rb"<Key>(.*?)</Key>", self.rfile.read(int(self.headers["Content-Length"])))
        for key in keys:
            self.objects.pop(key.decode(), None)
        rows = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in keys)
        self.answer(200, b"<DeleteResult>%s</DeleteResult>" % rows)

    @property
    def key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/papers/")

    def listing(self, prefix: str) -> bytes:
        rows = [
            f"<Contents><Key>{key}</Key><Size>{len(data)}</Size><LastModified>2026-11-23T10:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for key, data in sorted(self.objects.items())
            if key.startswith(prefix)
        ]
        return f"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{len(rows)}</KeyCount>{''.join(rows)}</ListBucketResult>".encode()

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Shelf]]:
    shelf = type("OneShelf", (Shelf,), {"objects": {}, "lose_answers": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), shelf)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    told = {"ENDPOINT": f"http://127.0.0.1:{server.server_port}", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "x", "ALLOW_HTTP": "true"}
    for name, value in told.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    yield shelf
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["disk", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "disk":
        return Disk(tmp_path / "blobs")
    if request.param == "memory":
        return Bucket(MemoryStore())
    request.getfixturevalue("s3")
    return storage.opened(Settings(data=tmp_path, blob_url="s3://papers/bank"))


# --- every store -------------------------------------------------------------------------------------------------------------


def test_what_is_put_is_there_until_it_is_deleted(blobs: Blobs) -> None:
    blobs.put("case_a/blob_1", b"one")
    blobs.put("case_a/blob_2", b"")
    blobs.put("case_ab/blob_3", bytes(300_000))
    assert blobs.get("case_a/blob_1") == b"one" and blobs.get("case_a/blob_2") == b"" and blobs.get("case_ab/blob_3") == bytes(300_000)
    assert sorted(blobs.keys()) == ["case_a/blob_1", "case_a/blob_2", "case_ab/blob_3"]
    assert sorted(blobs.keys("case_a/")) == ["case_a/blob_1", "case_a/blob_2"]
    assert [entry.size for entry in blobs.entries("case_ab/")] == [300_000]
    blobs.delete("case_a/blob_1")
    blobs.delete("case_a/blob_1")
    with pytest.raises(KeyError):
        blobs.get("case_a/blob_1")
    assert list(blobs.keys("case_b/")) == []


def test_nothing_is_replaced(blobs: Blobs) -> None:
    blobs.put("case_a/blob_1", b"one")
    blobs.put("case_a/blob_1", b"one")
    with pytest.raises(FileExistsError):
        blobs.put("case_a/blob_1", b"two")
    assert blobs.get("case_a/blob_1") == b"one"


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "case_a/../x", "case_a/..", "a//b", "a/b/c/d/e", "张三", "a b", "case_a/", "x" * 81])
def test_a_key_leads_nowhere_else(blobs: Blobs, key: str) -> None:
    for act in (blobs.get, blobs.delete, lambda key: blobs.put(key, b"x")):
        with pytest.raises(ValueError, match="key"):
            act(key)


# --- S3 ----------------------------------------------------------------------------------------------------------------------


def test_a_put_whose_answer_was_lost_is_no_error_when_tried_again(s3: type[Shelf]) -> None:
    s3.lose_answers = 1
    store = bucket("s3://papers/bank")
    store.put("case_a/blob_1", b"one")
    assert s3.objects == {"bank/case_a/blob_1": b"one"}


def test_a_store_that_is_away_is_unavailable_and_not_an_unknown_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENDPOINT": "http://127.0.0.1:9", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "x", "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    store = bucket("s3://papers/bank")
    for act in (lambda: store.put("case_a/blob_1", b"x"), lambda: store.get("case_a/blob_1"), lambda: list(store.keys())):
        with pytest.raises(Unavailable):
            act()


@pytest.mark.parametrize("url", ["s3:/x", "http://bucket", "s3://", "s3://Bucket/x"])
def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match="YUSHEN_BLOB_URL"):
        storage.opened(Settings(data=tmp_path, blob_url=url))


# --- the disk ----------------------------------------------------------------------------------------------------------------


def test_the_bytes_are_on_the_disk_before_they_have_a_name_and_the_name_before_anybody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    sync, link = os.fsync, os.link

    def fsync(descriptor: int) -> None:
        where = Path(f"/proc/self/fd/{descriptor}").readlink()
        whole = "" if where.is_dir() else f" of {where.stat().st_size} bytes"
        calls.append(f"fsync {where.relative_to(tmp_path).parts[-1].split('-')[0]}{whole}")
        sync(descriptor)

    def linked(source: Path, target: Path) -> None:
        calls.append(f"link {target.name}")
        link(source, target)

    store = Disk(tmp_path / "blobs")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", linked)
    store.put("case_a/blob_1", b"12345")
    assert calls == ["fsync .part of 5 bytes", "link blob_1", "fsync case_a", "fsync blobs"]


def test_a_failure_in_the_middle_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Disk(tmp_path / "blobs")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "input/output error")))
    with pytest.raises(OSError, match="input/output"):
        store.put("blob_1", b"12345")
    assert list((tmp_path / "blobs").iterdir()) == []


def test_below_the_watermark_nothing_is_taken(tmp_path: Path) -> None:
    store = Disk(tmp_path / "blobs", watermark=1 << 60)
    with pytest.raises(StorageFull) as refused:
        store.put("blob_1", b"x")
    assert refused.value.http_status == 507 and list(store.keys()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB. Skipped, and counted as such, where nothing may be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, text=True)
    if made.returncode:
        pytest.skip("no file system can be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("watermark", [0, 1 << 20], ids=["to the last byte", "with a reserve"])
def test_a_full_disk_refuses_keeps_what_it_has_and_recovers(small_disk: Path, watermark: int) -> None:
    store = Disk(small_disk / "blobs", watermark)
    kept, refused = [], 0
    for number in range(60):
        data = bytes([number]) * 150_000
        try:
            store.put(f"case_a/blob_{number}", data)
            kept.append(number)
        except StorageFull:
            refused += 1
    assert len(kept) > 15 and refused > 25
    assert sorted(store.keys()) == sorted(f"case_a/blob_{number}" for number in kept)
    assert all(store.get(f"case_a/blob_{number}") == bytes([number]) * 150_000 for number in kept), "none is half"
    assert [path for path in small_disk.rglob(".part-*")] == [], "a temporary file left behind would keep the disk full"
    assert store.free() >= watermark
    for number in kept[:5]:
        store.delete(f"case_a/blob_{number}")
    store.put("case_b/blob_new", bytes(150_000))


def test_many_writers_of_one_key_leave_one_whole_blob(tmp_path: Path) -> None:
    store, refused = Disk(tmp_path), []

    def write(number: int) -> None:
        try:
            store.put("case_a/blob_1", bytes([number]) * 100_000)
        except FileExistsError:
            refused.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7 and len(set(store.get("case_a/blob_1"))) == 1 and len(store.get("case_a/blob_1")) == 100_000
    assert [path.name for path in (tmp_path / "case_a").iterdir()] == ["blob_1"]


def test_blobs_come_and_go_in_one_folder_at_once(tmp_path: Path) -> None:
    """The folder goes with its last blob: somebody may be about to put another one in."""
    store, failed = Disk(tmp_path), []

    def come_and_go(number: int) -> None:
        try:
            for n in range(150):
                store.put(f"case_a/blob_{number}_{n}", b"x")
                assert f"case_a/blob_{number}_{n}" in set(store.keys("case_a/"))
                store.delete(f"case_a/blob_{number}_{n}")
        except BaseException as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=come_and_go, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and list(store.keys()) == []


# --- what nobody speaks of -----------------------------------------------------------------------------------------------------


def test_what_no_row_speaks_of_is_swept_up_when_it_is_old(tmp_path: Path) -> None:
    ground = laid(tmp_path)
    kept, erased = ground.case(), ground.case()
    assert isinstance(ground.blobs, Disk)
    for key in (f"{kept}/blob_orphan", "erased/case_x", f"{kept}/blob_new"):
        ground.blobs.put(key, b"x")
    part = ground.blobs.root / ".part-dead"
    part.write_bytes(b"x")
    with writing(ground.engine) as tx:
        tx.execute(update(cases).where(cases.c.id == erased).values(stage="erased"))
    for path in ground.blobs.root.rglob("*"):
        if path.is_file() and path.name != "blob_new":
            os.utime(path, (path.stat().st_mtime - 7200,) * 2)
    assert storage.collect(ground.engine, ground.blobs) == 3, "the orphan, the temporary file, the erased case's blob"
    assert {entry.key.split("/")[0] for entry in ground.blobs.entries()} == {kept, "erased"} and f"{kept}/blob_new" in set(ground.blobs.keys())
    assert storage.collect(ground.engine, ground.blobs, timedelta(seconds=-5)) == 1, "the new one too, once it is old"
