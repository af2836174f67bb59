"""Blobs: sealed bytes under keys like `case_x/blob_y`, on disk or in an S3 bucket; written once, never changed.

`put` returns when the bytes would survive a loss of power: the caller then writes their row, and only then is anything promised.
What is put without a row following (the process died in between) is swept up an hour later.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, select

from intake.database import now, reading
from intake.errors import StorageFull
from intake.settings import Settings
from intake.tables import cases, files, reports, uploads, work

KEY = re.compile(r"[A-Za-z0-9_-]{1,80}(/[A-Za-z0-9_.-]{1,80}){0,3}")
ORPHAN_AGE = timedelta(hours=1)
TEMPORARY = ".part-"
ERASED = "erased/"
"""Where an empty blob stands for each erased case, so that a restored backup forgets it again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One blob in a listing. `written` is the store's time."""

    key: str
    size: int
    written: datetime


class Blobs(Protocol):
    """A place for blobs."""

    def put(self, key: str, data: bytes) -> None:
        """Keeps `data` durably. The same bytes again are no error; other bytes under a key that is taken raise FileExistsError.
        Raises StorageFull when there is no room; then nothing is left behind."""

    def get(self, key: str) -> bytes:
        """Raises KeyError when there is none."""

    def delete(self, key: str) -> None:
        """No error when there is none."""

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """All blobs whose keys begin so (whole folders: `case_x/`)."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Their keys."""

    def free(self) -> int | None:
        """Bytes left, where that can be told."""


def _folder(path: Path) -> None:
    """Makes the folder. Raises FileNotFoundError where somebody deletes it just now: while it is looked whether what is in the way is
    one, or its parent."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError:
        if path.exists() and not path.is_dir():
            raise
        raise FileNotFoundError(path) from None


class Disk:
    """Blobs in a folder of a local file system."""

    def __init__(self, root: Path, watermark: int = 0) -> None:
        self.root, self.watermark = root, watermark
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        if self.free() - len(data) < self.watermark:
            raise StorageFull
        for tries_left in reversed(range(10)):
            try:
                _folder(path.parent)
                return self._place(path, data)
            except FileNotFoundError:  # the folder went with the last blob in it, which somebody deleted just now
                if not tries_left:
                    raise
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise StorageFull from None
                raise

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent != self.root:
            try:
                path.parent.rmdir()
            except OSError:
                return

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        for path, status in self._files(self.root / prefix.rpartition("/")[0]):
            key = path.relative_to(self.root).as_posix()
            if key.startswith(prefix) and not path.name.startswith(TEMPORARY):
                yield Entry(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def keys(self, prefix: str = "") -> Iterator[str]:
        return (entry.key for entry in self.entries(prefix))

    def free(self) -> int:
        return shutil.disk_usage(self.root).free

    def sweep(self, older: timedelta = ORPHAN_AGE) -> int:
        """Removes temporary files of processes that died; returns how many."""
        limit = (datetime.now(UTC) - older).timestamp()
        old = [path for path, status in self._files(self.root) if path.name.startswith(TEMPORARY) and status.st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _files(self, top: Path) -> Iterator[tuple[Path, os.stat_result]]:
        """All files below; what others delete meanwhile is left out."""
        for folder, folders, names in os.walk(top):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                with contextlib.suppress(FileNotFoundError):
                    yield path, path.stat()

    def _place(self, path: Path, data: bytes) -> None:
        """The temporary file gets its name only when its bytes are on the disk, and the name counts only when its folders are too."""
        temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                view = memoryview(data)
                while view:
                    view = view[file.write(view) :]
                os.fsync(descriptor)
            try:
                os.link(temporary, path)  # unlike a rename it never replaces
            except FileExistsError:
                if path.read_bytes() != data:
                    raise
        finally:
            temporary.unlink(missing_ok=True)
        folder = path.parent
        _sync_folder(folder)
        while folder != self.root:  # each time: who made the folder, perhaps another one just now, may not have come so far yet
            folder = folder.parent
            _sync_folder(folder)

    def _path(self, key: str) -> Path:
        return self.root / checked(key)


def collect(engine: Engine, blobs: Blobs, older: timedelta = ORPHAN_AGE) -> int:
    """Deletes blobs that no row speaks of, and temporary files, once they are old enough to be nobody's in the making; returns how many."""
    limit, found = now() - older, 0
    if isinstance(blobs, Disk):
        found += blobs.sweep(older)
    entries = (entry.key for entry in blobs.entries() if entry.written < limit and not entry.key.startswith(ERASED))
    while some := list(islice(entries, 500)):
        with reading(engine) as tx:
            held = _held(tx, some)
        for key in some:
            if key not in held:
                blobs.delete(key)
                found += 1
    return found


def _held(tx: Connection, some: list[str]) -> set[str]:
    """Those of the keys that a row speaks of. Pieces of an upload are its row's, whose id is in their keys."""
    living = select(cases.c.id).where(cases.c.stage != "erased")
    held: set[str] = set()
    for table, column in ((files, files.c.blob), (reports, reports.c.blob), (work, work.c.result)):
        held |= set(tx.execute(select(column).where(column.in_(some), table.c.case_id.in_(living))).scalars())
    parts = {key: [part for part in key.replace(".", "/").split("/") if part.startswith("upload_")] for key in some}
    begun = {part for each in parts.values() for part in each}
    going = set(tx.execute(select(uploads.c.id).where(uploads.c.id.in_(begun), uploads.c.ends_at > now())).scalars()) if begun else set()
    return held | {key for key, each in parts.items() if going.intersection(each)}


def opened(settings: Settings) -> Blobs:
    """The place that the settings name. Raises SettingWrong for an address that is none."""
    if settings.blob_url:
        from intake.bucket import bucket

        return bucket(settings.blob_url)
    return Disk(settings.data / "blobs", settings.free_bytes)


def checked(key: str) -> str:
    """The key itself. Raises ValueError for one that could lead elsewhere."""
    if not KEY.fullmatch(key) or ".." in key:
        raise ValueError("not a key of a blob")
    return key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
