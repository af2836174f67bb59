"""Pictures for the report: the spots that findings speak of, cut out of the packet's own pages, and small views of pages.

Pages are decoded in the sandbox, each once, whatever is cut from it. A page is shown upright, as its text stands. A file
that is no longer the one that was checked (by its hash), or that cannot be read, gives no pictures; the report is made
all the same.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np

from extractors import pages, sandbox
from extractors.model import Box
from extractors.pages import Image, OpenFile
from intake import guard
from intake.errors import FileRefused

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
PAGE_SIDE = 2000
"""Pixels of a page's long side when spots are cut from it: 170 dpi of an A4."""
VIEW_SIDE = 440
"""Pixels of the long side of a small view of a page."""
SPOT_WIDTH, SPOT_HEIGHT = 760, 520
LONG = 2.4
"""A page so much longer than wide (a screenshot of an app) is cut from at its own resolution, spot by spot."""
SPOT_QUALITY, VIEW_QUALITY = 80, 68
BYTES = 5 << 20
"""All pictures together; in a data URI they take a third more."""
AT_ONCE = 2
"""Pages decoded at the same time, each in its own child."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What is to be shown: a box (0..1 of the page as uploaded) with its surroundings, or the page as a small view.

    `turn` as in `PageRef.turn`. WHOLE is the page, larger than a small view, of a long page its beginning.
    """

    file: str
    page: int
    turn: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of `width` × `height` pixels, and where on it the box of its spot lies (pixels; None for a page)."""

    jpeg: bytes
    width: int
    height: int
    mark: Box | None = None


Pictures = Mapping[Spot, Picture]
Source = Callable[[str], bytes]
"""A file's name in the report → its bytes. Raises OSError or KeyError when there is none."""


@lru_cache(maxsize=1)  # HTML and PDF of one packet show the same
def cut(source: Source, files: tuple[tuple[str, str], ...], spots: tuple[Spot, ...]) -> Pictures:
    """The pictures of the spots, as many as fit into BYTES, first come first served. `files`: (name, sha256) of the packet.

    A spot that is asked for several times is decoded once, but counts each time: a page of HTML holds it as often."""
    cutters = _cutters(source, files, spots)
    found: dict[Spot, Picture] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while batch := list(islice(cutters, AT_ONCE)):
            for of_page in pool.map(_of_page, batch):
                found.update(of_page)
    kept: dict[Spot, Picture] = {}
    room = BYTES
    for spot, times in Counter(spots).items():
        picture = found.get(spot)
        if picture is not None and len(picture.jpeg) * times <= room:
            kept[spot] = picture
            room -= len(picture.jpeg) * times
    return kept


def upright(box: Box, turn: int) -> Box:
    """A box in 0..1 of the page as uploaded → of the page turned `turn` quarters back, as its text is read."""
    for _ in range(turn % 4):
        box = Box(box.y0, 1 - box.x1, box.y1, 1 - box.x0)
    return box


