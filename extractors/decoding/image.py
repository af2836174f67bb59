"""Pictures → upright pixels, inside the locked child only. JPEG, PNG, TIFF (many pages), WebP, BMP.

The size is judged by the header before a pixel is decoded. What a viewer shows is what counts as the page as uploaded: EXIF
orientation applied, the first frame of an animation, transparency over white.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile

from extractors.decoding.traits import editors

FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "tiff": ("TIFF",), "webp": ("WEBP",), "bmp": ("BMP",)}
BYTES_PER_PIXEL = {"1": 2, "L": 1, "P": 5, "PA": 6, "I;16": 6, "I;16L": 6, "I;16B": 6, "I": 8, "F": 8}
"""What a pixel takes while it is decoded and brought to eight bits; every other mode takes four."""
MISSING_ROWS = 0.01
"""Share of rows that may be missing at the foot of a cut-off picture before it counts as damaged."""
PROGRAM_CAP = 80

Pixels = NDArray[np.uint8]


class Refused(Exception):
    """A picture, or one page of it, that is not decoded; `code` is of the closed list."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def frames(content: bytes, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The frames of a picture: opened, then a page each. `request`: kind, first, last, size (long_side, short_side, pixels),
    max_pixels, max_bytes, max_pages."""
    Image.MAX_IMAGE_PIXELS = None  # judged below, by what it would cost
    warnings.simplefilter("ignore")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS[request["kind"]])
        pages = getattr(image, "n_frames", 1) if request["kind"] == "tiff" else 1
    except Exception as error:
        yield {"is": "failed", "code": _code(error)}
        return
    if pages > request["max_pages"]:
        yield {"is": "failed", "code": "too_many_pages"}
        return
    yield {"is": "opened", "pages": pages}
    for number in range(request["first"], min(pages, request["last"] or pages) + 1):
        yield _page(content, image, number, request)


def _page(content: bytes, image: Image.Image, number: int, request: dict[str, Any]) -> dict[str, Any]:
    try:
        if number > 1:
            image.seek(number - 1)
        notes: list[str] = []
        pixels = _decode(content, image, number, request, notes)
    except Exception as error:  # Pillow raises nearly every kind on damaged files
        return {"is": "page", "number": number, "error": _code(error)}
    height, width = pixels.shape[:2]
    return {
        "is": "page", "number": number, "width": float(width), "height": float(height), "image": [height, width],
        "blob": pixels.data.cast("B"), "notes": notes + _origin(image),
    }  # fmt: skip


def _decode(content: bytes, image: Image.Image, number: int, request: dict[str, Any], notes: list[str]) -> Pixels:
    width, height = image.size
    _admit(width, height, request)
    size = fit(width, height, **request["size"])
    image.draft("RGB", size)  # JPEG only: decodes at an eighth, a quarter or half where that is still large enough
    if image.width * image.height * BYTES_PER_PIXEL.get(image.mode, 4) > request["max_bytes"]:
        raise Refused("too_many_pixels")
    try:
        image.load()
    except OSError:
        image = _rescue(content, number, request, size)
        notes.append("cut_off")
    turned = _orientation(image)
    image = _eight_bits(image)
    shrunk = _shrink(image, fit(image.width, image.height, **request["size"]))  # again: a TIFF turns itself while it loads
    upright = _over_white(_turn(shrunk, turned))
    packed = upright.tobytes("raw", "BGR")  # turning the colours round in numpy takes three times as long as decoding
    return np.frombuffer(packed, np.uint8).reshape(upright.height, upright.width, 3)


def _admit(width: int, height: int, request: dict[str, Any]) -> None:
    if width < 1 or height < 1:
        raise Refused("corrupt_image")
    if width * height > request["max_pixels"]:
        raise Refused("too_many_pixels")


def fit(width: int, height: int, long_side: int, short_side: int, pixels: int) -> tuple[int, int]:
    """The size to keep: the long side brought down to `long_side`, but not the short side below `short_side` for that (a long
    screenshot of a banking app stays readable), and never more than `pixels` in all.

    >>> fit(8000, 6000, 4000, 1200, 24_000_000)
    (4000, 3000)
    >>> fit(1080, 20000, 4000, 1200, 24_000_000)
    (1080, 20000)
    >>> fit(900, 500, 4000, 1200, 24_000_000)
    (900, 500)
    """
    scale = min(1.0, max(long_side / max(width, height), short_side / min(width, height)))
    scale = min(scale, (pixels / (width * height)) ** 0.5)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _rescue(content: bytes, number: int, request: dict[str, Any], size: tuple[int, int]) -> Image.Image:
    """A picture whose file ends early, if next to nothing of it is missing (cameras and messengers do drop the last
    bytes)."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS[request["kind"]])
        if number > 1:
            image.seek(number - 1)
        image.draft("RGB", size)
        image.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    rows = np.asarray(image.convert("L"))
    blank = (rows.min(axis=1) == rows.max(axis=1)) & (rows[:, 0] < 250)  # decoders leave grey or black, a margin is white
    missing = len(blank) if blank.all() else int(np.argmin(blank[::-1]))
    if missing > max(1, MISSING_ROWS * len(blank)):
        raise Refused("corrupt_image")
    return image


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; 1 where it is absent or damaged."""
    with contextlib.suppress(Exception):
        value = int(image.getexif().get(ExifTags.Base.Orientation, 1))
        return value if 1 <= value <= 8 else 1
    return 1


def _turn(image: Image.Image, orientation: int) -> Image.Image:
    method = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)  # fmt: skip
    return image if method is None else image.transpose(method)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Palettes resolved, one bit, sixteen bits and floating point brought to 0..255."""
    if image.mode[:2] == "I;" or image.mode in ("I", "F"):
        return Image.fromarray(_grey(np.asarray(image).astype(np.float32)))
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    if "transparency" in image.info and image.mode in ("L", "RGB"):
        return image.convert("RGBA")
    return image


