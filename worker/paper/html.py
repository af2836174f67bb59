"""The report as one HTML file: no script, nothing from outside, its own style only (by hash, under a strict policy)."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from worker.crops import Picture
from worker.paper.packet import Reported
from worker.paper.pictures import pictures
from worker.paper.view import view

FOLDER = Path(__file__).resolve().parent


def as_html(reported: Reported) -> str:
    """The report of a packet. Texts of papers and file names stand in it as text, whatever they hold."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    report = view(reported)
    return environment.get_template("report.html.j2").render(
        r=report,
        pictures=pictures(reported, report),
        anchors={page.shot.anchor for page in report.pages},
        uri=_uri,
        style=Markup(style),  # noqa: S704  (our own file, no word of it from outside)
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
    )


def _uri(picture: Picture) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture.jpeg).decode()}"