def surroundings(box: Box, width: float, height: float) -> Box:
    """The part of a page (pixels, like `box`) that shows a box well: some lines above and below it, the words beside it."""
    wide = max(box.width * 1.3, 0.36 * width, box.height * 4)
    high = max(box.height * 3.2, wide * 0.27)
    wide = min(width, max(wide, high * 1.5))
    high = min(height, high, wide * 1.5)
    x0 = min(max(0.0, box.cx - wide / 2), width - wide)
    top = box.cy - high / 2 if box.height <= high else box.y0 - high / 25  # of what is taller than a picture, its beginning
    y0 = min(max(0.0, top), height - high)
    return Box(x0, y0, x0 + wide, y0 + high)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that is to be decoded once, and all that is wanted of it."""

    opened: OpenFile
    number: int
    spots: tuple[Spot, ...]


def _cutters(source: Source, files: Iterable[tuple[str, str]], spots: Sequence[Spot]) -> Iterator[_Page]:
    """Opens file after file: no more than a few are in memory at a time."""
    for name, sha256 in files:
        of_file = dict.fromkeys(spot for spot in spots if spot.file == name)
        opened = _open(source, name, sha256, details=any(spot.box for spot in of_file)) if of_file else None
        if opened is None:
            continue
        for number in sorted({spot.page for spot in of_file}):
            if 1 <= number <= opened.page_count:
                yield _Page(opened, number, tuple(spot for spot in of_file if spot.page == number))


def _open(source: Source, name: str, sha256: str, details: bool) -> OpenFile | None:
    """The file, None when it is gone, changed or unreadable. Without `details`, pictures are decoded as small as views are."""
    side = PAGE_SIDE if details else VIEW_SIDE
    limits = replace(pages.LIMITS, long_side=side, short_side=min(side, pages.LIMITS.short_side))
    try:
        data = source(name)
        if hashlib.sha256(data).hexdigest() != sha256:
            return None
        opened = pages.open_file(data, guard.admit(data, name, guard.LOCAL).id, limits, images="none")
    except (OSError, KeyError, FileRefused, ValueError, pages.Unreadable, sandbox.SandboxUnavailable):
        return None
    opened.close()  # the child that would stream all pages; rendering starts its own
    return opened


def _of_page(page: _Page) -> dict[Spot, Picture]:
    """Everything that is wanted of one page; nothing when it cannot be decoded."""
    try:
        side = PAGE_SIDE if any(spot.box for spot in page.spots) else VIEW_SIDE
        whole = page.opened.render(page.number, long_side=side)
        return {s: _view(whole, s) if s.box is None else _spot(page, whole, s, s.box) for s in page.spots}
    except (pages.Unreadable, sandbox.SandboxUnavailable, ValueError):
        return {}


def _view(whole: Image, spot: Spot) -> Picture:
    return _encoded(np.rot90(whole, spot.turn), (VIEW_SIDE, VIEW_SIDE), VIEW_QUALITY, None)


def _spot(page: _Page, whole: Image, spot: Spot, box: Box) -> Picture:
    """The spot with its surroundings, from the page's picture or, on a long page, from the page itself."""
    turned = np.rot90(whole, spot.turn)
    height, width = turned.shape[:2]
    box = upright(box, spot.turn)
    mark = Box(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)
    around = surroundings(mark, width, height)
    x0, y0, x1, y1 = int(around.x0), int(around.y0), max(1, round(around.x1)), max(1, round(around.y1))
    part = turned[y0:y1, x0:x1]
    if max(height, width) > LONG * min(height, width):
        wanted = Box(x0 / width, y0 / height, x1 / width, y1 / height)
        part = np.rot90(page.opened.render(page.number, upright(wanted, -spot.turn), SPOT_WIDTH), spot.turn)
    scale_x, scale_y = part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)
    moved = Box((mark.x0 - x0) * scale_x, (mark.y0 - y0) * scale_y, (mark.x1 - x0) * scale_x, (mark.y1 - y0) * scale_y)
    return _encoded(part, (SPOT_WIDTH, SPOT_HEIGHT), SPOT_QUALITY, None if spot.box == WHOLE else moved)


def _encoded(pixels: Image, most: tuple[int, int], quality: int, mark: Box | None) -> Picture:
    """The pixels as JPEG, brought down to `most`; the mark with them, clipped to the picture."""
    from PIL import Image as Pillow

    image = Pillow.frombytes("RGB", (pixels.shape[1], pixels.shape[0]), np.ascontiguousarray(pixels).data, "raw", "BGR")
    image.thumbnail(most, Pillow.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    if mark is not None:
        scale_x, scale_y = image.width / pixels.shape[1], image.height / pixels.shape[0]
        mark = Box(
            max(0.0, mark.x0 * scale_x),
            max(0.0, mark.y0 * scale_y),
            min(float(image.width), mark.x1 * scale_x),
            min(float(image.height), mark.y1 * scale_y),
        )
    return Picture(out.getvalue(), image.width, image.height, mark)
