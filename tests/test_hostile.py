"""Damaged and hostile files end in pages or in a named error.

The collection of real bad files stands outside of the repository; where it is absent, one skipped test says so.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors import pages, sandbox
from tests.made_files import Page, pdf, text
from tests.reading_outcome import BODY, GOOD_JPEG, GOOD_PDF, GOOD_PNG, outcome

ROOT = Path(__file__).resolve().parent.parent
COLLECTION = ROOT.parent / "shared" / "hostile"
FOUND = sorted(p for p in COLLECTION.rglob("*") if p.is_file() and p.name != "MANIFEST.md") if COLLECTION.is_dir() else []


@pytest.mark.hostile
@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name[:60])
def test_collected_file_ends_in_pages_or_a_named_error(path: Path) -> None:
    outcome(path.read_bytes(), path.name)


@pytest.mark.hostile
def test_the_collection_is_there() -> None:
    if not FOUND:
        pytest.skip(f"no folder {COLLECTION.name} beside the project: some 230 collected hostile files were not tried")
    assert len(FOUND) > 200


class TestMadeFiles:
    @pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
    @pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a.png"])
    def test_cut_off(self, name: str, share: float) -> None:
        data = {"a.pdf": GOOD_PDF, "a.jpg": GOOD_JPEG, "a.png": GOOD_PNG}[name]
        read, codes = outcome(data[: int(len(data) * share)], name)
        if name != "a.pdf" and share < 0.9:
            assert read == 0 and codes <= {"corrupt_image", "type_not_allowed"}

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty_file"),
            (b"\0" * 100_000, "type_not_allowed"),
            (b"%PDF-1.7\n", "corrupt_pdf"),
            (b"%PDF-1.7\n" + b"\0" * 100_000, "corrupt_pdf"),
            (b"\xff\xd8\xff\xe0" + b"\0" * 1000, "corrupt_image"),
            (b"\x89PNG\r\n\x1a\n", "corrupt_image"),
            (b"II*\0\x08\0\0\0", "corrupt_image"),
            (b"II*\0\x08\0\0\0\0\0\x08\0\0\0", "corrupt_image"),
            (b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, 10, 10, 1, 24, 0, 0, 0, 0, 0, 0), "corrupt_image"),
            (b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0", "corrupt_image"),
        ],
    )
    def test_nothing_behind_the_header(self, data: bytes, code: str) -> None:
        assert outcome(data, "x") == (0, {code})

    def test_no_pages_and_too_many(self) -> None:
        assert outcome(pdf(), "a.pdf")[1] <= {"no_pages", "corrupt_pdf"}
        assert outcome(_many_pages(5000), "a.pdf") == (0, {"too_many_pages"})
        few = pages.Limits(pages=2)
        assert outcome(GOOD_PDF, "a.pdf", few) == (0, {"too_many_pages"})

    def test_locked_with_a_password(self) -> None:
        import pikepdf

        lock = pikepdf.Encryption(owner="owner", user="user")
        assert outcome(pdf(BODY, encryption=lock), "a.pdf") == (0, {"encrypted_pdf"})
        assert outcome(pdf(BODY, encryption=pikepdf.Encryption(owner="owner", user="")), "a.pdf") == (1, set())

    @pytest.mark.parametrize("side", [20_000, 100_000])
    def test_pictures_of_absurd_size_are_refused_by_their_header(self, side: int) -> None:
        for data in (_png_header(side, side), _bmp_header(side, side), _tiff_header(side, side)):
            assert outcome(data, "x") == (0, {"too_many_pixels"})
        jpeg = bytearray(GOOD_JPEG)
        at = jpeg.index(b"\xff\xc0") + 5
        jpeg[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
        assert outcome(bytes(jpeg), "x.jpg") == (0, {"too_many_pixels"})

    def test_a_header_that_promises_more_than_there_is(self) -> None:
        assert outcome(_png_header(4000, 4000), "x.png") == (0, {"corrupt_image"})
        assert outcome(_tiff_header(4000, 4000), "x.tif") == (0, {"corrupt_image"})

    def test_text_chunk_bomb(self) -> None:
        zeros = zlib.compress(b"\0" * (64 << 20), 9)
        bomb = GOOD_PNG[:33] + _chunk(b"zTXt", b"a\0\0" + zeros) + GOOD_PNG[33:]
        outcome(bomb, "a.png")

    @pytest.mark.parametrize(
        ("make", "expected"),
        [
            ("self_drawing", (0, {"parse_memory"})),
            ("doubling", (0, {"parse_memory"})),
            ("nested_flate", (0, {"parse_memory"})),
            ("huge_page", (1, set())),
            ("huge_image", (1, set())),
            ("deep", (1, set())),
            ("page_loop", (1, {"corrupt_pdf"})),
        ],
    )
    def test_bombs(self, make: str, expected: tuple[int, set[str]]) -> None:
        makers: dict[str, Callable[[], bytes]] = {
            "self_drawing": lambda: _form_bomb(1),
            "doubling": lambda: _form_bomb(28),
            "nested_flate": _nested_flate,
            "huge_page": lambda: pdf(Page(text(100, 100, "A"), (2e6, 2e6))),
            "huge_image": _huge_image,
            "deep": lambda: _raw_pdf(b"[" * 200_000, b""),
            "page_loop": _page_loop,
        }
        assert outcome(makers[make](), "a.pdf") == expected
        assert outcome(GOOD_PDF, "a.pdf") == (3, set())

    @pytest.mark.parametrize("seed", range(24))
    def test_mutants(self, seed: int) -> None:
        """Good files with bytes flipped, cut out and doubled."""
        chance = random.Random(seed)
        data = bytearray(chance.choice([GOOD_PDF, GOOD_PDF, GOOD_JPEG, GOOD_PNG]))
        for _ in range(chance.choice([1, 5, 60])):
            at = chance.randrange(16, len(data))
            what = chance.random()
            if what < 0.7:
                data[at] = chance.randrange(256)
            elif what < 0.85:
                del data[at : at + chance.randrange(1, 200)]
            else:
                data[at:at] = data[at : at + chance.randrange(1, 200)]
            if len(data) < 40:
                break
        outcome(bytes(data), "x")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_header(width: int, height: int) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")


def _bmp_header(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 1000, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + b"\0" * 1000


def _tiff_header(width: int, height: int) -> bytes:
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200), (277, 3, 1), (278, 4, height),
            (279, 4, 1000)]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + b"\0\0\0\0").ljust(200, b"\0") + b"\0" * 1000


def _raw_pdf(content: bytes, resources: bytes, *objects: bytes) -> bytes:
    """A PDF of one page, without a cross-reference table: readers rebuild it."""
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<<%s>>>>" % resources
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream, *objects]
    body = b"".join(b"%d 0 obj %s endobj\n" % (i, part) for i, part in enumerate(parts, 1))
    return b"%PDF-1.5\n" + body + b"trailer <</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(parts) + 1)


def _form_bomb(levels: int) -> bytes:
    """Forms that each draw the next twice; with one level, one that draws itself twice."""
    forms = []
    for level in range(levels):
        following = 5 + (level + 1) % levels if levels == 1 else 5 + min(level + 1, levels - 1)
        draw = b"/X Do /X Do" if level < levels - 1 or levels == 1 else b"0 0 1 1 re f"
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>" % (following, len(draw))
        forms.append(head + b"stream\n" + draw + b"\nendstream")
    return _raw_pdf(b"/X Do", b"/XObject<</X 5 0 R>>", *forms)


def _nested_flate() -> bytes:
    """A hundred megabytes of drawing in a few kilobytes, behind two filters."""
    compress = zlib.compressobj(9)
    piece = b"0 0 1 1 re f\n" * 80_000
    inner = b"".join(compress.compress(piece) for _ in range(120)) + compress.flush()
    content = zlib.compress(inner, 9)
    data = _raw_pdf(content, b"")
    return data.replace(b"<</Length %d>>" % len(content), b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>" % len(content))


def _huge_image() -> bytes:
    image = b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB/Length 5>>"
    return _raw_pdf(b"500 0 0 500 0 0 cm /I Do", b"/XObject<</I 5 0 R>>", image + b"stream\nabcde\nendstream")


def _page_loop() -> bytes:
    return _raw_pdf(b"", b"").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R 3 0 R]").replace(b"/Count 1", b"/Count 900")


def _many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (i + 3) for i in range(count))
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)]
    parts += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count
    return b"%PDF-1.5\n" + b"".join(b"%d 0 obj %s endobj\n" % (i, p) for i, p in enumerate(parts, 1)) + b"trailer <</Root 1 0 R>>\n%%EOF"


@pytest.fixture(autouse=True, scope="module")
def _the_zygote_survives() -> Iterator[None]:
    """One zygote serves all files of this module: none of them may have killed it."""
    sandbox.shared().status()
    before = sandbox.shared().pid
    yield
    sandbox.shared().status()
    assert sandbox.shared().pid == before
