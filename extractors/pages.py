"""A file's bytes → its pages: pixels and native text, decoded in a locked child process and checked again here.

    with open_file(data, "pdf") as file:
        file.page_count, file.pdf                     # PdfTraits; None for pictures
        for page in file:                             # streams: one page in memory at a time
            page.error, page.image, page.lines, page.rules
        file.tables(some_pages)                       # cells of ruled tables, by pdfplumber: only for the pages that ask
        file.render(3, box)                           # a part of a page as pixels, for the report

A page on which the decoder dies becomes a page with an error; the pages before it stand, and those after it are read by a
new child.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from extractors import sandbox
from extractors.model import Box, FileError, Line, PdfTraits, Rule

Image = NDArray[np.uint8]
Images = Literal["needed", "all", "none"]
KINDS = ("jpeg", "png", "tiff", "webp", "bmp", "pdf")
TEXT_CAP = 200_000
LINES_CAP = 20_000
SIDE_CAP = 30_000

SENTENCES: Mapping[str, str] = {
    "corrupt_image": "图片已损坏或不完整，请重新拍照或重新导出后上传。",
    "corrupt_pdf": "PDF 文件已损坏，无法打开，请重新导出或打印为 PDF 后上传。",
    "encrypted_pdf": "PDF 设有打开密码，请输入密码打开后另存（或打印）为不加密的 PDF，再上传。",
    "too_many_pages": "文件页数超过上限，请只保留需要的页，或拆分成几个文件后上传。",
    "too_many_pixels": "图片像素过大，无法处理，请降低分辨率后重新上传。",
    "page_too_large": "PDF 页面尺寸异常，请重新导出或打印为 A4 的 PDF 后上传。",
    "no_pages": "PDF 文件中没有任何页面，请检查后重新导出上传。",
    "parse_timeout": "文件内容异常复杂，读取超时，请将其打印或扫描为新的 PDF 后上传。",
    "parse_memory": "文件解开后过大，超出内存上限，请将其打印或扫描为新的 PDF 或图片后上传。",
    "parse_crashed": "文件内容异常，读取程序无法打开，请将其打印或扫描为新的 PDF 或图片后上传。",
}
"""Every way a file or a page of it can fail here: code → what the person is told, and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in pixels, memory in bytes, times in seconds of waiting for the child: a file has
    `spare_seconds` in all, and each page that comes gives `seconds_per_page` back."""

    pages: int = 1000
    pixels: int = 200_000_000
    decoded_bytes: int = 420 << 20
    long_side: int = 4000
    short_side: int = 1200
    kept_pixels: int = 24_000_000
    memory: int = sandbox.MEMORY
    open_seconds: float = 15.0
    page_seconds: float = 15.0
    spare_seconds: float = 24.0
    seconds_per_page: float = 2.0
    failures: int = 3


LIMITS = Limits()


class Unreadable(Exception):
    """The file gives no page at all; `error` says why and what to do."""

    def __init__(self, code: str) -> None:
        self.error = file_error(code)
        super().__init__(self.error.code)


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as decoded, in sheet pixels (upright text, y down).

    `image` (height, width, 3) uint8 BGR of the same size as the sheet, None where it is not needed. `lines` are native text
    and empty unless `text_sound`; `why_unsound` says why else: no_text, invisible, garbled, rotated, picture ("" for
    pictures, which have no text layer). `pictures`: boxes of images and drawings on a PDF page (a seal, a photo, a scan).
    `turn`: quarter turns clockwise that the sheet's text makes on the page as uploaded. `to_page`: the nine numbers from sheet
    pixels to 0..1 of the page as uploaded. `notes`: covered_text, text_over_scan, patch_over_scan, typed_annotation,
    sideways_text (left out of `lines`), cut_off (a picture whose last rows are missing), program:NAME (an editing program).
    """

    number: int
    width: float
    height: float
    to_page: tuple[float, ...]
    image: Image | None = None
    lines: tuple[Line, ...] = ()
    rules: tuple[Rule, ...] = ()
    pictures: tuple[Box, ...] = ()
    turn: int = 0
    text_sound: bool = False
    why_unsound: str = ""
    notes: tuple[str, ...] = ()
    error: FileError | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: rows of cells in sheet pixels; None where a cell of another row or column reaches in."""

    rows: tuple[tuple[Box | None, ...], ...]


def file_error(code: str) -> FileError:
    """The error of a code; what is not on the list becomes parse_crashed."""
    code = code if code in SENTENCES else "parse_crashed"
    return FileError(code, SENTENCES[code])


def open_file(data: bytes, kind: str, limits: Limits = LIMITS, images: Images = "needed", first: int = 1) -> OpenFile:
    """Opens a file whose kind (one of KINDS) is known, to be read from page `first` on. Raises Unreadable when it cannot be opened
    at all, and sandbox.SandboxUnavailable when this machine cannot decode safely.

    `images`: "needed" renders a PDF page where its text is not sound or where it has a picture not seen on a page before."""
    if kind not in KINDS:
        raise ValueError(f"not a kind that is decoded: {kind}")
    return OpenFile(data, kind, limits, images, first)


class OpenFile:
    """A file being read. Iterating streams its pages, up to `last` (0: all); a second iteration starts anew. Leaving the context ends
    its child."""

    def __init__(self, data: bytes, kind: str, limits: Limits, images: Images, first: int = 1) -> None:
        self._data = data
        self._kind = kind
        self._limits = limits
        self._images = images
        self._traits: PdfTraits | None = None
        self._spare = limits.spare_seconds
        self._job: sandbox.Job | None = None
        self._first = first
        self.last = 0
        self.page_count = 0
        try:
            self._job = self._begin(first)
        except sandbox.Failed as failed:
            raise Unreadable(failed.code) from failed

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child, if one still runs."""
        if self._job is not None:
            self._job.close()
            self._job = None

    @property
    def pdf(self) -> PdfTraits | None:
        """What the structure of a PDF tells; None for pictures. Empty traits where it could not be examined."""
        if self._kind == "pdf" and self._traits is None:
            try:
                with self._run({"job": "traits"}) as job:
                    self._traits = _traits(self._timed(job, self._limits.open_seconds / 3)[0])
            except sandbox.Failed:
                self._traits = PdfTraits()
        return self._traits

    def __iter__(self) -> Iterator[RawPage]:
        """All pages in order, exactly as many as there are; those that could not be read carry an error."""
        number, failures, last = self._first, 0, "parse_crashed"
        while number <= (self.last or self.page_count):
            if failures >= self._limits.failures or self._spare <= 0:
                yield _failed_page(number, last)
                number += 1
                continue
            try:
                page = self._next(number)
                self._spare = min(self._spare + self._limits.seconds_per_page, self._limits.spare_seconds)
            except sandbox.Failed as failed:
                failures, last = failures + 1, failed.code
                self.close()
                page = _failed_page(number, failed.code)
            yield page
            number += 1
        self.close()

    def _next(self, number: int) -> RawPage:
        if self._job is None:
            self._job = self._begin(number)
        head, blob = self._timed(self._job, self._limits.page_seconds)
        if head.get("is") != "page" or head.get("number") != number:
            raise sandbox.Failed("parse_crashed")
        return _page(head, blob)

    def _begin(self, first: int) -> sandbox.Job:
        job = self._run({"job": "pages", "first": first, "last": None, "images": self._images})
        try:
            head, _ = self._timed(job, self._limits.open_seconds)
            pages = head.get("pages")
            if head.get("is") != "opened" or not isinstance(pages, int) or not 1 <= pages <= self._limits.pages:
                raise sandbox.Failed("parse_crashed")
        except sandbox.Failed:
            job.close()
            raise
        self.page_count = self.page_count or pages
        return job

    def _timed(self, job: sandbox.Job, most: float) -> tuple[dict[str, Any], bytearray]:
        """A frame; the time waited for it is taken from what the file has left. The caller's own work does not count."""
        begun = time.monotonic()
        try:
            return job.frame(min(most, max(0.1, self._spare)))
        finally:
            self._spare -= time.monotonic() - begun

    def _run(self, request: Mapping[str, Any]) -> sandbox.Job:
        limits = self._limits
        common = {
            "kind": self._kind, "max_pages": limits.pages, "max_pixels": limits.pixels, "max_bytes": limits.decoded_bytes,
            "size": {"long_side": limits.long_side, "short_side": limits.short_side, "pixels": limits.kept_pixels},
        }  # fmt: skip
        return sandbox.shared().run({**common, **request}, self._data, limits.memory)

    def tables(self, pages: Sequence[RawPage]) -> dict[int, tuple[Table, ...]]:
        """Page number → its ruled tables, for pages of this PDF; a page that pdfplumber cannot read has none. A tenth of a
        second a page and more: ask for the first page of a run and where the layout changes."""
        asked = {page.number: page for page in pages}
        found: dict[int, tuple[Table, ...]] = dict.fromkeys(asked, ())
        if self._kind != "pdf" or not asked:
            return found
        try:
            with self._run({"job": "tables", "pages": sorted(asked)}) as job:
                for _ in asked:
                    head, _ = self._timed(job, self._limits.page_seconds)
                    page = asked.get(head.get("number", 0))
                    if page is not None and head.get("is") == "tables":
                        found[page.number] = _tables(head.get("tables", []), page)
        except sandbox.Failed:
            return found
        return found

    def render(self, number: int, box: Box | None = None, long_side: int = 1600) -> Image:
        """A page, or the part of it in `box` (0..1 of the page as uploaded), as (h, w, 3) uint8 BGR with the given long side
        (smaller for pictures that have less). Raises Unreadable."""
        if not 1 <= number <= self.page_count:
            raise ValueError(f"no page {number} of {self.page_count}")
        edges = None if box is None else [min(1.0, max(0.0, v)) for v in (box.x0, box.y0, box.x1, box.y1)]
        if edges and (edges[2] - edges[0] < 1e-4 or edges[3] - edges[1] < 1e-4):
            raise ValueError("an empty box")
        request = {"job": "render", "number": number, "box": edges, "long_side": min(long_side, self._limits.long_side)}
        try:
            with self._run(request) as job:
                head, blob = job.frame(self._limits.page_seconds)
                image = _pixels(head.get("image"), blob)
        except sandbox.Failed as failed:
            raise Unreadable(failed.code) from failed
        if image is None:
            raise Unreadable("parse_crashed")
        return image

    def sheet_image(self, page: RawPage, long_side: int = 2340) -> Image:
        """The sheet of a page as pixels, upright as its text is, for a page that came without. Raises Unreadable."""
        return np.ascontiguousarray(np.rot90(self.render(page.number, long_side=long_side), page.turn))


