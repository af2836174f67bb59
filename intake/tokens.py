"""Secrets that we make ourselves: session cookies, keys, tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def new_secret(prefix: str) -> str:
    """256 random bits, with a prefix by which a leaked one is recognised."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> bytes:
    """What is stored of it: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(cookie: str) -> str:
    """The token against forged requests that belongs to a session: told from its cookie, and telling nothing of it."""
    return base64.urlsafe_b64encode(hmac.new(cookie.encode(), b"csrf", hashlib.sha256).digest()).decode().rstrip("=")
