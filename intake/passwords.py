"""Passwords: how they are hashed and which are taken. Hashing costs 20 ms on purpose, and at most four run at once in a process."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from intake.errors import Invalid

AT_ONCE = threading.BoundedSemaphore(4)
SHORTEST, LONGEST = 12, 128
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The argon2id hash to store."""
    with AT_ONCE:
        return HASHER.hash(password)


def fits(stored: str, password: str) -> bool:
    """Whether the password is the stored one."""
    try:
        with AT_ONCE:
            return HASHER.verify(stored, password[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def nobody() -> str:
    """A hash that no password fits, verified for accounts that are not there so that they take as long."""
    import secrets

    return hashed(secrets.token_urlsafe(32))


def check_new(password: str, login: str) -> None:
    """Refuses (Invalid) a new password that is too short, too long, or easily guessed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"密码长度须为 {SHORTEST} 至 {LONGEST} 个字符。", "/password")
    plain = password.casefold()
    if login.casefold() in plain or len(set(plain)) < 5 or any(run in plain for run in ("123456789", "password", "qwertyuiop", "yushen")):
        raise Invalid("密码过于简单或包含登录名，请更换。", "/password")
