"""The pictures of a report, cut from the packet's own files."""

from __future__ import annotations

from worker import crops
from worker.paper.model import PaperReport
from worker.paper.packet import Reported
from worker.paper.view import shots


def pictures(reported: Reported, report: PaperReport) -> crops.Pictures:
    """Spot → picture, for every spot that could be cut."""
    files = tuple((record["name"], record["sha256"]) for record in reported.report["files"] if record["error"] is None)
    return crops.cut(reported.source, files, tuple(shot.spot for shot in shots(report)))
