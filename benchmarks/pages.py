"""The pages of the speed benchmark: scanned A4 papers, phone pictures, dense tables, born-digital PDFs; drawn once, seeded.

Of the retired part, so that speeds stay comparable when a test part is drawn afresh.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.packets import ROOT, WORK, code_version

SEED = 20261123
COUNTS = {"scan": 12, "photo": 12, "table": 6}
LONG_PAGES = 200


@dataclass(frozen=True)
class Page:
    """A picture of one page. `said`: values that are printed on its paper, to see what an OCR finds."""

    group: str
    file: Path
    said: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """Everything the benchmark reads. `digital`: born-digital PDFs; `long`: one statement of 200 pages."""

    pages: tuple[Page, ...]
    digital: tuple[Path, ...]
    long: Path


def drawn() -> Drawn:
    """The pages, from benchmarks/work/speed where they were drawn by the same generator."""
    folder = WORK / "speed"
    index = folder / "index.json"
    version = code_version([*(ROOT / "samples").glob("**/*.[pt]y*"), Path(__file__)])
    if not index.is_file() or json.loads(index.read_text(encoding="utf-8"))["version"] != version:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.*"):
            old.unlink()
        rows = [_kept(folder, group, data, said) for group, data, said in _pictures()]
        digital = [_file(folder / f"digital-{n}.pdf", data) for n, data in enumerate(_digital(), start=1)]
        long = _file(folder / "long.pdf", _long())
        index.write_text(json.dumps({"version": version, "pages": rows, "digital": digital, "long": long}, ensure_ascii=False))
    found = json.loads(index.read_text(encoding="utf-8"))
    pages = tuple(Page(row["group"], folder / row["file"], tuple(row["said"])) for row in found["pages"])
    return Drawn(pages, tuple(folder / name for name in found["digital"]), folder / found["long"])


def _kept(folder: Path, group: str, data: bytes, said: list[str]) -> dict[str, Any]:
    number = len(list(folder.glob(f"{group}-*.jpg"))) + 1
    return {"group": group, "file": _file(folder / f"{group}-{number:02d}.jpg", data), "said": said}


def _file(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return path.name


# --- drawing ---------------------------------------------------------------------------------------------------------


def _pictures() -> Iterator[tuple[str, bytes, list[str]]]:
    """Group, JPEG and printed values, until every group is full."""
    from samples import bundle, encode

    left = dict(COUNTS)
    for number in range(40):
        rng = Random(f"{SEED}/speed/{number}")
        for one in _papers(rng):
            dense = one.paper.type in bundle.SMALL_PRINT
            group = "table" if dense else "photo" if one.paper.form == "card" or rng.random() < 0.5 else "scan"
            if not left[group] or one.paper.size_mm[1] > 400:
                continue
            files = bundle.Files(rng, "retired", "counted")
            if group == "photo":
                fine = (7.0, 12.0)[left[group] % 2]  # pictures as messengers shrink them, and as phones take them
                faces = bundle._sheets(one, fine * 1.1)[:1]
                shot = bundle._photo(files, [(one, 1, faces[0])], fine, bundle._camera_look(rng, "retired"))
            else:
                shot = bundle.scanned(files, one)[0][1]
            if not shot.readable:
                continue
            left[group] -= 1
            yield group, encode.image_file(shot.pixels, "jpg", max(75, shot.quality)), _said(one)
        if not any(left.values()):
            return


def _papers(rng: Random) -> Iterator[Any]:
    from samples.bundle import Drawn as Printed
    from samples.compose import draw_all, planned

    made = planned(rng, "retired", (), rng.choice(("personal_mortgage", "personal_business", "enterprise")))
    papers = draw_all(made, rng)
    order = list(made.orders)
    rng.shuffle(order)
    for key in order[:4]:
        yield Printed(made.orders[key], papers[key])


def _said(one: Any) -> list[str]:
    """Names and numbers as printed, of papers of one page (it is not known on which page of more they stand)."""
    if one.paper.type in ("resident_id_card", "bank_statement", "property_certificate"):
        fields = {k: v for k, v in one.paper.truth.items() if k in ("name", "id_number", "account_holder", "account_number")}
    else:
        fields = dict(one.paper.truth)
    return [v for k, v in fields.items() if isinstance(v, str) and _as_printed(k, v)]


def _as_printed(name: str, value: str) -> bool:
    wanted = ("name", "id_number", "employer", "company", "uscc", "certificate_number", "legal_representative", "contact_phone")
    return (name.endswith(wanted) and "*" not in value) or (name.endswith((".end", ".current")) and value not in ("0.00", ""))


def _digital() -> Iterator[bytes]:
    """Born-digital PDFs as banks and offices make them: statements of several styles, and the three sheets."""
    for number in range(8):
        rng = Random(f"{SEED}/digital/{number}")
        for one in _papers(rng):
            if one.paper.type in ("bank_statement", "balance_sheet", "income_statement", "cash_flow_statement", "income_proof"):
                yield one.paper.pdf


def _long() -> bytes:
    """The first 200 pages of a busy account's statement."""
    import pikepdf

    from samples import bank_styles, flows, story
    from samples.types import bank_statement

    rng = Random(f"{SEED}/long")
    style = max((s for s in bank_styles.STYLES["retired"].values() if s.rows and "personal" in s.kinds), key=lambda s: len(s.columns))
    told = story.tell(rng, "retired", "personal_mortgage")
    per_month = round(LONG_PAGES * style.rows * 1.65 / 24)
    flow = story.salary_flow(rng, told, 24, per_month=per_month)
    assert isinstance(flow, flows.Flow)
    paper = bank_statement.make(rng, "retired", style.name, flow=flow)
    buffer = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(paper.pdf)) as pdf:
        if len(pdf.pages) < LONG_PAGES:
            raise ValueError(f"only {len(pdf.pages)} pages were drawn for the long statement")
        del pdf.pages[LONG_PAGES:]
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()
