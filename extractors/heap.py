"""Memory that was freed, back to the system: the C library keeps it, and a process that reads pictures holds 150 MB more for it."""

from __future__ import annotations

import ctypes

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""Only glibc has it."""


def give_back() -> None:
    """Costs a millisecond, and some page faults afterwards: once a picture, not more often."""
    if _TRIM is not None:
        _TRIM(0)
