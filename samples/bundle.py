"""From drawn papers to the files of a packet: which papers share a picture or a PDF, how each was captured, and what is where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

import numpy as np

from samples import camera, encode
from samples.camera import Look, Sheet, Shot
from samples.effects import GLASS
from samples.encode import PageImage
from samples.paper import LOTS, Paper, Part
from samples.pixels import Pixels
from samples.story import Order
from samples.typeset import rasterise

Mode = Literal["digital", "scan", "photo", "screenshot"]
Profile = Literal["mixed", "tidy", "photos"]
"""How a broker works: anything, an office with a scanner, or a phone only."""
NOTHING = np.zeros((1, 1, 3), np.uint8)
WHOLE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
SEALED = ("income_proof", "property_certificate", "marriage_certificate")
"""Types whose seal counts: copies without colour would take it away."""
SMALL_PRINT = ("bank_statement", "balance_sheet", "income_statement", "cash_flow_statement")


@dataclass(frozen=True)
class Drawn:
    """An order and the paper that was drawn for it."""

    order: Order
    paper: Paper


Face = tuple[Drawn, int, Sheet]
"""A page to be captured: its paper, its number there, its pixels."""


@dataclass(frozen=True)
class Place:
    """One page of one paper inside a file. `page` counts from 1. `shot` carries effects, readability and the corners."""

    key: str
    paper_page: int
    file: str
    page: int
    mode: Mode
    shot: Shot


@dataclass
class Files:
    """The files made so far, in order, and what is on them; `style` names files as one broker's phone does."""

    rng: Random
    part: Part
    style: str
    profile: Profile = "mixed"
    content: dict[str, bytes] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    def add(self, kind: str, data: bytes, shown: Sequence[tuple[str, int, int, Mode, Shot]]) -> str:
        """Keeps a file. `shown`: order key, page of the paper, page of the file, mode and shot of each page in it."""
        number = len(self.content) + 1
        stem = {
            "camera": f"IMG_20261103_10{15 + number:02d}{self.rng.randrange(60):02d}",
            "messenger": f"微信图片_2026110316{20 + number:02d}{self.rng.randrange(10, 60)}",
            "scanner": f"扫描件{number:03d}",
            "counted": f"{number:02d}",
        }[self.style]
        name = f"{stem}.{kind}"
        self.content[name] = data
        for key, page, at, mode, shot in shown:
            self.places.append(Place(key, page, name, at, mode, replace(shot, pixels=NOTHING)))
        return name


def _whole_page(px_per_mm: float = 0.0) -> Shot:
    return Shot(NOTHING, (WHOLE,), px_per_mm)


def _sheets(drawn: Drawn, px_per_mm: float) -> list[Sheet]:
    return [Sheet(pixels, drawn.paper.size_mm[0]) for pixels in rasterise(drawn.paper.pdf, round(px_per_mm * 25.4))]


def _aside(files: Files, drawn: Drawn) -> Random:
    """A generator of its own for choices that must not move those after them."""
    return Random(f"{LOTS[files.part]}/{drawn.order.key}/{[len(data) for data in files.content.values()]}")


def choose_mode(rng: Random, drawn: Drawn, profile: Profile = "mixed") -> Mode:
    """How people hand in a paper of this type."""
    kind, variant = drawn.paper.type, drawn.paper.variant
    if drawn.order.ruined:
        return "photo"
    if drawn.order.fault == "edited":
        return "digital"
    if profile != "mixed" and drawn.paper.size_mm[1] < 400:
        tidy: Mode = "digital" if kind in SMALL_PRINT else "scan"
        return "photo" if profile == "photos" else tidy
    if kind == "bank_statement":
        if drawn.paper.size_mm[1] > 400 or variant in ("app", "web"):
            return "screenshot" if drawn.paper.size_mm[1] > 400 else rng.choice(("digital", "screenshot"))
        return rng.choice(("digital", "digital", "scan", "scan", "photo"))
    if kind in SMALL_PRINT:
        return rng.choice(("digital", "scan", "scan", "photo"))
    if kind == "business_licence" and variant == "electronic":
        return rng.choice(("digital", "screenshot", "photo"))
    return rng.choice(("scan", "photo", "photo")) if kind != "unknown" else rng.choice(("scan", "photo"))