def _grey(values: NDArray[np.float32]) -> Pixels:
    np.nan_to_num(values, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    most = float(values.max(initial=0.0))
    values *= 1.0 if most <= 255 else 255 / 4095 if most <= 4095 else 255 / max(65535.0, most)
    return np.clip(values, 0, 255, out=values).astype(np.uint8)


def _shrink(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """To `size`, averaging; the cheap whole-number step first, so that a large copy is never made."""
    step = min(image.width // size[0], image.height // size[1])
    if step > 1:
        image = image.reduce(step)
    return image.resize(size, Image.Resampling.LANCZOS) if image.width > size[0] * 1.01 else image


def _over_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "La", "RGBa"):
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, (255, 255, 255, 255)), clear).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _origin(image: Image.Image) -> list[str]:
    """The editing program that wrote the picture, as its own metadata say: "program:…"; cameras and phones are no such."""
    with contextlib.suppress(Exception):
        program = image.getexif().get(ExifTags.Base.Software) or image.info.get("Software") or image.info.get("software") or ""
        printable = "".join(c for c in str(program) if c.isprintable())[:PROGRAM_CAP].strip()
        return [f"program:{name}" for name in editors([printable])]
    return []


def _code(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, MemoryError):
        return "parse_memory"
    return "corrupt_image"




def picture(content: bytes, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One page of a picture, or the part of it in `box` (0..1), with the given long side at most."""
    number = request["number"]
    for frame in frames(content, {**request, "first": number, "last": number}):
        if frame["is"] == "page" and "blob" in frame:
            height, width = frame["image"]
            image = Image.frombytes("RGB", (width, height), frame["blob"])
            x0, y0, x1, y1 = request["box"] or (0.0, 0.0, 1.0, 1.0)
            left, top = min(width - 1, int(x0 * width)), min(height - 1, int(y0 * height))
            image = image.crop((left, top, max(left + 1, round(x1 * width)), max(top + 1, round(y1 * height))))
            image.thumbnail((request["long_side"], request["long_side"]))
            yield {"is": "picture", "image": [image.height, image.width], "blob": image.tobytes()}
        elif frame["is"] != "opened":
            yield {"is": "failed", "code": frame.get("error") or frame.get("code")}
