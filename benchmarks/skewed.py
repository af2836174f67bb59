"""A worker whose clock is wrong by so many seconds: `python -m benchmarks.skewed 3600`. Only wall clocks lie; the monotonic one cannot."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

from intake import database


def main() -> None:
    """Sets the clocks of this process wrong before anything else has taken them, and works."""
    seconds = int(sys.argv[1])
    right = time.time
    time.time = lambda: right() + seconds
    database.now = lambda: datetime.now(UTC) + timedelta(seconds=seconds)
    from intake.settings import from_environment
    from worker.run import run

    run(from_environment())


if __name__ == "__main__":
    main()