def _camera_look(rng: Random, part: Part) -> Look:
    return camera.look(rng, part, camera=True, count=rng.choice((0, 1, 1, 2, 2, 3)), capture=rng.random() < 0.3)


def _photo(files: Files, faces: Sequence[Face], px_per_mm: float, under: Look) -> Shot:
    """One phone picture of some pages; ruined where the order says so."""
    rng, part, drawn = files.rng, files.part, faces[0][0]
    sheets = [sheet for _, _, sheet in faces]
    if drawn.paper.type == "business_licence" and len(sheets) == 1 and rng.random() < 0.25:
        shot = camera.table([camera.framed(sheets[0], rng, part)], rng, part, px_per_mm, tilt=rng.uniform(0.2, 0.9))
        shot = replace(shot, applied=(*shot.applied, "framed"))
        shot = camera.treat(shot, rng, GLASS[part], rng.uniform(0.1, 0.7))
    else:
        cut = drawn.order.ruined and rng.random() < 0.25
        shot = camera.table(sheets, rng, part, px_per_mm, tilt=rng.uniform(0.1, 1.0), cut=cut)
    shot = camera.wear(shot, rng, under)
    if drawn.order.ruined and shot.readable:
        shot = camera.ruin(shot, rng, part)
    return camera.quarter_turns(shot, rng.choice((0, 0, 0, 0, 0, 1, 2, 3)))


def _photo_file(files: Files, shot: Shot, faces: Sequence[Face]) -> None:
    rng = files.rng
    shot = camera.developed(shot, rng, files.part)
    kind = rng.choice(("jpg",) * 14 + ("webp", "png", "bmp"))
    if kind in ("png", "bmp") and shot.pixels.size > 6_000_000:
        kind = "jpg"
    turns = rng.choice((0, 0, 0, 0, 1, 2, 3)) if kind == "jpg" else 0
    if turns:
        shot = replace(shot, applied=(*shot.applied, f"exif:{turns * 90}"))
    data = encode.image_file(shot.pixels, kind, shot.quality, turns)
    shown: list[tuple[str, int, int, Mode, Shot]] = [
        (drawn.order.key, page, 1, "photo", replace(shot, quads=(shot.quads[at],))) for at, (drawn, page, _) in enumerate(faces)
    ]
    files.add(
        kind, encode.damaged(data, faces[0][0].order.fault, rng) if faces[0][0].order.fault in ("truncated", "empty") else data, shown
    )


def photographs(files: Files, drawn: Drawn) -> None:
    """Every page of one paper as a phone picture of its own."""
    fine = files.rng.uniform(6.4, 8.5) if drawn.paper.type in SMALL_PRINT else files.rng.uniform(4.8, 8.0)
    if drawn.paper.form == "card":
        fine = files.rng.uniform(7, 15)
    if drawn.paper.size_mm[0] > 250:
        fine = files.rng.uniform(5.2, 7.2)
    if _aside(files, drawn).random() < 0.08:  # sent as the original, not as the messenger shrinks it
        fine *= 1.8
    under = _camera_look(files.rng, files.part)
    for page, sheet in enumerate(_sheets(drawn, fine * 1.1), start=1):
        faces = [(drawn, page, sheet)]
        _photo_file(files, _photo(files, faces, fine, under), faces)


def _scan_look(files: Files, drawn: Drawn) -> tuple[Look, int]:
    """What the scanner does to all pages of a paper, and how they lay on it in quarter turns."""
    rng = files.rng
    under = camera.look(rng, files.part, camera=False, count=rng.choice((0, 1, 1, 2)), keep_colour=drawn.paper.type in SEALED)
    landscape = drawn.paper.size_mm[0] > drawn.paper.size_mm[1] and drawn.paper.form != "card"
    return under, rng.choice((0, 0, 1, 3)) if landscape else rng.choice((0,) * 12 + (2, 1))


def _scan(files: Files, faces: Sequence[Face], dpi: int, under: Look, turns: int) -> Shot:
    rng, part = files.rng, files.part
    shot = camera.wear(camera.flatbed([sheet for _, _, sheet in faces], rng, part, dpi), rng, under)
    if faces[0][0].order.ruined:
        shot = camera.ruin(shot, rng, part)
    return camera.developed(camera.quarter_turns(shot, turns), rng, part)