def _failed_page(number: int, code: str) -> RawPage:
    return RawPage(number, 1.0, 1.0, (1, 0, 0, 0, 1, 0, 0, 0, 1), error=file_error(code))


def _page(head: dict[str, Any], blob: bytearray) -> RawPage:
    """Checks a page frame and makes a value of it; raises Failed for what no honest child sends."""
    try:
        if "error" in head:
            return _failed_page(int(head["number"]), str(head["error"]))
        width, height, turn = _size(head["width"]), _size(head["height"]), int(head.get("turn", 0)) % 4
        image = _pixels(head.get("image"), blob)
        if image is not None and image.shape[:2] != (round(height), round(width)):
            raise ValueError("pixels of another size than the sheet")
        why = _word(head.get("why_unsound", ""))
        lines = tuple(_line(each) for each in _list(head.get("lines", []), LINES_CAP))
        if sum(len(line.text) for line in lines) > TEXT_CAP:
            raise ValueError("more text than a page holds")
        return RawPage(
            int(head["number"]), width, height, _to_page(width, height, turn), image, lines,
            tuple(Rule(_box(box), bool(vertical)) for box, vertical in _list(head.get("rules", []), LINES_CAP)),
            tuple(_box(box) for box in _list(head.get("pictures", []), LINES_CAP)), turn,
            "lines" in head and not why, why, tuple(_word(note) for note in _list(head.get("notes", []), 50)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise sandbox.Failed("parse_crashed") from error


def _to_page(width: float, height: float, turn: int) -> tuple[float, ...]:
    """Sheet pixels → 0..1 of the page as uploaded, for a sheet whose text made `turn` quarter turns clockwise on that
    page."""
    x, y = 1 / width, 1 / height
    return {
        0: (x, 0, 0, 0, y, 0, 0, 0, 1),
        1: (0, -y, 1, x, 0, 0, 0, 0, 1),
        2: (-x, 0, 1, 0, -y, 1, 0, 0, 1),
        3: (0, y, 0, -x, 0, 1, 0, 0, 1),
    }[turn]


def _pixels(shape: object, blob: bytearray) -> Image | None:
    if shape is None and not blob:
        return None
    if not isinstance(shape, list) or len(shape) != 2 or not all(isinstance(v, int) and 1 <= v <= SIDE_CAP for v in shape):
        raise sandbox.Failed("parse_crashed")
    if shape[0] * shape[1] * 3 != len(blob):
        raise sandbox.Failed("parse_crashed")
    return np.frombuffer(blob, dtype=np.uint8).reshape(shape[0], shape[1], 3)


def _line(each: Any) -> Line:
    text, box, edges = each
    if not isinstance(text, str) or len(edges) != len(text) + 1 or not text:
        raise ValueError("a line whose edges do not fit its text")
    return Line(text, _box(box), 1.0, tuple(_number(edge) for edge in edges), source="text")


def _box(edges: Any) -> Box:
    x0, y0, x1, y1 = (_number(edge) for edge in edges)
    if x1 < x0 or y1 < y0:
        raise ValueError("a box inside out")
    return Box(x0, y0, x1, y1)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 10 * SIDE_CAP:
        raise ValueError("no coordinate")
    return float(value)


def _size(value: Any) -> float:
    number = _number(value)
    if not 1 <= number <= SIDE_CAP:
        raise ValueError("no size of a sheet")
    return number


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("no list, or too long")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("no short text")
    return value


def _traits(head: dict[str, Any]) -> PdfTraits:
    try:
        producer, creator, created, modified = (_word(head[name]) for name in ("producer", "creator", "created", "modified"))
        signs = tuple(_word(sign) for sign in _list(head["signs"], 50))
        return PdfTraits(producer, creator, created, modified, int(head["revisions"]), signs)
    except (KeyError, TypeError, ValueError) as error:
        raise sandbox.Failed("parse_crashed") from error


def _tables(found: Any, page: RawPage) -> tuple[Table, ...]:
    try:
        return tuple(
            Table(tuple(tuple(None if cell is None else _onto_sheet(_box(cell), page) for cell in row) for row in _turned(rows, page)))
            for rows in _list(found, 100)
        )
    except (TypeError, ValueError) as error:
        raise sandbox.Failed("parse_crashed") from error


def _turned(rows: Any, page: RawPage) -> list[Any]:
    """Rows of cells as they stand on the page → as they stand on the sheet."""
    for _ in range(page.turn):
        rows = list(zip(*rows, strict=True))[::-1]
    return list(rows)


def _onto_sheet(box: Box, page: RawPage) -> Box:
    """From 0..1 of the page as uploaded to sheet pixels."""
    a, b, c, d, e, f = page.to_page[:6]
    det = a * e - b * d
    corners = [(x - c, y - f) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    points = [((e * x - b * y) / det, (a * y - d * x) / det) for x, y in corners]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Box(min(xs), min(ys), max(xs), max(ys))
