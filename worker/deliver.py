"""Webhooks: what happened, told to the addresses that asked for it. Signed after Standard Webhooks, tried again with growing pauses.

The body holds ids and states only. Where it may go is decided by intake/addresses.py, at each try anew. An answer is read to 4 kB and
ignored; 2xx is success, 410 ends the address, anything else is tried again.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine

from intake import events, webhooks
from intake.addresses import AddressRefused, Resolver, Target, checked, parsed
from intake.database import writing
from intake.settings import Settings
from intake.vault import Vault
from intake.webhooks import Due

_LOG = logging.getLogger(__name__)
PAUSES_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""After each failed try; after the last there is none."""
TIMEOUT_S = 15.0
ANSWER = 4096
AT_ONCE = 8


def run(engine: Engine, vault: Vault, settings: Settings, stop: threading.Event, every_s: float = 1.0) -> None:
    """Delivers until `stop` is set. An error of the database is waited out."""
    while not stop.wait(every_s):
        try:
            while deliver(engine, vault, settings) and not stop.is_set():
                pass
        except Exception as error:  # what went wrong once must not end the telling for good
            _LOG.warning("deliveries: %s", type(error).__name__)


def deliver(engine: Engine, vault: Vault, settings: Settings, resolve: Resolver | None = None) -> int:
    """Tries what is due, some at a time; gives how many were tried."""
    with writing(engine) as tx:
        due = webhooks.take(tx, vault, AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for each, (status, problem) in zip(due, pool.map(lambda one: attempt(one, settings, resolve), due), strict=True):
            with writing(engine) as tx:
                webhooks.told(tx, each.id, each.attempt, status, problem, None if problem is None else _pause(each.attempt, status))
                if status == 410:
                    webhooks.gone(tx, each.webhook)
    return len(due)


def _pause(attempt: int, status: int | None) -> timedelta | None:
    if attempt > len(PAUSES_S) or status == 410:
        return None
    return timedelta(seconds=PAUSES_S[attempt - 1] * random.uniform(0.9, 1.1))


def attempt(due: Due, settings: Settings, resolve: Resolver | None = None) -> tuple[int | None, str | None]:
    """One try: the HTTP status, and a word for what went wrong, None when nothing did."""
    try:
        target = parsed(due.url, settings)
        ip = checked(target, resolve)
        status = _post(target, ip, body(due), signed(due))
    except AddressRefused as refused:
        return None, str(refused)
    except ssl.SSLError:
        return None, "tls"
    except TimeoutError:
        return None, "timeout"
    except (OSError, http.client.HTTPException):
        return None, "unreachable"
    return status, None if 200 <= status < 300 else "status"


def body(due: Due) -> bytes:
    """What is sent: the kind, when, and ids and states."""
    data = json.loads(due.data)
    shown = events.for_outsiders(data) if due.outsider else data
    told = {"type": due.kind, "timestamp": due.at.isoformat(), "data": {"case_id": due.case_id, "event": due.event, **shown}}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def signed(due: Due, clock: Callable[[], float] = time.time) -> dict[str, str]:
    """The headers of Standard Webhooks: the same id at every try, the time of this one, and the signature over id, time and body."""
    stamp = str(int(clock()))
    text = f"{due.id}.{stamp}.".encode() + body(due)
    signature = base64.b64encode(hmac.new(due.secret, text, hashlib.sha256).digest()).decode()
    return {"webhook-id": due.id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


def _post(target: Target, ip: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of a POST to this IP, spoken to by the target's name. Ended from outside when it takes too long."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT_S)
    connection.sock = socket.create_connection((ip, target.port), timeout=TIMEOUT_S)
    end = threading.Timer(TIMEOUT_S, _shut, (connection,))
    end.daemon = True
    end.start()
    try:
        if target.https:
            secure = ssl.create_default_context()
            # The handshake comes after, so that the timer can end it too.
            connection.sock = secure.wrap_socket(connection.sock, server_hostname=target.host, do_handshake_on_connect=False)
            connection.sock.do_handshake()
        usual = {"Content-Type": "application/json", "User-Agent": "yushen-webhooks/1", "Connection": "close"}
        connection.request("POST", target.path, body, usual | headers)
        answer = connection.getresponse()
        answer.read(ANSWER)
        return answer.status
    finally:
        end.cancel()
        connection.close()


def _shut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
