"""Ids that tell nothing and cannot be guessed: 128 random bits, with a prefix that says what they name."""

from __future__ import annotations

import re
import secrets

FORM = re.compile(r"[a-z]{2,8}_[A-Za-z0-9_-]{22}")


def new(prefix: str) -> str:
    """A new id, such as `case_9Zq…`; safe in addresses, file names and queue job ids."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"
