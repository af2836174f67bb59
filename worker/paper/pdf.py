"""The report as PDF, set by typst: what is said comes as data and stands as text, pictures as files of a folder of their own."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from worker.crops import Picture, Pictures, Spot
from worker.paper.model import PaperReport, Shot
from worker.paper.packet import Reported
from worker.paper.pictures import pictures
from worker.paper.view import shots, view

TEMPLATE = Path(__file__).resolve().parent / "report.typ"
FONTS = Path("/usr/share/fonts/opentype/noto")
"""Where Debian's fonts-noto-cjk lies. Where it is, no other font is looked at: the same report is the same on all machines."""
_LONG_WORD = re.compile(r"[!-~]{30,}")
_BREAK_EVERY = 8


def as_pdf(reported: Reported) -> bytes:
    """The report of a packet. Its date inside the file is that of the check, so that the same gives the same bytes."""
    import typst

    report = view(reported)
    found = pictures(reported, report)
    with tempfile.TemporaryDirectory(prefix="yushen-") as folder:
        names = _written(Path(folder), report, found)
        data = _plain(report, names, found) | {
            "moment": _moment(str(reported.report["checked_at"])),
            "notice": _breakable(report.notice).split("\n") if report.notice else [],
        }
        main = Path(folder) / TEMPLATE.name
        main.write_bytes(TEMPLATE.read_bytes())
        only_ours = FONTS.is_dir()
        return bytes(
            typst.compile(
                str(main),
                root=folder,  # nothing outside of this folder can be read
                sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
                ignore_system_fonts=only_ours,
                font_paths=[str(FONTS)] if only_ours else [],
            )
        )


def _written(folder: Path, report: PaperReport, found: Pictures) -> dict[Spot, str]:
    """Writes the pictures; their names tell nothing of the packet."""
    names: dict[Spot, str] = {}
    for shot in shots(report):
        if shot.spot in found and shot.spot not in names:
            names[shot.spot] = f"{len(names)}.jpg"
            (folder / names[shot.spot]).write_bytes(found[shot.spot].jpeg)
    return names


def _plain(value: Any, names: dict[Spot, str], found: Pictures) -> Any:
    """The report as JSON has it; a shot becomes its file, its size and its mark in fractions."""
    if isinstance(value, Shot):
        return _shot(value, names, found)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name), names, found) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each, names, found) for each in value]
    return _breakable(value) if isinstance(value, str) else value


def _shot(shot: Shot, names: dict[Spot, str], found: Pictures) -> dict[str, Any]:
    told: dict[str, Any] = {"file": None, "alt": shot.alt, "place": _breakable(shot.place)}
    if shot.spot in names:
        picture = found[shot.spot]
        told |= {"file": names[shot.spot], "width": picture.width, "height": picture.height, "mark": _mark(picture)}
    return told


def _mark(picture: Picture) -> dict[str, float] | None:
    mark = picture.mark
    if mark is None:
        return None
    across, down = picture.width, picture.height
    return {"x": mark.x0 / across, "y": mark.y0 / down, "width": mark.width / across, "height": mark.height / down}


def _moment(rfc3339: str) -> dict[str, int]:
    then = datetime.fromisoformat(rfc3339)
    return {name: getattr(then, name) for name in ("year", "month", "day", "hour", "minute", "second")}


def _breakable(text: str) -> str:
    """Long words (names of files, hashes) may break: with zero-width spaces, which only the eye does not see."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(re.findall(f".{{1,{_BREAK_EVERY}}}", word[0])), text)
