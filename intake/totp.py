"""One-time codes of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds, as all apps understand it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
import time
from urllib.parse import quote

STEP_SECONDS, DIGITS = 30, 6
DRIFT_STEPS = 1
"""A phone's clock may be one step off, either way."""


def new_secret() -> bytes:
    """160 random bits, as RFC 4226 asks."""
    return secrets.token_bytes(20)


def code(secret: bytes, step: int) -> str:
    """The code of one step (seconds since 1970 divided by 30).

    >>> code(b"12345678901234567890", 59 // 30)
    '287082'
    """
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    number = struct.unpack(">I", mac[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: bytes, given: str, last_step: int, seconds: float | None = None) -> int | None:
    """The step whose code this is, when it is near now and after the last one used; a code works once. Else None."""
    present = int((time.time() if seconds is None else seconds) // STEP_SECONDS)
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if hmac.compare_digest(code(secret, step).encode(), given.strip().encode()) and step > last_step:
            found = step
    return found


def address(secret: bytes, login: str, issuer: str = "Yushen") -> str:
    """What the authenticator app scans or is told."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?secret={text}&issuer={quote(issuer)}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