def _scan_dpi(rng: Random, drawn: Drawn) -> int:
    if drawn.paper.form == "card":
        return rng.choice((200, 300))
    return 200 if drawn.paper.type in SMALL_PRINT else rng.choice((150, 200))


def scanned(files: Files, drawn: Drawn) -> list[tuple[tuple[str, int], Shot]]:
    """Every page of one paper through the scanner."""
    dpi = _scan_dpi(files.rng, drawn)
    under, turns = _scan_look(files, drawn)
    faces = [(drawn, page, sheet) for page, sheet in enumerate(_sheets(drawn, dpi / 25.4 * 1.1), start=1)]
    return [((drawn.order.key, face[1]), _scan(files, [face], dpi, under, turns)) for face in faces]


def _page_images(rng: Random, shots: Sequence[Shot]) -> list[PageImage]:
    junk = rng.random() < 0.12
    return [PageImage(shot.pixels, shot.px_per_mm * 25.4, shot.quality, encode.junk_text(rng) if junk else "") for shot in shots]


def _scan_files(files: Files, pages: Sequence[tuple[Sequence[tuple[str, int]], Shot]], fault: str = "") -> None:
    """Scanned pages as one PDF, one TIFF or an image for each. A page shows one or more (key, page of the paper)."""
    rng = files.rng
    kind = rng.choice(("pdf", "pdf", "pdf", "jpg", "tif")) if fault != "encrypted" else "pdf"
    shots = [shot for _, shot in pages]
    shown: list[tuple[str, int, int, Mode, Shot]] = [
        (key, page, at, "scan", replace(shot, quads=(shot.quads[index],)))
        for at, (names, shot) in enumerate(pages, start=1)
        for index, (key, page) in enumerate(names)
    ]
    if kind == "jpg":
        for at, (_, shot) in enumerate(pages, start=1):
            data = encode.image_file(shot.pixels, "jpg", shot.quality)
            here = [(key, page, 1, mode, one) for key, page, where, mode, one in shown if where == at]
            files.add("jpg", encode.damaged(data, fault, rng) if fault else data, here)
        return
    dpi = shots[0].px_per_mm * 25.4
    data = (
        encode.tiff_file([shot.pixels for shot in shots], dpi, shots[0].quality)
        if kind == "tif"
        else encode.pdf_file(_page_images(rng, shots), rng)
    )
    files.add(kind, encode.damaged(data, fault, rng) if fault else data, shown)


def digital(files: Files, drawn: Drawn) -> None:
    """The PDF as it was born, sometimes with pages that say they are to be shown turned."""
    rng = files.rng
    producer = "bank" if drawn.paper.type == "bank_statement" else "letter"
    data = encode.pdf_file([drawn.paper.pdf], rng, producer, rotate=rng.choice((0,) * 11 + (90,)))
    if drawn.order.fault:
        data = encode.edited(data, rng) if drawn.order.fault == "edited" else encode.damaged(data, drawn.order.fault, rng)
    files.add("pdf", data, [(drawn.order.key, page, page, "digital", _whole_page()) for page in _pages(drawn.paper)])


def _pages(paper: Paper) -> range:
    import pypdfium2

    document = pypdfium2.PdfDocument(paper.pdf)
    try:
        return range(1, len(document) + 1)
    finally:
        document.close()


def screenshots(files: Files, drawn: Drawn) -> None:
    """What a phone's or computer's screen shows, pixel by pixel; a long list in several pictures, one below the other."""
    wide = 1080 if drawn.paper.size_mm[1] > drawn.paper.size_mm[0] else 1760
    if drawn.paper.type == "business_licence":  # downloads of electronic licences: from thumbnails to posters
        wide = _aside(files, drawn).choice((1100, 1760, 2400, 4960))
    scale = wide / drawn.paper.size_mm[0]
    for page, sheet in enumerate(_sheets(drawn, scale), start=1):
        for piece in _pieces(sheet.pixels, files.rng.randrange(5_000, 9_000)):
            shot = Shot(piece, (WHOLE,), scale, applied=("screenshot",))
            files.add("png", encode.image_file(piece, "png", 100), [(drawn.order.key, page, 1, "screenshot", shot)])


