"""How much memory the reading process holds while it reads hundreds of pages of ever other sizes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

PAGES = 500
SMALLEST = 0.7


class Reader(Protocol):
    def read(self, files: Sequence[Path]) -> dict[str, Any]: ...
    def close(self) -> None: ...


def watch(files: Sequence[Path], start: Callable[[], Reader], count: int = PAGES) -> dict[str, Any]:
    """Resident megabytes of one process that reads `count` pages, each time a little smaller, as no two real pages are of one size.

    `growth_last_half_mb`: what it gained over the last half, when everything has been seen before but the sizes.
    """
    import cv2

    reader = start()
    seen: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(count):
            round_, at = divmod(number, len(files))
            factor = 1 - (1 - SMALLEST) * round_ / max(1, count // len(files))
            target = Path(scratch) / "page.jpg"
            picture = cv2.imread(str(files[at]))
            assert picture is not None
            cv2.imwrite(str(target), cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
            seen.append(reader.read([target])["rss_mb"])
            print(f"\rmemory: page {number + 1} of {count}, {seen[-1]} MB  ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    reader.close()
    return {
        "pages": count,
        "resident_mb_at_end": seen[-1],
        "resident_mb_at_most": max(seen),
        "growth_last_half_mb": seen[-1] - seen[count // 2],
        "every_50_pages": seen[::50],
    }
