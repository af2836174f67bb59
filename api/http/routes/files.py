"""Files of a case: upload, list, original back, remove."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from api.http import schemas, views
from api.http.auth import Reads, Writes
from api.http.door import Answer, door, once, repeated
from api.http.multipart import Part, parts
from api.http.problems import ALWAYS, CHANGES, told
from api.http.routes.cases import CaseId
from intake import errors, files
from intake.acting import Act
from intake.errors import FileRefused
from intake.scope import Scope

router = APIRouter(tags=["files"])
Priority = Annotated[Literal["waiting", "bulk"], Query(description="`waiting`: somebody waits for it; `bulk` comes after those.")]
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}},
                }
            }
        },
    }
}
REFUSALS = (errors.EmptyFile, errors.TooLarge, errors.FileRefused, errors.QuotaExceeded, errors.StorageFull)
UPLOAD = (*ALWAYS, *CHANGES, errors.NotFound, errors.CaseClosed, *REFUSALS)


@router.post("/cases/{case_id}/files", status_code=201, response_model=schemas.Uploaded, responses=told(*UPLOAD), openapi_extra=FORM)
async def upload(request: Request, case_id: CaseId, scope: Writes, priority: Priority = "waiting") -> Response:
    """Upload one file or several, each as a part named `files`. Answered when they are safe on the disk. Of several files those that
    cannot be taken in are named in `refused`; when none can, the answer is the first one's problem."""
    again = await run_in_threadpool(repeated, request, scope)
    prints: list[bytes] = []
    stored: list[files.Stored] = []
    refused: list[tuple[int, FileRefused]] = []
    within = files.limits(door(request).settings)
    async for part in parts(request, max(within.pdf_bytes, within.image_bytes) + 1):
        if part.filename is None:
            raise errors.Invalid("请把文件放在名为 files 的部分。", f"/{part.name[:40]}")
        data = bytes(part.data)
        prints += [part.filename.encode(), hashlib.sha256(data).digest()]
        if not again:
            await run_in_threadpool(_store, request, scope, case_id, part, data, stored, refused)
    if not prints:
        raise errors.Invalid("请求中没有文件。", "/files")

    def do(act: Act) -> Answer:
        if not stored:
            raise refused[0][1] if refused else errors.StillRunning
        made = files.accept(act, case_id, stored, within, bulk=priority == "bulk")
        eyes = views.eyes(scope)
        told = [{"index": index, "code": error.code, "title": error.sentence} for index, error in refused]
        return Answer({"files": [views.file(each, eyes) for each in made], "refused": told}, 201, owner=case_id)

    return await run_in_threadpool(once, request, scope, tuple(prints), do)


def _store(
    request: Request,
    scope: Scope,
    case_id: str,
    part: Part,
    data: bytes,
    stored: list[files.Stored],
    refused: list[tuple[int, FileRefused]],
) -> None:
    here = door(request)
    try:
        within = files.limits(here.settings)
        stored.append(files.store(here.engine, here.vault, here.blobs, scope, case_id, part.filename or "", data, within))
    except FileRefused as error:
        refused.append((len(stored) + len(refused), error))


@router.get("/cases/{case_id}/files", response_model=list[schemas.File], responses=told(*ALWAYS, errors.NotFound))
def list_files(request: Request, case_id: CaseId, scope: Reads) -> Response:
    """The files of a case, in the order in which they came."""
    with door(request).look(scope) as act:
        found = files.listed(act, case_id)
    return JSONResponse([views.file(each, views.eyes(scope)) for each in found])
