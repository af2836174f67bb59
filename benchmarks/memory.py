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


def watch(files: Sequence[Path], start: Callable[[], Reader], packet: int, count: int = PAGES) -> dict[str, Any]:
    """Resident megabytes of one process that reads `count` pages in packets of `packet`, each time a little smaller, as no two real pages
    are of one size.

    `growth_last_half_mb`: what it gained over the last half, when everything has been seen before but the sizes.
    """
    reader = start()
    seen: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        for first in range(0, count, packet):
            drawn = [_smaller(files, number, count, Path(scratch) / f"{number - first}.jpg") for number in range(first, first + packet)]
            seen.append(reader.read(drawn)["rss_mb"])
            print(f"\rmemory: page {first + packet} of {count}, {seen[-1]} MB  ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    reader.close()
    return {
        "pages": len(seen) * packet,
        "resident_mb_at_end": seen[-1],
        "resident_mb_at_most": max(seen),
        "growth_last_half_mb": seen[-1] - seen[len(seen) // 2],
        "every_50_pages": seen[:: max(1, 50 // packet)],
    }


def _smaller(files: Sequence[Path], number: int, count: int, target: Path) -> Path:
    import cv2

    round_, at = divmod(number, len(files))
    factor = max(SMALLEST, 1 - (1 - SMALLEST) * round_ / max(1, count // len(files)))
    picture = cv2.imread(str(files[at]))
    assert picture is not None
    cv2.imwrite(str(target), cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    return target