def _pieces(pixels: Pixels, most: int) -> list[Pixels]:
    """The picture cut across, where nothing is printed, into pieces of about `most` rows at most."""
    pieces, top = [], 0
    while len(pixels) - top > most:
        window = pixels[top + most - 500 : top + most].reshape(500, -1)
        cut = top + most - 500 + int(np.argmin(window.max(axis=1).astype(int) - window.min(axis=1)))
        pieces.append(pixels[top:cut])
        top = cut
    return [*pieces, pixels[top:]]


def cards(files: Files, drawn: Sequence[Drawn]) -> None:
    """The faces of some cards: on one photo or one scan together, or each by itself."""
    rng = files.rng
    hows = {"mixed": ("one_photo", "photo_each", "photo_each", "scan", "scan"), "tidy": ("scan",), "photos": ("one_photo", "photo_each")}
    how = rng.choice(hows[files.profile])
    fine = rng.uniform(7.5, 11)
    dpi = rng.choice((200, 300))
    scale = dpi / 25.4 if how == "scan" else fine
    faces = [(one, page, sheet) for one in drawn for page, sheet in enumerate(_sheets(one, scale * 1.1), start=1)]
    if any(one.order.ruined for one in drawn) or how == "photo_each":
        for face in faces:
            _photo_file(files, _photo(files, [face], rng.uniform(7, 15), _camera_look(rng, files.part)), [face])
    elif how == "one_photo":
        _photo_file(files, _photo(files, faces, fine, _camera_look(rng, files.part)), faces)
    else:
        shot = _scan(files, faces, dpi, *_scan_look(files, drawn[0]))
        _scan_files(files, [([(one.order.key, page) for one, page, _ in faces], shot)])


def bound(files: Files, drawn: Sequence[Drawn]) -> None:
    """One PDF of many papers: scanned pages, and born-digital ones between them where a paper was sent so."""
    rng = files.rng
    parts: list[bytes | PageImage] = []
    shown: list[tuple[str, int, int, Mode, Shot]] = []
    for one in drawn:
        start = len(shown) + 1
        if choose_mode(rng, one, files.profile) == "digital":
            parts.append(one.paper.pdf)
            shown += [(one.order.key, page, start + page - 1, "digital", _whole_page()) for page in _pages(one.paper)]
            continue
        pages = scanned(files, one)
        parts += _page_images(rng, [shot for _, shot in pages])
        shown += [(key, page, start + at, "scan", shot) for at, ((key, page), shot) in enumerate(pages)]
    files.add("pdf", encode.pdf_file(parts, rng), shown)


def single(files: Files, drawn: Drawn) -> None:
    """One paper in files of its own."""
    mode = choose_mode(files.rng, drawn, files.profile)
    if drawn.order.fault == "encrypted" and mode in ("photo", "screenshot"):
        mode = "scan"
    if mode == "photo":
        photographs(files, drawn)
    elif mode == "screenshot":
        screenshots(files, drawn)
    elif mode == "digital":
        digital(files, drawn)
    else:
        pages = [([name], shot) for name, shot in scanned(files, drawn)]
        _scan_files(files, pages, drawn.order.fault)


def deliver(rng: Random, part: Part, drawn: Sequence[Drawn], profile: Profile = "mixed") -> Files:
    """All papers as the files a broker would send, and where each page is."""
    files = Files(rng, part, rng.choice(("camera", "messenger", "scanner", "counted")), profile)
    together = [one for one in drawn if one.paper.form == "card"]
    if len(together) > 1 and rng.random() < 0.35 and not any(one.order.ruined for one in together):
        cards(files, together)
    else:
        for one in together:
            cards(files, [one])
    others = [one for one in drawn if one.paper.form != "card"]
    plain = [one for one in others if not one.order.ruined and not one.order.fault and one.paper.size_mm[1] < 400]
    chosen = plain if len(plain) > 1 and profile != "photos" and rng.random() < 0.35 else []
    if chosen:
        bound(files, chosen)
    for one in others:
        if one not in chosen:
            single(files, one)
    return files


def page_truth(place: Place) -> dict[str, Any]:
    """How truth.json tells of one page."""
    shot = place.shot
    return {
        "file": place.file,
        "page": place.page,
        "paper_page": place.paper_page,
        "mode": place.mode,
        "quad": [[round(float(x), 4), round(float(y), 4)] for x, y in shot.quads[0]],
        "applied": list(shot.applied),
        "readable": shot.readable,
        "grey": shot.grey,
        "capture": shot.capture,
    }
