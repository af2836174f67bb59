"""A PostgreSQL of one's own for tests: in a temporary folder, on a unix socket, as a user without rights, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.service_ground import Ground, laid

DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {
    "listen_addresses": "''", "fsync": "off", "shared_buffers": "16MB", "max_connections": "60", "log_min_messages": "warning",
}  # fmt: skip
"""Small, and without waiting for the disk. Runs that kill the server turn fsync on again."""
ROLE = "yushen"


class Server:
    """A cluster that can be stopped, killed and started again. `url` is the address of a database for a role that owns it and is no
    superuser; `root_url` the superuser's."""

    def __init__(self, folder: Path, programs: Path, user: pwd.struct_passwd | None, settings: dict[str, str]) -> None:
        self.folder, self.programs, self.user, self.settings = folder, programs, user, settings
        self.data, self.log = folder / "data", folder / "log"

    def make(self) -> None:
        """The cluster's files."""
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in (self.settings | {"unix_socket_directories": str(self.folder)}).items())
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "30", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is as good as a kill -9 of all its processes."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """kill -9 of the server, and its start as soon as its children have let go of the shared memory. Raises RuntimeError when none starts."""
        os.kill(self.pid, signal.SIGKILL)
        for left in reversed(range(50)):
            try:
                return self.start()
            except RuntimeError:
                if not left:
                    raise
                time.sleep(0.2)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def new_database(self, name: str) -> str:
        """An empty database, owned by a role without rights beyond it; its address."""
        self.sql("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.sql("postgres", f"CREATE DATABASE {name} OWNER {ROLE}")
        return self.url(name)

    def sql(self, database: str, statement: str) -> str:
        return self._run("psql", "-h", str(self.folder), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-Atqc", statement, database)

    def url(self, database: str, role: str = ROLE) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.folder), safe='')}"

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), *arguments]
        if self.user:
            command = ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups", "--", *command]
        ran = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90)
        if ran.returncode:
            raise RuntimeError(f"{program}: {ran.stdout[-800:]}")
        return ran.stdout.strip()


def programs() -> Path | None:
    """Where PostgreSQL's programs are, the newest version first; None where it is not installed."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    real = [Path(os.path.realpath(on_path))] if on_path else []
    return next((path.parent for path in [*found, *real] if (path.parent / "pg_ctl").exists()), None)


@contextmanager
def running(settings: dict[str, str] | None = None) -> Iterator[Server]:
    """A server, started and at the end removed. Raises FileNotFoundError where PostgreSQL is not installed."""
    where = programs()
    if where is None:
        raise FileNotFoundError("PostgreSQL is not installed (deploy/system.sh tests)")
    user = _unprivileged() if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="yushen-pg-", dir="/tmp"))  # short: a socket's path may have 107 bytes
    server = Server(folder, where, user, SETTINGS | (settings or {}))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        server.make()
        server.start()
        server.sql("postgres", f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
        yield server
    finally:
        if (server.data / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    """PostgreSQL does not run as root."""
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(users[name] for name in ("postgres", "nobody") if name in users)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of a run. Skipped, and counted as such, where PostgreSQL is not installed."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed (deploy/system.sh tests)")
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A fresh ground on each of the two databases."""
    url = request.getfixturevalue("postgres").new_database("ground") if request.param == "postgresql" else ""
    made = laid(tmp_path / "data", url)
    yield made
    made.engine.dispose()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Ground]:
    """A fresh ground on SQLite."""
    made = laid(tmp_path / "data")
    yield made
    made.engine.dispose()
