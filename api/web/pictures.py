"""Pages of a case's files as pictures: decoded in the sandbox, never the uploaded bytes themselves."""

from __future__ import annotations

import io
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.http.door import Door, door
from api.web import spots
from api.web.person import CaseWorker, Unshown
from extractors import pages
from extractors.model import Box
from extractors.pages import Image
from intake import files
from intake.accounts import Session
from intake.errors import NotFound, Unavailable, YushenError
from intake.files import File

router = APIRouter(include_in_schema=False)
QUALITY = 78
WIDE = 1500
"""Pixels of the long side of a page that is looked at."""


@router.get("/cases/{case_id}/files/{file_id}/pages/{number}.jpg")
def page_picture(
    request: Request, session: CaseWorker, case_id: str, file_id: str, number: Annotated[int, Path(ge=1, le=5000)],
    side: Annotated[int, Query(ge=100, le=3000)] = WIDE, turn: Annotated[int, Query(ge=0, le=3)] = 0, box: str = "",
) -> Response:  # fmt: skip
    """A page as a JPEG, or the part of it in `box` (0..1 of the page as uploaded), turned back by `turn` quarters."""
    here = door(request)
    part = spots.parsed(box)
    try:
        file, data = _original(here, session, case_id, file_id)
        picture = _picture(file, data, number, side, Box(*part) if part else None, turn)
    except YushenError as error:
        raise Unshown(error, session) from None
    # The content of a page never changes; the browser may keep it while the session lives, nobody between.
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=1800"})


def _original(here: Door, session: Session, case_id: str, file_id: str) -> tuple[File, bytes]:
    with here.act(session.scope) as act:  # looking at a page is a recorded act
        return files.original(act, here.blobs, case_id, file_id)


def _picture(file: File, data: bytes, number: int, side: int, box: Box | None, turn: int) -> bytes:
    try:
        with pages.open_file(data, file.kind) as opened:
            image = opened.render(number, box, long_side=side) if number <= opened.page_count else None
    except pages.Unreadable:
        raise Unavailable from None
    if image is None:
        raise NotFound
    return _jpeg(np.rot90(image, turn))


def _jpeg(image: Image) -> bytes:
    from PIL import Image as Picture

    out = io.BytesIO()
    Picture.fromarray(np.ascontiguousarray(image[:, :, ::-1])).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
