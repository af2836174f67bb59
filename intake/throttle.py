"""Guessing passwords is slowed down: attempts are counted in the database, so that no restart or flushed queue forgets them.

An attempt is counted before the password is looked at, so that many at once gain nothing; a success takes its count back. Nobody is
locked out for ever: what others do wrong with somebody's name from elsewhere delays him by a minute at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, update

from intake.database import insert_or_hold, now
from intake.errors import Throttled
from intake.tables import throttle
from intake.vault import Vault

FORGOTTEN = timedelta(hours=1)
"""A bucket untouched for so long is empty."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted together. After `free` failures each next attempt waits twice as long, up to `longest_s`."""

    digest: bytes
    free: int
    longest_s: int


def buckets(vault: Vault, login: str, address: str) -> tuple[Bucket, ...]:
    """Those of one attempt: this account from this address, this account from anywhere, this address on any account."""
    return (
        Bucket(vault.digest("login-pair", f"{login}|{address}"), 5, 15 * 60),
        Bucket(vault.digest("login-account", login), 20, 60),
        Bucket(vault.digest("login-address", address), 30, 15 * 60),
    )


def attempt(tx: Connection, each: tuple[Bucket, ...]) -> None:
    """Counts an attempt in advance. Raises Throttled, counting nothing, when one of the buckets must still wait."""
    moment = now()
    held = [_held(tx, bucket, moment) for bucket in each]
    waits = [(until - moment).total_seconds() for _, until in held if until and until > moment]
    if waits:
        raise Throttled(int(max(waits)) + 1)
    for bucket, (failures, _) in zip(each, held, strict=True):
        _store(tx, bucket, failures + 1, moment)


def taken_back(tx: Connection, each: tuple[Bucket, ...]) -> None:
    """Counts an attempt no more: it was right as far as it went."""
    for bucket in each:
        mine = (throttle.c.bucket == bucket.digest) & (throttle.c.failures > 0)
        tx.execute(update(throttle).where(mine).values(failures=throttle.c.failures - 1, until=None))


def succeeded(tx: Connection, each: tuple[Bucket, ...]) -> None:
    """Forgets the account's failures; of the address only this attempt, so that an own account does not whitewash an attacker."""
    pair, account, address = each
    for bucket in (pair, account):  # one by one, in the order of `attempt`: two log-ins never wait for each other
        tx.execute(delete(throttle).where(throttle.c.bucket == bucket.digest))
    taken_back(tx, (address,))


def sweep(tx: Connection) -> None:
    """Deletes buckets that are empty by now."""
    tx.execute(delete(throttle).where(throttle.c.last_at < now() - FORGOTTEN))


def _held(tx: Connection, bucket: Bucket, moment: datetime) -> tuple[int, datetime | None]:
    row = insert_or_hold(tx, throttle, bucket=bucket.digest, failures=0, last_at=moment)
    return (0, None) if row.last_at + FORGOTTEN < moment else (row.failures, row.until)


def _store(tx: Connection, bucket: Bucket, failures: int, moment: datetime) -> None:
    over = failures - bucket.free
    until = moment + timedelta(seconds=min(2**over, bucket.longest_s)) if over > 0 else None
    tx.execute(update(throttle).where(throttle.c.bucket == bucket.digest).values(failures=failures, until=until, last_at=moment))
